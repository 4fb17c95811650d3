import { runDetached } from '../../src/runtime/queue.js';
import { ifAnswering } from '../answering.js';
import type { RegtestNode } from '../node.js';
import { pause } from './pause.js';

/** Tells of transactions in the nodes' mempools: of those that are there already first, then of others as they come. */
export interface TransactionFeed {
  /** Calls `listener` until the returned function is called. A transaction may be told of more than once. */
  subscribe(listener: (node: number, txid: string) => void): () => void;
}

const POLL_MS = 100;

/** Looks into all mempools again and again. */
export class PollingFeed implements TransactionFeed {
  constructor(private readonly nodes: readonly RegtestNode[]) {}

  subscribe(listener: (node: number, txid: string) => void): () => void {
    const ending = new AbortController();
    runDetached(this.poll(listener, ending.signal), () => {});
    return () => ending.abort();
  }

  private async poll(listener: (node: number, txid: string) => void, signal: AbortSignal): Promise<void> {
    for (; !signal.aborted; await pause(POLL_MS, signal)) {
      for (const node of this.nodes) {
        const txids = await ifAnswering(node, () => node.rpc.call('getrawmempool'));
        if (signal.aborted) return;
        for (const txid of txids ?? []) listener(node.index, txid);
      }
    }
  }
}
