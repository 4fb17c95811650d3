import type { Coin } from '../../primitives/coin.js';
import type { OutPoint } from '../../primitives/outpoint.js';

export interface AddCoinOptions {
  /**
   * The outpoint may hold an unspent coin already, which is replaced: coinbases from before BIP30, and coins that come
   * back when a block is disconnected. Without it an unspent coin there is a bug.
   */
  readonly overwrite: boolean;
}

/**
 * Coins that can be spent and created. All in memory, or one synchronous read away. Outpoints and coins that are passed are
 * copied, and may be others afterwards.
 */
export interface MutableCoins {
  /** The unspent coin there. Its script belongs to nobody else and must not be changed. */
  get(outpoint: OutPoint): Coin | undefined;
  has(outpoint: OutPoint): boolean;
  /** Spends the coin there and returns it; undefined when there is none. */
  spend(outpoint: OutPoint): Coin | undefined;
  /** Creates a coin. One that can never be spent is not kept (Core's AddCoin). */
  add(outpoint: OutPoint, coin: Coin, options: AddCoinOptions): void;
}
