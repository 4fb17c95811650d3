import { type HeaderId, NO_HEADER } from '../consensus/chain-view.js';
import type { ActiveChain } from './active-chain.js';
import type { BlockLinks, LinkObserver } from './block-links.js';
import type { HeaderTree } from './header-tree.js';
import { CandidateSet } from './headers/candidate-set.js';
import { BlockStatus } from './store/block-status.js';

/** `precious` numbers grow downwards, and stop here. */
const LOWEST_SEQUENCE = -0x80000000;

/**
 * Which blocks may become the tip of one chain state.
 *
 * Terms: *linked* is as in {@link BlockLinks}; *worse* is by `HeaderTree.compareTips`; *admitted* is what {@link restrict}
 * says. Between two changes of the chain these hold (`checkInvariants` tests them):
 *
 * 1. Each candidate but the tip is linked, not invalid, admitted, and not worse than the tip. The tip is one.
 * 2. Each linked, not invalid, admitted block that is not worse than the tip is a candidate, unless data between it and
 *    the chain are missing (they were pruned).
 */
export class BlockCandidates implements LinkObserver {
  private readonly set: CandidateSet;
  private preciousSequence = -1;
  private preciousTip: HeaderId = NO_HEADER;
  /** A candidate whose data down to the active chain were found complete, so that they need not be looked at again. */
  private complete: HeaderId = NO_HEADER;
  private above: HeaderId = NO_HEADER;
  private upTo: HeaderId = NO_HEADER;

  constructor(
    private readonly tree: HeaderTree,
    private readonly active: ActiveChain,
    private readonly links: BlockLinks,
  ) {
    this.set = new CandidateSet((a, b) => tree.compareTips(a, b));
    links.attach(this);
  }

  /** Takes no more notice of the blocks. */
  close(): void {
    this.links.detach(this);
    this.set.clear();
  }

  get size(): number {
    return this.set.size;
  }

  /**
   * From now on only blocks that descend from `above` and lead to `upTo` are admitted; NO_HEADER sets no limit. A chain
   * that starts from a snapshot cannot go below its base, and what is validated in the background has that base as its aim.
   */
  restrict({
    above = NO_HEADER,
    upTo = NO_HEADER,
  }: {
    readonly above?: HeaderId;
    readonly upTo?: HeaderId;
  }): void {
    this.above = above;
    this.upTo = upTo;
    this.complete = NO_HEADER;
    this.set.clear();
    this.considerAll();
  }

  has(id: HeaderId): boolean {
    return this.set.has(id);
  }

  withdraw(id: HeaderId): void {
    this.set.delete(id);
  }

  /** Makes `id` a candidate if it qualifies. */
  consider(id: HeaderId): void {
    if (this.qualifies(id)) this.set.add(id);
  }

  /** It may be the tip, as far as its branch and its work go. */
  qualifies(id: HeaderId): boolean {
    const { tree, active, above, upTo } = this;
    if (id === active.tip) return true;
    if (!tree.isLinked(id) || !tree.isValid(id, BlockStatus.VALID_TRANSACTIONS)) return false;
    if (active.height >= 0 && tree.compareTips(id, active.tip) < 0) return false;
    return (
      (above === NO_HEADER || tree.descends(id, above)) && (upTo === NO_HEADER || tree.descends(upTo, id))
    );
  }

  /** Considers every header: after the tip has moved down, or when the tree was loaded. */
  considerAll(): void {
    for (let id = 0; id < this.tree.size; id++) this.consider(id);
  }

  /** The best block that the chain can move to; the tip when there is none better, NO_HEADER in an empty tree. */
  mostWork(): HeaderId {
    for (let best = this.set.best; best !== NO_HEADER; best = this.set.best) {
      const missing = this.firstMissing(best);
      if (missing === NO_HEADER) {
        this.complete = best;
        return best;
      }
      this.dropPath(best, missing);
    }
    return NO_HEADER;
  }

  /** Drops the candidates that the tip, newly connected, has overtaken. */
  prune(): void {
    this.set.dropWorseThan(this.active.tip);
  }

  /**
   * `id` comes before all other blocks of equal work (preciousblock). Later calls win over earlier ones, as long as the
   * tip has not gained work in between. Nothing happens to a block with less work than the tip.
   */
  prefer(id: HeaderId): void {
    const { tree, active } = this;
    if (tree.compareWork(id, active.tip) < 0) return;
    if (this.preciousTip === NO_HEADER || tree.compareWork(active.tip, this.preciousTip) > 0) {
      this.preciousSequence = -1;
    }
    this.preciousTip = active.tip;
    this.links.place(id, this.preciousSequence);
    if (this.preciousSequence > LOWEST_SEQUENCE) this.preciousSequence--;
    this.prune();
  }

  dataRemoved(): void {
    this.complete = NO_HEADER;
  }

  /** Highest block from `best` down to the active chain whose data are missing. */
  private firstMissing(best: HeaderId): HeaderId {
    const { tree, active } = this;
    for (let walk = best; walk !== NO_HEADER && walk !== this.complete; walk = tree.prev(walk)) {
      if (active.contains(walk)) break;
      if (!tree.hasData(walk)) return walk;
    }
    return NO_HEADER;
  }

  /** `missing` has no data, so what lies on top of it up to `best` waits until it gets them. */
  private dropPath(best: HeaderId, missing: HeaderId): void {
    let walk = best;
    for (; walk !== missing; walk = this.tree.prev(walk)) {
      this.links.file(walk);
      this.set.delete(walk);
    }
    this.set.delete(missing);
  }
}
