import type { Coin } from '../../primitives/coin.js';
import type { OutPointKey } from '../../primitives/outpoint.js';
import { assert } from '../../runtime/errors.js';
import { isUnspendable } from '../../script/parse.js';
import type { CoinsCache } from './coins-cache.js';
import type { AddCoinOptions, MutableCoins } from './mutable-coins.js';

/** What an overlay knows of an outpoint that differs from the cache. */
interface OverlayEntry {
  /** The unspent coin, or undefined when it is spent here. */
  coin: Coin | undefined;
  /** There is no unspent coin in the cache: spending this one leaves no trace. */
  readonly isNew: boolean;
}

/**
 * Changes to the coins that may still be thrown away: those of one block while it is connected or disconnected.
 *
 * Reads go through to the cache (which keeps what it fetched); spent and created coins are recorded here. The cache must
 * not be changed by anybody else between the first read and {@link commit}. Scripts of added coins may be views into
 * the block: the cache takes copies.
 *
 * Invariants: an entry without a coin shadows an unspent coin of the cache; an entry that is new shadows none.
 */
export class CoinsOverlay implements MutableCoins {
  private readonly entries = new Map<OutPointKey, OverlayEntry>();

  constructor(private readonly base: CoinsCache) {}

  /** Number of outpoints that differ from the cache. */
  get size(): number {
    return this.entries.size;
  }

  get(key: OutPointKey): Coin | undefined {
    const entry = this.entries.get(key);
    return entry === undefined ? this.base.get(key) : entry.coin;
  }

  has(key: OutPointKey): boolean {
    const entry = this.entries.get(key);
    return entry === undefined ? this.base.has(key) : entry.coin !== undefined;
  }

  spend(key: OutPointKey): Coin | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) {
      const coin = this.base.get(key);
      if (coin !== undefined) this.entries.set(key, { coin: undefined, isNew: false });
      return coin;
    }
    const { coin } = entry;
    if (entry.isNew) this.entries.delete(key);
    else entry.coin = undefined;
    return coin;
  }

  add(key: OutPointKey, coin: Coin, { overwrite }: AddCoinOptions): void {
    if (isUnspendable(coin.script)) return;
    const entry = this.entries.get(key);
    assert(overwrite || entry?.coin === undefined, 'no unspent coin is overwritten');
    if (entry !== undefined) entry.coin = coin;
    else this.entries.set(key, { coin, isNew: !(overwrite && this.base.has(key)) });
  }

  /** Makes the changes in the cache, in one synchronous step. The overlay is empty afterwards. */
  commit(): void {
    for (const [key, { coin, isNew }] of this.entries) {
      if (coin === undefined) this.base.remove(key);
      else this.base.add(key, coin, { overwrite: !isNew });
    }
    this.entries.clear();
  }

  /** Forgets the changes. */
  discard(): void {
    this.entries.clear();
  }
}
