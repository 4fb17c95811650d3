import { ActiveChain } from '../../src/chain/active-chain.js';
import { BlockCandidates } from '../../src/chain/block-candidates.js';
import { BlockLinks } from '../../src/chain/block-links.js';
import { HeaderTree } from '../../src/chain/header-tree.js';
import { BlockStatus } from '../../src/chain/store/block-status.js';
import { type HeaderId, NO_HEADER } from '../../src/consensus/chain-view.js';
import type { RunObserver } from './run-observer.js';

/** What a node does beyond the rule of most work, first seen. */
export interface NodePolicy {
  /** Branches that would undo more blocks than this are taken as invalid. */
  readonly maxReorg?: number | undefined;
}

/** What became of the node's chain when it moved to another branch. */
export interface Reorganization {
  readonly disconnected: number;
  readonly connected: number;
}

/**
 * One node's view of the network, as headers alone: the node's own header tree and its own rule for the best chain.
 * Blocks become known to the tree when they are found, and to the node when it receives them.
 */
export class HeaderNode {
  readonly tree = new HeaderTree();
  private readonly active = new ActiveChain(this.tree);
  private readonly links = new BlockLinks(this.tree);
  private readonly candidates = new BlockCandidates(this.tree, this.active, this.links);
  private last: Reorganization = { disconnected: 0, connected: 0 };

  /** @param observer is told of this node by its number, from the second block on */
  constructor(
    private readonly policy: NodePolicy = {},
    private readonly index = 0,
    private readonly observer?: RunObserver | undefined,
  ) {}

  /** NO_HEADER before genesis was received. */
  get tip(): HeaderId {
    return this.active.tip;
  }

  get height(): number {
    return this.active.height;
  }

  /** The last time that this node left a branch. */
  get lastReorganization(): Reorganization {
    return this.last;
  }

  /** Block of the node's chain at a height. */
  at(height: number): HeaderId {
    return this.active.at(height);
  }

  contains(id: HeaderId): boolean {
    return this.active.contains(id);
  }

  /** Blocks of the node's chain above a height, from the lowest. */
  above(height: number): HeaderId[] {
    return Array.from({ length: this.height - height }, (_, i) => this.at(height + 1 + i));
  }

  /** A block reaches the node: it is valid, linked, and may be the new tip. Its predecessor was received before. */
  receive(id: HeaderId): void {
    const { tree, links } = this;
    tree.setStatus(id, BlockStatus.VALID_TRANSACTIONS | BlockStatus.HAVE_DATA);
    tree.setTxCount(id, 1);
    links.received(id);
    if (this.height >= 0) this.observer?.accepted(id, this.index);
    this.activate();
  }

  /** `id`, received already, comes before all other blocks of equal work: what preciousblock does. */
  prefer(id: HeaderId): void {
    this.candidates.prefer(id);
    this.activate();
  }

  private activate(): void {
    const former = this.tip;
    this.moveToBest();
    if (former !== NO_HEADER && this.tip !== former) this.observer?.tip(this.tip, this.index, former);
  }

  private moveToBest(): void {
    const { tree, active, candidates } = this;
    for (;;) {
      const best = candidates.mostWork();
      if (best === active.tip || best === NO_HEADER) return;
      if (active.height < 0 || tree.prev(best) === active.tip) active.push(best);
      else if (!this.reorganize(best)) continue;
      candidates.prune();
      return;
    }
  }

  /** Moves to the branch of `best`, or rules that branch out when the policy forbids it. */
  private reorganize(best: HeaderId): boolean {
    const { tree, active } = this;
    const forkHeight = tree.height(active.fork(best));
    const disconnected = active.height - forkHeight;
    if (disconnected > (this.policy.maxReorg ?? Number.POSITIVE_INFINITY)) {
      this.links.fail(tree.ancestor(best, forkHeight + 1));
      return false;
    }
    while (active.height > forkHeight) active.pop();
    while (active.tip !== best) active.push(tree.ancestor(best, active.height + 1));
    this.last = { disconnected, connected: active.height - forkHeight };
    return true;
  }
}
