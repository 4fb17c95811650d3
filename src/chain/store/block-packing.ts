import { assert, defined } from '../../runtime/errors.js';
import { type BlockFileInfo, type BlockPos, EMPTY_FILE_INFO } from './block-store.js';

/** Where a new block goes, and what was left for it. */
export interface BlockPlace extends BlockPos {
  /** The file that was being filled until now and is full; its allocated rest can be cut off. */
  readonly left?: {
    readonly file: number;
    /** Undo data of all its blocks are written, so that its undo file is full as well. */
    readonly undoDone: boolean;
  };
}

/** Where new undo data go. */
export interface UndoPlace {
  readonly pos: number;
  /** After these the undo file is full: they are those of the last block of a file that is not being filled any more. */
  readonly isLast: boolean;
}

/** The file being filled. */
interface Cursor {
  readonly file: number;
  /** Highest block whose undo data were written to this file's undo file. */
  undoHeight: number;
}

/** A file may take any block that leaves it below this size. */
export interface PackingOptions {
  readonly maxFileSize: number;
  /** A block as large as a file makes its file larger; else such a block is a bug. */
  readonly stretch: boolean;
}

/**
 * Which file each block goes to, and what each file holds (Core's FindNextBlockPos and FindUndoPos).
 *
 * Blocks go where they arrive, until the file is full; undo data go to the file of their block, in the order in which
 * blocks are connected. While a snapshot is in use, blocks above its base go to files of their own, so that either part
 * of the chain can be pruned by itself.
 */
export class BlockPacking {
  private infos: BlockFileInfo[] = [];
  private changed = new Set<number>();
  private snapshotHeight: number | undefined;
  private normal: Cursor = { file: 0, undoHeight: 0 };
  private assumed: Cursor | undefined;

  constructor(private readonly options: PackingOptions) {}

  get fileCount(): number {
    return this.infos.length;
  }

  get usedBytes(): number {
    return this.infos.reduce((sum, info) => sum + info.size + info.undoSize, 0);
  }

  info(file: number): BlockFileInfo {
    return this.infos[file] ?? EMPTY_FILE_INFO;
  }

  load(infos: readonly BlockFileInfo[]): void {
    this.infos = [...infos];
    this.changed.clear();
    infos.forEach((info, file) => {
      this.moveCursor(info.heightLast, file);
    });
  }

  setSnapshotHeight(height: number | undefined): void {
    this.snapshotHeight = height;
    if (height !== undefined || this.assumed === undefined) return;
    // The two parts go on as one, in the last file.
    if (this.assumed.file > this.normal.file) this.normal = this.assumed;
    this.assumed = undefined;
  }

  takeChanged(): ReadonlyMap<number, BlockFileInfo> {
    const changed = new Map([...this.changed].sort((a, b) => a - b).map(file => [file, this.info(file)]));
    this.changed = new Set();
    return changed;
  }

  /** Finds room for a record of `size` bytes and counts it. */
  placeBlock(size: number, height: number, time: number): BlockPlace {
    const cursor = this.cursorFor(height);
    const maxSize = this.maxSizeFor(size);
    assert(size < maxSize, 'a block fits into a file');
    let { file } = cursor;
    let undoDone = false;
    while (this.info(file).size + size >= maxSize) {
      undoDone = this.info(file).heightLast === defined(this.cursor(height), 'cursor').undoHeight;
      file = this.maxFile + 1;
      this.moveCursor(height, file);
    }
    const pos = this.info(file).size;
    this.count(file, height, time, pos + size);
    return file === cursor.file ? { file, pos } : { file, pos, left: { file: cursor.file, undoDone } };
  }

  /** Counts a block of `size` bytes that lies in a file already. */
  noteBlock(size: number, height: number, time: number, { file, pos }: BlockPos): void {
    const cursor = this.cursor(height);
    if (cursor === undefined || cursor.file < file) this.moveCursor(height, file);
    this.count(file, height, time, pos + size);
  }

  /** Finds room for an undo record of `size` bytes of a block in `file`, and counts it. */
  placeUndo(size: number, file: number, height: number): UndoPlace {
    const info = this.info(file);
    const cursor = this.cursorFor(height);
    this.update(file, { ...info, undoSize: info.undoSize + size });
    if (file === cursor.file) cursor.undoHeight = Math.max(cursor.undoHeight, height);
    return { pos: info.undoSize, isLast: file < cursor.file && height === info.heightLast };
  }

  forget(file: number): void {
    this.update(file, EMPTY_FILE_INFO);
  }

  private get maxFile(): number {
    return Math.max(this.normal.file, this.assumed?.file ?? 0);
  }

  private maxSizeFor(size: number): number {
    const { maxFileSize, stretch } = this.options;
    return stretch && size >= maxFileSize ? size + 1 : maxFileSize;
  }

  private isAssumed(height: number): boolean {
    return this.snapshotHeight !== undefined && height >= this.snapshotHeight;
  }

  private cursor(height: number): Cursor | undefined {
    return this.isAssumed(height) ? this.assumed : this.normal;
  }

  private cursorFor(height: number): Cursor {
    return this.cursor(height) ?? this.moveCursor(height, this.maxFile + 1);
  }

  private moveCursor(height: number, file: number): Cursor {
    const cursor = { file, undoHeight: 0 };
    if (this.isAssumed(height)) this.assumed = cursor;
    else this.normal = cursor;
    return cursor;
  }

  private count(file: number, height: number, time: number, end: number): void {
    const info = this.info(file);
    const isFirst = info.blocks === 0;
    this.update(file, {
      blocks: info.blocks + 1,
      size: Math.max(info.size, end),
      undoSize: info.undoSize,
      heightFirst: isFirst ? height : Math.min(info.heightFirst, height),
      heightLast: Math.max(info.heightLast, height),
      timeFirst: isFirst ? time : Math.min(info.timeFirst, time),
      timeLast: Math.max(info.timeLast, time),
    });
  }

  private update(file: number, info: BlockFileInfo): void {
    while (this.infos.length <= file) this.infos.push(EMPTY_FILE_INFO);
    this.infos[file] = info;
    this.changed.add(file);
  }
}
