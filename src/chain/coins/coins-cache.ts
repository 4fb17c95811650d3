import { setImmediate } from 'node:timers/promises';
import { bytesEqual, type Hash256 } from '../../primitives/bytes.js';
import type { Coin } from '../../primitives/coin.js';
import type { OutPoint } from '../../primitives/outpoint.js';
import { assert } from '../../runtime/errors.js';
import { isUnspendable } from '../../script/parse.js';
import type { CoinsView } from '../chain.js';
import { encodeCoin, type PackedCoin, packCoin } from './coin-codec.js';
import { ChunkPool, CoinState, NO_RECORD, type RecordId } from './coin-records.js';
import { CoinTable, outPointHash } from './coin-table.js';
import type { CoinChange, CoinsStore } from './coins-db.js';
import type { AddCoinOptions, MutableCoins } from './mutable-coins.js';

/*
 * The write-back cache over the coins database.
 *
 * An outpoint that has no entry is as the database has it. An entry is
 *
 *   CLEAN    unspent here, and the same in the database
 *   FRESH    unspent here, not in the database: spending it leaves no trace ("dirty and fresh" in Core's terms)
 *   CHANGED  unspent here, differs, or may differ, from an entry of the database ("dirty")
 *   SPENT    spent here, may be unspent in the database ("dirty")
 *
 * Invariants:
 * - an outpoint that is FRESH is not unspent in the database; were it, spending it here would leave it alive there;
 * - a spent outpoint is SPENT until the next flush, so that a coin created there again is not taken for fresh;
 * - what is spent and not in the database has no entry; that an outpoint is not in the database is not remembered.
 */

/** Coins asked of the database, and put into the cache, at once: bounds memory, and work between two turns of the event loop. */
const PREFETCH_LOT = 2000;

/** Entries marked as clean between two turns of the event loop: about 5 ms of work. */
const SETTLED_PER_TURN = 20_000;

export interface FlushOptions {
  /** Forget everything after writing (the memory is needed), instead of keeping the unspent coins as clean. */
  readonly empty: boolean;
}

/** Write-back cache of coins. The active chain's one set of coins is behind one such object. */
export class CoinsCache implements CoinsView, MutableCoins {
  /** Memory that tables over this one use as well. */
  readonly pool = new ChunkPool();
  private coins = new CoinTable(this.pool);
  private flushing = false;
  /** Counts flushes begun and ended; a database read that spans one may be out of date. */
  private flushEpoch = 0;

  constructor(private readonly store: CoinsStore) {}

  /** Entries held, spent ones included. */
  get size(): number {
    return this.coins.size;
  }

  /** Entries that the next flush writes. */
  get dirtyCount(): number {
    return this.coins.dirtyCount;
  }

  /** Memory taken by the entries. To be compared with `-dbcache`. */
  get bytes(): number {
    return this.coins.bytes;
  }

  get(outpoint: OutPoint, hash = outPointHash(outpoint)): Coin | undefined {
    const id = this.find(outpoint, hash);
    return id === NO_RECORD ? undefined : this.coinOf(id);
  }

  has(outpoint: OutPoint, hash = outPointHash(outpoint)): boolean {
    return this.find(outpoint, hash) !== NO_RECORD;
  }

  async prefetch(outpoints: readonly OutPoint[]): Promise<void> {
    const missing = outpoints.filter(outpoint => this.coins.find(outpoint) === NO_RECORD);
    for (let at = 0; at < missing.length; at += PREFETCH_LOT) {
      await this.prefetchLot(missing.slice(at, at + PREFETCH_LOT));
    }
  }

  spend(outpoint: OutPoint): Coin | undefined {
    this.assertWritable();
    const id = this.find(outpoint);
    if (id === NO_RECORD) return undefined;
    const coin = this.coinOf(id);
    this.coins.spend(id);
    return coin;
  }

  add(outpoint: OutPoint, coin: Coin, { overwrite }: AddCoinOptions): void {
    this.assertWritable();
    if (!isUnspendable(coin.script)) this.insert(outpoint, packCoin(coin), overwrite);
  }

  /**
   * Makes changes that were collected over these coins, in one synchronous step: FRESH ones are where no unspent coin is,
   * CHANGED and SPENT ones where one is.
   */
  absorb(changes: CoinTable): void {
    this.assertWritable();
    const { coins } = this;
    for (const change of changes.dirty()) {
      const state = changes.state(change);
      const hash = changes.hash(change);
      const id = coins.findOf(changes, change, hash);
      if (state === CoinState.SPENT) this.remove(id === NO_RECORD ? this.find(changes.outPoint(change)) : id);
      else if (id !== NO_RECORD) {
        this.replace(id, changes.outPoint(change), changes.packed(change), state === CoinState.CHANGED);
      } else coins.addCopy(changes, change, state, hash);
    }
  }

