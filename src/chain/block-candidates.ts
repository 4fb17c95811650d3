import { type HeaderId, NO_HEADER } from '../consensus/chain-view.js';
import type { ActiveChain } from './active-chain.js';
import type { HeaderTree } from './header-tree.js';
import { CandidateSet } from './headers/candidate-set.js';
import { BlockStatus } from './store/block-status.js';

/** Sequence numbers of blocks read from disk: those of the active chain win ties, as they did when they arrived. */
const SEQUENCE_LOADED_ACTIVE = 0;
const SEQUENCE_LOADED = 1;
/** The first number for a block that arrives. */
const FIRST_SEQUENCE = 2;
/** `precious` numbers grow downwards, and stop here. */
const LOWEST_SEQUENCE = -0x80000000;

/**
 * Which blocks may become the tip, and which are out of the question.
 *
 * Terms: a block is *linked* when its transactions and those of all its ancestors were seen; *worse* is by
 * `HeaderTree.compareTips`. Between two changes of the chain these hold (`checkInvariants` tests them):
 *
 * 1. A block has FAILED_CHILD exactly when its predecessor has FAILED_VALID or FAILED_CHILD.
 * 2. Each candidate is linked, not invalid, and not worse than the tip. The tip is one.
 * 3. Each linked, not invalid block that is not worse than the tip is a candidate, unless data between it and the
 *    active chain are missing (they were pruned).
 * 4. A block with data that is not linked, or that was dropped from the candidates for missing data below it, is filed
 *    as unlinked under its predecessor.
 */
export class BlockCandidates {
  private readonly set: CandidateSet;
  private readonly unlinked = new Map<HeaderId, HeaderId[]>();
  private nextSequence = FIRST_SEQUENCE;
  private preciousSequence = -1;
  private preciousTip: HeaderId = NO_HEADER;
  /** A candidate whose data down to the active chain were found complete, so that they need not be looked at again. */
  private complete: HeaderId = NO_HEADER;
  /** The invalid header with most work. */
  private worstInvalid: HeaderId = NO_HEADER;

  constructor(
    private readonly tree: HeaderTree,
    private readonly active: ActiveChain,
  ) {
    this.set = new CandidateSet((a, b) => tree.compareTips(a, b));
  }

  /** The invalid header with most work, NO_HEADER when there is none. */
  get bestInvalid(): HeaderId {
    return this.worstInvalid;
  }

  get size(): number {
    return this.set.size;
  }

  has(id: HeaderId): boolean {
    return this.set.has(id);
  }

  isUnlinked(id: HeaderId): boolean {
    return this.unlinked.get(this.tree.prev(id))?.includes(id) ?? false;
  }

