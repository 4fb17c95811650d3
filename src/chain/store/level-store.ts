import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Level } from 'level';
import { bytesEqual, toHex } from '../../primitives/bytes.js';
import { type Logger, silentLogger } from '../../runtime/logger.js';
import { freeDiskSpace } from './disk-space.js';
import {
  deleteSize,
  ITERATE_LOT,
  type KeyRange,
  type KeyValue,
  type KeyValueStore,
  putSize,
  type WriteBatch,
  type WriteOptions,
} from './kv.js';
import { checkLevelFiles } from './level/check-level-files.js';
import { Scratch } from './scratch.js';
import { StoreError, type StoreRemedy, toStoreError } from './store-error.js';
import { isNoXor, NO_XOR, XOR_KEY_SIZE, xorInPlace } from './xor.js';

/** Where Core keeps the key that hides values: a string of 14 bytes with its length before it, as all its strings. */
const OBFUSCATION_KEY = Buffer.from('\x0e\x00obfuscate_key', 'latin1');

/** LevelDB's own limit of open table files, which Core raises to this on 64-bit systems. */
const MAX_OPEN_FILES = 1000;

/** Bytes of records fetched ahead by an iterator, so that a lot of large values stays bounded. */
const ITERATE_LOT_BYTES = 1 << 20;

export interface LevelStoreOptions {
  /** Directory of the database. Made when it is not there. */
  readonly path: string;
  /** Memory for LevelDB: half for its block cache, up to two quarters for write buffers, as Core divides it. */
  readonly cacheBytes: number;
  /** Hide values under a random key, if the database is new; an old one keeps the key it has. */
  readonly obfuscate: boolean;
  /** Remove what is there at `open`. */
  readonly wipe?: boolean;
  /** Compact everything at `open` (`-forcecompactdb`). */
  readonly compact?: boolean;
  /** What to tell the user when the data are damaged. */
  readonly remedy?: StoreRemedy;
}

/** The parts of LevelDB that the universal package has no types for. */
interface NativeMethods {
  approximateSize(start: Uint8Array, end: Uint8Array): Promise<number>;
  compactRange(start: Uint8Array, end: Uint8Array): Promise<void>;
}

type Database = Level<Uint8Array, Uint8Array> & NativeMethods;

function isNative(db: Level<Uint8Array, Uint8Array>): db is Database {
  return 'approximateSize' in db && 'compactRange' in db;
}

/** After every key that is in use: their first bytes are letters. */
const LAST_KEY = Uint8Array.of(0xff);

/**
 * A LevelDB directory in the form Core reads and writes: no compression, Bloom filter of 10 bits, values XORed with the
 * database's key if it has one.
 */
export class LevelStore implements KeyValueStore {
  readonly location: string;
  private db: Database | undefined;
  private batches: NativeBatches | undefined;
  private xorKey: Uint8Array = NO_XOR;
  private isPlain = true;

  constructor(
    private readonly options: LevelStoreOptions,
    private readonly logger: Logger = silentLogger,
  ) {
    this.location = options.path;
  }

  async open(): Promise<void> {
    const { path, wipe, compact } = this.options;
    if (wipe === true) {
      this.logger.info(`Wiping LevelDB in ${path}`);
      await LevelStore.destroy(path);
    }
    await this.checkFiles();
    this.logger.info(`Opening LevelDB in ${path}`);
    const db = await this.openDatabase();
    this.logger.info('Opened LevelDB successfully');
    this.db = db;
    this.batches = new NativeBatches(db);
    if (compact === true) {
      this.logger.info(`Starting database compaction of ${path}`);
      await this.guard(db.compactRange(Uint8Array.of(0), LAST_KEY));
      this.logger.info(`Finished database compaction of ${path}`);
    }
    this.xorKey = await this.obfuscationKey(db);
    this.isPlain = isNoXor(this.xorKey);
    this.logger.info(`Using obfuscation key for ${path}: ${toHex(this.xorKey)}`);
  }

