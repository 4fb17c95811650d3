import { type HeaderId, NO_HEADER } from '../consensus/chain-view.js';
import type { HeaderTree } from './header-tree.js';
import { BlockStatus } from './store/block-status.js';

/** Sequence numbers of blocks read from disk: those of the active chain win ties, as they did when they arrived. */
const SEQUENCE_LOADED_ACTIVE = 0;
const SEQUENCE_LOADED = 1;
/** The first number for a block that arrives. */
const FIRST_SEQUENCE = 2;

/** Who chooses a tip among the blocks, one for each chain state. */
export interface LinkObserver {
  /** The block's place in the order of preference changes, or it cannot be a tip any more. */
  withdraw(id: HeaderId): void;
  /** The block may be a tip now. */
  consider(id: HeaderId): void;
  /** Any block may be a tip now. */
  considerAll(): void;
  /** What was found to be there, down to the chain, may be there no more. */
  dataRemoved(): void;
}

/**
 * Which blocks could be connected, for all that is known of data and validity. Shared by all chain states over one tree.
 *
 * Terms: a block is *linked* when its transactions and those of all its ancestors were seen. The base of a snapshot in use
 * counts as linked whatever was seen, since how many transactions lead up to it is known. Between two changes of the
 * chain these hold (`checkInvariants` tests them):
 *
 * 1. A block has FAILED_CHILD exactly when its predecessor has FAILED_VALID or FAILED_CHILD.
 * 2. A block with data of whose ancestors some were never seen, or that was dropped from the candidates for missing data
 *    below it, is filed as unlinked under its predecessor.
 */
export class BlockLinks {
  private readonly observers = new Set<LinkObserver>();
  private readonly unlinked = new Map<HeaderId, HeaderId[]>();
  private nextSequence = FIRST_SEQUENCE;
  private snapshotBase: HeaderId = NO_HEADER;
  /** The invalid header with most work. */
  private worstInvalid: HeaderId = NO_HEADER;

  constructor(private readonly tree: HeaderTree) {}

  /** Tells the observer of all changes from now on. */
  attach(observer: LinkObserver): void {
    this.observers.add(observer);
  }

  detach(observer: LinkObserver): void {
    this.observers.delete(observer);
  }

  /** The invalid header with most work, NO_HEADER when there is none. */
  get bestInvalid(): HeaderId {
    return this.worstInvalid;
  }

  /** Base of the snapshot in use, NO_HEADER when there is none. */
  get base(): HeaderId {
    return this.snapshotBase;
  }

  /** A snapshot is in use as of block `id`, which with its ancestors has `chainTxCount` transactions. */
  setBase(id: HeaderId, chainTxCount: number): void {
    this.snapshotBase = id;
    this.tree.setChainTxCount(id, chainTxCount);
    this.linkAll(this.takeWaiting(id));
  }

  /** The snapshot in use was validated, and counts as such no more; or it is to be {@link load}ed without it. */
  clearBase(): void {
    this.snapshotBase = NO_HEADER;
  }

  isUnlinked(id: HeaderId): boolean {
    return this.unlinked.get(this.tree.prev(id))?.includes(id) ?? false;
  }

  /** Files `id`, which has data, to wait for its predecessor. */
  file(id: HeaderId): void {
    const prev = this.tree.prev(id);
    const waiting = this.unlinked.get(prev);
    if (waiting === undefined) this.unlinked.set(prev, [id]);
    else if (!waiting.includes(id)) waiting.push(id);
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
    this.linkAll([id]);
  }

  /** Gives `id` another place among blocks of equal work. */
  place(id: HeaderId, sequence: number): void {
    for (const observer of this.observers) observer.withdraw(id);
    this.tree.setSequence(id, sequence);
    for (const observer of this.observers) observer.consider(id);
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
    this.lookAgain();
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
    for (const observer of this.observers) observer.considerAll();
    this.findWorstInvalid();
  }

  /**
   * Derives all from a tree that was read from disk. Observers look for their candidates afterwards.
   *
   * @param isActive the block is in the chain that the node follows
   */
  load(isActive: (id: HeaderId) => boolean): void {
    const { tree } = this;
    this.unlinked.clear();
    for (let id = 0; id < tree.size; id++) {
      this.inheritFailure(id);
      const prev = tree.prev(id);
      if (tree.txCount(id) > 0 && (prev === NO_HEADER || tree.isLinked(prev))) this.link(id);
      else if (tree.hasData(id)) this.file(id);
      if (tree.isLinked(id)) tree.setSequence(id, isActive(id) ? SEQUENCE_LOADED_ACTIVE : SEQUENCE_LOADED);
    }
    this.findWorstInvalid();
  }

  /**
   * The data of `id` were removed from disk: it does not wait for its predecessor any more, since it would have to come
   * again first, and what was found complete may be no more.
   */
  dataRemoved(id: HeaderId): void {
    const prev = this.tree.prev(id);
    const left = (this.unlinked.get(prev) ?? []).filter(other => other !== id);
    if (left.length === 0) this.unlinked.delete(prev);
    else this.unlinked.set(prev, left);
    this.lookAgain();
  }

  private lookAgain(): void {
    for (const observer of this.observers) observer.dataRemoved();
  }

  private linkAll(queue: HeaderId[]): void {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      this.link(next);
      // A pruned block that was fetched again may be a candidate still, in its former place.
      this.place(next, this.nextSequence++);
      queue.push(...this.takeWaiting(next));
    }
  }

  /** The blocks that wait for `id`, which do so no more. */
  private takeWaiting(id: HeaderId): HeaderId[] {
    const waiting = this.unlinked.get(id) ?? [];
    this.unlinked.delete(id);
    return waiting;
  }

  private link(id: HeaderId): void {
    const { tree } = this;
    const prev = tree.prev(id);
    tree.setChainTxCount(id, tree.txCount(id) + (prev === NO_HEADER ? 0 : tree.chainTxCount(prev)));
  }

  private ruleOut(id: HeaderId): void {
    for (const observer of this.observers) observer.withdraw(id);
    this.noteInvalid(id);
  }

  private noteInvalid(id: HeaderId): void {
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
    for (let id = 0; id < tree.size; id++) if (tree.isInvalid(id)) this.noteInvalid(id);
  }
}
