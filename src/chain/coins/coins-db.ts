import { setImmediate } from 'node:timers/promises';
import { bytesEqual, type Hash256, hashToHex, ZERO_HASH } from '../../primitives/bytes.js';
import { DecodeError, Reader, Writer } from '../../primitives/codec.js';
import type { Coin } from '../../primitives/coin.js';
import type { OutPoint } from '../../primitives/outpoint.js';
import { type Logger, silentLogger } from '../../runtime/logger.js';
import { requireRoom } from '../store/disk-space.js';
import type { KeyValue, KeyValueStore } from '../store/kv.js';
import { StoreError } from '../store/store-error.js';
import {
  COIN_PREFIX,
  coinDbKey,
  coinDbKeyView,
  decodeCoin,
  encodeCoin,
  type PackedCoin,
  packedToStored,
  packStored,
  parseCoinDbKey,
} from './coin-codec.js';

/*
 * The coins database (Core's chainstate):
 *
 *   'C' txid VarInt(n)  →  VarInt(height·2 + coinbase), compressed amount, compressed script
 *   'B'                 →  hash of the block after which these are the coins
 *   'H'                 →  [new tip, old tip], while a write from the one to the other is under way
 *
 * Invariant: at any moment there is either 'B', and the coins are exactly those after that block; or 'H', and every coin
 * is as after the old tip, or as after the new one. Redoing the blocks between the two from their data makes it good.
 */
const BEST_BLOCK_KEY = Uint8Array.of(0x42);
const HEAD_BLOCKS_KEY = Uint8Array.of(0x48);
const COINS_RANGE = { from: Uint8Array.of(COIN_PREFIX), to: Uint8Array.of(COIN_PREFIX + 1) };

/**
 * Bytes of changes handed to LevelDB at once, where `-dbbatchsize` does not say. LevelDB's table in memory may grow by so much
 * beyond its limit, and the bytes of a batch are there until the garbage collector finds it: soon, if what was made to fill it
 * is not much. Core's 16 MiB save no time.
 */
export const DEFAULT_DB_BATCH_SIZE = 64 << 10;

/**
 * Bytes that writing one change may take: a coin is about 48 bytes, is written to the log and once more to a table, and
 * as much again for safety (Core's estimate).
 */
const ROOM_FOR_CHANGE = 48 * 2 * 2;

/** Changes put into a batch between two turns of the event loop: about 5 ms of work. */
const CHANGES_PER_TURN = 2000;

/** The tips between which a write was cut off. */
export interface HeadBlocks {
  readonly newTip: Hash256;
  /** Zero hash when the database was empty. */
  readonly oldTip: Hash256;
}

/** A coin with where it is from. */
export interface CoinRecord extends OutPoint {
  readonly coin: Coin;
}

/** A coin that is to be stored, or undefined for one that is to be removed. Its bytes may be good until the next one only. */
export interface CoinChange {
  readonly outpoint: OutPoint;
  readonly packed: PackedCoin | undefined;
}

export interface CoinsStoreOptions {
  /** Bytes of changes per batch. */
  readonly batchSize?: number;
  /** Called after each partial batch (`-dbcrashratio`, tests). */
  readonly onPartialBatch?: () => void;
}

/** The coins on disk. The key-value store is opened and closed by who made it. */
export class CoinsStore {
  private readonly batchSize: number;
  private readonly onPartialBatch: () => void;
  /** False when nothing was ever written: a new node looks for very many coins that it cannot have yet. */
  private holdsAny: boolean | undefined;

  constructor(
    private readonly db: KeyValueStore,
    options: CoinsStoreOptions = {},
    private readonly logger: Logger = silentLogger,
  ) {
    this.batchSize = options.batchSize ?? DEFAULT_DB_BATCH_SIZE;
    this.onPartialBatch = options.onPartialBatch ?? (() => {});
  }

  /** The block after which these are the coins; undefined for an empty database and for one that needs replaying. */
  bestBlock(): Hash256 | undefined {
    const value = this.db.getSync(BEST_BLOCK_KEY);
    if (value !== undefined && value.length !== 32) throw this.corrupt('best block is not a hash');
    return value;
  }

  /** The tips of a write that was cut off; undefined when there is none to mend. */
  headBlocks(): HeadBlocks | undefined {
    const value = this.db.getSync(HEAD_BLOCKS_KEY);
    if (value === undefined) return undefined;
    return this.decoding(() => {
      const reader = new Reader(value);
      if (reader.compactSize() !== 2) throw new DecodeError('unknown number of head blocks');
      return { newTip: reader.hash(), oldTip: reader.hash() };
    });
  }

  getPacked(outpoint: OutPoint): PackedCoin | undefined {
    if (this.isEmpty) return undefined;
    return this.decode(this.db.getSync(coinDbKeyView(outpoint)), packStored);
  }

  /** Coins in the order of the outpoints, with one call to the database. */
  async getManyPacked(outpoints: readonly OutPoint[]): Promise<(PackedCoin | undefined)[]> {
    if (this.isEmpty) return outpoints.map(() => undefined);
    const values = await this.db.getMany(outpoints.map(coinDbKey));
    return values.map(value => this.decode(value, packStored));
  }

