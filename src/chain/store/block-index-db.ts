import { setImmediate } from 'node:timers/promises';
import type { Hash256 } from '../../primitives/bytes.js';
import { DecodeError, Reader, Writer } from '../../primitives/codec.js';
import { BlockHeader, HEADER_SIZE } from '../../primitives/header.js';
import { BlockStatus } from './block-status.js';
import type { BlockFileInfo } from './block-store.js';
import { requireRoom } from './disk-space.js';
import type { KeyValueStore } from './kv.js';
import { StoreError } from './store-error.js';
import { readVarInt, writeVarInt } from './varint.js';

/*
 * The block index database (Core's blocks/index):
 *
 *   'b' hash             →  block index entry
 *   'f' int32 LE file    →  file info
 *   'l'                  →  int32 LE, number of the last file
 *   'F' length name      →  '1' or '0', a flag
 *   'R'                  →  '1' while a reindex is under way
 */
const ENTRY_PREFIX = 0x62;
const FILE_PREFIX = 0x66;
const FLAG_PREFIX = 0x46;
const LAST_FILE_KEY = Uint8Array.of(0x6c);
const REINDEX_KEY = Uint8Array.of(0x52);
const ENTRIES_RANGE = { from: Uint8Array.of(ENTRY_PREFIX), to: Uint8Array.of(ENTRY_PREFIX + 1) };
const ON = Uint8Array.of(0x31);
const OFF = Uint8Array.of(0x30);

/** Stands where old versions wrote their own version number; nobody reads it. */
const ENTRY_VERSION = 259900;

const UINT32_MAX = 0xffffffff;

/** What is stored of one header and its block (Core's CDiskBlockIndex). */
export interface BlockIndexEntry {
  readonly hash: Hash256;
  readonly header: BlockHeader;
  readonly height: number;
  /** {@link BlockStatus} level and flags. */
  readonly status: number;
  /** Transactions in the block, 0 while unknown. */
  readonly txCount: number;
  /** File of block and undo data; 0 unless the status has HAVE_DATA or HAVE_UNDO. */
  readonly file: number;
  /** Start of the block in its file; 0 unless HAVE_DATA. */
  readonly dataPos: number;
  /** Start of the undo data in their file; 0 unless HAVE_UNDO. */
  readonly undoPos: number;
}

/**
 * What is written together: the index is only as good as the file infos it goes with. Entries are asked for one by one, with
 * turns of the event loop in between.
 */
export interface BlockIndexChanges {
  readonly files: Iterable<readonly [file: number, info: BlockFileInfo]>;
  readonly lastFile: number;
  readonly entries: Iterable<BlockIndexEntry>;
}

/** Entries put into a batch between two turns of the event loop: about 5 ms of work. */
const ENTRIES_PER_TURN = 1000;

/** Headers, where their blocks are, and flags, on disk. The key-value store is opened and closed by who made it. */
export class BlockIndexDb {
  constructor(private readonly db: KeyValueStore) {}

  /**
   * Writes in one batch, and resolves when it is on the disk. Flush the block files first.
   *
   * @throws StoreError `full` before anything is written when little room is left on the disk
   */
  async writeBatch({ files, lastFile, entries }: BlockIndexChanges): Promise<void> {
    requireRoom(this.db.freeSpace?.() ?? Number.POSITIVE_INFINITY, 0, this.db.location);
    const batch = this.db.batch();
    for (const [file, info] of files) batch.put(fileKey(file), encodeFileInfo(info));
    batch.put(LAST_FILE_KEY, new Writer(4).i32(lastFile).finish());
    let count = 0;
    for (const entry of entries) {
      batch.put(entryKey(entry.hash), encodeIndexEntry(entry));
      if (++count % ENTRIES_PER_TURN === 0) await setImmediate();
    }
    await batch.write({ sync: true });
  }

  /** Stands for all that is stored, where the store has something that does: see {@link KeyValueStore.contents}. */
  get contents(): object | undefined {
    return this.db.contents;
  }

  /**
   * Visits all entries, in the order of their hashes' bytes. Their hash is the key's, not computed from the header.
   *
   * @throws StoreError for one that makes no sense
   */
  async readAll(visit: (entry: BlockIndexEntry) => void): Promise<void> {
    for await (const lot of this.db.iterate(ENTRIES_RANGE)) {
      this.decoding(() => {
        // Not taken apart by a pattern: that makes an iterator and four objects of each record, until V8 has optimised it.
        for (const record of lot) visit(decodeIndexEntry(record[0].subarray(1), record[1]));
      });
    }
  }

  /** Number of the last file, 0 when none was written. */
  readLastFile(): number {
    const value = this.db.getSync(LAST_FILE_KEY);
    return value === undefined ? 0 : this.decoding(() => new Reader(value).i32());
  }

  readFileInfo(file: number): BlockFileInfo | undefined {
    const value = this.db.getSync(fileKey(file));
    return value === undefined ? undefined : this.decoding(() => decodeFileInfo(value));
  }

