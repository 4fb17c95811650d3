import type { LinkStatus } from '../../../control/protocol.js';
import {
  type LinkConditions,
  MAX_BANDWIDTH_KBPS,
  MAX_DELAY_MS,
  MAX_LOSS,
  PERFECT_LINK,
} from '../../../links/conditions.js';
import { type LabState, linkKey } from '../../state/lab-state.js';
import { NodeName } from '../../ui/node-name.js';
import { OutcomeText } from '../../ui/outcome-text.js';
import { type CommandRunner, useCommand } from '../../ui/use-command.js';
import { ConditionField } from './condition-field.js';

interface LinkPanelProps {
  readonly state: LabState;
  /** Undefined: all links are set. */
  readonly pair: readonly [number, number] | undefined;
  readonly onClear: () => void;
}

/** Sets what a link does to what passes, or what all of them do. Every change takes effect at once. */
export function LinkPanel({ state, pair, onClear }: LinkPanelProps) {
  const runner = useCommand();
  const { outcome, isBusy, run } = runner;
  const link = pair === undefined ? undefined : state.links.get(linkKey(...pair));
  const ends = pair === undefined ? {} : { a: pair[0], b: pair[1] };
  const set = (conditions: Partial<LinkConditions>) =>
    void run('link', { ...ends, ...conditions }, () => 'In effect.');
  if (pair !== undefined && link === undefined) {
    return (
      <section class="panel" aria-labelledby="link-title">
        <PairTitle state={state} pair={pair} onClear={onClear} />
        <p>There is no link between them.</p>
        <Join pair={pair} isJoined={false} runner={runner} />
        <OutcomeText outcome={outcome} />
      </section>
    );
  }
  const conditions = link?.conditions ?? common(state.links.values());
  return (
    <section class="panel" aria-labelledby="link-title">
      {pair === undefined ? (
        <h2 id="link-title">All links</h2>
      ) : (
        <PairTitle state={state} pair={pair} onClear={onClear} />
      )}
      <Fields conditions={conditions} set={set} />
      <div class="row">
        <button
          type="button"
          disabled={isBusy}
          aria-pressed={conditions.down}
          onClick={() => set({ down: !conditions.down })}
        >
          {conditions.down ? 'Restore' : 'Cut'}
        </button>
        <button type="button" disabled={isBusy} onClick={() => set(PERFECT_LINK)}>
          Make perfect
        </button>
        {pair !== undefined && <Join pair={pair} isJoined={link?.connected === true} runner={runner} />}
      </div>
      <OutcomeText outcome={outcome} />
    </section>
  );
}

/** Connects two nodes, or ends their connection. */
function Join({
  pair: [a, b],
  isJoined,
  runner: { isBusy, run },
}: {
  readonly pair: readonly [number, number];
  readonly isJoined: boolean;
  readonly runner: CommandRunner;
}) {
  const change = () =>
    isJoined
      ? run('disconnect', { a, b }, () => 'Disconnected.')
      : run('connect', { a, b }, () => 'Connected.');
  return (
    <button type="button" disabled={isBusy} onClick={() => void change()}>
      {isJoined ? 'Disconnect' : 'Connect'}
    </button>
  );
}

function PairTitle({ state, pair, onClear }: LinkPanelProps & { readonly pair: readonly [number, number] }) {
  return (
    <h2 id="link-title" class="row">
      <span class="grow">
        {pair.map(index => (
          <NodeName key={index} index={index} name={state.nodes[index]?.name ?? `node${index}`} />
        ))}
      </span>
      <button type="button" class="quiet" onClick={onClear}>
        All links
      </button>
    </h2>
  );
}

function Fields({
  conditions,
  set,
}: {
  readonly conditions: LinkConditions;
  readonly set: (conditions: Partial<LinkConditions>) => void;
}) {
  return (
    <div class="fields">
      <ConditionField
        label="Latency"
        unit="ms"
        value={conditions.latencyMs}
        slide={1000}
        max={MAX_DELAY_MS}
        onChange={latencyMs => set({ latencyMs })}
      />
      <ConditionField
        label="Jitter"
        unit="ms"
        value={conditions.jitterMs}
        slide={1000}
        max={MAX_DELAY_MS}
        onChange={jitterMs => set({ jitterMs })}
      />
      <ConditionField
        label="Bandwidth"
        unit="kb/s"
        hint="0 is no limit"
        value={conditions.bandwidthKbps}
        slide={10_000}
        max={MAX_BANDWIDTH_KBPS}
        onChange={bandwidthKbps => set({ bandwidthKbps })}
      />
      <ConditionField
        label="Loss"
        unit="%"
        value={Math.round(1000 * conditions.loss) / 10}
        slide={50}
        max={100 * MAX_LOSS}
        onChange={loss => set({ loss: loss / 100 })}
      />
    </div>
  );
}

/** What all links have in common; perfect where they differ. */
function common(links: Iterable<LinkStatus>): LinkConditions {
  const all = [...links].map(link => link.conditions);
  const [first] = all;
  const isSame = first !== undefined && all.every(other => JSON.stringify(other) === JSON.stringify(first));
  return isSame ? first : PERFECT_LINK;
}
