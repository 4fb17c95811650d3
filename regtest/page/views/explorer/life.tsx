import type {
  TransactionState,
  TransactionStep,
  TransactionStory,
} from '../../../events/transaction-story.js';
import type { LabState } from '../../state/lab-state.js';
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
  const story = state.transactions.get(txid);
  const steps = story?.steps ?? [];
  if (story === undefined || steps.length === 0)
    return <p class="note">Nothing has happened to it since this page was opened.</p>;
  return (
    <>
      <NodeSummary story={story} state={state} />
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

const TONES: Readonly<Record<TransactionState, string>> = {
  unknown: '',
  unconfirmed: 'warn',
  confirmed: 'good',
  reversed: 'bad',
  replaced: 'bad',
  conflicted: 'bad',
  dropped: 'bad',
};

/** Where the transaction stands at each node now. */
function NodeSummary({ story, state }: { readonly story: TransactionStory; readonly state: LabState }) {
  const nodes = [...new Set(story.steps.map(({ node }) => node))];
  return (
    <p class="names summary">
      {nodes.map(node => {
        const { state: now } = story.at(node);
        return (
          <span key={node}>
            <NodeName index={node} name={state.nodes[node]?.name ?? `node${node}`} />
            <span class={`tag ${TONES[now]}`}>{now}</span>
          </span>
        );
      })}
    </p>
  );
}

function StepText({ step: { kind, block, reason } }: { readonly step: TransactionStep }) {
  if (kind === 'seen') return <>came into the mempool</>;
  if (kind === 'returned') return <>came back into the mempool</>;
  if (block === undefined) return <>left the mempool: {REASONS[reason ?? ''] ?? reason}</>;
  return (
    <>
      {kind === 'confirmed' ? 'confirmed by ' : 'reversed, out of '}
      <a href={hrefOf({ view: 'block', id: block.hash })}>
        block {block.height} <span class="hash">…{blockLabel(block.hash)}</span>
      </a>
    </>
  );
}
