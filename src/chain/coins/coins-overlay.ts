import { EMPTY_BYTES } from '../../primitives/bytes.js';
import type { Coin } from '../../primitives/coin.js';
import type { OutPoint } from '../../primitives/outpoint.js';
import { assert } from '../../runtime/errors.js';
import { isUnspendable } from '../../script/parse.js';
import { packCoin } from './coin-codec.js';
import { type ChunkPool, CoinState, NO_RECORD } from './coin-records.js';
import { CoinTable, outPointHash } from './coin-table.js';
import type { CoinsCache } from './coins-cache.js';
import type { AddCoinOptions, MutableCoins } from './mutable-coins.js';

/**
 * Changes to the coins that may still be thrown away: those of one block while it is connected or disconnected.
 *
 * They are over the cache, or over the changes of the block before, when that is not committed yet. Reads go through to
 * what lies below (the cache keeps what it fetched); spent and created coins are recorded here. What lies below must not
 * change between the first read and {@link commit}, but that its own changes are committed and the cache is written.
 *
 * Invariants, which are those of the cache towards the database: what is `FRESH` shadows no unspent coin below, what is
 * `CHANGED` or `SPENT` does. Nothing is `CLEAN`.
 */
export class CoinsOverlay implements MutableCoins {
  /** Of the cache. */
  readonly pool: ChunkPool;
  private readonly changes: CoinTable;
  /** The changes are part of what lay below. */
  private committed = false;

  constructor(private base: CoinsCache | CoinsOverlay) {
    this.pool = base.pool;
    this.changes = new CoinTable(this.pool);
  }

  /** Number of outpoints that differ from what lies below. */
  get size(): number {
    return this.changes.size;
  }

  /** Brings coins that are in none of the changes into the cache, with one database call. */
  prefetch(outpoints: readonly OutPoint[]): Promise<void> {
    const { changes, below } = this;
    const unchanged = changes.size === 0 ? outpoints : outpoints.filter(at => changes.find(at) === NO_RECORD);
    return below.prefetch(unchanged);
  }

  get(outpoint: OutPoint, hash = outPointHash(outpoint)): Coin | undefined {
    const { changes } = this;
    const id = changes.find(outpoint, hash);
    if (id === NO_RECORD) return this.below.get(outpoint, hash);
    return changes.state(id) === CoinState.SPENT ? undefined : changes.coin(id);
  }

  has(outpoint: OutPoint, hash = outPointHash(outpoint)): boolean {
    const id = this.changes.find(outpoint, hash);
    return id === NO_RECORD ? this.below.has(outpoint, hash) : this.changes.state(id) !== CoinState.SPENT;
  }

  spend(outpoint: OutPoint): Coin | undefined {
    const { changes } = this;
    const hash = outPointHash(outpoint);
    const id = changes.find(outpoint, hash);
    if (id === NO_RECORD) {
      const coin = this.below.get(outpoint, hash);
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
    const hash = outPointHash(outpoint);
    const id = changes.find(outpoint, hash);
    if (id === NO_RECORD) {
      const state = overwrite && this.below.has(outpoint, hash) ? CoinState.CHANGED : CoinState.FRESH;
      changes.add(outpoint, state, packCoin(coin));
      return;
    }
    assert(overwrite || changes.state(id) === CoinState.SPENT, 'no unspent coin is overwritten');
    changes.replace(id, outpoint, packCoin(coin));
  }

  /**
   * Makes the changes in the cache, in one synchronous step. Those of the blocks before were committed. The overlay is
   * empty afterwards, and changes that are over it are over the cache.
   */
  commit(): void {
    const { below } = this;
    assert(!(below instanceof CoinsOverlay), 'blocks are committed in their order');
    below.absorb(this.changes);
    this.changes.clear();
    this.committed = true;
  }

  /** Forgets the changes. */
  discard(): void {
    this.changes.clear();
  }

  private get below(): CoinsCache | CoinsOverlay {
    while (this.base instanceof CoinsOverlay && this.base.committed) this.base = this.base.base;
    return this.base;
  }
}
