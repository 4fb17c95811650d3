import { mkdirSync } from 'node:fs';
import { sha256d } from '../../crypto/hash.js';
import { asBuffer, bytesEqual, type Hash256, toHex } from '../../primitives/bytes.js';
import { MAX_COMPACT_SIZE } from '../../primitives/codec.js';
import { type Logger, silentLogger } from '../../runtime/logger.js';
import { BlockPacking } from './block-packing.js';
import { scanBlocks } from './block-scan.js';
import {
  type BlockFileInfo,
  type BlockPos,
  type BlockStore,
  RECORD_HEADER_SIZE,
  type ScannedBlock,
} from './block-store.js';
import { blocksXorKey } from './blocks-xor-key.js';
import { DiskFlatFiles } from './disk-flat-files.js';
import type { FlatFiles } from './flat-files.js';
import { MemoryFlatFiles } from './memory-flat-files.js';
import { StoreError } from './store-error.js';
import { isNoXor, NO_XOR, xorInPlace } from './xor.js';

/** Block files are left when they would reach this size. */
const MAX_BLOCK_FILE_SIZE = 128 << 20;
/** By so much block and undo files grow. */
export const BLOCK_FILE_CHUNK = 16 << 20;
export const UNDO_FILE_CHUNK = 1 << 20;

/** The same with `-fastprune`, which lets tests prune after few blocks. */
const FAST_PRUNE_FILE_SIZE = 64 << 10;
const FAST_PRUNE_CHUNK = 16 << 10;

/** Undo records end with sha256d(hash of the previous block ‖ undo data). */
const CHECKSUM_SIZE = 32;

const DAMAGED = 'Block data are damaged';
const UNDO_DAMAGED = 'Undo data are damaged';

export interface BlockFilesOptions {
  /** The `blocks` directory. Made when it is not there. */
  readonly directory: string;
  /** The network's magic, with which every record begins. */
  readonly magic: Uint8Array;
  /** `-blocksxor`: hide the files of a new directory under a random key. */
  readonly useXor: boolean;
  /** `-fastprune`: small files. */
  readonly fastPrune?: boolean;
  /** The network's genesis block, with which the first file begins. */
  readonly genesis?: Uint8Array;
}

/** What block files are made of. */
export interface BlockFilesParts {
  readonly magic: Uint8Array;
  readonly fastPrune: boolean;
  readonly xorKey: Uint8Array;
  readonly blocks: FlatFiles;
  readonly undos: FlatFiles;
}

/**
 * Opens the blkNNNNN.dat and revNNNNN.dat files of a directory. Comes before anything else is put into the directory,
 * such as the block index, since only an empty one gets a random key.
 *
 * @throws StartError when `useXor` is off and the files are hidden
 * @throws StoreError when the key that hides them is lost
 */
export function openBlockFiles(options: BlockFilesOptions, logger: Logger = silentLogger): BlockFiles {
  const { directory, magic, fastPrune = false } = options;
  mkdirSync(directory, { recursive: true });
  const firstRecord = options.genesis && blockRecord(magic, options.genesis, 0);
  const keyOptions = { directory, useXor: options.useXor, ...(firstRecord && { firstRecord }) };
  const xorKey = blocksXorKey(keyOptions, logger);
  logger.info(`Using obfuscation key for blocksdir *.dat files (${directory}): '${toHex(xorKey)}'`);
  const chunkSize = blockChunk(fastPrune);
  const blocks = new DiskFlatFiles({ directory, prefix: 'blk', chunkSize }, logger);
  const undos = new DiskFlatFiles({ directory, prefix: 'rev', chunkSize: UNDO_FILE_CHUNK }, logger);
  return new BlockFiles({ magic, fastPrune, xorKey, blocks, undos }, logger);
}

function blockChunk(fastPrune: boolean): number {
  return fastPrune ? FAST_PRUNE_CHUNK : BLOCK_FILE_CHUNK;
}

/** Files without a disk. */
export interface MemoryFiles {
  readonly blockFiles: MemoryFlatFiles;
  readonly undoFiles: MemoryFlatFiles;
}

export function memoryFiles(fastPrune = false): MemoryFiles {
  return {
    blockFiles: new MemoryFlatFiles('blk', blockChunk(fastPrune)),
    undoFiles: new MemoryFlatFiles('rev', UNDO_FILE_CHUNK),
  };
}

/** The same as {@link openBlockFiles} without a disk: nothing is hidden. */
export function memoryBlockFiles({
  magic,
  fastPrune,
  blockFiles: blocks,
  undoFiles: undos,
}: MemoryFiles & { readonly magic: Uint8Array; readonly fastPrune: boolean }): BlockFiles {
  return new BlockFiles({ magic, fastPrune, xorKey: NO_XOR, blocks, undos });
}

/**
 * Blocks and undo data in Core's files.
 *
 * A record is the network's magic, the size as four bytes little-endian, and the data; positions point at the data.
 * Every byte of a file is XORed with the directory's key, by its offset in the file; what was allocated and not written
 * is zero on the disk, under the key or not.
 */
