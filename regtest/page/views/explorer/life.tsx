import type { LabState } from '../../state/lab-state.js';
import type { LifeStep } from '../../state/transaction-book.js';
import { blockLabel, sinceStart } from '../../text.js';
import { useLab } from '../../ui/context.js';
import { NodeName } from '../../ui/node-name.js';
import { hrefOf } from '../../ui/router.js';

/** Why a mempool let go of a transaction, in words. */
const REASONS: Readonly<Record<string, string>> = {
  expiry: 'too old',
  sizelimit: 'the mempool was full',
  reorg: 'no longer valid after a reorganisation',
  conflict: 'a block spent its coins otherwise',
  replaced: 'another one pays more for the same coins',
};

/** What the nodes told of a transaction, in order. */
export function Life({ txid }: { readonly txid: string }) {
  const state = useLab('mempool', 'nodes');
  const steps = state.transactions.get(txid)?.steps ?? [];
  if (steps.length === 0) return <p class="note">Nothing has happened to it since this page was opened.</p>;
  return (
    <>
      <NodeSummary steps={steps} state={state} />
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">
              At
            </th>
            <th scope="col">Node</th>
            <th scope="col">What</th>
          </tr>
        </thead>
        <tbody>
          {steps.map(step => (
            <tr key={step.seq}>
              <td class="number">{sinceStart(step.atMs)}</td>
              <td>
                <NodeName index={step.node} name={state.nodes[step.node]?.name ?? `node${step.node}`} />
              </td>
              <td>
                <StepText step={step} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

const TONES = { seen: 'warn', confirmed: 'good', reversed: 'bad', removed: 'bad' } as const;

/** Where the transaction stands at each node now. */
function NodeSummary({ steps, state }: { readonly steps: readonly LifeStep[]; readonly state: LabState }) {
  const last = new Map(steps.map(step => [step.node, step]));
  return (
    <p class="names summary">
      {[...last.values()].map(step => (
        <span key={step.node}>
          <NodeName index={step.node} name={state.nodes[step.node]?.name ?? `node${step.node}`} />
          <span class={`tag ${TONES[step.what]}`}>{step.what}</span>
        </span>
      ))}
    </p>
  );
}

function StepText({ step: { what, block, reason } }: { readonly step: LifeStep }) {
  if (block === undefined) {
    if (what === 'seen') return <>came into the mempool</>;
    return <>left the mempool: {REASONS[reason ?? ''] ?? reason}</>;
  }
  return (
    <>
      {what === 'confirmed' ? 'confirmed by ' : 'reversed, out of '}
      <a href={hrefOf({ view: 'block', id: block.hash })}>
        block {block.height} <span class="hash">…{blockLabel(block.hash)}</span>
      </a>
    </>
  );
}
