import { useCallback, useRef, useState } from 'preact/hooks';
import { layoutChain } from '../../layout/chain-layout.js';
import { mainTip, tipsOf } from '../../state/tips.js';
import { plural } from '../../text.js';
import { useLab, usePage } from '../../ui/context.js';
import { Heading } from '../../ui/heading.js';
import { OutcomeText } from '../../ui/outcome-text.js';
import { useCommand } from '../../ui/use-command.js';
import { useSize } from '../../ui/use-size.js';
import { BlockTable } from './block-table.js';
import { ChainDrawing, COLUMN_WIDTH } from './chain-drawing.js';
import { TipTable } from './tip-table.js';

/** Blocks in the table below the drawing. */
const TABLE_BLOCKS = 25;

/** The tree of blocks with its forks, and where every node stands in it. */
export function ChainView() {
  const state = useLab('tree', 'nodes');
  const panel = useRef<HTMLDivElement>(null);
  const { width } = useSize(panel);
  const columns = Math.max(1, Math.floor(width / COLUMN_WIDTH) - 1);
  const pan = useWindow(columns);
  const main = mainTip(state);
  const layout = layoutChain(state.tree.between(pan.low, pan.high), main);
  const tips = tipsOf(state);
  return (
    <>
      <Heading title="Chain">
        <p class="lead">{chainText(state.tree.size, state.tree.bottom, tips.length)}</p>
        <PanButtons pan={pan} />
      </Heading>
      <div
        class="panel drawing chain"
        ref={panel}
        onKeyDown={event => pan.key(event)}
        onWheel={event => pan.wheel(event)}
      >
        {width > 0 && (
          <ChainDrawing layout={layout} state={state} low={pan.low} high={pan.high} width={width} />
        )}
      </div>
      <OutcomeText outcome={pan.outcome} />
      <div class="columns chain-tables">
        <TipTable tips={tips} tree={state.tree} />
        <BlockTable
          blocks={state.tree.between(state.tree.top - TABLE_BLOCKS, state.tree.top)}
          state={state}
          main={main}
        />
      </div>
    </>
  );
}

function chainText(size: number, bottom: number, tips: number): string {
  if (size === 0) return 'No block is known yet.';
  const from = bottom === 0 ? 'from the first block' : `from height ${bottom}`;
  return `${plural(size, 'block')} ${from}, ${plural(tips, 'tip')}`;
}

interface Pan {
  readonly low: number;
  readonly high: number;
  readonly isFollowing: boolean;
  readonly canGoBack: boolean;
  readonly outcome: ReturnType<typeof useCommand>['outcome'];
  move(columns: number): void;
  follow(): void;
  first(): void;
  key(event: KeyboardEvent): void;
  wheel(event: WheelEvent): void;
}

/** Which heights are seen: the last ones, until somebody looks further back. */
function useWindow(columns: number): Pan {
  const { store } = usePage();
  const { tree } = store.state;
  const { outcome, isBusy, run } = useCommand();
  const [end, setEnd] = useState<number | undefined>(undefined);
  const high = Math.max(end ?? tree.top, Math.min(columns - 1, tree.top));
  const low = Math.max(0, high - columns + 1);
  const fetchOlder = useCallback(
    async (below: number): Promise<void> => {
      const view = await run('view', { belowHeight: below });
      if (view !== undefined) store.addOlder(view.blocks);
    },
    [run, store],
  );
  const show = (height: number): void => {
    const next = Math.max(Math.min(height, tree.top), 0);
    setEnd(next >= tree.top ? undefined : next);
    if (next - columns + 1 <= tree.bottom && tree.bottom > 0 && !tree.isFull && !isBusy)
      void fetchOlder(tree.bottom);
  };
  const move = (by: number) => show(high + by);
  return {
    low,
    high,
    isFollowing: end === undefined,
    canGoBack: low > 0,
    outcome,
    move,
    follow: () => setEnd(undefined),
    first: () => show(Math.max(tree.bottom, 0) + columns - 1),
    key: event => {
      const by = { ArrowLeft: -1, ArrowRight: 1, PageUp: -columns, PageDown: columns }[event.key];
      if (by !== undefined) move(by);
      else if (event.key === 'End') setEnd(undefined);
      else return;
      event.preventDefault();
    },
    wheel: event => {
      const by = Math.sign(event.deltaX);
      if (by !== 0) move(by);
    },
  };
}

function PanButtons({ pan }: { readonly pan: Pan }) {
  return (
    <div class="row end" role="group" aria-label="Part of the chain">
      <button type="button" disabled={!pan.canGoBack} onClick={() => pan.first()}>
        Oldest
      </button>
      <button type="button" disabled={!pan.canGoBack} onClick={() => pan.move(-10)}>
        ← Older
      </button>
      <button type="button" disabled={pan.isFollowing} onClick={() => pan.move(10)}>
        Newer →
      </button>
      <button type="button" aria-pressed={pan.isFollowing} onClick={() => pan.follow()}>
        Follow the tip
      </button>
    </div>
  );
}
