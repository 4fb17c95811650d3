import type { ChainLayout, PlacedBlock } from '../../layout/chain-layout.js';
import type { LabState, NodeState } from '../../state/lab-state.js';
import { tipsOf } from '../../state/tips.js';
import { plural } from '../../text.js';
import { hueStyle } from '../../ui/colours.js';
import { hrefOf } from '../../ui/router.js';

export const COLUMN_WIDTH = 68;
const LANE_HEIGHT = 108;
const BLOCK_WIDTH = 52;
const BLOCK_HEIGHT = 38;
const FLAG_HEIGHT = 17;
const AXIS_HEIGHT = 26;
const TOP = 64;

/** Flags at one block; of more nodes the number is told. */
const MAX_FLAGS = 3;

interface DrawingProps {
  readonly layout: ChainLayout;
  readonly state: LabState;
  readonly low: number;
  readonly high: number;
  readonly width: number;
}

/** Columns are heights, lanes are branches. A hatched block is private; the bar in a block tells how many nodes have it. */
export function ChainDrawing({ layout, state, low, high, width }: DrawingProps) {
  const height = TOP + layout.lanes * LANE_HEIGHT + AXIS_HEIGHT - 42;
  const x = (at: number) => width - COLUMN_WIDTH * (high - at + 1) + 4;
  const places = new Map(layout.blocks.map(placed => [placed.block.hash, placed]));
  const flags = new Map(tipsOf(state).map(tip => [tip.hash, tip.nodes]));
  return (
    <svg width={width} height={height} role="group" aria-label={`Blocks from height ${low} to ${high}`}>
      <defs>
        <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect class="hatch-ground" width="6" height="6" />
          <rect class="hatch-line" width="2.4" height="6" />
        </pattern>
      </defs>
      <Axis low={low} high={high} x={x} y={height - 8} />
      <g class="edges">
        {layout.blocks.map(placed => (
          <path key={placed.block.hash} d={edgePath(placed, places, x)} />
        ))}
      </g>
      {layout.blocks.map(placed => (
        <Block
          key={placed.block.hash}
          placed={placed}
          left={x(placed.block.height)}
          nodes={state.nodes}
          flags={flags.get(placed.block.hash) ?? []}
        />
      ))}
    </svg>
  );
}

function laneTop(lane: number): number {
  return TOP + lane * LANE_HEIGHT;
}

function Axis({
  low,
  high,
  x,
  y,
}: {
  readonly low: number;
  readonly high: number;
  readonly x: (height: number) => number;
  readonly y: number;
}) {
  const heights = Array.from({ length: Math.max(0, high - low + 1) }, (_, index) => low + index);
  return (
    <g class="axis" aria-hidden="true">
      {heights.map(height => (
        <text key={height} x={x(height) + BLOCK_WIDTH / 2} y={y}>
          {height}
        </text>
      ))}
    </g>
  );
}

/** From the parent's right side to the block's left; a stub where the parent is not drawn. */
function edgePath(
  { block, lane }: PlacedBlock,
  places: ReadonlyMap<string, PlacedBlock>,
  x: (height: number) => number,
): string {
  const endX = x(block.height);
  const endY = laneTop(lane) + BLOCK_HEIGHT / 2;
  if (block.height === 0) return '';
  const parent = places.get(block.parent);
  if (parent === undefined) return `M${endX - 14} ${endY}H${endX}`;
  const startX = x(parent.block.height) + BLOCK_WIDTH;
  const startY = laneTop(parent.lane) + BLOCK_HEIGHT / 2;
  if (startY === endY) return `M${startX} ${startY}H${endX}`;
  return `M${startX} ${startY}C${startX + 14} ${startY} ${endX - 14} ${endY} ${endX} ${endY}`;
}

function Block({
  placed: { block, lane },
  left,
  nodes,
  flags,
}: {
  readonly placed: PlacedBlock;
  readonly left: number;
  readonly nodes: readonly NodeState[];
  readonly flags: readonly NodeState[];
}) {
  const top = laneTop(lane);
  const finder = block.finder === undefined ? undefined : nodes[block.finder];
  const name = finder?.name ?? (block.height === 0 ? 'genesis' : '–');
  const share = nodes.length === 0 ? 0 : Math.min(1, block.seenBy.size / nodes.length);
  return (
    <g
      class={`block${block.isPrivate ? ' private' : ''}`}
      style={hueStyle(block.finder)}
      transform={`translate(${left} ${top})`}
    >
      <a href={hrefOf({ view: 'block', id: block.hash })} aria-label={blockText(block, name, flags)}>
        <title>{blockText(block, name, flags)}</title>
        <rect class="body" width={BLOCK_WIDTH} height={BLOCK_HEIGHT} rx="5" />
        <text class="finder" x={BLOCK_WIDTH / 2} y="16">
          {name.slice(0, 7)}
        </text>
        <text class="txs" x={BLOCK_WIDTH / 2} y="29">
          {block.txs} tx
        </text>
        <rect class="seen-ground" x="6" y={BLOCK_HEIGHT - 4.5} width={BLOCK_WIDTH - 12} height="2" rx="1" />
        <rect
          class="seen"
          x="6"
          y={BLOCK_HEIGHT - 4.5}
          width={(BLOCK_WIDTH - 12) * share}
          height="2"
          rx="1"
        />
      </a>
      <Flags nodes={flags} />
    </g>
  );
}

function blockText(block: PlacedBlock['block'], finder: string, flags: readonly NodeState[]): string {
  const parts = [
    `Block ${block.height} …${block.hash.slice(-8)}`,
    `found by ${finder}`,
    plural(block.txs, 'transaction'),
    `at ${plural(block.seenBy.size, 'node')}`,
  ];
  if (block.isPrivate) parts.push('private');
  if (flags.length > 0) parts.push(`tip of ${flags.map(node => node.name).join(', ')}`);
  return parts.join(', ');
}

/** Names of the nodes whose tip a block is, on a pole that stands on it. */
function Flags({ nodes }: { readonly nodes: readonly NodeState[] }) {
  if (nodes.length === 0) return null;
  const shown = nodes.length > MAX_FLAGS ? nodes.slice(0, MAX_FLAGS - 1) : nodes;
  const rest = nodes.length - shown.length;
  const rows = shown.length + (rest > 0 ? 1 : 0);
  const y = (row: number) => -(row + 1) * FLAG_HEIGHT - 3;
  return (
    <g class="flags" aria-hidden="true">
      <path class="pole" d={`M1 2V${y(rows - 1)}`} />
      {shown.map((node, row) => (
        <g key={node.index} style={hueStyle(node.index)} transform={`translate(1 ${y(row)})`}>
          <path class="flag" d={`M0 0H${BLOCK_WIDTH - 5}l4 7.5l-4 7.5H0Z`} />
          <text x="6" y="11">
            {node.name.slice(0, 7)}
          </text>
        </g>
      ))}
      {rest > 0 && (
        <g transform={`translate(1 ${y(rows - 1)})`}>
          <path class="flag rest" d={`M0 0H${BLOCK_WIDTH - 5}l4 7.5l-4 7.5H0Z`} />
          <text x="6" y="11">
            +{rest}
          </text>
        </g>
      )}
    </g>
  );
}
