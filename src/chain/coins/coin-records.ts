import { saltedHash } from '../../crypto/salted-hash.js';
import { Reader } from '../../primitives/codec.js';
import type { Coin } from '../../primitives/coin.js';
import type { OutPoint } from '../../primitives/outpoint.js';
import { assert } from '../../runtime/errors.js';
import type { Numbered } from '../id-index.js';
import { Scratch } from '../store/scratch.js';
import { type PackedCoin, unpackCoin } from './coin-codec.js';

/*
 * Coins outside of the JavaScript heap: records of outpoint and packed coin in large chunks of bytes.
 *
 *   word 0       state of the record (3 bits), bytes not used at its end (3 bits), its size in units of 8 bytes
 *   word 1       index of the output
 *   bytes 8–39   txid
 *   bytes 40–    packed coin
 *
 * A record never moves, apart from growth of the first chunk, and is named by its place, in units from the start of the
 * first chunk. One that was released is used again for a coin of the same size: most coins are of a few sizes.
 * Records lie one after the other in each chunk, released ones among them, so that all can be walked.
 */

/** Name of a record; NO_RECORD for none. */
export type RecordId = number;
export const NO_RECORD: RecordId = -1;

/** How a coin differs from what lies below: the database, or the coins that an overlay is over. */
export const CoinState = {
  /** Unspent, and the same there. */
  CLEAN: 1,
  /** Unspent, and not there: spending it leaves no trace. */
  FRESH: 2,
  /** Unspent, and other than there, or maybe so. */
  CHANGED: 3,
  /** Spent, and maybe unspent there. The packed coin means nothing. */
  SPENT: 4,
} as const;
export type CoinState = (typeof CoinState)[keyof typeof CoinState];

/** In place of a state: nobody holds the record. */
const RELEASED = 0;

const UNIT_SHIFT = 3;
const UNIT = 1 << UNIT_SHIFT;
const STATE_MASK = 7;
const SLACK_SHIFT = 3;
const SLACK_MASK = 7;
const UNITS_SHIFT = 6;
const TXID_AT = 8;
const PACKED_AT = 40;

/** Units of a chunk: 256 KiB. Chunks of this size get pages of their own, which take no memory before they are written. */
const CHUNK_SHIFT = 15;
const CHUNK_UNITS = 1 << CHUNK_SHIFT;
const CHUNK_MASK = CHUNK_UNITS - 1;

/** The first chunk begins small and doubles: tables of one block, and nodes of the lab, hold few coins. */
const FIRST_CHUNK_UNITS = 1 << 8;

/** Record ids stay int32: 16 GiB, the largest `-dbcache`. */
const MAX_CHUNKS = 2 ** 31 / CHUNK_UNITS;

/** Bytes, and the views of them that records are read and written through. */
class Chunk {
  readonly words: Int32Array;
  readonly reader: Reader;
  /** Units that hold records, from the start. */
  used = 0;
  /** Records that are not clean. */
  dirty = 0;

  constructor(readonly bytes: Uint8Array<ArrayBuffer>) {
    this.words = new Int32Array(bytes.buffer);
    this.reader = new Reader(bytes);
  }

  static of(units: number): Chunk {
    return new Chunk(new Uint8Array(units << UNIT_SHIFT));
  }
}

/**
 * Chunks of whole size that nobody uses. Tables that come and go, as those of blocks do, and the one that they are over, use
 * the same memory by turns.
 */
export class ChunkPool {
  private readonly free: Chunk[] = [];

  /** Memory of the chunks. */
  get bytes(): number {
    return this.free.length * CHUNK_UNITS * UNIT;
  }

  take(): Chunk {
    return this.free.pop() ?? Chunk.of(CHUNK_UNITS);
  }

  /** Gives the memory back to the process. */
  clear(): void {
    this.free.length = 0;
  }

  give(chunk: Chunk): void {
    chunk.used = 0;
    chunk.dirty = 0;
    this.free.push(chunk);
  }
}

/** Native copies of a few bytes cost more than the bytes. */
const SHORT_COPY = 64;

function copyBytes(target: Uint8Array, at: number, source: Uint8Array): void {
  const { length } = source;
  if (length > SHORT_COPY) target.set(source, at);
  else for (let i = 0; i < length; i++) target[at + i] = source[i] as number;
}

/** An outpoint whose txid lies in some bytes. */
export interface OutPointAt {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly vout: number;
}

/** An outpoint that others are copied to, one after the other. */
export interface OutPointCopy {
  /** 32 bytes. */
  readonly txid: Uint8Array;
  vout: number;
}

/** Packed coins of usual length are copied to one place. */
const copies = new Scratch(128);

export class CoinRecords implements Numbered<OutPointAt> {
  private chunks: Chunk[] = [];
  /** First released record of each size in units; each has the next one in its second word. */
  private released: RecordId[] = [];
  private chunkBytes = 0;

  constructor(private readonly pool: ChunkPool) {}