  async close(): Promise<void> {
    const { db } = this;
    this.db = undefined;
    this.batches = undefined;
    if (db !== undefined) await this.guard(db.close());
  }

  /** Empties the directory of a database that is not open; the directory, which may be a link, stays. */
  static async destroy(path: string): Promise<void> {
    try {
      for (const name of await readdir(path)) await rm(join(path, name), { recursive: true, force: true });
    } catch (thrown) {
      const failure = toStoreError(thrown, path, 'Cannot remove database');
      if (failure.code !== 'missing') throw failure;
    }
  }

  getSync(key: Uint8Array): Uint8Array | undefined {
    try {
      return this.reveal(this.opened().getSync(key));
    } catch (thrown) {
      throw this.failure(thrown);
    }
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.reveal(await this.guard(this.opened().get(key)));
  }

  async getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    const values: (Uint8Array | undefined)[] = await this.guard(this.opened().getMany([...keys]));
    if (!this.isPlain) for (const value of values) this.reveal(value);
    return values;
  }

  batch(): WriteBatch {
    const { batches } = this;
    if (batches === undefined) throw this.notOpen();
    return new LevelBatch(batches, this.isPlain ? undefined : this.xorKey, thrown => this.failure(thrown));
  }

  async *iterate(range: KeyRange = {}): AsyncGenerator<readonly KeyValue[], void, undefined> {
    const iterator = this.opened().iterator({
      ...(range.from === undefined ? {} : { gte: range.from }),
      ...(range.to === undefined ? {} : { lt: range.to }),
      fillCache: false,
      highWaterMarkBytes: ITERATE_LOT_BYTES,
    });
    try {
      for (;;) {
        const lot = await this.guard(iterator.nextv(ITERATE_LOT));
        if (lot.length === 0) return;
        // The key that hides values is ours: whoever goes through the records to remove them must not remove it.
        const records = lot.filter(record => !bytesEqual(record[0], OBFUSCATION_KEY));
        if (!this.isPlain) for (const record of records) this.reveal(record[1]);
        yield records;
      }
    } finally {
      await iterator.close();
    }
  }

  approximateSize({ from, to }: Required<KeyRange>): Promise<number> {
    return this.guard(this.opened().approximateSize(from, to));
  }

  freeSpace(): number {
    return freeDiskSpace(this.location);
  }

  private async checkFiles(): Promise<void> {
    const { path, remedy } = this.options;
    try {
      await checkLevelFiles(path, remedy);
    } catch (thrown) {
      // Files that another process is changing look damaged.
      if (await isInUse(path)) throw new StoreError('locked', path, 'Database is in use by another process');
      throw thrown;
    }
  }

  private async openDatabase(): Promise<Database> {
    const { path, cacheBytes } = this.options;
    const db = new Level<Uint8Array, Uint8Array>(path, {
      keyEncoding: 'view',
      valueEncoding: 'view',
      compression: false,
      cacheSize: Math.floor(cacheBytes / 2),
      writeBufferSize: Math.floor(cacheBytes / 4),
      maxOpenFiles: MAX_OPEN_FILES,
    });
    await this.guard(db.open());
    if (isNative(db)) return db;
    await db.close();
    throw new StoreError('io', path, 'LevelDB has no native form on this platform');
  }

  /** The key in the database; a new one for an empty database, if wanted. */
  private async obfuscationKey(db: Database): Promise<Uint8Array> {
    const stored: Uint8Array | undefined = await this.guard(db.get(OBFUSCATION_KEY));
    if (stored !== undefined) {
      if (stored.length === 1 + XOR_KEY_SIZE && stored[0] === XOR_KEY_SIZE) return stored.slice(1);
      throw new StoreError('corrupt', this.location, 'Obfuscation key is damaged', this.options.remedy);
    }
    if (!this.options.obfuscate || !(await this.isEmpty(db))) return NO_XOR;
    const key = randomBytes(XOR_KEY_SIZE);
    await this.guard(db.put(OBFUSCATION_KEY, Buffer.concat([Uint8Array.of(XOR_KEY_SIZE), key])));
    this.logger.info(`Wrote new obfuscate key for ${this.location}: ${toHex(key)}`);
    return key;
  }

  private async isEmpty(db: Database): Promise<boolean> {
    const keys = db.keys({ limit: 1 });
    try {
      return (await this.guard(keys.next())) === undefined;
    } finally {
      await keys.close();
    }
  }

  /** Takes the obfuscation off, in place: the bytes came from LevelDB just now and nobody else has them. */
  private reveal(value: Uint8Array | undefined): Uint8Array | undefined {
    if (value !== undefined && !this.isPlain) xorInPlace(value, this.xorKey);
    return value;
  }

  private opened(): Database {
    if (this.db === undefined) throw this.notOpen();
    return this.db;
  }

  private notOpen(): StoreError {
    return new StoreError('io', this.location, 'Database is not open');
  }

  private async guard<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (thrown) {
      throw this.failure(thrown);
    }
  }

  private failure(thrown: unknown): StoreError {
    return toStoreError(thrown, this.location, 'Fatal LevelDB error', this.options.remedy);
  }
}

