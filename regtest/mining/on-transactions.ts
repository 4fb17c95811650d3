import { type Deferred, deferred } from '../../src/runtime/queue.js';
import type { RegtestNode } from '../node.js';
import type { Miners } from './miners.js';
import type { TransactionFeed } from './transaction-feed.js';

/** Transactions remembered that no block would take. One that was forgotten and is told of again costs a block without it. */
const MAX_STUCK = 10_000;

/** A block for transactions that are not in one yet, by the node that has them first. */
export async function mineOnTransactions(
  miners: Miners,
  feed: TransactionFeed,
  signal: AbortSignal,
): Promise<void> {
  const arrivals = new Arrivals();
  const stuck = new Set<string>();
  const unsubscribe = feed.subscribe((node, txid) => arrivals.add(node, txid));
  signal.addEventListener('abort', () => arrivals.close(), { once: true });
  if (signal.aborted) arrivals.close();
  try {
    for (let next = await arrivals.next(); next !== undefined; next = await arrivals.next()) {
      const { node, txids } = next;
      const hasFound = await miners.attempt(node, one => mineFor(one, txids, stuck));
      // What came to other nodes as well is in this block, and gone from their mempools once they have it.
      if (hasFound) await miners.spread(node, signal);
    }
  } finally {
    unsubscribe();
  }
}

/** A block for transactions, unless they are in one already, or a block would not take them. */
async function mineFor(node: RegtestNode, txids: ReadonlySet<string>, stuck: Set<string>): Promise<boolean> {
  const waiting = await node.rpc.call('getrawmempool');
  const wanted = waiting.filter(txid => txids.has(txid) && !stuck.has(txid));
  if (wanted.length === 0) return false;
  const hashes = await node.mine();
  const left = new Set(await node.rpc.call('getrawmempool'));
  for (const txid of wanted) if (left.has(txid)) stuck.add(txid);
  for (const oldest of stuck) {
    if (stuck.size <= MAX_STUCK) break;
    stuck.delete(oldest);
  }
  return hashes.length > 0;
}

interface Arrival {
  readonly node: number;
  readonly txids: ReadonlySet<string>;
}

/** Transactions that have come to nodes, in the order of the nodes' first ones. */
class Arrivals {
  private readonly waiting = new Map<number, Set<string>>();
  private more: Deferred = deferred();
  private isClosed = false;

  add(node: number, txid: string): void {
    const txids = this.waiting.get(node) ?? new Set();
    this.waiting.set(node, txids.add(txid));
    this.more.resolve();
  }

  close(): void {
    this.isClosed = true;
    this.more.resolve();
  }

  /** All that have come to one node, once there are some; undefined when closed. */
  async next(): Promise<Arrival | undefined> {
    while (this.waiting.size === 0 && !this.isClosed) {
      this.more = deferred();
      await this.more.promise;
    }
    const [first] = this.waiting;
    if (this.isClosed || first === undefined) return undefined;
    const [node, txids] = first;
    this.waiting.delete(node);
    return { node, txids };
  }
}