  /**
   * Writes all changes to the database, whose coins are then those after `bestBlock`. Coins may be read meanwhile but
   * not changed. When it fails the cache is as before, and the database is left for recovery.
   */
  async flush(bestBlock: Hash256, { empty }: FlushOptions): Promise<void> {
    this.assertWritable();
    this.flushing = true;
    this.flushEpoch++;
    try {
      if (!this.isWritten(bestBlock)) await this.store.write(this.changes(), bestBlock);
      if (empty) this.coins.clear();
      else await this.settle();
    } finally {
      this.flushing = false;
      this.flushEpoch++;
    }
  }

  /** Gives memory back: forgets all coins, which must have been flushed, when more than `bytes` are held. */
  shrink(bytes: number): void {
    assert(this.dirtyCount === 0, 'no changes are forgotten');
    if (this.coins.bytes + this.pool.bytes <= bytes) return;
    this.pool.clear();
    this.coins = new CoinTable(this.pool);
  }

  /** Checks the invariants against the database; reads it once per entry. For tests. */
  sanityCheck(): void {
    const { coins } = this;
    let count = 0;
    for (const id of coins.all()) {
      count++;
      const outpoint = coins.outPoint(id);
      assert(coins.find(outpoint) === id, 'an entry is found under its outpoint');
      const state = coins.state(id);
      const stored = this.store.getSync(outpoint);
      assert(state !== CoinState.FRESH || stored === undefined, 'a fresh coin is not in the database');
      if (state !== CoinState.CLEAN) continue;
      const isAsStored = stored !== undefined && bytesEqual(encodeCoin(stored), encodeCoin(coins.coin(id)));
      assert(isAsStored, 'a clean coin is as stored');
    }
    assert(count === coins.size, 'all entries are counted');
    assert([...coins.dirty()].length === coins.dirtyCount, 'all changes are met');
  }

  /** The database has all of it, as of that block. */
  private isWritten(bestBlock: Hash256): boolean {
    const stored = this.dirtyCount === 0 ? this.store.bestBlock() : undefined;
    return stored !== undefined && bytesEqual(stored, bestBlock);
  }

  /** The unspent coin there; one from the database is kept. */
  private find(outpoint: OutPoint, hash = outPointHash(outpoint)): RecordId {
    const id = this.coins.find(outpoint, hash);
    if (id !== NO_RECORD) return this.coins.state(id) === CoinState.SPENT ? NO_RECORD : id;
    const stored = this.store.getPacked(outpoint);
    return stored === undefined ? NO_RECORD : this.coins.add(outpoint, CoinState.CLEAN, stored);
  }

  private coinOf(id: RecordId): Coin {
    return this.store.decoding(() => this.coins.coin(id));
  }

  private insert(outpoint: OutPoint, packed: PackedCoin, overwrite: boolean): void {
    const { coins } = this;
    const id = coins.find(outpoint);
    if (id === NO_RECORD) coins.add(outpoint, overwrite ? CoinState.CHANGED : CoinState.FRESH, packed);
    else this.replace(id, outpoint, packed, overwrite);
  }

  private replace(id: RecordId, outpoint: OutPoint, packed: PackedCoin, overwrite: boolean): void {
    const { coins } = this;
    assert(overwrite || coins.state(id) === CoinState.SPENT, 'no unspent coin is overwritten');
    coins.replace(id, outpoint, packed);
  }

  /** Spends the coin of an entry, which must be unspent. */
  private remove(id: RecordId): void {
    const { coins } = this;
    assert(id !== NO_RECORD && coins.state(id) !== CoinState.SPENT, 'a coin that is removed is there');
    coins.spend(id);
  }

  private async prefetchLot(outpoints: readonly OutPoint[]): Promise<void> {
    const epoch = this.flushEpoch;
    const stored = await this.store.getManyPacked(outpoints);
    // A flush in between may have removed from disk, and from memory, what was read before it: the read is void then.
    if (epoch !== this.flushEpoch) return;
    stored.forEach((packed, i) => {
      const outpoint = outpoints[i] as OutPoint;
      if (packed === undefined || this.coins.find(outpoint) !== NO_RECORD) return;
      this.coins.add(outpoint, CoinState.CLEAN, packed);
    });
  }

  private *changes(): Generator<CoinChange, void, undefined> {
    const { coins } = this;
    const outpoint = { txid: new Uint8Array(32), vout: 0 };
    for (const id of coins.dirty()) {
      coins.copyOutPoint(id, outpoint);
      const isSpent = coins.state(id) === CoinState.SPENT;
      yield { outpoint, packed: isSpent ? undefined : coins.packedCopy(id) };
    }
  }

  /** After a write: what is unspent is as the database has it, what is spent needs no entry. */
  private async settle(): Promise<void> {
    const { coins } = this;
    let done = 0;
    for (const id of coins.dirty()) {
      if (coins.state(id) === CoinState.SPENT) coins.remove(id);
      else coins.setState(id, CoinState.CLEAN);
      if (++done % SETTLED_PER_TURN === 0) await setImmediate();
    }
  }

  private assertWritable(): void {
    assert(!this.flushing, 'coins stand still during a flush');
  }
}
