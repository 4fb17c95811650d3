import type { LabEvent } from '../../events/lab-event.js';
import { type TransactionEvent, TransactionStory } from '../../events/transaction-story.js';
import { MAX_LIFE_STEPS, MAX_TRANSACTIONS } from './limits.js';

/** The stories of the last transactions, as the nodes told them. Tips are not told to them: nodes know confirmations. */
export class TransactionBook {
  private readonly stories = new Map<string, TransactionStory>();

  get size(): number {
    return this.stories.size;
  }

  get(txid: string): TransactionStory | undefined {
    return this.stories.get(txid);
  }

  apply(event: LabEvent): void {
    switch (event.type) {
      case 'txAdded':
        this.take(event.txid, event);
        break;
      case 'txRemoved':
        // That it is in a block is told by the block.
        if (event.reason !== 'block') this.take(event.txid, event);
        break;
      case 'blockConnected':
      case 'blockDisconnected':
        for (const txid of event.txids) this.take(txid, event);
        break;
      case 'revert':
        for (const story of this.stories.values()) story.apply(event);
        break;
    }
  }

  /** A book that goes its own way from here on. */
  clone(): TransactionBook {
    const copy = new TransactionBook();
    for (const [txid, story] of this.stories) copy.stories.set(txid, story.clone());
    return copy;
  }

  private take(txid: string, event: TransactionEvent): void {
    (this.stories.get(txid) ?? this.open(txid)).take(event);
  }

  private open(txid: string): TransactionStory {
    const oldest = this.stories.keys().next();
    if (this.stories.size >= MAX_TRANSACTIONS && !oldest.done) this.stories.delete(oldest.value);
    const story = new TransactionStory(txid, MAX_LIFE_STEPS);
    this.stories.set(txid, story);
    return story;
  }
}
