import { useState } from 'preact/hooks';
import { linkKey, reachableGroups } from '../../state/lab-state.js';
import { plural } from '../../text.js';
import { useLab } from '../../ui/context.js';
import { Heading } from '../../ui/heading.js';
import { LinkPanel } from './link-panel.js';
import { LinkTable } from './link-table.js';
import { NetworkDrawing } from './network-drawing.js';
import { PartitionPanel } from './partition-panel.js';

/** Nodes and what lies between them. */
export function NetworkView() {
  const state = useLab('nodes', 'links');
  const [selected, setSelected] = useState<readonly number[]>([]);
  const [groups, setGroups] = useState<ReadonlyMap<number, number>>(new Map());
  const reachable = reachableGroups(state.nodes.length, state.links.values());
  const toggle = (node: number) =>
    setSelected(old => (old.includes(node) ? old.filter(other => other !== node) : [...old, node]));
  const [a, b] = selected;
  const pair = selected.length === 2 && a !== undefined && b !== undefined ? ([a, b] as const) : undefined;
  return (
    <>
      <Heading title="Network">
        <p class="lead">
          {plural(state.nodes.length, 'node')}, {plural(state.links.size, 'link')}{' '}
          {reachable.length > 1 && (
            <span class="tag warn">{plural(reachable.length, 'part')} that do not reach each other</span>
          )}
        </p>
      </Heading>
      <div class="columns with-side fill">
        <NetworkDrawing
          state={state}
          selected={selected}
          groups={groups}
          onNode={toggle}
          onLink={nodes => setSelected([...nodes])}
        />
        <div class="side">
          <LinkPanel
            key={pair === undefined ? 'all' : linkKey(...pair)}
            state={state}
            pair={pair}
            onClear={() => setSelected([])}
          />
          <PartitionPanel
            nodes={state.nodes}
            selected={selected}
            groups={groups}
            isWhole={[...state.links.values()].every(({ connected }) => connected)}
            onSelect={setSelected}
            onGroups={setGroups}
          />
          <LinkTable state={state} onLink={nodes => setSelected([...nodes])} />
        </div>
      </div>
    </>
  );
}
