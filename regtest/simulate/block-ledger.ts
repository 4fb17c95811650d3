import { HeaderTree } from '../../src/chain/header-tree.js';
import { type HeaderId, NO_HEADER } from '../../src/consensus/chain-view.js';
import { FIRST_HEADER, Retargeting } from '../headers/retargeting.js';
import { HeaderMaker } from '../headers/synthetic-header.js';

/** Shares of the nodes whose time is recorded: when so many have a block. */
export const PERCENTILES = [0.5, 0.9, 0.99] as const;

/** What is known of the blocks of a run, for a checkpoint. Entry 0 of each column is genesis. */
export interface LedgerState {
  readonly prev: Int32Array;
  readonly finder: Int32Array;
  readonly foundAt: Float64Array;
  readonly accepted: Int32Array;
  readonly reached: Float64Array;
  readonly delay: Float64Array;
  readonly delayShare: Float64Array;
  readonly marks: Uint8Array;
}

/** All nodes agreed when the block was found. */
const UNRIVALLED = 1;
/** And somebody found another on the same predecessor all the same. */
const TIED = 2;

/**
 * The blocks of a run: the node's own header tree, which all nodes share, and what the network did with each block.
 * Genesis is block 0, which everybody has at time 0; the number of blocks is known beforehand.
 */
export class BlockLedger {
  readonly tree = new HeaderTree();
  readonly retargeting: Retargeting;
  /** Node that found the block, and when, in seconds. */
  readonly finder: Int32Array;
  readonly foundAt: Float64Array;
  /** Nodes that have it. */
  readonly accepted: Int32Array;
  /** Seconds from its finding until it had reached each of {@link PERCENTILES} of the nodes; NaN where it has not. */
  readonly reached: Float64Array;
  /** Sum of hash share × seconds until it was accepted, over the nodes that accepted it, and the sum of those shares. */
  readonly delay: Float64Array;
  readonly delayShare: Float64Array;
  private readonly marks: Uint8Array;
  /** First block found on top of each. */
  private readonly firstChild: Int32Array;
  private readonly maker = new HeaderMaker();
  private readonly needed: readonly number[];

  /**
   * @param blocks most that will be found
   * @param interval seconds
   * @param shares of the hash rate, by node
   */
  constructor(
    blocks: number,
    private readonly interval: number,
    private readonly shares: Float64Array,
    retarget: number | undefined,
  ) {
    const length = blocks + 1;
    this.retargeting = new Retargeting(retarget ?? Number.POSITIVE_INFINITY);
    this.finder = new Int32Array(length).fill(-1);
    this.foundAt = new Float64Array(length);
    this.accepted = new Int32Array(length);
    this.reached = new Float64Array(length * PERCENTILES.length).fill(Number.NaN);
    this.delay = new Float64Array(length);
    this.delayShare = new Float64Array(length);
    this.marks = new Uint8Array(length);
    this.firstChild = new Int32Array(length).fill(NO_HEADER);
    this.needed = PERCENTILES.map(share => Math.ceil(share * shares.length));
    this.maker.addTo(this.tree, NO_HEADER, FIRST_HEADER);
    this.accepted[0] = shares.length;
  }

  /** Blocks found. */
  get found(): number {
    return this.tree.size - 1;
  }

  /** A node finds a block. */
  find(prev: HeaderId, finder: number, time: number, allAgree: boolean): HeaderId {
    const id = this.addHeader(prev, time);
    this.finder[id] = finder;
    this.foundAt[id] = time;
    if (allAgree) this.marks[id] = UNRIVALLED;
    const rival = this.firstChild[prev] as HeaderId;
    if (rival === NO_HEADER) this.firstChild[prev] = id;
    else if (this.marks[rival] === UNRIVALLED) this.marks[rival] = UNRIVALLED | TIED;
    return id;
  }

  /** A node has received the block, validated it and has all that lies below it. */
  accept(id: HeaderId, node: number, time: number): void {
    const count = (this.accepted[id] as number) + 1;
    this.accepted[id] = count;
    const elapsed = time - (this.foundAt[id] as number);
    const share = this.shares[node] as number;
    this.delay[id] = (this.delay[id] as number) + share * elapsed;
    this.delayShare[id] = (this.delayShare[id] as number) + share;
    for (let i = 0; i < this.needed.length; i++)
      if (count === this.needed[i]) this.reached[id * PERCENTILES.length + i] = elapsed;
  }

  /** All nodes agreed when it was found. */
  wasUnrivalled(id: HeaderId): boolean {
    return ((this.marks[id] as number) & UNRIVALLED) !== 0;
  }

  /** All nodes agreed when it was found, and it got a rival of its height. */
  wasTied(id: HeaderId): boolean {
    return ((this.marks[id] as number) & TIED) !== 0;
  }

  save(): LedgerState {
    const length = this.tree.size;
    return {
      prev: Int32Array.from({ length }, (_, id) => this.tree.prev(id)),
      finder: this.finder.slice(0, length),
      foundAt: this.foundAt.slice(0, length),
      accepted: this.accepted.slice(0, length),
      reached: this.reached.slice(0, length * PERCENTILES.length),
      delay: this.delay.slice(0, length),
      delayShare: this.delayShare.slice(0, length),
      marks: this.marks.slice(0, length),
    };
  }

  /** Headers follow from their predecessors and times. */
  restore(state: LedgerState): void {
    for (let id = 1; id < state.prev.length; id++) {
      const prev = state.prev[id] as HeaderId;
      this.addHeader(prev, state.foundAt[id] as number);
      if (this.firstChild[prev] === NO_HEADER) this.firstChild[prev] = id;
    }
    this.finder.set(state.finder);
    this.foundAt.set(state.foundAt);
    this.accepted.set(state.accepted);
    this.reached.set(state.reached);
    this.delay.set(state.delay);
    this.delayShare.set(state.delayShare);
    this.marks.set(state.marks);
  }

  private addHeader(prev: HeaderId, time: number): HeaderId {
    const facts = this.retargeting.factsOn(prev, time / this.interval, this.tree);
    return this.maker.addTo(this.tree, prev, facts);
  }
}
