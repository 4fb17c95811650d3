import { type HeaderId, NO_HEADER } from '../consensus/chain-view.js';
import { MEDIAN_TIME_SPAN } from '../consensus/limits.js';
import type { Hash256 } from '../primitives/bytes.js';
import { BlockHeader, HEADER_SIZE } from '../primitives/header.js';
import { assert } from '../runtime/errors.js';
import type { HeaderIndex } from './chain.js';
import { HeaderColumns } from './headers/columns.js';
import { HashTable } from './headers/hash-table.js';
import { skipHeight, takesSkip } from './headers/skip-list.js';
import { addWords, BlockWorkWords, compareWords, WORK_WORDS, wordsToWork } from './headers/work.js';
import { BlockStatus } from './store/block-status.js';

/** Where a block lies: number of the file, and offset of its first byte (behind magic and size). */
export interface FilePosition {
  readonly file: number;
  readonly offset: number;
}

/** Marks rows that differ from the stored index. A bit of the status column that is never stored. */
const DIRTY = 0x8000;

const VERSION_AT = 0;
const TIME_AT = 68;
const BITS_AT = 72;

/**
 * All known headers, each on top of its predecessor, with what is known of their blocks.
 *
 * Invariants: ids are dense and in order of arrival; a header's predecessor has a lower id, so one pass over the ids
 * upwards sees ancestors before descendants; header 0 is genesis. Headers are never removed.
 */
export class HeaderTree implements HeaderIndex {
  private columns = new HeaderColumns();
  private table = new HashTable();
  private readonly blockWork = new BlockWorkWords();
  private readonly medianScratch = new Uint32Array(MEDIAN_TIME_SPAN);
  private dirty: HeaderId[] = [];

  get size(): number {
    return this.columns.count;
  }

  /**
   * Adds a header whose predecessor is known, or the first one. Checks nothing; the header is not in the tree yet.
   *
   * @param hash its hash, when the caller has it
   */
  add(header: BlockHeader, hash: Hash256 = header.hash): HeaderId {
    const { columns } = this;
    const prev = columns.count === 0 ? NO_HEADER : this.find(header.prevHash);
    assert(prev !== NO_HEADER || columns.count === 0, 'header added on top of a known one');
    const id = columns.addRow();
    columns.headers.set(header.raw, id * HEADER_SIZE);
    columns.hashes.set(hash, id * 32);
    columns.prev[id] = prev;
    const height = prev === NO_HEADER ? 0 : this.height(prev) + 1;
    columns.height[id] = height;
    columns.skip[id] = prev === NO_HEADER ? NO_HEADER : this.ancestor(prev, skipHeight(height));
    const before = prev === NO_HEADER ? id : prev;
    addWords(columns.work, id * WORK_WORDS, before * WORK_WORDS, this.blockWork.of(header.bits));
    this.table.add(id, columns.hashes);
    return id;
  }

  find(hash: Hash256): HeaderId {
    return this.table.find(hash, this.columns.hashes);
  }

  height(id: HeaderId): number {
    return this.columns.height[id] as number;
  }

  prev(id: HeaderId): HeaderId {
    return this.columns.prev[id] as number;
  }

  version(id: HeaderId): number {
    return this.columns.headers.readInt32LE(id * HEADER_SIZE + VERSION_AT);
  }

  time(id: HeaderId): number {
    return this.columns.headers.readUInt32LE(id * HEADER_SIZE + TIME_AT);
  }

  bits(id: HeaderId): number {
    return this.columns.headers.readUInt32LE(id * HEADER_SIZE + BITS_AT);
  }

  /** A copy: a view would keep the whole column alive when that has grown. */
  hash(id: HeaderId): Hash256 {
    return Buffer.from(this.columns.hashes.subarray(id * 32, id * 32 + 32));
  }

  header(id: HeaderId): BlockHeader {
    const at = id * HEADER_SIZE;
    return new BlockHeader(Buffer.from(this.columns.headers.subarray(at, at + HEADER_SIZE)));
  }

