import type { Hash256 } from '../../primitives/bytes.js';

/** Where a block or its undo data start in the numbered files: the byte after the record's 8-byte header. */
export interface BlockPos {
  readonly file: number;
  readonly pos: number;
}

/** What is known of one pair of blk/rev files (Core's CBlockFileInfo). All zero for a file that was pruned. */
export interface BlockFileInfo {
  readonly blocks: number;
  /** Used bytes of the block file. */
  readonly size: number;
  /** Used bytes of the undo file. */
  readonly undoSize: number;
  readonly heightFirst: number;
  readonly heightLast: number;
  /** Unix seconds of block headers. */
  readonly timeFirst: number;
  readonly timeLast: number;
}

export const EMPTY_FILE_INFO: BlockFileInfo = {
  blocks: 0,
  size: 0,
  undoSize: 0,
  heightFirst: 0,
  heightLast: 0,
  timeFirst: 0,
  timeLast: 0,
};

/** Magic and size before the data of every record. */
export const RECORD_HEADER_SIZE = 8;

/** A record found in a block file. */
export interface ScannedBlock {
  readonly bytes: Uint8Array;
  /** Where the block starts, as `writeBlock` returned it. */
  readonly pos: number;
  /** Says that these bytes are no block: the search goes on within them, not after them. */
  reject(): void;
}

/**
 * Blocks and undo data in numbered files.
 *
 * Writing hands the bytes to the operating system before it returns: they can be read at once and survive the end of
 * the process. They survive the end of the machine after `flush`, which must come before an index that names them is
 * written. All failures are {@link StoreError}s.
 */
export interface BlockStore {
  /** Files with an info, used or pruned; the last one is not always the one being filled. */
  readonly fileCount: number;
  fileInfo(file: number): BlockFileInfo;
  /** Takes over what the block index knows of the files. Called once, before anything is written; snapshot height first. */
  load(infos: readonly BlockFileInfo[]): void;
  /** The files whose info changed since the last call. To be written to the block index. */
  takeChangedFiles(): ReadonlyMap<number, BlockFileInfo>;
  /** Used bytes of all files (Core's CalculateCurrentUsage). */
  readonly usedBytes: number;
  /** True once since the last call when disk space was allocated: time to look whether to prune. */
  takeGrown(): boolean;
  /** Blocks from this height on go to files of their own (assumeutxo); undefined: no such height. */
  setSnapshotHeight(height: number | undefined): void;

  /** Appends a block. `time` is its header's. @throws StoreError `full` when there is no room on the disk */
  writeBlock(bytes: Uint8Array, height: number, time: number): BlockPos;
  /** Counts a block that already lies in a file (-reindex). */
  noteBlock(size: number, height: number, time: number, at: BlockPos): void;
  /** @throws StoreError `missing` or `corrupt` */
  readBlock(at: BlockPos): Promise<Uint8Array>;
  readBlockSync(at: BlockPos): Uint8Array;

  /** Appends undo data to the undo file that goes with block file `file`. `height` is the block's. */
  writeUndo(bytes: Uint8Array, prevHash: Hash256, file: number, height: number): BlockPos;
  /** Undo data, their checksum verified. @throws StoreError `missing` or `corrupt` */
  readUndo(at: BlockPos, prevHash: Hash256): Promise<Uint8Array>;
  readUndoSync(at: BlockPos, prevHash: Hash256): Uint8Array;

  /** Resolves when everything written so far is on the disk. */
  flush(): Promise<void>;

  /** Name of a block file, for messages. */
  filePath(file: number): string;
  /** True when the block file is there. */
  hasFile(file: number): boolean;
  /** Forgets what is in the files; they are removed by {@link unlinkFiles}, after the block index was written. */
  pruneFile(file: number): void;
  /** Removes files, as far as they are there. One that cannot be removed, since somebody has it open, stays. */
  unlinkFiles(files: Iterable<number>): void;
  /**
   * For -reindex with pruning: removes all undo files, and the block files after the first gap, which a scan would not
   * reach.
   */
  removeUnreachableFiles(): void;
  /** Blocks in a file in the order in which they lie there; garbage and a torn last record are passed over. */
  scan(file: number): AsyncGenerator<ScannedBlock, void, undefined>;

  close(): Promise<void>;
}