  getSync(outpoint: OutPoint): Coin | undefined {
    return this.decode(this.db.getSync(coinDbKeyView(outpoint)), decodeCoin);
  }

  async getMany(outpoints: readonly OutPoint[]): Promise<(Coin | undefined)[]> {
    const values = await this.db.getMany(outpoints.map(coinDbKey));
    return values.map(value => this.decode(value, decodeCoin));
  }

  /** @throws StoreError `full` unless the disk has room for so many changes */
  requireRoomFor(changes: number): void {
    const free = this.db.freeSpace?.() ?? Number.POSITIVE_INFINITY;
    requireRoom(free, changes * ROOM_FOR_CHANGE, this.db.location);
  }

  /**
   * Makes the coins those after `bestBlock`, in batches. Only one write may run at a time, and nobody may change
   * `changes` meanwhile. Call the block index's write first: the blocks between old and new tip must be readable after
   * a crash.
   */
  async write(changes: Iterable<CoinChange>, bestBlock: Hash256): Promise<void> {
    this.holdsAny = true;
    const batch = this.db.batch();
    batch.delete(BEST_BLOCK_KEY);
    batch.put(HEAD_BLOCKS_KEY, headBlocksValue(bestBlock, this.tipToReplace(bestBlock)));
    let count = 0;
    for (const { outpoint, packed } of changes) {
      if (packed === undefined) batch.delete(coinDbKeyView(outpoint));
      else batch.put(coinDbKeyView(outpoint), packedToStored(packed));
      if (++count % CHANGES_PER_TURN === 0) await setImmediate();
      if (batch.byteSize <= this.batchSize) continue;
      this.logger.debug('coindb', `Writing partial batch of ${mebibytes(batch.byteSize)} MiB`);
      await batch.write();
      this.onPartialBatch();
    }
    batch.delete(HEAD_BLOCKS_KEY);
    batch.put(BEST_BLOCK_KEY, bestBlock);
    this.logger.debug('coindb', `Writing final batch of ${mebibytes(batch.byteSize)} MiB`);
    await batch.write();
    this.logger.debug('coindb', `Committed ${count} changed transaction outputs to coin database...`);
  }

  /**
   * Fills the database, which is empty, with coins that come in lots: those after `bestBlock`. Before all are there nothing
   * says what they are, and when this resolves they are on the disk.
   */
  async fill(lots: AsyncIterable<readonly CoinRecord[]>, bestBlock: Hash256): Promise<void> {
    this.holdsAny = true;
    const batch = this.db.batch();
    for await (const lot of lots) {
      for (const record of lot) batch.put(coinDbKeyView(record), encodeCoin(record.coin));
      await setImmediate();
      if (batch.byteSize > this.batchSize) await batch.write();
    }
    batch.put(BEST_BLOCK_KEY, bestBlock);
    await batch.write({ sync: true });
  }

  /** All coins in lots, in key order: by txid, and by index as the bytes of its VarInt sort (not by number). */
  async *iterate(): AsyncGenerator<readonly CoinRecord[], void, undefined> {
    for await (const lot of this.db.iterate(COINS_RANGE)) {
      yield this.decoding(() => lot.map(decodeRecord));
    }
  }

  /** Bytes on disk, roughly. */
  estimateSize(): Promise<number> {
    return this.db.approximateSize(COINS_RANGE);
  }

  /** The tip that the write to `bestBlock` starts from. A write that was cut off can only be finished. */
  private tipToReplace(bestBlock: Hash256): Hash256 {
    const best = this.bestBlock();
    if (best !== undefined) return best;
    const heads = this.headBlocks();
    if (heads === undefined) return ZERO_HASH;
    if (bytesEqual(heads.newTip, bestBlock)) return heads.oldTip;
    throw this.corrupt(
      `The coins database detected an inconsistent state, likely due to a previous crash or shutdown: it was on the way to ${hashToHex(heads.newTip)}`,
    );
  }

  private get isEmpty(): boolean {
    this.holdsAny ??= this.bestBlock() !== undefined || this.headBlocks() !== undefined;
    return !this.holdsAny;
  }

  private decode<T>(value: Uint8Array | undefined, decode: (stored: Uint8Array) => T): T | undefined {
    return value === undefined ? undefined : this.decoding(() => decode(value));
  }

  /** What `decode` makes of stored bytes. @throws StoreError when they make no sense */
  decoding<T>(decode: () => T): T {
    try {
      return decode();
    } catch (thrown) {
      if (thrown instanceof DecodeError)
        throw this.corrupt(`Error reading from coins database: ${thrown.message}`);
      throw thrown;
    }
  }

  /** The error for records that make no sense. */
  corrupt(what: string): StoreError {
    return new StoreError('corrupt', this.db.location, what, '-reindex-chainstate');
  }
}

function decodeRecord([key, value]: KeyValue): CoinRecord {
  const { txid, vout } = parseCoinDbKey(key);
  return { txid, vout, coin: decodeCoin(value) };
}

function headBlocksValue(newTip: Hash256, oldTip: Hash256): Uint8Array {
  return new Writer(65).compactSize(2).bytes(newTip).bytes(oldTip).finish();
}

function mebibytes(bytes: number): string {
  return (bytes / (1 << 20)).toFixed(2);
}
