import { MAX_BLOCK_SIGOPS_COST } from '../consensus/limits.js';
import { isFinalTx } from '../consensus/tx-verify.js';
import type { Mempool, MempoolEntry } from '../mempool/mempool.js';
import { compareBytes } from '../primitives/bytes.js';
import { feeAt } from '../primitives/feerate.js';
import { WITNESS_SCALE_FACTOR } from '../primitives/transaction.js';
import { type ModifiedPackage, PackageHeap } from './package-heap.js';

/** After so many packages in a row that do not fit, a nearly full block is good enough. */
const MAX_CONSECUTIVE_FAILURES = 1000;

/** As much of the mempool as the choice needs. */
export type MiningView = Pick<Mempool, 'entriesByAncestorScore' | 'ancestors' | 'descendants'>;

export interface SelectionLimits {
  /** Largest block weight (`-blockmaxweight`). */
  readonly maxWeight: number;
  /** Weight kept free for header, transaction count and coinbase. */
  readonly reservedWeight: number;
  /** Signature operation cost kept free for the coinbase. */
  readonly reservedSigOpCost: number;
  /** Satoshis per 1000 vbytes below which nothing is taken (`-blockmintxfee`). */
  readonly minFeeRate: number;
  /** Height of the block and the time that lock times are compared with. */
  readonly height: number;
  readonly lockTimeCutoff: number;
}

export interface Selection {
  /** In block order: parents before children. */
  readonly entries: readonly MempoolEntry[];
  /** Satoshis. */
  readonly fees: number;
  /** With the reserve for header and coinbase. */
  readonly weight: number;
  /** With the reserve for the coinbase. */
  readonly sigOpCost: number;
}

/**
 * Chooses transactions for a block by the feerate of each together with its unconfirmed ancestors (Core's
 * `addPackageTxs`): the best package goes in whole, then its descendants are counted without what is in already.
 */
export function selectPackages(mempool: MiningView, limits: SelectionLimits): Selection {
  return new Selector(mempool, limits).run();
}

class Selector {
  private readonly chosen: MempoolEntry[] = [];
  private readonly inBlock = new Set<MempoolEntry>();
  private readonly failed = new Set<MempoolEntry>();
  /** Packages part of which is in the block: their totals differ from those in the mempool. */
  private readonly modified = new PackageHeap();
  private fees = 0;
  private weight: number;
  private sigOpCost: number;

  constructor(
    private readonly mempool: MiningView,
    private readonly limits: SelectionLimits,
  ) {
    this.weight = limits.reservedWeight;
    this.sigOpCost = limits.reservedSigOpCost;
  }

  run(): Selection {
    const queue = this.mempool.entriesByAncestorScore()[Symbol.iterator]();
    let next = this.nextUntouched(queue);
    let failures = 0;
    for (;;) {
      const best = this.modified.peek();
      if (next === undefined && best === undefined) break;
      const fromModified = best !== undefined && (next === undefined || this.modified.isBetter(best, next));
      const candidate = fromModified ? best : packageOf(next as MempoolEntry);
      if (!fromModified) next = this.nextUntouched(queue);
      if (candidate.fees < feeAt(this.limits.minFeeRate, candidate.size)) break;
      if (!this.fits(candidate)) {
        if (fromModified) this.giveUp(candidate.entry);
        failures++;
        if (
          failures > MAX_CONSECUTIVE_FAILURES &&
          this.weight > this.limits.maxWeight - this.limits.reservedWeight
        )
          break;
        continue;
      }
      const members = this.missingMembers(candidate.entry);
      if (!members.every(entry => isFinalTx(entry.tx, this.limits.height, this.limits.lockTimeCutoff))) {
        if (fromModified) this.giveUp(candidate.entry);
        continue;
      }
      failures = 0;
      this.add(members);
      // What was fetched ahead may just have gone in, or have become a modified package.
      if (next !== undefined && this.isTouched(next)) next = this.nextUntouched(queue);
    }
    return { entries: this.chosen, fees: this.fees, weight: this.weight, sigOpCost: this.sigOpCost };
  }

  private isTouched(entry: MempoolEntry): boolean {
    if (isAlone(entry)) return false;
    return this.inBlock.has(entry) || this.failed.has(entry) || this.modified.has(entry);
  }

  private nextUntouched(queue: Iterator<MempoolEntry>): MempoolEntry | undefined {
    for (;;) {
      const { value, done } = queue.next();
      if (done) return undefined;
      if (!this.isTouched(value)) return value;
    }
  }

  private fits(candidate: ModifiedPackage): boolean {
    return (
      this.weight + WITNESS_SCALE_FACTOR * candidate.size < this.limits.maxWeight &&
      this.sigOpCost + candidate.sigOpCost < MAX_BLOCK_SIGOPS_COST
    );
  }

  private giveUp(entry: MempoolEntry): void {
    this.modified.remove(entry);
    this.failed.add(entry);
  }

  /** The entry and those of its ancestors that are not in the block yet, parents first; siblings by txid, as in Core. */
  private missingMembers(entry: MempoolEntry): MempoolEntry[] {
    if (entry.ancestorCount === 1) return [entry];
    const missing = [...this.mempool.ancestors(entry)].filter(ancestor => !this.inBlock.has(ancestor));
    missing.push(entry);
    return missing.sort((a, b) => a.ancestorCount - b.ancestorCount || compareBytes(a.tx.txid, b.tx.txid));
  }

  private add(members: readonly MempoolEntry[]): void {
    for (const entry of members) {
      this.chosen.push(entry);
      if (!isAlone(entry)) {
        this.inBlock.add(entry);
        this.modified.remove(entry);
      }
      this.weight += entry.weight;
      this.sigOpCost += entry.sigOpCost;
      this.fees += entry.fee;
    }
    for (const entry of members) {
      if (entry.descendantCount === 1) continue;
      for (const descendant of this.mempool.descendants(entry)) {
        if (!this.inBlock.has(descendant)) this.modified.subtract(descendant, entry);
      }
    }
  }
}

/** It comes by once, and nobody asks for it again: nothing here builds on it, and it builds on nothing. */
function isAlone({ ancestorCount, descendantCount }: MempoolEntry): boolean {
  return ancestorCount === 1 && descendantCount === 1;
}

function packageOf(entry: MempoolEntry): ModifiedPackage {
  return {
    entry,
    size: entry.ancestorSize,
    fees: entry.ancestorFees,
    sigOpCost: entry.ancestorSigOpCost,
  };
}