  /** Records that are not clean. */
  get dirtyCount(): number {
    return this.chunks.reduce((sum, { dirty }) => sum + dirty, 0);
  }

  /** Memory of the records, and of what is left between them. */
  get bytes(): number {
    return this.chunkBytes;
  }

  add({ txid, vout }: OutPoint, state: CoinState, packed: PackedCoin): RecordId {
    const size = PACKED_AT + packed.length;
    const units = (size + UNIT - 1) >> UNIT_SHIFT;
    const id = this.take(units);
    const chunk = this.chunkOf(id);
    const { words, bytes } = chunk;
    const at = (id & CHUNK_MASK) << UNIT_SHIFT;
    const slack = (units << UNIT_SHIFT) - size;
    words[at >> 2] = state | (slack << SLACK_SHIFT) | (units << UNITS_SHIFT);
    words[(at >> 2) + 1] = vout;
    if (state !== CoinState.CLEAN) chunk.dirty++;
    copyBytes(bytes, at + TXID_AT, txid);
    copyBytes(bytes, at + PACKED_AT, packed);
    return id;
  }

  /** Adds a copy of a record of others, but for its state. */
  addCopy(others: CoinRecords, other: RecordId, state: CoinState): RecordId {
    const from = others.chunkOf(other).words;
    const fromAt = (other & CHUNK_MASK) << 1;
    const header = from[fromAt] as number;
    const units = header >>> UNITS_SHIFT;
    const id = this.take(units);
    const chunk = this.chunkOf(id);
    const at = (id & CHUNK_MASK) << 1;
    chunk.words[at] = (header & ~STATE_MASK) | state;
    if (state !== CoinState.CLEAN) chunk.dirty++;
    for (let word = 1; word < units << 1; word++) chunk.words[at + word] = from[fromAt + word] as number;
    return id;
  }

  release(id: RecordId): void {
    this.setState(id, CoinState.CLEAN);
    const { words } = this.chunkOf(id);
    const at = (id & CHUNK_MASK) << 1;
    const units = (words[at] as number) >>> UNITS_SHIFT;
    while (this.released.length <= units) this.released.push(NO_RECORD);
    words[at] = RELEASED | (units << UNITS_SHIFT);
    words[at + 1] = this.released[units] as number;
    this.released[units] = id;
  }

  state(id: RecordId): CoinState {
    return ((this.chunkOf(id).words[(id & CHUNK_MASK) << 1] as number) & STATE_MASK) as CoinState;
  }

  setState(id: RecordId, state: CoinState): void {
    const chunk = this.chunkOf(id);
    const at = (id & CHUNK_MASK) << 1;
    const header = chunk.words[at] as number;
    if ((header & STATE_MASK) !== CoinState.CLEAN) chunk.dirty--;
    if (state !== CoinState.CLEAN) chunk.dirty++;
    chunk.words[at] = (header & ~STATE_MASK) | state;
  }

  /** Whether the record is of this outpoint. */
  isOf(id: RecordId, wanted: OutPointAt): boolean {
    const { words, bytes } = this.chunkOf(id);
    const at = (id & CHUNK_MASK) << UNIT_SHIFT;
    if (words[(at >> 2) + 1] !== (wanted.vout | 0)) return false;
    for (let i = 0; i < 32; i++) if (bytes[at + TXID_AT + i] !== wanted.bytes[wanted.at + i]) return false;
    return true;
  }

  /** A view of the packed coin. */
  packed(id: RecordId): PackedCoin {
    const { bytes } = this.chunkOf(id);
    return bytes.subarray(((id & CHUNK_MASK) << UNIT_SHIFT) + PACKED_AT, this.endOf(id));
  }

  /** @throws DecodeError when what was stored is not a coin */
  coin(id: RecordId): Coin {
    const { reader } = this.chunkOf(id);
    reader.position = ((id & CHUNK_MASK) << UNIT_SHIFT) + PACKED_AT;
    return unpackCoin(reader, this.endOf(id));
  }

  /** The txid is a view. */
  outPoint(id: RecordId): OutPoint {
    const { words, bytes } = this.chunkOf(id);
    const at = (id & CHUNK_MASK) << UNIT_SHIFT;
    const vout = (words[(at >> 2) + 1] as number) >>> 0;
    return { txid: bytes.subarray(at + TXID_AT, at + TXID_AT + 32), vout };
  }

  /** The same, where the txid lies. */
  outPointAt(id: RecordId): OutPointAt {
    const { words, bytes } = this.chunkOf(id);
    const at = (id & CHUNK_MASK) << UNIT_SHIFT;
    return { bytes, at: at + TXID_AT, vout: words[(at >> 2) + 1] as number };
  }

  /** Copies the outpoint. */
  copyOutPoint(id: RecordId, to: OutPointCopy): void {
    const { words, bytes } = this.chunkOf(id);
    const at = (id & CHUNK_MASK) << UNIT_SHIFT;
    to.vout = (words[(at >> 2) + 1] as number) >>> 0;
    for (let i = 0; i < 32; i++) to.txid[i] = bytes[at + TXID_AT + i] as number;
  }

