import type { NodeState } from '../../state/lab-state.js';
import { plural, shortHash } from '../../text.js';
import { OutcomeText } from '../../ui/outcome-text.js';
import { useCommand } from '../../ui/use-command.js';

interface ActionsProps {
  readonly node: NodeState;
  readonly nodes: readonly NodeState[];
}

/** What a node can be told to do. */
export function NodeActions({ node, nodes }: ActionsProps) {
  return (
    <section class="panel actions" aria-label={`What ${node.name} can do`}>
      <Mine node={node} />
      <Send node={node} nodes={nodes} />
      <Power node={node} />
    </section>
  );
}

function Mine({ node }: { readonly node: NodeState }) {
  const { outcome, isBusy, run } = useCommand();
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        const blocks = Number(new FormData(event.currentTarget).get('blocks'));
        void run(
          'mine',
          { node: node.index, blocks },
          ({ hashes }) => `${plural(hashes.length, 'block')} found.`,
        );
      }}
    >
      <div class="row">
        <label class="grow">
          Blocks
          <input name="blocks" type="number" min="1" step="1" defaultValue="1" required />
        </label>
        <button type="submit" class="primary" disabled={isBusy || !node.running}>
          Mine
        </button>
      </div>
      <OutcomeText outcome={outcome} />
    </form>
  );
}

function Send({ node, nodes }: ActionsProps) {
  const { outcome, isBusy, run } = useCommand();
  const submit = (form: HTMLFormElement): void => {
    const fields = new FormData(form);
    const address = String(fields.get('address')).trim();
    const rate = String(fields.get('rate')).trim();
    const params = {
      from: node.index,
      to: address === '' ? Number(fields.get('to')) : address,
      amount: String(fields.get('amount')),
      ...(rate === '' ? {} : { feeRate: Number(rate) }),
    };
    void run('send', params, ({ txid }) => `Sent: ${shortHash(txid)}.`);
  };
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        submit(event.currentTarget);
      }}
    >
      <div class="row">
        <label class="grow">
          To node
          <select name="to">
            {nodes
              .filter(({ index }) => index !== node.index || nodes.length === 1)
              .map(({ index, name }) => (
                <option key={index} value={index}>
                  {name}
                </option>
              ))}
          </select>
        </label>
        <label class="grow">
          BTC
          <input name="amount" type="number" min="0.00000546" step="any" defaultValue="0.5" required />
        </label>
        <label class="grow">
          sat/vB
          <input name="rate" type="number" min="0.1" step="any" placeholder="auto" />
        </label>
      </div>
      <div class="row">
        <label class="grow">
          or to an address
          <input name="address" placeholder="bcrt1…" autocomplete="off" spellcheck={false} />
        </label>
        <button type="submit" class="primary" disabled={isBusy || !node.running}>
          Send
        </button>
      </div>
      <OutcomeText outcome={outcome} />
    </form>
  );
}

const POWER = [
  { action: 'start', text: 'Start', whenRunning: false, done: 'is starting' },
  { action: 'stop', text: 'Stop', whenRunning: true, done: 'has stopped' },
  { action: 'restart', text: 'Restart', whenRunning: true, done: 'has started again' },
  { action: 'kill', text: 'Kill', whenRunning: true, done: 'was killed' },
] as const;

function Power({ node }: { readonly node: NodeState }) {
  const { outcome, isBusy, run } = useCommand();
  return (
    <div>
      <div class="row" role="group" aria-label="Start and stop">
        {POWER.map(({ action, text, whenRunning, done }) => (
          <button
            key={action}
            type="button"
            class={action === 'kill' ? 'danger' : ''}
            disabled={isBusy || node.running !== whenRunning}
            onClick={() => void run('node', { node: node.index, action }, () => `${node.name} ${done}.`)}
          >
            {text}
          </button>
        ))}
      </div>
      <OutcomeText outcome={outcome} />
    </div>
  );
}