  /**
   * The transactions of `id` were seen and stored: links it and all blocks that waited for it, in order of arrival, or
   * files it to wait for its predecessor.
   */
  received(id: HeaderId): void {
    const { tree } = this;
    const prev = tree.prev(id);
    if (prev !== NO_HEADER && !tree.isLinked(prev)) {
      this.file(id);
      return;
    }
    const queue = [id];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      this.link(next);
      // A pruned block that was fetched again may be a candidate still, in its former place.
      this.set.delete(next);
      tree.setSequence(next, this.nextSequence++);
      this.consider(next);
      queue.push(...(this.unlinked.get(next) ?? []));
      this.unlinked.delete(next);
    }
  }

  /** Makes `id` a candidate if it qualifies. */
  consider(id: HeaderId): void {
    const { tree, active } = this;
    if (!tree.isLinked(id) || !tree.isValid(id, BlockStatus.VALID_TRANSACTIONS)) return;
    if (active.height >= 0 && tree.compareTips(id, active.tip) < 0) return;
    this.set.add(id);
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

  /** `id` broke a rule: neither it nor anything on top of it will be a candidate. */
  fail(id: HeaderId): void {
    const { tree } = this;
    tree.setStatus(id, tree.status(id) | BlockStatus.FAILED_VALID);
    this.ruleOut(id);
    tree.forEachDescendant(id, descendant => {
      tree.setStatus(descendant, tree.status(descendant) | BlockStatus.FAILED_CHILD);
      this.ruleOut(descendant);
    });
    this.complete = NO_HEADER;
  }

  /**
   * Takes back that `id`, its ancestors and its descendants are invalid. Other branches on top of those ancestors
   * become valid with them, up to blocks that broke a rule themselves.
   */
  restore(id: HeaderId): void {
    const { tree } = this;
    let root = id;
    for (let walk = id; walk !== NO_HEADER; walk = tree.prev(walk)) {
      if (!tree.isInvalid(walk)) continue;
      tree.setStatus(walk, tree.status(walk) & ~BlockStatus.FAILED_MASK);
      root = walk;
    }
    tree.forEachDescendant(id, descendant => {
      if (tree.isInvalid(descendant))
        tree.setStatus(descendant, tree.status(descendant) & ~BlockStatus.FAILED_MASK);
    });
    tree.forEachDescendant(root, descendant => this.inheritFailure(descendant));
    this.considerAll();
    this.findWorstInvalid();
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
    this.set.delete(id);
    tree.setSequence(id, this.preciousSequence);
    if (this.preciousSequence > LOWEST_SEQUENCE) this.preciousSequence--;
    this.consider(id);
    this.prune();
  }

  /** Derives all from a tree that was read from disk, with the active chain already set. */
  load(): void {
    const { tree, active } = this;
    for (let id = 0; id < tree.size; id++) {
      this.inheritFailure(id);
      const prev = tree.prev(id);
      const seen = tree.txCount(id) > 0;
      if (seen && (prev === NO_HEADER || tree.isLinked(prev))) {
        this.link(id);
        tree.setSequence(id, active.contains(id) ? SEQUENCE_LOADED_ACTIVE : SEQUENCE_LOADED);
      } else if (tree.hasData(id)) this.file(id);
    }
    this.considerAll();
    this.findWorstInvalid();
  }

  /**
   * The data of `id` were removed from disk: it does not wait for its predecessor any more, since it would have to come
   * again first, and what was found complete may be no more.
   */
  dataRemoved(id: HeaderId): void {
    this.complete = NO_HEADER;
    const prev = this.tree.prev(id);
    const waiting = this.unlinked.get(prev);
    if (waiting === undefined) return;
    const left = waiting.filter(other => other !== id);
    if (left.length === 0) this.unlinked.delete(prev);
    else this.unlinked.set(prev, left);
  }

  private link(id: HeaderId): void {
    const { tree } = this;
    const prev = tree.prev(id);
    tree.setChainTxCount(id, tree.txCount(id) + (prev === NO_HEADER ? 0 : tree.chainTxCount(prev)));
  }

  private file(id: HeaderId): void {
    const prev = this.tree.prev(id);
    const waiting = this.unlinked.get(prev);
    if (waiting === undefined) this.unlinked.set(prev, [id]);
    else if (!waiting.includes(id)) waiting.push(id);
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
      this.file(walk);
      this.set.delete(walk);
    }
    this.set.delete(missing);
  }

  private ruleOut(id: HeaderId): void {
    this.set.delete(id);
    const { tree, worstInvalid } = this;
    if (worstInvalid === NO_HEADER || tree.compareWork(id, worstInvalid) > 0) this.worstInvalid = id;
  }

  private inheritFailure(id: HeaderId): void {
    const { tree } = this;
    const prev = tree.prev(id);
    const status = tree.status(id);
    const inherits = prev !== NO_HEADER && tree.isInvalid(prev);
    const wanted = inherits ? status | BlockStatus.FAILED_CHILD : status & ~BlockStatus.FAILED_CHILD;
    if (wanted !== status) tree.setStatus(id, wanted);
  }

  private findWorstInvalid(): void {
    const { tree } = this;
    this.worstInvalid = NO_HEADER;
    for (let id = 0; id < tree.size; id++) if (tree.isInvalid(id)) this.ruleOut(id);
  }
}
