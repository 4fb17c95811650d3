import { type Deferred, deferred } from '../../src/runtime/queue.js';
import type { RegtestNode } from '../node.js';
import type { Miners } from './miners.js';
import type { TransactionFeed } from './transaction-feed.js';

/**
 * Transactions that are remembered as dealt with. One that was forgotten and is still in a mempool, because no block can
 * hold it, costs a block without it.
 */
const MAX_KNOWN = 10_000;

interface Arrival {
  readonly node: number;
  readonly txid: string;
}

/** A block for each transaction that is not in one yet, by the node that has it first. */
export async function mineOnTransactions(
  miners: Miners,
  feed: TransactionFeed,
  signal: AbortSignal,
): Promise<void> {
  const arrivals = new Arrivals();
  const unsubscribe = feed.subscribe((node, txid) => arrivals.add(node, txid));
  signal.addEventListener('abort', () => arrivals.close(), { once: true });
  if (signal.aborted) arrivals.close();
  try {
    for (;;) {
      const arrival = await arrivals.next();
      if (arrival === undefined) return;
      await miners.attempt(arrival.node, node => mineIfWaiting(node, arrival.txid));
    }
  } finally {
    unsubscribe();
  }
}

/** A block for a transaction that came before may have had room for this one. */
async function mineIfWaiting(node: RegtestNode, txid: string): Promise<string | undefined> {
  const waiting = await node.rpc.call('getrawmempool');
  return waiting.includes(txid) ? (await node.mine())[0] : undefined;
}

/** Transactions in the order in which they came, each once. */
class Arrivals {
  private readonly known = new Set<string>();
  private readonly waiting: Arrival[] = [];
  private more: Deferred = deferred();
  private isClosed = false;

  add(node: number, txid: string): void {
    if (this.known.has(txid)) return;
    this.known.add(txid);
    const [oldest] = this.known;
    if (this.known.size > MAX_KNOWN && oldest !== undefined) this.known.delete(oldest);
    this.waiting.push({ node, txid });
    this.more.resolve();
  }

  close(): void {
    this.isClosed = true;
    this.more.resolve();
  }

  /** The next one, once there is one; undefined when closed. */
  async next(): Promise<Arrival | undefined> {
    while (this.waiting.length === 0 && !this.isClosed) {
      this.more = deferred();
      await this.more.promise;
    }
    return this.isClosed ? undefined : this.waiting.shift();
  }
}
