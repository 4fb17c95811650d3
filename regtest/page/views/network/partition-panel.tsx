import type { NodeState } from '../../state/lab-state.js';
import { plural } from '../../text.js';
import { OutcomeText } from '../../ui/outcome-text.js';
import { useCommand } from '../../ui/use-command.js';
import { groupLetter } from './network-drawing.js';

/** Parts that a network can be cut into on the page; the command takes any number. */
const MAX_GROUPS = 4;

interface PartitionPanelProps {
  readonly nodes: readonly NodeState[];
  readonly selected: readonly number[];
  readonly groups: ReadonlyMap<number, number>;
  /** All links are as they are meant to be without a partition. */
  readonly isWhole: boolean;
  readonly onSelect: (nodes: readonly number[]) => void;
  readonly onGroups: (groups: ReadonlyMap<number, number>) => void;
}

/** Cuts the network into groups of nodes, and heals it. */
export function PartitionPanel({
  nodes,
  selected,
  groups,
  isWhole,
  onSelect,
  onGroups,
}: PartitionPanelProps) {
  const { outcome, isBusy, run, refuse } = useCommand();
  const assign = (group: number): void => {
    const next = new Map(groups);
    for (const node of selected) next.set(node, group);
    onGroups(next);
    onSelect([]);
  };
  const cut = async (): Promise<void> => {
    const lists = groupLists(nodes, groups);
    if (lists.length < 2) return refuse('Select nodes, put them into a group, and leave some in another.');
    const done = await run(
      'partition',
      { groups: lists },
      () => `Cut into ${plural(lists.length, 'group')}.`,
    );
    if (done !== undefined) onSelect([]);
  };
  const heal = async (): Promise<void> => {
    const done = await run('heal', {}, () => 'Healed.');
    if (done !== undefined) onGroups(new Map());
  };
  return (
    <section class="panel" aria-labelledby="partition-title">
      <h2 id="partition-title">Partition</h2>
      <p>
        {selected.length === 0
          ? 'Select nodes in the drawing, then their group. Nodes without one are group A.'
          : `${plural(selected.length, 'node')} selected.`}
      </p>
      <div class="row" role="group" aria-label="Group of the selected nodes">
        {Array.from({ length: MAX_GROUPS }, (_, group) => (
          <button
            key={group}
            type="button"
            disabled={selected.length === 0}
            aria-label={`Put the selected nodes into group ${groupLetter(group)}`}
            onClick={() => assign(group)}
          >
            {groupLetter(group)}
          </button>
        ))}
        <button type="button" class="quiet" disabled={groups.size === 0} onClick={() => onGroups(new Map())}>
          Clear
        </button>
      </div>
      <div class="row">
        <button type="button" class="primary" disabled={isBusy} onClick={() => void cut()}>
          Cut into groups
        </button>
        <button type="button" disabled={isBusy || isWhole} onClick={() => void heal()}>
          Heal
        </button>
      </div>
      <OutcomeText outcome={outcome} />
    </section>
  );
}

/** Node numbers of each group that has any; those that were not put into one are the first group. */
export function groupLists(
  nodes: readonly Pick<NodeState, 'index'>[],
  groups: ReadonlyMap<number, number>,
): number[][] {
  const lists = Array.from({ length: MAX_GROUPS }, (_, group) =>
    nodes.filter(({ index }) => (groups.get(index) ?? 0) === group).map(({ index }) => index),
  );
  return lists.filter(list => list.length > 0);
}