  /** The packed coin, which is good until the next call as the records change. */
  packedCopy(id: RecordId): PackedCoin {
    const from = ((id & CHUNK_MASK) << UNIT_SHIFT) + PACKED_AT;
    const length = this.endOf(id) - from;
    if (length > copies.size) return this.packed(id);
    const { bytes } = this.chunkOf(id);
    const copy = copies.view(length);
    for (let i = 0; i < length; i++) copy[i] = bytes[from + i] as number;
    return copy;
  }

  /** The records that are held, in the order in which they lie. */
  all(): Generator<RecordId, void, undefined> {
    return this.walk(() => true, CoinState.CLEAN);
  }

  /** What the index files the record under. */
  hash(id: RecordId): number {
    const { words, bytes } = this.chunkOf(id);
    const at = (id & CHUNK_MASK) << UNIT_SHIFT;
    return saltedHash(bytes, at + TXID_AT, words[(at >> 2) + 1] as number);
  }

  /**
   * Those that are not clean. Clean ones may be added or released between two of them, and any may be made clean or
   * released when it was met. Chunks of clean ones are passed over.
   */
  dirty(): Generator<RecordId, void, undefined> {
    return this.walk(chunk => chunk.dirty > 0, CoinState.FRESH);
  }

  private *walk(
    isOfInterest: (chunk: Chunk) => boolean,
    least: CoinState,
  ): Generator<RecordId, void, undefined> {
    for (let index = 0; index < this.chunks.length; index++) {
      for (let unit = 0; ; ) {
        // The first chunk may be another one after each step.
        const chunk = this.chunks[index] as Chunk;
        if (unit >= chunk.used || !isOfInterest(chunk)) break;
        const header = chunk.words[unit << 1] as number;
        if ((header & STATE_MASK) >= least) yield (index << CHUNK_SHIFT) + unit;
        unit += header >>> UNITS_SHIFT;
      }
    }
  }

  /** Forgets all records. Memory goes back to the pool, as it will be needed again. */
  clear(): void {
    for (const chunk of this.chunks) if (chunk.words.length === CHUNK_UNITS * 2) this.pool.give(chunk);
    this.chunks = [];
    this.released = [];
    this.chunkBytes = 0;
  }

  private chunkOf(id: RecordId): Chunk {
    return this.chunks[id >>> CHUNK_SHIFT] as Chunk;
  }

  /** Where the packed coin ends in its chunk. */
  private endOf(id: RecordId): number {
    const unit = id & CHUNK_MASK;
    const header = this.chunkOf(id).words[unit << 1] as number;
    return ((unit + (header >>> UNITS_SHIFT)) << UNIT_SHIFT) - ((header >> SLACK_SHIFT) & SLACK_MASK);
  }

  /** Room for a record. */
  private take(units: number): RecordId {
    const released = this.takeReleased(units);
    return released === NO_RECORD ? this.takeFresh(units) : released;
  }

  private takeReleased(units: number): RecordId {
    const id = this.released[units] ?? NO_RECORD;
    if (id === NO_RECORD) return NO_RECORD;
    this.released[units] = this.chunkOf(id).words[((id & CHUNK_MASK) << 1) + 1] as number;
    return id;
  }

  private takeFresh(units: number): RecordId {
    const chunk = this.chunkWithRoom(units);
    const id = ((this.chunks.length - 1) << CHUNK_SHIFT) + chunk.used;
    chunk.used += units;
    return id;
  }

  /** The last chunk, a new one if that has no room. What is left at the end of a chunk is lost. */
  private chunkWithRoom(units: number): Chunk {
    const last = this.chunks.at(-1);
    if (last !== undefined && last.used + units <= last.words.length >> 1) return last;
    if (this.chunks.length <= 1 && (last?.words.length ?? 0) < CHUNK_UNITS * 2) {
      return this.growFirst(last, units);
    }
    assert(this.chunks.length < MAX_CHUNKS, 'coins are written before there are too many');
    return this.append(this.pool.take());
  }

  private growFirst(former: Chunk | undefined, units: number): Chunk {
    const used = former?.used ?? 0;
    let size = former === undefined ? FIRST_CHUNK_UNITS : former.words.length;
    while (size < used + units) size *= 2;
    this.chunks = [];
    this.chunkBytes = 0;
    const grown = this.append(size < CHUNK_UNITS ? Chunk.of(size) : this.pool.take());
    grown.used = used;
    grown.dirty = former?.dirty ?? 0;
    if (former !== undefined) grown.bytes.set(former.bytes);
    return grown;
  }

  private append(chunk: Chunk): Chunk {
    this.chunks.push(chunk);
    this.chunkBytes += chunk.bytes.length;
    return chunk;
  }
}