export class BlockFiles implements BlockStore {
  private readonly packing: BlockPacking;
  private readonly xorKey: Uint8Array | undefined;
  private grown = false;

  constructor(
    private readonly parts: BlockFilesParts,
    private readonly logger: Logger = silentLogger,
  ) {
    const maxFileSize = parts.fastPrune ? FAST_PRUNE_FILE_SIZE : MAX_BLOCK_FILE_SIZE;
    this.packing = new BlockPacking({ maxFileSize, stretch: parts.fastPrune });
    this.xorKey = isNoXor(parts.xorKey) ? undefined : parts.xorKey;
  }

  get fileCount(): number {
    return this.packing.fileCount;
  }

  get usedBytes(): number {
    return this.packing.usedBytes;
  }

  fileInfo(file: number): BlockFileInfo {
    return this.packing.info(file);
  }

  load(infos: readonly BlockFileInfo[]): void {
    this.packing.load(infos);
  }

  takeChangedFiles(): ReadonlyMap<number, BlockFileInfo> {
    return this.packing.takeChanged();
  }

  takeGrown(): boolean {
    const { grown } = this;
    this.grown = false;
    return grown;
  }

  setSnapshotHeight(height: number | undefined): void {
    this.packing.setSnapshotHeight(height);
  }

  writeBlock(bytes: Uint8Array, height: number, time: number): BlockPos {
    const { blocks } = this.parts;
    const record = blockRecord(this.parts.magic, bytes, 0);
    const place = this.packing.placeBlock(record.length, height, time);
    if (place.left !== undefined) this.leave(place.left.file, place.left.undoDone, place.file, height);
    if (blocks.allocate(place.file, place.pos, record.length) > 0) this.grown = true;
    this.hide(record, place.pos);
    blocks.write(place.file, place.pos, record);
    return { file: place.file, pos: place.pos + RECORD_HEADER_SIZE };
  }

  noteBlock(size: number, height: number, time: number, at: BlockPos): void {
    this.packing.noteBlock(size, height, time, at);
  }

  async readBlock(at: BlockPos): Promise<Uint8Array> {
    const { blocks } = this.parts;
    const size = this.sizeInHeader(
      await this.readPart(blocks, at, -RECORD_HEADER_SIZE, RECORD_HEADER_SIZE),
      blocks,
      at,
    );
    return this.readPart(blocks, at, 0, size);
  }

  readBlockSync(at: BlockPos): Uint8Array {
    const { blocks } = this.parts;
    const size = this.sizeInHeader(
      this.readPartSync(blocks, at, -RECORD_HEADER_SIZE, RECORD_HEADER_SIZE),
      blocks,
      at,
    );
    return this.readPartSync(blocks, at, 0, size);
  }

  writeUndo(bytes: Uint8Array, prevHash: Hash256, file: number, height: number): BlockPos {
    const { undos } = this.parts;
    const record = blockRecord(this.parts.magic, bytes, CHECKSUM_SIZE);
    record.set(undoChecksum(prevHash, bytes), record.length - CHECKSUM_SIZE);
    const { pos, isLast } = this.packing.placeUndo(record.length, file, height);
    if (undos.allocate(file, pos, record.length) > 0) this.grown = true;
    this.hide(record, pos);
    undos.write(file, pos, record);
    if (isLast) undos.truncate(file, pos + record.length);
    return { file, pos: pos + RECORD_HEADER_SIZE };
  }

  async readUndo(at: BlockPos, prevHash: Hash256): Promise<Uint8Array> {
    const { undos } = this.parts;
    const size = this.sizeInHeader(
      await this.readPart(undos, at, -RECORD_HEADER_SIZE, RECORD_HEADER_SIZE),
      undos,
      at,
    );
    return this.checkedUndo(await this.readPart(undos, at, 0, size + CHECKSUM_SIZE), prevHash, at);
  }

  readUndoSync(at: BlockPos, prevHash: Hash256): Uint8Array {
    const { undos } = this.parts;
    const size = this.sizeInHeader(
      this.readPartSync(undos, at, -RECORD_HEADER_SIZE, RECORD_HEADER_SIZE),
      undos,
      at,
    );
    return this.checkedUndo(this.readPartSync(undos, at, 0, size + CHECKSUM_SIZE), prevHash, at);
  }

  async flush(): Promise<void> {
    await this.parts.blocks.flush();
    await this.parts.undos.flush();
  }

  filePath(file: number): string {
    return this.parts.blocks.path(file);
  }

  hasFile(file: number): boolean {
    return this.parts.blocks.exists(file);
  }

  pruneFile(file: number): void {
    this.packing.forget(file);
  }

  unlinkFiles(files: Iterable<number>): void {
    for (const file of files) {
      const removedBlocks = this.tryRemove(this.parts.blocks, file);
      const removedUndo = this.tryRemove(this.parts.undos, file);
      if (!removedBlocks && !removedUndo) continue;
      const number = file.toString().padStart(5, '0');
      this.logger.debug('blockstorage', `Prune: UnlinkPrunedFiles deleted blk/rev (${number})`);
    }
  }

