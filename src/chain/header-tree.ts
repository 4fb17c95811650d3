import { type HeaderId, NO_HEADER } from '../consensus/chain-view.js';
import { MEDIAN_TIME_SPAN } from '../consensus/limits.js';
import { saltedHash } from '../crypto/salted-hash.js';
import { bytesEqual, type Hash256 } from '../primitives/bytes.js';
import {
  BITS_AT,
  BlockHeader,
  HEADER_SIZE,
  PREV_HASH_AT,
  TIME_AT,
  VERSION_AT,
} from '../primitives/header.js';
import { assert } from '../runtime/errors.js';
import type { HeaderIndex } from './chain.js';
import { HeaderColumns, rowOf } from './headers/columns.js';
import { skipHeight, takesSkip } from './headers/skip-list.js';
import { addWords, BlockWorkWords, compareWords, WORK_WORDS, wordsToWork } from './headers/work.js';
import { IdIndex } from './id-index.js';
import { BlockStatus } from './store/block-status.js';

/** Where a block lies: number of the file, and offset of its first byte (behind magic and size). */
export interface FilePosition {
  readonly file: number;
  readonly offset: number;
}

/** Marks rows that differ from the stored index. A bit of the status column that is never stored. */
const DIRTY = 0x8000;

/**
 * All known headers, each on top of its predecessor, with what is known of their blocks.
 *
 * Invariants: ids are dense and in order of arrival; a header's predecessor has a lower id, so one pass over the ids
 * upwards sees ancestors before descendants; header 0 is genesis. Headers are never removed.
 */
export class HeaderTree implements HeaderIndex {
  private columns = new HeaderColumns();
  private index = new IdIndex<Hash256>(this.columns);
  private readonly blockWork = new BlockWorkWords();
  private readonly medianScratch = new Uint32Array(MEDIAN_TIME_SPAN);
  private dirty: HeaderId[] = [];

  get size(): number {
    return this.columns.count;
  }

  /** Memory that headers and the index of their hashes take. */
  get bytes(): number {
    return this.columns.bytes + this.index.bytes;
  }

  /**
   * Adds a header whose predecessor is known, or the first one. Checks nothing; the header is not in the tree yet.
   *
   * @param hash its hash, when the caller has it
   */
  add(header: BlockHeader, hash: Hash256 = header.hash): HeaderId {
    const prev = this.size === 0 ? NO_HEADER : this.find(header.prevHash);
    return this.append(header.raw, hash, prev);
  }

  /** Adds a header with all that is stored of it, on top of `prev`; the tree knows it as stored. */
  addStored(from: HeaderColumns, fromId: number, prev: HeaderId): HeaderId {
    const id = this.append(from.headerBytes(fromId), from.hashBytes(fromId), prev);
    const page = this.columns.page(id);
    const row = rowOf(id);
    const stored = from.page(fromId);
    const storedRow = rowOf(fromId);
    page.status[row] = stored.status[storedRow] as number;
    page.txCount[row] = stored.txCount[storedRow] as number;
    page.file[row] = stored.file[storedRow] as number;
    page.dataPos[row] = stored.dataPos[storedRow] as number;
    page.undoPos[row] = stored.undoPos[storedRow] as number;
    return id;
  }

  private append(raw: Uint8Array, hash: Hash256, prev: HeaderId): HeaderId {
    const { columns } = this;
    assert(prev !== NO_HEADER || columns.count === 0, 'header added on top of a known one');
    const id = columns.addRow();
    const page = columns.page(id);
    const row = rowOf(id);
    page.headers.set(raw, row * HEADER_SIZE);
    page.hashes.set(hash, row * 32);
    page.prev[row] = prev;
    const height = prev === NO_HEADER ? 0 : this.height(prev) + 1;
    page.height[row] = height;
    page.skip[row] = prev === NO_HEADER ? NO_HEADER : this.ancestor(prev, skipHeight(height));
    const before = prev === NO_HEADER ? id : prev;
    const workBefore = columns.page(before).work;
    const work = this.blockWork.of(this.bits(id));
    addWords(page.work, row * WORK_WORDS, workBefore, rowOf(before) * WORK_WORDS, work);
    this.index.add(saltedHash(hash, 0, 0), id);
    return id;
  }

