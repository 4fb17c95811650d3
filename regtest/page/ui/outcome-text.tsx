import type { Outcome } from './use-command.js';

/** What became of a command, beside the control that sent it; read out when it changes. */
export function OutcomeText({ outcome }: { readonly outcome: Outcome | undefined }) {
  return (
    <p class={`outcome ${outcome?.kind ?? ''}`} role={outcome?.kind === 'error' ? 'alert' : 'status'}>
      {outcome?.text}
    </p>
  );
}
