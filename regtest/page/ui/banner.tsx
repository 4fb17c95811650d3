import type { Connection } from '../state/lab-store.js';

const TEXTS: Partial<Record<Connection, string>> = {
  lost: 'The connection to the lab is lost. What you see is the last that was known; the page tries again by itself.',
  full: 'The lab has as many watchers as it takes. The page tries again by itself.',
};

/** What there is to say of the connection: nothing when it is as it should be. */
export function connectionText(connection: Connection): string | undefined {
  return TEXTS[connection];
}

/** Says something above every view. */
export function Banner({ text }: { readonly text: string | undefined }) {
  return (
    <div role="status" aria-live="polite">
      {text !== undefined && <p class="banner">{text}</p>}
    </div>
  );
}
