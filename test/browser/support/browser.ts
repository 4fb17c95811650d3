import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { ControlServer } from '../../../regtest/control/server.js';
import { buildPath } from '../../../src/runtime/built-file.js';

/** Where distributions and people put Chromium; `CHROMIUM` names another one. */
const PATHS: readonly string[] = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Nothing of the browser's own may look for a network. */
const ARGS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The browser of this machine, undefined when there is none. */
export function chromiumPath(): string | undefined {
  return PATHS.find(path => path !== '' && existsSync(path));
}

/** The page as it was built; tests of the browser show it, and do not build it. */
export function isPageBuilt(): boolean {
  return existsSync(buildPath('page/index.html'));
}

/** Why browser tests cannot run; undefined when they can. */
export function reasonToSkip(): string | undefined {
  if (chromiumPath() === undefined) return 'No Chromium here (CHROMIUM, see docs/TESTING.md)';
  return isPageBuilt() ? undefined : 'The page is not built (npm run build)';
}

/** @param path of the browser, or of a command that runs it */
export function launch(path = chromiumPath()): Promise<Browser> {
  if (path === undefined) throw new Error('there is no Chromium on this machine');
  return chromium.launch({ executablePath: path, headless: true, args: [...ARGS] });
}

/** What a page did that it should not have. */
export interface Watched {
  readonly page: Page;
  /** Errors in its console, exceptions that nobody caught, breaches of its policy, requests to elsewhere. */
  readonly faults: string[];
}

/** For anything to appear on a page: a busy machine is slow. */
const WAIT_MS = 20_000;

/** What the browser says of an answer that is an error: a test that provokes one looks at what the page shows. */
const REFUSED = /^Failed to load resource: the server responded with a status of 4/;

/** Opens the page that is served, and notes everything that it does wrong. */
export async function openPage(
  browser: Browser,
  { pageUrl = '' }: Pick<ControlServer, 'pageUrl'>,
  options: {
    readonly colorScheme?: 'light' | 'dark';
    readonly reducedMotion?: 'reduce' | 'no-preference';
  } = {},
): Promise<Watched> {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    ...options,
  });
  // Before the test's own time is over, so that it tells what was waited for.
  page.setDefaultTimeout(WAIT_MS);
  const faults: string[] = [];
  page.on('console', message => {
    if (message.type() === 'error' && !REFUSED.test(message.text())) faults.push(message.text());
  });
  page.on('pageerror', error => faults.push(error.message));
  page.on('request', request => {
    if (!/^(?:https?|wss?):\/\/127\.0\.0\.1:/.test(request.url()) && !request.url().startsWith('data:')) {
      faults.push(`asked for ${request.url()}`);
    }
  });
  await page.goto(pageUrl);
  return { page, faults };
}
