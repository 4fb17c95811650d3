import type { NodeState } from '../state/lab-state.js';

interface NodeSelectProps {
  readonly nodes: readonly NodeState[];
  readonly value: number;
  readonly onChange: (node: number) => void;
}

/** Whose view of things is shown. */
export function NodeSelect({ nodes, value, onChange }: NodeSelectProps) {
  return (
    <select
      class="node-select"
      aria-label="Node"
      value={value}
      onChange={event => onChange(Number(event.currentTarget.value))}
    >
      {nodes.map(({ index, name }) => (
        <option key={index} value={index}>
          {name}
        </option>
      ))}
    </select>
  );
}