  /** The predecessor of a serialised header; NO_HEADER when it is not known. Mostly that was the last one to be added. */
  findPrev(raw: Uint8Array): HeaderId {
    const last = this.size - 1;
    const prevHash = raw.subarray(PREV_HASH_AT, PREV_HASH_AT + 32);
    return bytesEqual(prevHash, this.columns.hashBytes(last)) ? last : this.find(prevHash);
  }

  find(hash: Hash256): HeaderId {
    return this.index.find(saltedHash(hash, 0, 0), hash);
  }

  height(id: HeaderId): number {
    return this.columns.page(id).height[rowOf(id)] as number;
  }

  prev(id: HeaderId): HeaderId {
    return this.columns.page(id).prev[rowOf(id)] as number;
  }

  private skip(id: HeaderId): HeaderId {
    return this.columns.page(id).skip[rowOf(id)] as number;
  }

  version(id: HeaderId): number {
    return this.columns.wordAt(id, VERSION_AT);
  }

  time(id: HeaderId): number {
    return this.columns.wordAt(id, TIME_AT) >>> 0;
  }

  bits(id: HeaderId): number {
    return this.columns.wordAt(id, BITS_AT) >>> 0;
  }

  /** A copy: a view would keep the tree alive. */
  hash(id: HeaderId): Hash256 {
    return Buffer.from(this.columns.hashBytes(id));
  }

  header(id: HeaderId): BlockHeader {
    return new BlockHeader(Buffer.from(this.columns.headerBytes(id)));
  }

  chainWork(id: HeaderId): bigint {
    return wordsToWork(this.columns.page(id).work, rowOf(id) * WORK_WORDS);
  }

  ancestor(id: HeaderId, height: number): HeaderId {
    let walkHeight = id === NO_HEADER ? -1 : this.height(id);
    if (height > walkHeight || height < 0) return NO_HEADER;
    let walk = id;
    while (walkHeight > height) {
      if (takesSkip(walkHeight, height)) {
        walk = this.skip(walk);
        walkHeight = skipHeight(walkHeight);
      } else {
        walk = this.prev(walk);
        walkHeight--;
      }
    }
    return walk;
  }

