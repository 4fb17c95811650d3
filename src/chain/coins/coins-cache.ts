import { setImmediate } from 'node:timers/promises';
import { bytesEqual, type Hash256 } from '../../primitives/bytes.js';
import type { Coin } from '../../primitives/coin.js';
import type { OutPointKey } from '../../primitives/outpoint.js';
import { assert } from '../../runtime/errors.js';
import { isUnspendable } from '../../script/parse.js';
import type { CoinsView } from '../chain.js';
import { type PackedCoin, packCoin } from './coin-codec.js';
import type { CoinChange, CoinsStore } from './coins-db.js';
import type { AddCoinOptions, MutableCoins } from './mutable-coins.js';

/*
 * The write-back cache over the coins database.
 *
 * Every entry is in exactly one of three maps; a missing outpoint is as the database has it:
 *
 *   clean    unspent here, and the same in the database
 *   fresh    unspent here, not in the database: spending it leaves no trace ("dirty and fresh" in Core's terms)
 *   changed  differs, or may differ, from an entry of the database: unspent, or undefined for spent ("dirty")
 *
 * Invariants:
 * - an outpoint in `fresh` is not unspent in the database; were it, spending it here would leave it alive there;
 * - a spent outpoint is in `changed` until the next flush, so that a coin created there again is not taken for fresh;
 * - what is spent and not in the database has no entry; that an outpoint is not in the database is not remembered.
 */

/**
 * Memory of one entry besides the characters of the packed coin: slot of a map whose table doubles, key string, header
 * of the coin's string, and what the heap loses between objects. Measured with a million P2PKH coins of 30 characters:
 * 134 bytes of live heap each, 182 of resident memory.
 */
const ENTRY_OVERHEAD = 150;

/** V8 refuses a map of 2^24 entries; well before that the cache calls itself full. */
const MAX_MAP_ENTRIES = 15_000_000;

/** Coins asked of the database at once; bounds the memory of one call. */
const PREFETCH_LOT = 10_000;

/** Entries marked as clean between two turns of the event loop: about 5 ms of work. */
const SETTLED_PER_TURN = 20_000;

export interface FlushOptions {
  /** Forget everything after writing (the memory is needed), instead of keeping the unspent coins as clean. */
  readonly empty: boolean;
}

/** Write-back cache of coins. The active chain's one set of coins is behind one such object. */
export class CoinsCache implements CoinsView, MutableCoins {
  private clean = new Map<OutPointKey, PackedCoin>();
  private fresh = new Map<OutPointKey, PackedCoin>();
  private changed = new Map<OutPointKey, PackedCoin | undefined>();
  private heldBytes = 0;
  private flushing = false;
  /** Counts flushes begun and ended; a database read that spans one may be out of date. */
  private flushEpoch = 0;

  constructor(private readonly store: CoinsStore) {}

  /** Entries held, spent ones included. */
  get size(): number {
    return this.clean.size + this.fresh.size + this.changed.size;
  }

  /** Entries that the next flush writes. */
  get dirtyCount(): number {
    return this.fresh.size + this.changed.size;
  }

  /** Heap taken by the entries, estimated. To be compared with `-dbcache`. */
  get bytes(): number {
    return this.heldBytes;
  }

  /** True when a map is nearly as large as maps can be, whatever the bytes: flush with `empty`. */
  get isFull(): boolean {
    return Math.max(this.clean.size, this.fresh.size, this.changed.size) > MAX_MAP_ENTRIES;
  }

  get(key: OutPointKey): Coin | undefined {
    const packed = this.find(key);
    return packed === undefined ? undefined : this.store.unpack(packed);
  }

  has(key: OutPointKey): boolean {
    return this.find(key) !== undefined;
  }

  /** True when the coin is unspent and in memory; never reads the database. */
  hasInMemory(key: OutPointKey): boolean {
    return this.fresh.has(key) || this.clean.has(key) || this.changed.get(key) !== undefined;
  }

  async prefetch(keys: readonly OutPointKey[]): Promise<void> {
    const missing = keys.filter(key => !this.holds(key));
    for (let at = 0; at < missing.length; at += PREFETCH_LOT) {
      await this.prefetchLot(missing.slice(at, at + PREFETCH_LOT));
    }
  }

  spend(key: OutPointKey): Coin | undefined {
    this.assertWritable();
    const packed = this.find(key);
    if (packed === undefined) return undefined;
    const coin = this.store.unpack(packed);
    this.markSpent(key, packed);
    return coin;
  }

  /** Spends a coin whose contents the caller knows. Spending one that is not there is a bug. */
  remove(key: OutPointKey): void {
    this.assertWritable();
    const packed = this.find(key);
    assert(packed !== undefined, 'a coin that is removed is there');
    this.markSpent(key, packed);
  }

