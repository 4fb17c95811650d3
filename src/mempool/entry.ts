import type { HeaderId } from '../consensus/chain-view.js';
import type { HashKey } from '../primitives/bytes.js';
import { type Transaction, WITNESS_SCALE_FACTOR } from '../primitives/transaction.js';
import { transactionUsage } from './memory-usage.js';
import type { MempoolEntry } from './mempool.js';

/** First height and time at which an entry's relative lock times let it be mined, and the block they hang on. */
export interface LockPoints {
  /** Last block height at which it is still locked; -1 for none. */
  readonly height: number;
  /** Last median time past at which it is still locked; -1 for none. */
  readonly time: number;
  /** Highest block with a coin that it spends: while that is in the active chain, the lock points hold. */
  readonly highestInput: HeaderId;
}

export interface EntryParts {
  readonly tx: Transaction;
  readonly fee: number;
  /** From prioritisetransaction, added to the fee. */
  readonly feeDelta: number;
  readonly sigOpCost: number;
  readonly bytesPerSigOp: number;
  readonly time: number;
  readonly height: number;
  readonly sequence: number;
  readonly spendsCoinbase: boolean;
  readonly lockPoints: LockPoints;
}

/** Weight as vbytes; a transaction with more signature operations than its weight pays for counts as bigger. */
export function virtualSize(weight: number, sigOpCost: number, bytesPerSigOp: number): number {
  return Math.ceil(Math.max(weight, sigOpCost * bytesPerSigOp) / WITNESS_SCALE_FACTOR);
}

/** Sum that stays a whole number whatever deltas are asked for. */
export function saturatingAdd(a: number, b: number): number {
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, a + b));
}

let entryCount = 0;

/** An entry as the mempool itself sees it: with what changes. Only the graph changes links and aggregates. */
export class PoolEntry implements MempoolEntry {
  /** Tells entries apart that compare alike otherwise; grows with each one made. */
  readonly id = entryCount++;
  readonly tx: Transaction;
  readonly txidKey: HashKey;
  readonly wtxidKey: HashKey;
  readonly fee: number;
  readonly vsize: number;
  readonly weight: number;
  readonly sigOpCost: number;
  readonly time: number;
  readonly height: number;
  readonly sequence: number;
  readonly spendsCoinbase: boolean;
  /** Bytes, as Core would count them. */
  readonly usage: number;

  modifiedFee: number;
  lockPoints: LockPoints;
  ancestorCount = 1;
  ancestorSize: number;
  ancestorFees: number;
  ancestorSigOpCost: number;
  descendantCount = 1;
  descendantSize: number;
  descendantFees: number;
  readonly parents = new Set<PoolEntry>();
  readonly children = new Set<PoolEntry>();

  constructor(parts: EntryParts) {
    const { tx, sigOpCost } = parts;
    this.tx = tx;
    this.txidKey = tx.txidKey;
    this.wtxidKey = tx.wtxidKey;
    this.fee = parts.fee;
    this.weight = tx.weight;
    this.vsize = virtualSize(this.weight, sigOpCost, parts.bytesPerSigOp);
    this.sigOpCost = sigOpCost;
    this.time = parts.time;
    this.height = parts.height;
    this.sequence = parts.sequence;
    this.spendsCoinbase = parts.spendsCoinbase;
    this.lockPoints = parts.lockPoints;
    this.usage = transactionUsage(tx);
    this.modifiedFee = saturatingAdd(parts.fee, parts.feeDelta);
    this.ancestorSize = this.vsize;
    this.ancestorFees = this.modifiedFee;
    this.ancestorSigOpCost = sigOpCost;
    this.descendantSize = this.vsize;
    this.descendantFees = this.modifiedFee;
  }
}
