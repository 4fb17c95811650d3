import type { HashKey } from '../primitives/bytes.js';
import { type OutPointKey, outPointKey, outPointTxidKey } from '../primitives/outpoint.js';
import type { Transaction } from '../primitives/transaction.js';
import { assert } from '../runtime/errors.js';
import { type PoolEntry, saturatingAdd } from './entry.js';
import { LINK_USAGE, poolUsage } from './memory-usage.js';
import { compareByTime, compareByTxid, compareForEviction, compareForMining } from './order.js';
import { OrderedIndex } from './ordered-index.js';

/** To look at so many entries once costs as much as to find one of them in each order. */
const MANY_REMOVED = 16;

/**
 * The entries of the mempool, who spends whom, and the sums over ancestors and descendants that limits, eviction and
 * mining go by.
 *
 * Invariants (see `checkGraph`):
 * - no two entries spend one outpoint;
 * - an entry's parents are exactly the entries whose outputs it spends, and children mirror parents. Only while a
 *   reorganisation brings transactions back may links from them to descendants that stayed be missing, until
 *   {@link linkResurrected};
 * - aggregates are the sums over what the links reach;
 * - an entry is in each index at the place of its present numbers.
 *
 * Nothing here knows of policy, events or the chain.
 */
export class TxGraph {
  private readonly byTxid = new Map<HashKey, PoolEntry>();
  private readonly byWtxid = new Map<HashKey, PoolEntry>();
  private readonly spenders = new Map<OutPointKey, PoolEntry>();
  private readonly evictionOrder = new OrderedIndex<PoolEntry>(compareForEviction);
  private readonly miningOrder = new OrderedIndex<PoolEntry>(compareForMining);
  private readonly timeOrder = new OrderedIndex<PoolEntry>(compareByTime);
  private innerUsage = 0;
  /** Core keeps a list of all transactions; its capacity counts as memory. */
  private listCapacity = 0;
  private vsizeTotal = 0;
  private feeTotal = 0;

  get size(): number {
    return this.byTxid.size;
  }

  /** Sum of virtual sizes. */
  get totalVsize(): number {
    return this.vsizeTotal;
  }

  /** Sum of fees, without deltas. */
  get totalFee(): number {
    return this.feeTotal;
  }

  /** Outpoints that entries spend. */
  get spendCount(): number {
    return this.spenders.size;
  }

  /** Estimated bytes, with so many fee deltas kept beside the entries. */
  usage(deltas: number): number {
    return poolUsage({
      entries: this.size,
      spends: this.spenders.size,
      deltas,
      listCapacity: this.listCapacity,
      inner: this.innerUsage,
    });
  }

  has(txid: HashKey): boolean {
    return this.byTxid.has(txid);
  }

  get(txid: HashKey): PoolEntry | undefined {
    return this.byTxid.get(txid);
  }

  getByWtxid(wtxid: HashKey): PoolEntry | undefined {
    return this.byWtxid.get(wtxid);
  }

  spender(outpoint: OutPointKey): PoolEntry | undefined {
    return this.spenders.get(outpoint);
  }

  /** In order of insertion. */
  entries(): IterableIterator<PoolEntry> {
    return this.byTxid.values();
  }

  /** Best ancestor score first. */
  inMiningOrder(): Iterable<PoolEntry> {
    return this.miningOrder;
  }

  /** The entry whose descendant package is worth least. */
  get worst(): PoolEntry | undefined {
    return this.evictionOrder.first;
  }

  /** The entry that entered first. */
  get oldest(): PoolEntry | undefined {
    return this.timeOrder.first;
  }

  /** Entries older than `time`, in seconds. */
  *olderThan(time: number): IterableIterator<PoolEntry> {
    for (const entry of this.timeOrder) {
      if (entry.time >= time) return;
      yield entry;
    }
  }

  /** Entries whose outputs `tx` spends. */
  parentsOf(tx: Transaction): Set<PoolEntry> {
    const parents = new Set<PoolEntry>();
    for (let i = 0; i < tx.inputCount; i++) {
      const parent = this.byTxid.get(outPointTxidKey(tx.prevoutKey(i)));
      if (parent !== undefined) parents.add(parent);
    }
    return parents;
  }

  /** Entries that spend outputs of `tx`, whether it is here or not. */
  spendersOf(tx: Transaction): Set<PoolEntry> {
    const children = new Set<PoolEntry>();
    for (let i = 0; i < tx.outputCount; i++) {
      const child = this.spenders.get(outPointKey(tx.txid, i));
      if (child !== undefined) children.add(child);
    }
    return children;
  }

