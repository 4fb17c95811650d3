import type { Coin } from '../../primitives/coin.js';
import { type FeeRate, feeRateOf } from '../../primitives/feerate.js';
import type { Transaction } from '../../primitives/transaction.js';
import { TransactionChecker } from '../../script/checker.js';
import type { SignatureCache } from '../../script/signature-cache.js';
import { PrecomputedTxData } from '../../script/tx-data.js';
import type { PoolCoins } from '../coins.js';
import type { PoolEntry } from '../entry.js';
import type { MempoolModules } from '../modules.js';
import type { PoolStore } from '../store.js';

/** What every step of acceptance works on. */
export interface AcceptContext {
  readonly store: PoolStore;
  readonly coins: PoolCoins;
  readonly modules: MempoolModules;
}

/** What is known of the transactions that are judged together, beyond each by itself. */
export class SubPackage {
  totalModifiedFees = 0;
  totalVsize = 0;
  /** Something would be replaced. */
  replaces = false;
  /** All that would go: direct conflicts, evicted siblings, and their descendants. */
  allConflicts = new Set<PoolEntry>();
  conflictingFees = 0;
  conflictingSize = 0;
  /** What went, once something is added. */
  replaced: Transaction[] = [];

  setConflicts(all: Set<PoolEntry>): void {
    this.allConflicts = all;
    for (const conflict of all) {
      this.conflictingFees += conflict.modifiedFee;
      this.conflictingSize += conflict.vsize;
    }
  }

  /** Gives what was replaced to the first that asks. */
  takeReplaced(): Transaction[] {
    const { replaced } = this;
    this.replaced = [];
    return replaced;
  }
}

/** A transaction that may become an entry. */
export class Candidate {
  /** Coins that it spends, in input order. */
  readonly spent: readonly Coin[];
  private readonly txdata: PrecomputedTxData;
  private readonly checkers: (TransactionChecker | undefined)[] = [];
  /** All that it would build on. */
  ancestors: Set<PoolEntry> = new Set();
  /** Entries that spend the same as it does, and a sibling that it may evict. */
  readonly conflicts: Set<PoolEntry>;
  evictsSibling = false;

  constructor(
    readonly entry: PoolEntry,
    spent: readonly Coin[],
    conflicts: Set<PoolEntry>,
  ) {
    this.spent = spent;
    this.conflicts = conflicts;
    this.txdata = new PrecomputedTxData(entry.tx, spent);
  }

  /** Checks signatures of an input; what it found is not checked again when the script runs under other flags. */
  checker(input: number, value: number, cache: SignatureCache): TransactionChecker {
    let checker = this.checkers[input];
    if (checker === undefined) {
      checker = new TransactionChecker(this.tx, input, value, this.txdata, cache);
      this.checkers[input] = checker;
    }
    return checker;
  }

  get tx(): Transaction {
    return this.entry.tx;
  }

  /** Of its own modified fee. */
  get feeRate(): FeeRate {
    return feeRateOf(this.entry.modifiedFee, this.entry.vsize);
  }
}