/** A batch in LevelDB's own form, with the part of its life between `put` and `close` that the universal package makes one step. */
type NativeBatch = ReturnType<Database['batch']> & {
  /** Writes it and leaves it open. */
  _write(options: WriteOptions): Promise<void>;
};

/** A native batch that has held more is not kept for the next one. */
const MAX_KEPT_BATCH_BYTES = 1 << 20;

/**
 * Native batches, one of which is used again and again: the memory of each is there until the garbage collector finds it, which
 * does not know how much that is, and many are written before it comes.
 */
class NativeBatches {
  private spare: NativeBatch | undefined;

  constructor(private readonly db: Database) {}

  take(): NativeBatch {
    const batch = this.spare ?? (this.db.batch() as NativeBatch);
    this.spare = undefined;
    return batch;
  }

  /** Takes back one that was written. @param bytes that it held */
  async give(batch: NativeBatch, bytes: number): Promise<void> {
    if (this.spare !== undefined || bytes > MAX_KEPT_BATCH_BYTES) return batch.close();
    batch.clear();
    this.spare = batch;
  }
}

/** Where values of usual length are hidden on their way to LevelDB. */
const hiding = new Scratch(256);

/** Changes in LevelDB's own batch form, which is handed over to it as it stands. */
class LevelBatch implements WriteBatch {
  private native: NativeBatch | undefined;
  private estimate = 0;

  constructor(
    private readonly batches: NativeBatches,
    private readonly xorKey: Uint8Array | undefined,
    private readonly failure: (thrown: unknown) => StoreError,
  ) {}

  get byteSize(): number {
    return this.estimate;
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.native ??= this.batches.take();
    this.native.put(key, this.hide(value));
    this.estimate += putSize(key.length, value.length);
  }

  delete(key: Uint8Array): void {
    this.native ??= this.batches.take();
    this.native.del(key);
    this.estimate += deleteSize(key.length);
  }

  async write({ sync = false }: WriteOptions = {}): Promise<void> {
    const { native, estimate } = this;
    if (native === undefined) return;
    this.native = undefined;
    this.estimate = 0;
    try {
      await native._write({ sync });
      await this.batches.give(native, estimate);
    } catch (thrown) {
      throw this.failure(thrown);
    }
  }

  private hide(value: Uint8Array): Uint8Array {
    if (this.xorKey === undefined) return value;
    const hidden = value.length <= hiding.size ? hiding.view(value.length) : new Uint8Array(value.length);
    hidden.set(value);
    xorInPlace(hidden, this.xorKey);
    return hidden;
  }
}

/** Asks LevelDB for its lock, and for no more: the options contradict each other. */
async function isInUse(path: string): Promise<boolean> {
  const probe = new Level(path, { createIfMissing: false, errorIfExists: true });
  try {
    await probe.open();
    await probe.close();
    return false;
  } catch (thrown) {
    return toStoreError(thrown, path, 'Cannot open database').code === 'locked';
  }
}