  /** Adds an entry that has no children here yet; `ancestors` are all its ancestors. */
  add(entry: PoolEntry, ancestors: ReadonlySet<PoolEntry>): void {
    const { tx } = entry;
    assert(!this.byTxid.has(entry.txidKey), 'an added entry is new');
    this.byTxid.set(entry.txidKey, entry);
    this.byWtxid.set(entry.wtxidKey, entry);
    for (let i = 0; i < tx.inputCount; i++) this.spenders.set(tx.prevoutKey(i), entry);
    this.innerUsage += entry.usage;
    this.vsizeTotal += entry.vsize;
    this.feeTotal += entry.fee;
    if (this.size > this.listCapacity) this.listCapacity = Math.max(1, this.listCapacity * 2);
    for (const parent of this.parentsOf(tx)) this.link(parent, entry);
    for (const ancestor of ancestors) {
      this.changeDescendants(ancestor, entry.vsize, entry.modifiedFee, 1);
      entry.ancestorCount++;
      entry.ancestorSize += ancestor.vsize;
      entry.ancestorFees = saturatingAdd(entry.ancestorFees, ancestor.modifiedFee);
      entry.ancestorSigOpCost += ancestor.sigOpCost;
    }
    this.evictionOrder.insert(entry);
    this.miningOrder.insert(entry);
    this.timeOrder.insert(entry);
  }

  /**
   * Takes entries out. Either they include all descendants of each, or `keepDescendants` is set and what is left of
   * them learns that it has an ancestor less (a block confirmed it).
   *
   * @returns the entries, in the order in which their removal is told: by txid
   */
  remove(removed: ReadonlySet<PoolEntry>, keepDescendants: boolean): PoolEntry[] {
    if (keepDescendants) {
      for (const entry of removed) {
        for (const descendant of descendantsOf(entry))
          this.changeAncestors(descendant, -entry.vsize, -entry.modifiedFee, -1, -entry.sigOpCost);
      }
    }
    for (const entry of removed) {
      for (const ancestor of ancestorsOf(entry))
        this.changeDescendants(ancestor, -entry.vsize, -entry.modifiedFee, -1);
      for (const parent of entry.parents) {
        if (parent.children.delete(entry)) this.innerUsage -= LINK_USAGE;
      }
    }
    // Links down are cut only now: the walks above go along them.
    for (const entry of removed) {
      for (const child of entry.children) {
        if (child.parents.delete(entry)) this.innerUsage -= LINK_USAGE;
      }
    }
    const ordered = [...removed].sort(compareByTxid);
    for (const entry of ordered) this.forget(entry);
    return ordered;
  }

  /** Takes out entries that a block confirmed, in its order; what builds on them stays. */
  removeConfirmed(entries: readonly PoolEntry[]): void {
    const alone: PoolEntry[] = [];
    for (const entry of entries) {
      if (entry.parents.size === 0 && entry.children.size === 0) alone.push(entry);
      else this.remove(new Set([entry]), true);
    }
    if (alone.length * MANY_REMOVED < this.size) for (const entry of alone) this.forget(entry);
    else this.forgetAll(alone);
  }

  /** Changes what an entry pays in the eyes of selection. */
  changeFee(entry: PoolEntry, delta: number): void {
    this.evictionOrder.delete(entry);
    this.miningOrder.delete(entry);
    entry.modifiedFee = saturatingAdd(entry.modifiedFee, delta);
    entry.ancestorFees = saturatingAdd(entry.ancestorFees, delta);
    entry.descendantFees = saturatingAdd(entry.descendantFees, delta);
    this.evictionOrder.insert(entry);
    this.miningOrder.insert(entry);
    for (const ancestor of ancestorsOf(entry)) this.changeDescendants(ancestor, 0, delta, 0);
    for (const descendant of descendantsOf(entry)) this.changeAncestors(descendant, 0, delta, 0, 0);
  }

