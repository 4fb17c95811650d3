import { EMPTY_BYTES } from '../../primitives/bytes.js';
import type { Coin } from '../../primitives/coin.js';
import type { OutPoint } from '../../primitives/outpoint.js';
import { assert } from '../../runtime/errors.js';
import { isUnspendable } from '../../script/parse.js';
import { packCoin } from './coin-codec.js';
import { CoinState, NO_RECORD } from './coin-records.js';
import { CoinTable } from './coin-table.js';
import type { CoinsCache } from './coins-cache.js';
import type { AddCoinOptions, MutableCoins } from './mutable-coins.js';

/**
 * Changes to the coins that may still be thrown away: those of one block while it is connected or disconnected.
 *
 * Reads go through to the cache (which keeps what it fetched); spent and created coins are recorded here. The cache must
 * not be changed by anybody else between the first read and {@link commit}.
 *
 * Invariants, which are those of the cache towards the database: what is `FRESH` shadows no unspent coin of the cache, what
 * is `CHANGED` or `SPENT` does. Nothing is `CLEAN`.
 */
export class CoinsOverlay implements MutableCoins {
  private readonly changes = new CoinTable();

  constructor(private readonly base: CoinsCache) {}

  /** Number of outpoints that differ from the cache. */
  get size(): number {
    return this.changes.size;
  }

  get(outpoint: OutPoint): Coin | undefined {
    const { changes } = this;
    const id = changes.find(outpoint);
    if (id === NO_RECORD) return this.base.get(outpoint);
    return changes.state(id) === CoinState.SPENT ? undefined : changes.coin(id);
  }

  has(outpoint: OutPoint): boolean {
    const id = this.changes.find(outpoint);
    return id === NO_RECORD ? this.base.has(outpoint) : this.changes.state(id) !== CoinState.SPENT;
  }

  spend(outpoint: OutPoint): Coin | undefined {
    const { changes } = this;
    const id = changes.find(outpoint);
    if (id === NO_RECORD) {
      const coin = this.base.get(outpoint);
      if (coin !== undefined) changes.add(outpoint, CoinState.SPENT, EMPTY_BYTES);
      return coin;
    }
    if (changes.state(id) === CoinState.SPENT) return undefined;
    const coin = changes.coin(id);
    changes.spend(id);
    return coin;
  }

  add(outpoint: OutPoint, coin: Coin, { overwrite }: AddCoinOptions): void {
    if (isUnspendable(coin.script)) return;
    const { changes } = this;
    const id = changes.find(outpoint);
    if (id === NO_RECORD) {
      const state = overwrite && this.base.has(outpoint) ? CoinState.CHANGED : CoinState.FRESH;
      changes.add(outpoint, state, packCoin(coin));
      return;
    }
    assert(overwrite || changes.state(id) === CoinState.SPENT, 'no unspent coin is overwritten');
    changes.replace(id, outpoint, packCoin(coin));
  }

  /** Makes the changes in the cache, in one synchronous step. The overlay is empty afterwards. */
  commit(): void {
    this.base.absorb(this.changes);
    this.changes.clear();
  }

  /** Forgets the changes. */
  discard(): void {
    this.changes.clear();
  }
}
