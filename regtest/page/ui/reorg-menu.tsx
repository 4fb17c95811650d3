import type { ReorgOutcome } from '../../branch/reorg.js';
import { plural } from '../text.js';
import { GaugeMenu } from './gauge.js';
import { OutcomeText } from './outcome-text.js';
import { useCommand } from './use-command.js';

/** A branch with more work that takes the place of the last blocks. */
export function ReorgMenu() {
  const { outcome, isBusy, run } = useCommand();
  return (
    <GaugeMenu name="Reorg" value="replace blocks">
      <form
        onSubmit={event => {
          event.preventDefault();
          const fields = new FormData(event.currentTarget);
          const params = {
            depth: Number(fields.get('depth')),
            keepTransactions: fields.get('keep') !== null,
          };
          void run('reorg', params, reorgText);
        }}
      >
        <label>
          Blocks to undo
          <input name="depth" type="number" min="1" step="1" defaultValue="2" required />
        </label>
        <div class="row">
          <label class="inline grow">
            <input type="checkbox" name="keep" defaultChecked /> The new blocks hold the same transactions
          </label>
          <button type="submit" class="primary" disabled={isBusy}>
            Reorganise
          </button>
        </div>
      </form>
      <OutcomeText outcome={outcome} />
    </GaugeMenu>
  );
}

function reorgText({ removed, added, reversed }: ReorgOutcome): string {
  return (
    `${plural(removed.length, 'block')} out, ${plural(added.length, 'block')} in; ` +
    `${plural(reversed.length, 'transaction')} reversed.`
  );
}