  /**
   * Joins transactions that came back from disconnected blocks to their descendants that were here before.
   *
   * @param resurrected those that were added again, parents first
   * @returns descendants that now exceed a limit of ancestors
   */
  linkResurrected(
    resurrected: readonly PoolEntry[],
    limits: { readonly ancestorCount: number; readonly ancestorSize: number },
  ): Set<PoolEntry> {
    const known = new Set(resurrected);
    const tooLong = new Set<PoolEntry>();
    // From the last on, so that whatever is reached below an entry has its links already.
    for (const entry of [...resurrected].reverse()) {
      for (const child of this.spendersOf(entry.tx)) {
        if (!known.has(child)) this.link(entry, child);
      }
      for (const descendant of descendantsOf(entry)) {
        // Those that came back counted each other when they were added.
        if (known.has(descendant)) continue;
        this.changeDescendants(entry, descendant.vsize, descendant.modifiedFee, 1);
        this.changeAncestors(descendant, entry.vsize, entry.modifiedFee, 1, entry.sigOpCost);
        if (descendant.ancestorCount > limits.ancestorCount || descendant.ancestorSize > limits.ancestorSize)
          tooLong.add(descendant);
      }
    }
    return tooLong;
  }

  private link(parent: PoolEntry, child: PoolEntry): void {
    if (parent.children.has(child)) return;
    parent.children.add(child);
    child.parents.add(parent);
    this.innerUsage += 2 * LINK_USAGE;
  }

  private forget(entry: PoolEntry): void {
    this.evictionOrder.delete(entry);
    this.miningOrder.delete(entry);
    this.timeOrder.delete(entry);
    this.forgetIds(entry);
    this.forgetSize(entry, this.size);
  }

  /** The same for a large part of all. */
  private forgetAll(entries: readonly PoolEntry[]): void {
    const { size } = this;
    const gone = new Set(entries);
    this.evictionOrder.deleteAll(gone);
    this.miningOrder.deleteAll(gone);
    this.timeOrder.deleteAll(gone);
    if (gone.size === size) {
      this.byTxid.clear();
      this.byWtxid.clear();
      this.spenders.clear();
    } else for (const entry of entries) this.forgetIds(entry);
    for (let i = 0; i < entries.length; i++) this.forgetSize(entries[i] as PoolEntry, size - i - 1);
  }

  private forgetIds({ tx, txidKey, wtxidKey }: PoolEntry): void {
    for (let i = 0; i < tx.inputCount; i++) this.spenders.delete(tx.prevoutKey(i));
    this.byTxid.delete(txidKey);
    this.byWtxid.delete(wtxidKey);
  }

  /** @param left entries that are left then */
  private forgetSize(entry: PoolEntry, left: number): void {
    // The other ends of links were taken off when they were cut.
    this.innerUsage -= entry.usage + (entry.parents.size + entry.children.size) * LINK_USAGE;
    this.vsizeTotal -= entry.vsize;
    this.feeTotal -= entry.fee;
    if (left * 2 < this.listCapacity) this.listCapacity = left;
  }

  private changeDescendants(entry: PoolEntry, size: number, fees: number, count: number): void {
    this.evictionOrder.delete(entry);
    entry.descendantSize += size;
    entry.descendantFees = saturatingAdd(entry.descendantFees, fees);
    entry.descendantCount += count;
    this.evictionOrder.insert(entry);
  }

  private changeAncestors(
    entry: PoolEntry,
    size: number,
    fees: number,
    count: number,
    sigOpCost: number,
  ): void {
    this.miningOrder.delete(entry);
    entry.ancestorSize += size;
    entry.ancestorFees = saturatingAdd(entry.ancestorFees, fees);
    entry.ancestorCount += count;
    entry.ancestorSigOpCost += sigOpCost;
    this.miningOrder.insert(entry);
  }
}

/** Everything that `entry` builds on, along its links, without itself. */
export function ancestorsOf<E extends { readonly parents: ReadonlySet<E> }>(entry: E): Set<E> {
  return reach(entry, of => of.parents);
}

/** Everything that builds on `entry`, along its links, without itself. */
export function descendantsOf<E extends { readonly children: ReadonlySet<E> }>(entry: E): Set<E> {
  return reach(entry, of => of.children);
}

/** `entries` with everything that builds on them. */
export function withDescendants(entries: Iterable<PoolEntry>): Set<PoolEntry> {
  const all = new Set<PoolEntry>();
  for (const entry of entries) {
    if (all.has(entry)) continue;
    all.add(entry);
    for (const descendant of descendantsOf(entry)) all.add(descendant);
  }
  return all;
}

function reach<E>(entry: E, next: (of: E) => ReadonlySet<E>): Set<E> {
  const reached = new Set<E>(next(entry));
  // A set grows while it is gone through, and each element comes once.
  for (const found of reached) for (const further of next(found)) reached.add(further);
  return reached;
}
