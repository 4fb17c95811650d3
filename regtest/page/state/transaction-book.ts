import type { RemovalReason } from '../../../src/mempool/mempool.js';
import { MAX_LIFE_STEPS, MAX_TRANSACTIONS } from './limits.js';

/** What happened to a transaction at one node. */
export interface LifeStep {
  readonly seq: number;
  readonly atMs: number;
  readonly node: number;
  readonly what: 'seen' | 'confirmed' | 'reversed' | 'removed';
  /** Where it was confirmed or reversed. */
  readonly block?: { readonly hash: string; readonly height: number };
  readonly reason?: RemovalReason;
}

export interface BookedTransaction {
  readonly txid: string;
  /** Satoshis; unknown when it was first seen in a block. */
  fee: number | undefined;
  /** Virtual bytes. */
  vsize: number | undefined;
  readonly steps: LifeStep[];
}

/** The lives of the last transactions, as the nodes told them. */
export class TransactionBook {
  private readonly transactions = new Map<string, BookedTransaction>();

  get size(): number {
    return this.transactions.size;
  }

  get(txid: string): BookedTransaction | undefined {
    return this.transactions.get(txid);
  }

  /** The last ones, newest first. */
  newest(count: number): BookedTransaction[] {
    return [...this.transactions.values()].slice(-count).reverse();
  }

  note(txid: string, step: LifeStep, size?: { readonly fee: number; readonly vsize: number }): void {
    const transaction = this.transactions.get(txid) ?? this.open(txid);
    transaction.fee ??= size?.fee;
    transaction.vsize ??= size?.vsize;
    if (transaction.steps.length < MAX_LIFE_STEPS) transaction.steps.push(step);
  }

  clear(): void {
    this.transactions.clear();
  }

  clone(): TransactionBook {
    const copy = new TransactionBook();
    for (const [txid, transaction] of this.transactions) {
      copy.transactions.set(txid, { ...transaction, steps: [...transaction.steps] });
    }
    return copy;
  }

  private open(txid: string): BookedTransaction {
    const oldest = this.transactions.keys().next();
    if (this.transactions.size >= MAX_TRANSACTIONS && !oldest.done) this.transactions.delete(oldest.value);
    const transaction: BookedTransaction = { txid, fee: undefined, vsize: undefined, steps: [] };
    this.transactions.set(txid, transaction);
    return transaction;
  }
}
