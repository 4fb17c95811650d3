import type { MempoolEntry } from '../mempool/mempool.js';
import { assert } from '../runtime/errors.js';

/** An entry with those of its ancestors that are not in the block yet. */
export interface ModifiedPackage {
  readonly entry: MempoolEntry;
  readonly size: number;
  readonly fees: number;
  readonly sigOpCost: number;
}

interface Slot {
  entry: MempoolEntry;
  size: number;
  fees: number;
  sigOpCost: number;
  /** Place in the heap, -1 when taken out. */
  index: number;
}

/**
 * Packages with changed totals, best first: a binary heap over the worse of an entry's own feerate and its package's.
 * Invariant: no slot is better than its parent; `slots` holds exactly what the heap holds.
 */
export class PackageHeap {
  private readonly heap: Slot[] = [];
  private readonly slots = new Map<MempoolEntry, Slot>();

  has(entry: MempoolEntry): boolean {
    return this.slots.has(entry);
  }

  peek(): ModifiedPackage | undefined {
    return this.heap[0];
  }

  /** True when the package is to be mined before the entry with its own ancestors as in the mempool. */
  isBetter(candidate: ModifiedPackage, entry: MempoolEntry): boolean {
    return (
      compareScores(candidate, { entry, size: entry.ancestorSize, fees: entry.ancestorFees, sigOpCost: 0 }) <
      0
    );
  }

  /** Takes an ancestor that went into the block out of the totals of `entry`. */
  subtract(entry: MempoolEntry, ancestor: MempoolEntry): void {
    let slot = this.slots.get(entry);
    if (slot === undefined) {
      slot = {
        entry,
        size: entry.ancestorSize,
        fees: entry.ancestorFees,
        sigOpCost: entry.ancestorSigOpCost,
        index: this.heap.length,
      };
      this.slots.set(entry, slot);
      this.heap.push(slot);
    }
    slot.size -= ancestor.vsize;
    slot.fees -= ancestor.modifiedFee;
    slot.sigOpCost -= ancestor.sigOpCost;
    this.restore(slot);
  }

  remove(entry: MempoolEntry): void {
    const slot = this.slots.get(entry);
    if (slot === undefined) return;
    this.slots.delete(entry);
    const last = this.heap.pop();
    assert(last !== undefined, 'a heap with slots is not empty');
    if (last === slot) return;
    this.heap[slot.index] = last;
    last.index = slot.index;
    this.restore(last);
  }

  private restore(slot: Slot): void {
    this.moveUp(slot);
    this.moveDown(slot);
  }

  private moveUp(slot: Slot): void {
    while (slot.index > 0) {
      const parent = this.heap[(slot.index - 1) >> 1] as Slot;
      if (compareScores(slot, parent) >= 0) return;
      this.swap(slot, parent);
    }
  }

  private moveDown(slot: Slot): void {
    for (;;) {
      const left = this.heap[2 * slot.index + 1];
      const right = this.heap[2 * slot.index + 2];
      const child =
        right !== undefined && left !== undefined && compareScores(right, left) < 0 ? right : left;
      if (child === undefined || compareScores(child, slot) >= 0) return;
      this.swap(slot, child);
    }
  }

  private swap(a: Slot, b: Slot): void {
    [a.index, b.index] = [b.index, a.index];
    this.heap[a.index] = a;
    this.heap[b.index] = b;
  }
}

/** Negative when `a` is to be mined first: the higher score, then the lower txid. */
function compareScores(a: ModifiedPackage, b: ModifiedPackage): number {
  const [aFees, aSize] = score(a);
  const [bFees, bSize] = score(b);
  const left = aFees * bSize;
  const right = bFees * aSize;
  if (left !== right) return left > right ? -1 : 1;
  return a.entry.tx.txidKey < b.entry.tx.txidKey ? -1 : a.entry.tx.txidKey > b.entry.tx.txidKey ? 1 : 0;
}

/** Fee and size of the entry alone or of its package, whichever has the lower feerate. */
function score(candidate: ModifiedPackage): readonly [number, number] {
  const { entry, fees, size } = candidate;
  return entry.modifiedFee * size > fees * entry.vsize ? [fees, size] : [entry.modifiedFee, entry.vsize];
}
