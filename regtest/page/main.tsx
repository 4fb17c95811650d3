import './style/page.css';
import { render } from 'preact';
import { LabApi } from './api/lab-api.js';
import { LiveFeed } from './api/live.js';
import { takeToken } from './api/token.js';
import { LabStore } from './state/lab-store.js';
import { paced } from './state/pace.js';
import { App } from './ui/app.js';
import { goTo } from './ui/router.js';
import { applyTheme, followSystem, storedTheme } from './ui/theme.js';

applyTheme(storedTheme());
followSystem();

const root = document.getElementById('page');
if (root === null) throw new Error('the page has no root');

/** A busy lab tells something every few milliseconds; nobody reads faster than this. */
const LEAST_BETWEEN_RENDERINGS_MS = 250;

const store = new LabStore(paced(LEAST_BETWEEN_RENDERINGS_MS));

/** Shows the lab that this token opens; without one, asks for it. */
function open(token: string | undefined): void {
  if (root === null) return;
  const api = token === undefined ? undefined : new LabApi(token, location.origin);
  const feed = api === undefined ? undefined : new LiveFeed(api, store, () => goTo({ view: 'time' }));
  store.setConnection(feed === undefined ? 'unauthorized' : 'connecting');
  feed?.start();
  render(<App store={store} feed={feed} onToken={open} />, root);
}

open(takeToken(location, history));
