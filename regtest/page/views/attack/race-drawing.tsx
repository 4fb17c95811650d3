import { useRef } from 'preact/hooks';
import { layoutRace, type PlacedFind } from '../../layout/race-layout.js';
import type { AttackStory } from '../../state/attack-story.js';
import { hueStyle } from '../../ui/colours.js';
import { hrefOf } from '../../ui/router.js';
import { useSize } from '../../ui/use-size.js';

const SIZE = 30;
const GAP = 10;
const STEP = SIZE + GAP;
const LEFT = 84;
const ROW_Y = { honest: 34, attacker: 92 } as const;
const HEIGHT = 142;

/** Two rows of blocks from the fork on; of a long race the last part. */
export function RaceDrawing({ story }: { readonly story: AttackStory }) {
  const box = useRef<HTMLDivElement>(null);
  const { width } = useSize(box);
  const placed = layoutRace(story);
  const columns = Math.max(1, Math.floor((width - LEFT - 20) / STEP));
  const last = placed.reduce((most, { column }) => Math.max(most, column), 0);
  const skip = Math.max(0, last - columns);
  const seen = placed.filter(({ column }) => column > skip);
  const names = story.plan.kind === 'partition' ? ['Second side', 'First side'] : ['Honest', 'Attacker'];
  return (
    <div class="drawing race" ref={box}>
      {width > 0 && (
        <svg width={width} height={HEIGHT} role="group" aria-label="Blocks of both branches">
          <defs>
            <pattern
              id="race-hatch"
              width="6"
              height="6"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <rect class="hatch-ground" width="6" height="6" />
              <rect class="hatch-line" width="2.4" height="6" />
            </pattern>
          </defs>
          <text class="side-name" x="0" y={ROW_Y.honest + 19}>
            {names[0]}
          </text>
          <text class="side-name" x="0" y={ROW_Y.attacker + 19}>
            {names[1]}
          </text>
          <Marks story={story} skip={skip} />
          <Lines placed={seen} skip={skip} isForked={story.split !== undefined} />
          {seen.map(find => (
            <Find
              key={find.block.hash}
              find={find}
              x={xOf(find.column, skip)}
              isHidden={find.block.isPrivate && story.release === undefined}
            />
          ))}
        </svg>
      )}
    </div>
  );
}

function xOf(column: number, skip: number): number {
  return LEFT + (column - skip - 1) * STEP;
}

function Lines({
  placed,
  skip,
  isForked,
}: {
  readonly placed: readonly PlacedFind[];
  readonly skip: number;
  readonly isForked: boolean;
}) {
  const fork = { x: LEFT - 22, y: (ROW_Y.honest + ROW_Y.attacker + SIZE) / 2 };
  return (
    <g class="edges" aria-hidden="true">
      {isForked && skip === 0 && <circle cx={fork.x} cy={fork.y} r="4" class="fork" />}
      {(['honest', 'attacker'] as const).map(row => {
        const columns = placed.filter(find => find.row === row).map(({ column }) => column);
        if (columns.length === 0) return null;
        const y = ROW_Y[row] + SIZE / 2;
        const end = xOf(Math.max(...columns), skip);
        const start =
          skip === 0 ? `M${fork.x} ${fork.y}Q${fork.x} ${y} ${LEFT - 6} ${y}` : `M${LEFT - 16} ${y}`;
        return <path key={row} d={`${start}H${end}`} />;
      })}
    </g>
  );
}

/** The block with the payment, and where the merchant hands over the goods. */
function Marks({ story, skip }: { readonly story: AttackStory; readonly skip: number }) {
  const { plan, payment } = story;
  if (plan.kind !== 'double-spend' && plan.kind !== 'eclipse') return null;
  const { confirmations } = plan.rules;
  const row = plan.kind === 'double-spend' ? ROW_Y.honest : ROW_Y.attacker;
  const x = (column: number) => xOf(column, skip) + SIZE / 2;
  return (
    <g class="marks" aria-hidden="true">
      {payment !== undefined && skip === 0 && (
        <text x={x(1)} y={row - 8}>
          payment
        </text>
      )}
      {confirmations > skip && confirmations > 1 && (
        <>
          <path d={`M${x(confirmations) + STEP / 2} 12V${HEIGHT - 14}`} />
          <text x={x(confirmations) + STEP / 2 + 5} y="20" class="at-left">
            {confirmations} confirmations
          </text>
        </>
      )}
    </g>
  );
}

function Find({
  find: { block, row, isLost, column },
  x,
  isHidden,
}: {
  readonly find: PlacedFind;
  readonly x: number;
  /** The others have not seen it yet. */
  readonly isHidden: boolean;
}) {
  const text = `Block ${block.height} by ${block.finder}${isHidden ? ', private' : ''}, number ${column}`;
  return (
    <g
      class={`block ${isHidden ? 'private' : ''} ${isLost ? 'lost' : ''}`}
      style={hueStyle(block.node)}
      transform={`translate(${x} ${ROW_Y[row]})`}
    >
      <a href={hrefOf({ view: 'block', id: block.hash })} aria-label={text}>
        <title>{text}</title>
        <rect class="body" width={SIZE} height={SIZE} rx="5" />
        <text class="finder" x={SIZE / 2} y="19">
          {column}
        </text>
      </a>
    </g>
  );
}
