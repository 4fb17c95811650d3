import type { NodeState } from '../state/lab-state.js';
import { shortHash } from '../text.js';
import { GaugeMenu } from './gauge.js';
import { OutcomeText } from './outcome-text.js';
import { useCommand } from './use-command.js';

/** New coins for a node or an address. */
export function FaucetMenu({ nodes }: { readonly nodes: readonly NodeState[] }) {
  const { outcome, isBusy, run } = useCommand();
  const submit = (form: HTMLFormElement): void => {
    const fields = new FormData(form);
    const address = String(fields.get('address')).trim();
    const params = {
      to: address === '' ? Number(fields.get('node')) : address,
      amount: String(fields.get('amount')),
      confirm: fields.get('confirm') !== null,
    };
    void run('faucet', params, ({ txid }) => `Sent: ${shortHash(txid)}.`);
  };
  return (
    <GaugeMenu name="Faucet" value="give coins">
      <form
        onSubmit={event => {
          event.preventDefault();
          submit(event.currentTarget);
        }}
      >
        <div class="row">
          <label>
            To node
            <select name="node">
              {nodes.map(({ index, name }) => (
                <option key={index} value={index}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <label>
            Amount in BTC
            <input name="amount" type="number" min="0.00000546" step="any" defaultValue="1" required />
          </label>
        </div>
        <label>
          or to this address
          <input name="address" placeholder="bcrt1…" autocomplete="off" spellcheck={false} />
        </label>
        <div class="row">
          <label class="inline grow">
            <input type="checkbox" name="confirm" defaultChecked /> Mine a block with it
          </label>
          <button type="submit" class="primary" disabled={isBusy}>
            Give
          </button>
        </div>
      </form>
      <OutcomeText outcome={outcome} />
    </GaugeMenu>
  );
}
