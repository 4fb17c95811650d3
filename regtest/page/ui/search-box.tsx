import { useState } from 'preact/hooks';
import { find } from '../api/find.js';
import { messageOf } from '../api/lab-api.js';
import { usePage } from './context.js';
import { OutcomeText } from './outcome-text.js';
import { goTo } from './router.js';
import type { Outcome } from './use-command.js';

/** Goes to the block, transaction or address that is named. */
export function SearchBox() {
  const { api, store } = usePage();
  const [outcome, setOutcome] = useState<Outcome | undefined>(undefined);
  const search = async (text: string): Promise<void> => {
    setOutcome({ kind: 'busy', text: 'Searching…' });
    try {
      const route = await find(api, store.state, text);
      setOutcome(route === undefined ? { kind: 'error', text: `Nothing is called ${text}.` } : undefined);
      if (route !== undefined) goTo(route);
    } catch (thrown) {
      setOutcome({ kind: 'error', text: messageOf(thrown) });
    }
  };
  return (
    <search class="search">
      <form
        onSubmit={event => {
          event.preventDefault();
          const text = String(new FormData(event.currentTarget).get('for')).trim();
          if (text !== '') void search(text);
        }}
      >
        <input
          name="for"
          type="search"
          aria-label="Height, block hash, txid or address"
          placeholder="Height, hash, txid or address"
          autocomplete="off"
          spellcheck={false}
          onInput={() => setOutcome(undefined)}
        />
        <OutcomeText outcome={outcome} />
      </form>
    </search>
  );
}