  commonAncestor(a: HeaderId, b: HeaderId): HeaderId {
    const height = Math.min(this.height(a), this.height(b));
    let left = this.ancestor(a, height);
    let right = this.ancestor(b, height);
    // At equal heights both long pointers lead to one height as well: when they differ, the fork lies below them.
    while (left !== right) {
      const isForkBelowSkip = this.skip(left) !== this.skip(right);
      left = isForkBelowSkip ? this.skip(left) : this.prev(left);
      right = isForkBelowSkip ? this.skip(right) : this.prev(right);
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
    const { columns } = this;
    const { work } = columns.page(a);
    return compareWords(work, rowOf(a) * WORK_WORDS, columns.page(b).work, rowOf(b) * WORK_WORDS);
  }

  /**
   * Core's order of preference among blocks: more work; then the lower sequence number, which is what was connectable
   * first; then what was loaded first. Negative when `a` is worse than `b`; zero only for `a` itself.
   */
  compareTips(a: HeaderId, b: HeaderId): number {
    return this.compareWork(a, b) || this.sequence(b) - this.sequence(a) || b - a;
  }

  leaves(): HeaderId[] {
    const { count } = this.columns;
    const hasChild = new Uint8Array(count);
    for (let id = 1; id < count; id++) hasChild[this.prev(id)] = 1;
    const leaves: HeaderId[] = [];
    for (let id = 0; id < count; id++) if (hasChild[id] === 0) leaves.push(id);
    return leaves;
  }

  /** Calls `visit` for every descendant of `id` but itself, ancestors first. One pass over all later headers. */
  forEachDescendant(id: HeaderId, visit: (descendant: HeaderId) => void): void {
    const { count } = this.columns;
    const inside = new Uint8Array(count - id);
    inside[0] = 1;
    for (let walk = id + 1; walk < count; walk++) {
      const offset = this.prev(walk) - id;
      if (offset < 0 || inside[offset] === 0) continue;
      inside[walk - id] = 1;
      visit(walk);
    }
  }

  status(id: HeaderId): number {
    return this.markedStatus(id) & ~DIRTY;
  }

  private markedStatus(id: HeaderId): number {
    return this.columns.page(id).status[rowOf(id)] as number;
  }

  setStatus(id: HeaderId, status: number): void {
    this.columns.page(id).status[rowOf(id)] = status | (this.markedStatus(id) & DIRTY);
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
    return this.columns.page(id).txCount[rowOf(id)] as number;
  }

  setTxCount(id: HeaderId, count: number): void {
    this.columns.page(id).txCount[rowOf(id)] = count;
    this.markDirty(id);
  }

  chainTxCount(id: HeaderId): number {
    return this.columns.page(id).chainTxCount[rowOf(id)] as number;
  }

  /** Derived from `txCount` of the block and its ancestors; not stored. */
  setChainTxCount(id: HeaderId, count: number): void {
    this.columns.page(id).chainTxCount[rowOf(id)] = count;
  }

  sequence(id: HeaderId): number {
    return this.columns.page(id).sequence[rowOf(id)] as number;
  }

  /** Order of arrival is not stored. */
  setSequence(id: HeaderId, sequence: number): void {
    this.columns.page(id).sequence[rowOf(id)] = sequence;
  }

  /** Meaningful while {@link hasData}. */
  dataPosition(id: HeaderId): FilePosition {
    const { file, dataPos } = this.columns.page(id);
    return { file: file[rowOf(id)] as number, offset: dataPos[rowOf(id)] as number };
  }

  /** Meaningful while {@link hasUndo}. */
  undoPosition(id: HeaderId): FilePosition {
    const { file, undoPos } = this.columns.page(id);
    return { file: file[rowOf(id)] as number, offset: undoPos[rowOf(id)] as number };
  }

  /** Records where the block lies, and that its data are there. */
  setData(id: HeaderId, position: FilePosition): void {
    const page = this.columns.page(id);
    page.file[rowOf(id)] = position.file;
    page.dataPos[rowOf(id)] = position.offset;
    this.setStatus(id, this.status(id) | BlockStatus.HAVE_DATA);
  }

  /** Records where the undo data lie in the undo file that goes with the block's file. */
  setUndo(id: HeaderId, offset: number): void {
    this.columns.page(id).undoPos[rowOf(id)] = offset;
    this.setStatus(id, this.status(id) | BlockStatus.HAVE_UNDO);
  }

  /** Neither the block nor its undo data are there any more. */
  clearData(id: HeaderId): void {
    const page = this.columns.page(id);
    page.file[rowOf(id)] = 0;
    page.dataPos[rowOf(id)] = 0;
    page.undoPos[rowOf(id)] = 0;
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
    this.columns.forgetUnstored();
    this.index = stored.index.clone(this.columns);
    this.dirty = [];
  }

  /** Headers whose stored form is out of date; from now on they count as stored. */
  takeDirty(): HeaderId[] {
    const taken = this.dirty;
    for (const id of taken) this.columns.page(id).status[rowOf(id)] = this.status(id);
    this.dirty = [];
    return taken;
  }

  markDirty(id: HeaderId): void {
    const status = this.markedStatus(id);
    if ((status & DIRTY) !== 0) return;
    this.columns.page(id).status[rowOf(id)] = status | DIRTY;
    this.dirty.push(id);
  }
}
