import { runDetached } from '../../src/runtime/queue.js';
import { ifAnswering } from '../answering.js';
import type { LabEvents } from '../events/event-source.js';
import type { RegtestNode } from '../node.js';

/** Tells of transactions in the nodes' mempools: of those that are there already, and of others as they come. */
export interface TransactionFeed {
  /** Calls `listener` until the returned function is called. A transaction may be told of more than once. */
  subscribe(listener: (node: number, txid: string) => void): () => void;
}

/** Looks into the mempools, at first and after a revert, and hears of what comes from the nodes themselves. */
export class EventFeed implements TransactionFeed {
  constructor(
    private readonly nodes: readonly RegtestNode[],
    private readonly events: Pick<LabEvents, 'subscribe'>,
  ) {}

  subscribe(listener: (node: number, txid: string) => void): () => void {
    let isWanted = true;
    const tell = (node: number, txid: string): void => {
      if (isWanted) listener(node, txid);
    };
    const look = () => {
      // A node that fails to answer now tells of what it has when it has started again.
      for (const node of this.nodes) runDetached(tellWaiting(node, tell), () => {});
    };
    const unsubscribe = this.events.subscribe(event => {
      if (event.type === 'txAdded') tell(event.node, event.txid);
      else if (event.type === 'revert') look();
    });
    look();
    return () => {
      isWanted = false;
      unsubscribe();
    };
  }
}

async function tellWaiting(node: RegtestNode, tell: (node: number, txid: string) => void): Promise<void> {
  const txids = await ifAnswering(node, () => node.rpc.call('getrawmempool'));
  for (const txid of txids ?? []) tell(node.index, txid);
}