  removeUnreachableFiles(): void {
    this.logger.info('Removing unusable blk?????.dat and rev?????.dat files for -reindex with -prune');
    for (const file of this.parts.undos.list()) this.parts.undos.remove(file);
    const files = this.parts.blocks.list();
    files
      .filter((file, index) => file !== index)
      .forEach(file => {
        this.parts.blocks.remove(file);
      });
  }

  scan(file: number): AsyncGenerator<ScannedBlock, void, undefined> {
    const { blocks, magic } = this.parts;
    const read = async (at: number, length: number) => this.reveal(await blocks.read(file, at, length), at);
    return scanBlocks(read, magic);
  }

  async close(): Promise<void> {
    await this.parts.blocks.close();
    await this.parts.undos.close();
  }

  /** Cuts off what was allocated for a full file. Its data are flushed with everything else. */
  private leave(file: number, undoDone: boolean, next: number, height: number): void {
    const info = this.packing.info(file);
    this.logger.debug(
      'blockstorage',
      `Leaving block file ${file}: ${describeFileInfo(info)} (onto ${next}) (height ${height})`,
    );
    this.parts.blocks.truncate(file, info.size);
    if (undoDone) this.parts.undos.truncate(file, info.undoSize);
  }

  private async readPart(files: FlatFiles, at: BlockPos, from: number, length: number): Promise<Uint8Array> {
    const start = this.startOf(files, at, from);
    return this.whole(await files.read(at.file, start, length), start, length, files, at);
  }

  private readPartSync(files: FlatFiles, at: BlockPos, from: number, length: number): Uint8Array {
    const start = this.startOf(files, at, from);
    return this.whole(files.readSync(at.file, start, length), start, length, files, at);
  }

  private startOf(files: FlatFiles, at: BlockPos, from: number): number {
    if (at.pos >= RECORD_HEADER_SIZE) return at.pos + from;
    throw new StoreError('missing', files.path(at.file), 'No data are known of this block');
  }

  private whole(
    bytes: Uint8Array,
    start: number,
    length: number,
    files: FlatFiles,
    at: BlockPos,
  ): Uint8Array {
    if (bytes.length < length) throw this.damaged(files, at, 'the file ends before the record');
    return this.reveal(bytes, start);
  }

  private sizeInHeader(header: Uint8Array, files: FlatFiles, at: BlockPos): number {
    if (!bytesEqual(header.subarray(0, 4), this.parts.magic)) throw this.damaged(files, at, 'wrong magic');
    const size = asBuffer(header).readUInt32LE(4);
    if (size > MAX_COMPACT_SIZE) throw this.damaged(files, at, 'record is too large');
    return size;
  }

  private checkedUndo(record: Uint8Array, prevHash: Hash256, at: BlockPos): Uint8Array {
    const bytes = record.subarray(0, record.length - CHECKSUM_SIZE);
    if (bytesEqual(record.subarray(bytes.length), undoChecksum(prevHash, bytes))) return bytes;
    throw this.damaged(this.parts.undos, at, 'checksum mismatch');
  }

  private damaged(files: FlatFiles, at: BlockPos, why: string): StoreError {
    const what = files === this.parts.undos ? UNDO_DAMAGED : DAMAGED;
    return new StoreError('corrupt', files.path(at.file), `${what} at ${at.pos}: ${why}`, '-reindex');
  }

  private tryRemove(files: FlatFiles, file: number): boolean {
    try {
      return files.remove(file);
    } catch (thrown) {
      if (!(thrown instanceof StoreError)) throw thrown;
      this.logger.warn(`Prune: cannot remove file yet: ${thrown.message}`);
      return false;
    }
  }

  private hide(record: Uint8Array, at: number): void {
    if (this.xorKey !== undefined) xorInPlace(record, this.xorKey, at);
  }

  private reveal(bytes: Uint8Array, at: number): Uint8Array {
    if (this.xorKey !== undefined) xorInPlace(bytes, this.xorKey, at);
    return bytes;
  }
}

/** Magic, size and `bytes`, with `tail` bytes free at the end. */
function blockRecord(magic: Uint8Array, bytes: Uint8Array, tail: number): Buffer {
  const record = Buffer.allocUnsafe(RECORD_HEADER_SIZE + bytes.length + tail);
  record.set(magic, 0);
  record.writeUInt32LE(bytes.length, 4);
  record.set(bytes, RECORD_HEADER_SIZE);
  return record;
}

function undoChecksum(prevHash: Hash256, undo: Uint8Array): Hash256 {
  return sha256d(Buffer.concat([prevHash, undo]));
}

/** A file's info as Core logs it. */
export function describeFileInfo(info: BlockFileInfo): string {
  const day = (time: number) => new Date(time * 1000).toISOString().slice(0, 10);
  const heights = `${info.heightFirst}...${info.heightLast}`;
  const times = `${day(info.timeFirst)}...${day(info.timeLast)}`;
  return `CBlockFileInfo(blocks=${info.blocks}, size=${info.size}, heights=${heights}, time=${times})`;
}
