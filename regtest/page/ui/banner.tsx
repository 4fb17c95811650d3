import type { Connection } from '../state/lab-store.js';

const TEXTS: Partial<Record<Connection, string>> = {
  lost: 'The connection to the lab is lost. What you see is the last that was known; the page tries again by itself.',
  full: 'The lab has as many watchers as it takes. The page tries again by itself.',
};

/** Says when what is shown is not live. */
export function Banner({ connection }: { readonly connection: Connection }) {
  const text = TEXTS[connection];
  return (
    <div role="status" aria-live="polite">
      {text !== undefined && <p class="banner">{text}</p>}
    </div>
  );
}