  /** Infos of all files from 0 on, with `undefined` where one up to the last file is missing. */
  readFileInfos(): (BlockFileInfo | undefined)[] {
    const lastFile = this.readLastFile();
    const infos: (BlockFileInfo | undefined)[] = [];
    for (let file = 0; ; file++) {
      const info = this.readFileInfo(file);
      if (info === undefined && file > lastFile) return infos;
      infos.push(info);
    }
  }

  /** A flag such as `prunedblockfiles`; undefined when it was never written. */
  readFlag(name: string): boolean | undefined {
    const value = this.db.getSync(flagKey(name));
    return value === undefined ? undefined : value[0] === ON[0];
  }

  async writeFlag(name: string, on: boolean): Promise<void> {
    const batch = this.db.batch();
    batch.put(flagKey(name), on ? ON : OFF);
    await batch.write();
  }

  /** True while a reindex was begun and not finished. */
  isReindexing(): boolean {
    return this.db.getSync(REINDEX_KEY) !== undefined;
  }

  async writeReindexing(on: boolean): Promise<void> {
    const batch = this.db.batch();
    if (on) batch.put(REINDEX_KEY, ON);
    else batch.delete(REINDEX_KEY);
    await batch.write();
  }

  private decoding<T>(decode: () => T): T {
    try {
      return decode();
    } catch (thrown) {
      if (!(thrown instanceof DecodeError)) throw thrown;
      throw this.corrupt(thrown.message);
    }
  }

  /** The error for records that make no sense. */
  corrupt(why: string): StoreError {
    const what = `Error reading from block index database: ${why}`;
    return new StoreError('corrupt', this.db.location, what, '-reindex');
  }
}

function entryKey(hash: Hash256): Uint8Array {
  return new Writer(33).u8(ENTRY_PREFIX).bytes(hash).finish();
}

function fileKey(file: number): Uint8Array {
  return new Writer(16).u8(FILE_PREFIX).i32(file).finish();
}

function flagKey(name: string): Uint8Array {
  return new Writer().u8(FLAG_PREFIX).varString(name).finish();
}

export function encodeIndexEntry(entry: BlockIndexEntry): Uint8Array {
  const { status } = entry;
  const writer = new Writer(HEADER_SIZE + 32);
  writeVarInt(writer, ENTRY_VERSION);
  writeVarInt(writer, entry.height);
  writeVarInt(writer, status);
  writeVarInt(writer, entry.txCount);
  if ((status & BlockStatus.HAVE_MASK) !== 0) writeVarInt(writer, entry.file);
  if ((status & BlockStatus.HAVE_DATA) !== 0) writeVarInt(writer, entry.dataPos);
  if ((status & BlockStatus.HAVE_UNDO) !== 0) writeVarInt(writer, entry.undoPos);
  return writer.bytes(entry.header.raw).finish();
}

/** @throws DecodeError on anything that is not an entry */
export function decodeIndexEntry(hash: Hash256, bytes: Uint8Array): BlockIndexEntry {
  const reader = new Reader(bytes);
  readVarInt(reader, UINT32_MAX);
  const height = readVarInt(reader, 0x7fffffff);
  const status = readVarInt(reader, UINT32_MAX);
  const txCount = readVarInt(reader, UINT32_MAX);
  const file = (status & BlockStatus.HAVE_MASK) !== 0 ? readVarInt(reader, 0x7fffffff) : 0;
  const dataPos = (status & BlockStatus.HAVE_DATA) !== 0 ? readVarInt(reader, UINT32_MAX) : 0;
  const undoPos = (status & BlockStatus.HAVE_UNDO) !== 0 ? readVarInt(reader, UINT32_MAX) : 0;
  const header = BlockHeader.read(reader);
  return { hash, header, height, status, txCount, file, dataPos, undoPos };
}

export function encodeFileInfo(info: BlockFileInfo): Uint8Array {
  const writer = new Writer(32);
  writeVarInt(writer, info.blocks);
  writeVarInt(writer, info.size);
  writeVarInt(writer, info.undoSize);
  writeVarInt(writer, info.heightFirst);
  writeVarInt(writer, info.heightLast);
  writeVarInt(writer, info.timeFirst);
  writeVarInt(writer, info.timeLast);
  return writer.finish();
}

/** @throws DecodeError on anything that is not a file info */
export function decodeFileInfo(bytes: Uint8Array): BlockFileInfo {
  const reader = new Reader(bytes);
  return {
    blocks: readVarInt(reader, UINT32_MAX),
    size: readVarInt(reader, UINT32_MAX),
    undoSize: readVarInt(reader, UINT32_MAX),
    heightFirst: readVarInt(reader, UINT32_MAX),
    heightLast: readVarInt(reader, UINT32_MAX),
    timeFirst: readVarInt(reader),
    timeLast: readVarInt(reader),
  };
}
