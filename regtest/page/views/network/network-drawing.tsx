import { useRef } from 'preact/hooks';
import type { LinkStatus } from '../../../control/protocol.js';
import { circle, discRadius, type Point } from '../../layout/network-layout.js';
import { isPerfect, type LabState, linkKey, type NodeState } from '../../state/lab-state.js';
import { mainTip } from '../../state/tips.js';
import { hueStyle } from '../../ui/colours.js';
import { useSize } from '../../ui/use-size.js';
import { conditionsText } from './link-text.js';
import { Pulses } from './pulses.js';

/** With more links, those that nothing ails are one faint web that cannot be clicked: choose two nodes instead. */
const MAX_SINGLE_LINKS = 120;

const MARGIN = 58;

/** Below this radius a node shows its number alone. */
const ROOM_FOR_NAME = 21;

interface DrawingProps {
  readonly state: LabState;
  readonly selected: readonly number[];
  readonly groups: ReadonlyMap<number, number>;
  readonly onNode: (node: number) => void;
  readonly onLink: (nodes: readonly [number, number]) => void;
}

export function NetworkDrawing({ state, selected, groups, onNode, onLink }: DrawingProps) {
  const panel = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(panel);
  const side = Math.max(0, Math.min(width, height) - 2 * MARGIN);
  const left = (width - side) / 2;
  const top = (height - side) / 2;
  const points = circle(state.nodes.length).map(({ x, y }) => ({ x: left + side * x, y: top + side * y }));
  const radius = Math.min(30, discRadius(state.nodes.length) * side);
  const main = mainTip(state);
  return (
    <div class="panel drawing network" ref={panel}>
      {side > 0 && (
        <svg width={width} height={height} role="group" aria-label="Nodes and links">
          <Links state={state} points={points} selected={selected} onLink={onLink} />
          {state.nodes.map(node => (
            <NodeDisc
              key={node.index}
              node={node}
              point={points[node.index] ?? { x: 0, y: 0 }}
              radius={radius}
              group={groups.get(node.index)}
              isSelected={selected.includes(node.index)}
              isBehind={node.tip !== main}
              onClick={() => onNode(node.index)}
            />
          ))}
        </svg>
      )}
      <Pulses points={points} radius={radius} width={width} height={height} />
      <Legend />
    </div>
  );
}

function Links({
  state,
  points,
  selected,
  onLink,
}: {
  readonly state: LabState;
  readonly points: readonly Point[];
  readonly selected: readonly number[];
  readonly onLink: DrawingProps['onLink'];
}) {
  const links = [...state.links.values()];
  const isMany = links.length > MAX_SINGLE_LINKS;
  const isPlain = (link: LinkStatus) => isPerfect(link) && link.connected && isMany;
  const web = links.filter(isPlain).map(link => linePath(link, points));
  return (
    <g class="links">
      {web.length > 0 && <path class="web" d={web.join('')} />}
      {links
        .filter(link => !isPlain(link))
        .map(link => (
          <LinkLine
            key={linkKey(...link.nodes)}
            link={link}
            points={points}
            state={state}
            isSelected={selected.length === 2 && link.nodes.every(node => selected.includes(node))}
            onClick={() => onLink(link.nodes)}
          />
        ))}
    </g>
  );
}

function linePath({ nodes: [a, b] }: LinkStatus, points: readonly Point[]): string {
  const [from, to] = [points[a], points[b]];
  return from === undefined || to === undefined ? '' : `M${from.x} ${from.y}L${to.x} ${to.y}`;
}

function LinkLine({
  link,
  points,
  state,
  isSelected,
  onClick,
}: {
  readonly link: LinkStatus;
  readonly points: readonly Point[];
  readonly state: LabState;
  readonly isSelected: boolean;
  readonly onClick: () => void;
}) {
  const [a, b] = link.nodes;
  const path = linePath(link, points);
  const name = `Link ${state.nodes[a]?.name ?? a} – ${state.nodes[b]?.name ?? b}: ${conditionsText(link)}`;
  const isCut = link.conditions.down || !link.connected;
  const kind = isCut ? 'cut' : isPerfect(link) ? '' : 'slow';
  const [from, to] = [points[a], points[b]];
  return (
    <g
      class={`link ${kind} ${isSelected ? 'selected' : ''}`}
      role="button"
      tabindex={0}
      aria-pressed={isSelected}
      aria-label={name}
      onClick={onClick}
      onKeyDown={event => pressed(event, onClick)}
    >
      <title>{name}</title>
      <path class="reach" d={path} />
      <path class="line" d={path} />
      {kind === 'slow' && from !== undefined && to !== undefined && (
        <text x={from.x + 0.36 * (to.x - from.x)} y={from.y + 0.36 * (to.y - from.y) + 4}>
          {conditionsText(link)}
        </text>
      )}
    </g>
  );
}

/** Enter and space, as buttons have it. */
function pressed(event: KeyboardEvent, action: () => void): void {
  if (event.key !== 'Enter' && event.key !== ' ') return;
  event.preventDefault();
  action();
}

function NodeDisc({
  node,
  point,
  radius,
  group,
  isSelected,
  isBehind,
  onClick,
}: {
  readonly node: NodeState;
  readonly point: Point;
  readonly radius: number;
  readonly group: number | undefined;
  readonly isSelected: boolean;
  readonly isBehind: boolean;
  readonly onClick: () => void;
}) {
  const hasRoom = radius >= ROOM_FOR_NAME;
  const state = node.running ? `height ${node.height}, ${node.peers.size} peers` : 'not running';
  const classes = [
    'node',
    node.running ? '' : 'stopped',
    isSelected ? 'selected' : '',
    isBehind ? 'behind' : '',
  ];
  return (
    <g
      class={classes.join(' ')}
      style={hueStyle(node.index)}
      transform={`translate(${point.x} ${point.y})`}
      role="button"
      tabindex={0}
      aria-pressed={isSelected}
      aria-label={`${node.name}: ${state}${group === undefined ? '' : `, group ${groupLetter(group)}`}`}
      onClick={onClick}
      onKeyDown={event => pressed(event, onClick)}
    >
      <title>
        {node.name}: {state}
      </title>
      <circle class="disc" r={radius} />
      <text class="name" y={hasRoom ? -2 : 4}>
        {hasRoom ? node.name.slice(0, 8) : node.index}
      </text>
      {hasRoom && (
        <text class="height" y={12}>
          {node.running ? node.height : 'off'}
        </text>
      )}
      {group !== undefined && (
        <g class="group" transform={`translate(${radius * 0.8} ${-radius * 0.8})`}>
          <circle r="9" />
          <text y="4">{groupLetter(group)}</text>
        </g>
      )}
    </g>
  );
}

export function groupLetter(group: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + group);
}

function Legend() {
  return (
    <ul class="legend" aria-label="Meaning of the lines">
      <li>
        <svg width="26" height="8" aria-hidden="true">
          <path class="key plain" d="M0 4H26" />
        </svg>
        perfect
      </li>
      <li>
        <svg width="26" height="8" aria-hidden="true">
          <path class="key slow" d="M0 4H26" />
        </svg>
        slowed
      </li>
      <li>
        <svg width="26" height="8" aria-hidden="true">
          <path class="key cut" d="M0 4H26" />
        </svg>
        cut
      </li>
      <li>
        <svg width="10" height="10" aria-hidden="true">
          <circle class="key dot" cx="5" cy="5" r="4" />
        </svg>
        block on its way
      </li>
    </ul>
  );
}