  chainWork(id: HeaderId): bigint {
    return wordsToWork(this.columns.work, id * WORK_WORDS);
  }

  ancestor(id: HeaderId, height: number): HeaderId {
    const { prev, skip } = this.columns;
    let walkHeight = id === NO_HEADER ? -1 : this.height(id);
    if (height > walkHeight || height < 0) return NO_HEADER;
    let walk = id;
    while (walkHeight > height) {
      if (takesSkip(walkHeight, height)) {
        walk = skip[walk] as number;
        walkHeight = skipHeight(walkHeight);
      } else {
        walk = prev[walk] as number;
        walkHeight--;
      }
    }
    return walk;
  }

  commonAncestor(a: HeaderId, b: HeaderId): HeaderId {
    const { prev, skip } = this.columns;
    const height = Math.min(this.height(a), this.height(b));
    let left = this.ancestor(a, height);
    let right = this.ancestor(b, height);
    // At equal heights both long pointers lead to one height as well: when they differ, the fork lies below them.
    while (left !== right) {
      const column = skip[left] === skip[right] ? prev : skip;
      left = column[left] as number;
      right = column[right] as number;
    }
    return left;
  }

  /** True when `ancestor` is `id` or lies below it. */
  descends(id: HeaderId, ancestor: HeaderId): boolean {
    return this.ancestor(id, this.height(ancestor)) === ancestor;
  }

  medianTimePast(id: HeaderId): number {
    const times = this.medianScratch;
    let count = 0;
    for (let walk = id; walk !== NO_HEADER && count < MEDIAN_TIME_SPAN; walk = this.prev(walk)) {
      const time = this.time(walk);
      let at = count++;
      for (; at > 0 && (times[at - 1] as number) > time; at--) times[at] = times[at - 1] as number;
      times[at] = time;
    }
    return times[Math.floor(count / 2)] as number;
  }

  /** Negative when `a` has less total work than `b`, positive when it has more. */
  compareWork(a: HeaderId, b: HeaderId): number {
    return compareWords(this.columns.work, a * WORK_WORDS, b * WORK_WORDS);
  }

  /**
   * Core's order of preference among blocks: more work; then the lower sequence number, which is what was connectable
   * first; then what was loaded first. Negative when `a` is worse than `b`; zero only for `a` itself.
   */
  compareTips(a: HeaderId, b: HeaderId): number {
    return this.compareWork(a, b) || this.sequence(b) - this.sequence(a) || b - a;
  }

  leaves(): HeaderId[] {
    const { count, prev } = this.columns;
    const hasChild = new Uint8Array(count);
    for (let id = 1; id < count; id++) hasChild[prev[id] as number] = 1;
    const leaves: HeaderId[] = [];
    for (let id = 0; id < count; id++) if (hasChild[id] === 0) leaves.push(id);
    return leaves;
  }

  /** Calls `visit` for every descendant of `id` but itself, ancestors first. One pass over all later headers. */
  forEachDescendant(id: HeaderId, visit: (descendant: HeaderId) => void): void {
    const { count, prev } = this.columns;
    const inside = new Uint8Array(count - id);
    inside[0] = 1;
    for (let walk = id + 1; walk < count; walk++) {
      const offset = (prev[walk] as number) - id;
      if (offset < 0 || inside[offset] === 0) continue;
      inside[walk - id] = 1;
      visit(walk);
    }
  }

  status(id: HeaderId): number {
    return (this.columns.status[id] as number) & ~DIRTY;
  }

  setStatus(id: HeaderId, status: number): void {
    this.columns.status[id] = status | ((this.columns.status[id] as number) & DIRTY);
    this.markDirty(id);
  }

  /** Raises the level of checks passed, never lowers it. An invalid block keeps its level. */
  raiseValidity(id: HeaderId, level: number): void {
    const status = this.status(id);
    if ((status & BlockStatus.FAILED_MASK) !== 0 || (status & BlockStatus.VALID_MASK) >= level) return;
    this.setStatus(id, (status & ~BlockStatus.VALID_MASK) | level);
  }

