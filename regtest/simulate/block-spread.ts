import type { HeaderId } from '../../src/consensus/chain-view.js';

/** Blocks on their way × nodes: some ten bytes each. With more, blocks come so much faster than they spread that no chain grows. */
const MAX_LIVE_CELLS = 20_000_000;

/** How far a node has got with a block. */
export enum Progress {
  None = 0,
  /** Asked for, or on its way after that. */
  Requested = 1,
  /** There and valid, but something below it is not. */
  Waiting = 2,
  Accepted = 3,
}

/** One block on its way through the network. */
export interface Spread {
  /** {@link Progress} of each node. */
  readonly progress: Uint8Array;
  /** When each node hears of it first, as far as is known now; infinite where it has not been told. */
  readonly news: Float64Array;
  /** 1 for nodes that have passed it on. */
  readonly relayed: Uint8Array;
  /** Events that are still to come. */
  pending: number;
}

/** What a checkpoint keeps of a spread. */
export interface SpreadState {
  readonly block: HeaderId;
  readonly progress: Uint8Array;
  readonly news: Float64Array;
  readonly relayed: Uint8Array;
  readonly pending: number;
}

/**
 * The blocks that are still on their way or might be asked for. When all nodes have moved past a block it is dropped and
 * its arrays are used again, so that memory follows the number of live blocks: one or two, unless blocks come faster
 * than they spread.
 */
export class BlockSpreads {
  private readonly live = new Map<HeaderId, Spread>();
  private readonly free: Spread[] = [];

  /** @param maxCells most nodes × blocks on their way */
  constructor(
    private readonly nodes: number,
    private readonly maxCells = MAX_LIVE_CELLS,
  ) {}

  /** Undefined when everybody has the block, or nobody will ever ask for it. */
  get(block: HeaderId): Spread | undefined {
    return this.live.get(block);
  }

  /** Blocks that are not dropped yet, in order of their finding. */
  blocks(): IterableIterator<HeaderId> {
    return this.live.keys();
  }

  /** @throws RangeError when too many blocks are on their way */
  start(block: HeaderId): Spread {
    if ((this.live.size + 1) * this.nodes > this.maxCells)
      throw new RangeError(
        `${this.live.size} blocks are on their way at once: the interval is too short for this network`,
      );
    const spread = this.free.pop() ?? {
      progress: new Uint8Array(this.nodes),
      news: new Float64Array(this.nodes),
      relayed: new Uint8Array(this.nodes),
      pending: 0,
    };
    spread.progress.fill(Progress.None);
    spread.news.fill(Number.POSITIVE_INFINITY);
    spread.relayed.fill(0);
    spread.pending = 0;
    this.live.set(block, spread);
    return spread;
  }

  /** Drops blocks without events to come for which `isSettled`. */
  drop(isSettled: (block: HeaderId) => boolean): void {
    for (const [block, spread] of this.live) {
      if (spread.pending > 0 || !isSettled(block)) continue;
      this.live.delete(block);
      this.free.push(spread);
    }
  }

  save(): SpreadState[] {
    return [...this.live].map(([block, { progress, news, relayed, pending }]) => ({
      block,
      progress: progress.slice(),
      news: news.slice(),
      relayed: relayed.slice(),
      pending,
    }));
  }

  restore(states: readonly SpreadState[]): void {
    for (const { block, progress, news, relayed, pending } of states) {
      const spread = this.start(block);
      spread.progress.set(progress);
      spread.news.set(news);
      spread.relayed.set(relayed);
      spread.pending = pending;
    }
  }
}
