import type { HeaderId } from '../../consensus/chain-view.js';
import type { Block } from '../../primitives/block.js';
import type { CoinsOverlay } from '../coins/coins-overlay.js';
import type { ConnectAttempt } from '../connect/connect-block.js';

/** A block that was tried on the coins of the one before it; nothing of that can be seen before it is connected. */
export interface TriedBlock {
  readonly id: HeaderId;
  /** The block that it was tried on: the tip, or one that was tried before. */
  readonly prev: HeaderId;
  readonly block: Block;
  readonly coins: CoinsOverlay;
  readonly attempt: ConnectAttempt;
}

interface Entry {
  readonly tried: TriedBlock;
  readonly inputs: number;
  isDecided: boolean;
}

/**
 * Blocks that were tried and are not connected yet, each on the one before it, the first on the tip. They are worth
 * nothing once the tip is another one: then, whoever asks for the next one of them gets none.
 */
export class BlocksAhead {
  private entries: Entry[] = [];
  private inputCount = 0;

  get count(): number {
    return this.entries.length;
  }

  /** Inputs of all of them, coinbases counted. */
  get inputs(): number {
    return this.inputCount;
  }

  get last(): TriedBlock | undefined {
    return this.entries.at(-1)?.tried;
  }

  /** The scripts of the first one are known to be good or not: its result need not be waited for. */
  get isFirstDecided(): boolean {
    return this.entries[0]?.isDecided === true;
  }

  /** The one that was tried on `tip`, if it is `id`. All are forgotten if they were tried on another tip, or on another way. */
  first(tip: HeaderId, id: HeaderId): TriedBlock | undefined {
    const first = this.entries[0]?.tried;
    if (first?.prev === tip && first.id === id) return first;
    this.clear();
    return undefined;
  }

  add(tried: TriedBlock): void {
    const inputs = tried.block.transactions.reduce((sum, tx) => sum + tx.inputCount, 0);
    const entry = { tried, inputs, isDecided: false };
    const decide = () => {
      entry.isDecided = true;
    };
    // Nobody may ever ask for the result of one that is forgotten.
    tried.attempt.result.then(decide, decide);
    this.entries.push(entry);
    this.inputCount += inputs;
  }

  /** Takes the first one out: it is to be connected. */
  shift(): void {
    this.inputCount -= this.entries.shift()?.inputs ?? 0;
  }

  clear(): void {
    this.entries = [];
    this.inputCount = 0;
  }
}
