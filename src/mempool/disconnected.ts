import type { HashKey } from '../primitives/bytes.js';
import type { Transaction } from '../primitives/transaction.js';
import { queueUsage, transactionUsage } from './memory-usage.js';

/** Bytes of transactions kept through a reorganisation, counted as Core counts; beyond, the latest are given up. */
export const MAX_DISCONNECTED_TX_BYTES = 20_000_000;

/**
 * Transactions of disconnected blocks, kept until the reorganisation is over: most are in the blocks of the new chain,
 * the others return to the mempool.
 *
 * Invariant: from the first to the last, later confirmed ones come before earlier ones, so that what is given up at the
 * front never takes a parent away from a child that stays.
 */
export class DisconnectedTransactions {
  private readonly queue = new Map<HashKey, Transaction>();
  private usage = 0;

  constructor(private readonly maxBytes: number = MAX_DISCONNECTED_TX_BYTES) {}

  get size(): number {
    return this.queue.size;
  }

  /**
   * Adds the transactions of a block; blocks come from the tip down.
   *
   * @returns those that were given up to stay within bounds
   */
  addBlock(transactions: readonly Transaction[]): Transaction[] {
    for (const tx of [...transactions].reverse()) {
      this.queue.set(tx.txidKey, tx);
      this.usage += transactionUsage(tx);
    }
    const dropped: Transaction[] = [];
    for (const tx of this.queue.values()) {
      if (this.usage + queueUsage(this.size) <= this.maxBytes) break;
      this.delete(tx);
      dropped.push(tx);
    }
    return dropped;
  }

  /** Forgets what a new block confirms again. */
  removeForBlock(transactions: readonly Transaction[]): void {
    if (this.size === 0) return;
    for (const tx of transactions) {
      const queued = this.queue.get(tx.txidKey);
      if (queued !== undefined) this.delete(queued);
    }
  }

  /** All that is left, in the order of their confirmation: parents before children. Empties the queue. */
  take(): Transaction[] {
    const transactions = [...this.queue.values()].reverse();
    this.queue.clear();
    this.usage = 0;
    return transactions;
  }

  private delete(tx: Transaction): void {
    this.queue.delete(tx.txidKey);
    this.usage -= transactionUsage(tx);
  }
}
