import type { HeaderTree } from '../../src/chain/header-tree.js';
import type { HeaderId } from '../../src/consensus/chain-view.js';

export interface TipsState {
  readonly tip: Int32Array;
  readonly unanimousTime: number;
  readonly agreementTime: number;
  readonly lastChange: number;
  readonly reorgs: readonly number[];
}

/**
 * Which block each node has as its tip, and how much they agree. The rule is the chain's own (`HeaderTree.compareTips`):
 * more work, and among equal work what came first. All nodes share one tree, and what came first differs between them;
 * but a node's tip came before whatever arrives now, so that to it the rule says: move if the newcomer has more work.
 */
export class Tips {
  private readonly tip: Int32Array;
  /** Nodes by tip. */
  private readonly holders = new Map<HeaderId, number>();
  /** Seconds during which all nodes agreed, and seconds × share of the nodes that had the most common tip. */
  private unanimousTime = 0;
  private agreementTime = 0;
  private lastChange = 0;
  /** Entry d: how many times a node undid d blocks. */
  readonly reorgs: number[] = [];

  constructor(
    private readonly nodes: number,
    private readonly tree: HeaderTree,
  ) {
    this.tip = new Int32Array(nodes);
    this.holders.set(0, nodes);
  }

  of(node: number): HeaderId {
    return this.tip[node] as HeaderId;
  }

  /** All nodes have the same tip. */
  get unanimous(): boolean {
    return this.holders.size === 1;
  }

  /** The different tips. */
  all(): IterableIterator<HeaderId> {
    return this.holders.keys();
  }

  /** A node has accepted a block. Returns whether that is its tip now. */
  offer(node: number, block: HeaderId, time: number): boolean {
    const former = this.of(node);
    if (this.tree.compareWork(block, former) <= 0) return false;
    this.pass(time);
    if (this.tree.prev(block) !== former) this.countReorg(former, block);
    this.tip[node] = block;
    const left = (this.holders.get(former) ?? 0) - 1;
    if (left === 0) this.holders.delete(former);
    else this.holders.set(former, left);
    this.holders.set(block, (this.holders.get(block) ?? 0) + 1);
    return true;
  }

  /** Last block that all nodes have in their chains. */
  settled(): HeaderId {
    let common: HeaderId | undefined;
    for (const tip of this.holders.keys())
      common = common === undefined ? tip : this.tree.commonAncestor(common, tip);
    return common ?? 0;
  }

  /** Share of the time up to `time` in which all agreed, and mean share of the nodes with the most common tip. */
  agreement(time: number): { readonly unanimous: number; readonly mostCommon: number } {
    this.pass(time);
    return time === 0
      ? { unanimous: 1, mostCommon: 1 }
      : { unanimous: this.unanimousTime / time, mostCommon: this.agreementTime / time };
  }

  save(): TipsState {
    const { unanimousTime, agreementTime, lastChange, reorgs } = this;
    return { tip: this.tip.slice(), unanimousTime, agreementTime, lastChange, reorgs: Array.from(reorgs) };
  }

  restore(state: TipsState): void {
    this.tip.set(state.tip);
    this.holders.clear();
    for (const tip of state.tip) this.holders.set(tip, (this.holders.get(tip) ?? 0) + 1);
    this.unanimousTime = state.unanimousTime;
    this.agreementTime = state.agreementTime;
    this.lastChange = state.lastChange;
    this.reorgs.splice(0, this.reorgs.length, ...state.reorgs);
  }

  /** What was the case until now is counted up to `time`. */
  private pass(time: number): void {
    const elapsed = time - this.lastChange;
    if (elapsed <= 0) return;
    let most = 0;
    for (const count of this.holders.values()) if (count > most) most = count;
    this.agreementTime += (elapsed * most) / this.nodes;
    if (this.unanimous) this.unanimousTime += elapsed;
    this.lastChange = time;
  }

  private countReorg(former: HeaderId, block: HeaderId): void {
    const depth = this.tree.height(former) - this.tree.height(this.tree.commonAncestor(former, block));
    if (depth === 0) return;
    while (this.reorgs.length <= depth) this.reorgs.push(0);
    this.reorgs[depth] = (this.reorgs[depth] as number) + 1;
  }
}