  /** Not known to be invalid, and checked at least to `level`. */
  isValid(id: HeaderId, level: number): boolean {
    const status = this.status(id);
    return (status & BlockStatus.FAILED_MASK) === 0 && (status & BlockStatus.VALID_MASK) >= level;
  }

  hasData(id: HeaderId): boolean {
    return (this.status(id) & BlockStatus.HAVE_DATA) !== 0;
  }

  hasUndo(id: HeaderId): boolean {
    return (this.status(id) & BlockStatus.HAVE_UNDO) !== 0;
  }

  isInvalid(id: HeaderId): boolean {
    return (this.status(id) & BlockStatus.FAILED_MASK) !== 0;
  }

  isFullyValid(id: HeaderId): boolean {
    return this.isValid(id, BlockStatus.VALID_SCRIPTS);
  }

  /** Transactions of the block and all its ancestors were seen: it can be connected, unless data were pruned. */
  isLinked(id: HeaderId): boolean {
    return this.chainTxCount(id) !== 0;
  }

  txCount(id: HeaderId): number {
    return this.columns.txCount[id] as number;
  }

  setTxCount(id: HeaderId, count: number): void {
    this.columns.txCount[id] = count;
    this.markDirty(id);
  }

  chainTxCount(id: HeaderId): number {
    return this.columns.chainTxCount[id] as number;
  }

  /** Derived from `txCount` of the block and its ancestors; not stored. */
  setChainTxCount(id: HeaderId, count: number): void {
    this.columns.chainTxCount[id] = count;
  }

  sequence(id: HeaderId): number {
    return this.columns.sequence[id] as number;
  }

  /** Order of arrival is not stored. */
  setSequence(id: HeaderId, sequence: number): void {
    this.columns.sequence[id] = sequence;
  }

  /** Meaningful while {@link hasData}. */
  dataPosition(id: HeaderId): FilePosition {
    return { file: this.columns.file[id] as number, offset: this.columns.dataPos[id] as number };
  }

  /** Meaningful while {@link hasUndo}. */
  undoPosition(id: HeaderId): FilePosition {
    return { file: this.columns.file[id] as number, offset: this.columns.undoPos[id] as number };
  }

  /** Records where the block lies, and that its data are there. */
  setData(id: HeaderId, position: FilePosition): void {
    this.columns.file[id] = position.file;
    this.columns.dataPos[id] = position.offset;
    this.setStatus(id, this.status(id) | BlockStatus.HAVE_DATA);
  }

  /** Records where the undo data lie in the undo file that goes with the block's file. */
  setUndo(id: HeaderId, offset: number): void {
    this.columns.undoPos[id] = offset;
    this.setStatus(id, this.status(id) | BlockStatus.HAVE_UNDO);
  }

  /** Neither the block nor its undo data are there any more. */
  clearData(id: HeaderId): void {
    this.columns.file[id] = 0;
    this.columns.dataPos[id] = 0;
    this.columns.undoPos[id] = 0;
    this.setStatus(id, this.status(id) & ~BlockStatus.HAVE_MASK);
  }

  /** The stored form of no header is out of date. */
  get isStored(): boolean {
    return this.dirty.length === 0;
  }

  /** Becomes a copy of a tree that {@link isStored}, as if all of it was read: what is not stored is not known. */
  takeOver(stored: HeaderTree): void {
    assert(stored.isStored, 'headers are read when they were written');
    this.columns = stored.columns.clone();
    this.columns.chainTxCount.fill(0);
    this.columns.sequence.fill(0);
    this.table = stored.table.clone();
    this.dirty = [];
  }

  /** Headers whose stored form is out of date; from now on they count as stored. */
  takeDirty(): HeaderId[] {
    const taken = this.dirty;
    const { status } = this.columns;
    for (const id of taken) status[id] = (status[id] as number) & ~DIRTY;
    this.dirty = [];
    return taken;
  }

  markDirty(id: HeaderId): void {
    const status = this.columns.status[id] as number;
    if ((status & DIRTY) !== 0) return;
    this.columns.status[id] = status | DIRTY;
    this.dirty.push(id);
  }
}
