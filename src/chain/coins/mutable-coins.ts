import type { Coin } from '../../primitives/coin.js';
import type { OutPointKey } from '../../primitives/outpoint.js';

export interface AddCoinOptions {
  /**
   * The outpoint may hold an unspent coin already, which is replaced: coinbases from before BIP30, and coins that come
   * back when a block is disconnected. Without it an unspent coin there is a bug.
   */
  readonly overwrite: boolean;
}

/** Coins that can be spent and created. All in memory, or one synchronous read away. */
export interface MutableCoins {
  /** The unspent coin there. Its script belongs to nobody else and must not be changed. */
  get(key: OutPointKey): Coin | undefined;
  has(key: OutPointKey): boolean;
  /** Spends the coin there and returns it; undefined when there is none. */
  spend(key: OutPointKey): Coin | undefined;
  /** Creates a coin. One that can never be spent is not kept (Core's AddCoin). */
  add(key: OutPointKey, coin: Coin, options: AddCoinOptions): void;
}