  add(key: OutPointKey, coin: Coin, { overwrite }: AddCoinOptions): void {
    this.assertWritable();
    if (isUnspendable(coin.script)) return;
    const held = this.fresh.get(key) ?? this.clean.get(key) ?? this.changed.get(key);
    assert(overwrite || held === undefined, 'no unspent coin is overwritten');
    const packed = packCoin(coin);
    if (this.fresh.has(key) || !(overwrite || this.changed.has(key))) {
      if (held !== undefined) this.uncount(held);
      this.fresh.set(key, packed);
    } else {
      if (held !== undefined) this.uncount(held);
      else if (this.changed.has(key)) this.uncount(undefined);
      this.clean.delete(key);
      this.changed.set(key, packed);
    }
    this.count(packed);
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
      if (empty) this.clear();
      else await this.settle();
    } finally {
      this.flushing = false;
      this.flushEpoch++;
    }
  }

  /** Drops a coin that is only a copy of the database's (a mempool candidate's inputs that led to nothing). */
  uncache(key: OutPointKey): void {
    const packed = this.clean.get(key);
    if (packed === undefined) return;
    this.clean.delete(key);
    this.uncount(packed);
  }

  /** Drops clean coins, those first that came first, until no more than `targetBytes` are held or none is left. */
  evict(targetBytes: number): void {
    for (const [key, packed] of this.clean) {
      if (this.heldBytes <= targetBytes) return;
      this.clean.delete(key);
      this.uncount(packed);
    }
  }

  /** Checks the invariants against the database; reads it once per entry. For tests. */
  sanityCheck(): void {
    let bytes = 0;
    for (const [key, packed] of this.clean) {
      assert(!this.fresh.has(key) && !this.changed.has(key), 'an outpoint is in one map only');
      const stored = this.store.getSync(key);
      assert(
        stored !== undefined && packCoin(stored) === packCoin(this.store.unpack(packed)),
        'a clean coin is as stored',
      );
      bytes += entryBytes(packed);
    }
    for (const [key, packed] of this.fresh) {
      assert(!this.changed.has(key), 'an outpoint is in one map only');
      assert(this.store.getSync(key) === undefined, 'a fresh coin is not in the database');
      bytes += entryBytes(packed);
    }
    for (const packed of this.changed.values()) bytes += entryBytes(packed);
    assert(bytes === this.heldBytes, 'the bytes held are counted right');
  }

  /** The database has all of it, as of that block. */
  private isWritten(bestBlock: Hash256): boolean {
    const stored = this.dirtyCount === 0 ? this.store.bestBlock() : undefined;
    return stored !== undefined && bytesEqual(stored, bestBlock);
  }

  private holds(key: OutPointKey): boolean {
    return this.fresh.has(key) || this.clean.has(key) || this.changed.has(key);
  }

  /** The unspent coin there; one from the database is kept. */
  private find(key: OutPointKey): PackedCoin | undefined {
    const held = this.fresh.get(key) ?? this.clean.get(key) ?? this.changed.get(key);
    if (held !== undefined || this.changed.has(key)) return held;
    const stored = this.store.getPacked(key);
    if (stored !== undefined) this.keepClean(key, stored);
    return stored;
  }

  private keepClean(key: OutPointKey, packed: PackedCoin): void {
    this.clean.set(key, packed);
    this.count(packed);
  }

  private async prefetchLot(keys: readonly OutPointKey[]): Promise<void> {
    const epoch = this.flushEpoch;
    const stored = await this.store.getManyPacked(keys);
    // A flush in between may have removed from disk, and from memory, what was read before it: the read is void then.
    if (epoch !== this.flushEpoch) return;
    stored.forEach((packed, i) => {
      const key = keys[i] as OutPointKey;
      if (packed !== undefined && !this.holds(key)) this.keepClean(key, packed);
    });
  }

  private markSpent(key: OutPointKey, packed: PackedCoin): void {
    this.uncount(packed);
    if (this.fresh.delete(key)) return;
    this.clean.delete(key);
    this.changed.set(key, undefined);
    this.count(undefined);
  }

  private *changes(): Generator<CoinChange, void, undefined> {
    yield* this.changed;
    yield* this.fresh;
  }

  /**
   * After a write: what is unspent is as the database has it, what is spent needs no entry. While this gives the event
   * loop its turns an unspent coin may be in two maps, with the same value.
   */
  private async settle(): Promise<void> {
    let done = 0;
    for (const [key, packed] of this.changes()) {
      if (packed !== undefined) this.clean.set(key, packed);
      if (++done % SETTLED_PER_TURN === 0) await setImmediate();
    }
    for (const packed of this.changed.values()) if (packed === undefined) this.uncount(undefined);
    this.changed = new Map();
    this.fresh = new Map();
  }

  private clear(): void {
    this.clean = new Map();
    this.fresh = new Map();
    this.changed = new Map();
    this.heldBytes = 0;
  }

  private count(packed: PackedCoin | undefined): void {
    this.heldBytes += entryBytes(packed);
  }

  private uncount(packed: PackedCoin | undefined): void {
    this.heldBytes -= entryBytes(packed);
  }

  private assertWritable(): void {
    assert(!this.flushing, 'coins stand still during a flush');
  }
}

function entryBytes(packed: PackedCoin | undefined): number {
  return ENTRY_OVERHEAD + (packed === undefined ? 0 : packed.length);
}
