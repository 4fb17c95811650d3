import { assert } from '../runtime/errors.js';

/** Slots stay at most three quarters full; beyond that, probe runs get long. */
const MAX_LOAD = 0.75;

const INITIAL_SLOTS = 64;

/** Slots of a segment, 64 KiB: to rearrange one takes about 50 µs. */
const MAX_SLOT_BITS = 13;
const MAX_SLOTS = 1 << MAX_SLOT_BITS;

/** The upper bits of a hash choose the slot, the lower ones the segment. */
const SLOT_SHIFT = 32 - MAX_SLOT_BITS;

/** Bytes of a slot: hash and number. */
const SLOT_BYTES = 8;

/** In a slot that is empty. Numbers are kept with one added. */
const EMPTY = 0;

/** An open-addressing table of those numbers whose hashes agree in their lowest `depth` bits. */
class Segment {
  /** Hash and number by turns. */
  slots: Int32Array;
  used = 0;

  constructor(
    public depth: number,
    size: number,
  ) {
    this.slots = new Int32Array(size * 2);
  }

  get size(): number {
    return this.slots.length >> 1;
  }

  clone(): Segment {
    const copy = new Segment(this.depth, this.size);
    copy.slots.set(this.slots);
    copy.used = this.used;
    return copy;
  }

  put(hash: number, kept: number): void {
    const { slots } = this;
    const mask = slots.length - 1;
    let at = slotOf(hash, mask);
    while (slots[at + 1] !== EMPTY) at = (at + 2) & mask;
    slots[at] = hash;
    slots[at + 1] = kept;
    this.used++;
  }
}

/** Where the slot that a hash belongs to begins; `mask` is that of a segment's words. */
function slotOf(hash: number, mask: number): number {
  return ((hash >>> SLOT_SHIFT) << 1) & mask;
}

/** Where things of some kind lie one after the other, under numbers from 0 on. */
export interface Numbered<Key> {
  /** Whether what has this number is that of `key`. */
  isOf(id: number, key: Key): boolean;
}

/**
 * Finds the number of something by its key: an extendible hash table. A segment that is full doubles, or divides in two when
 * it is large already, so that no growth takes long or needs the memory twice.
 *
 * Keys lie elsewhere; this holds numbers, and hashes that spare most looks at keys. Whoever adds, finds and removes passes
 * the same hash for the same key.
 */
export class IdIndex<Key> {
  /** By the lowest bits of a hash; a segment that looks at fewer bits is here several times. */
  private directory: Segment[] = [];
  private segmentBytes = 0;
  private count = 0;

  constructor(private readonly things: Numbered<Key>) {}

  get size(): number {
    return this.count;
  }

  /** Memory that is taken. */
  get bytes(): number {
    return this.segmentBytes + this.directory.length * SLOT_BYTES;
  }

  /** The same numbers, in memory of their own, for things that have the same keys. */
  clone(things: Numbered<Key>): IdIndex<Key> {
    const copy = new IdIndex(things);
    const clones = new Map<Segment, Segment>();
    for (const segment of new Set(this.directory)) clones.set(segment, segment.clone());
    copy.directory = this.directory.map(segment => clones.get(segment) as Segment);
    copy.segmentBytes = this.segmentBytes;
    copy.count = this.count;
    return copy;
  }

  /** The number of what has this key, -1 when there is none. */
  find(hash: number, key: Key): number {
    if (this.count === 0) return -1;
    const { slots } = this.segmentOf(hash);
    const mask = slots.length - 1;
    for (let at = slotOf(hash, mask); ; at = (at + 2) & mask) {
      const id = (slots[at + 1] as number) - 1;
      if (id < 0 || (slots[at] === hash && this.things.isOf(id, key))) return id;
    }
  }

  /** Adds the number of something whose key is not here yet. */
  add(hash: number, id: number): void {
    this.segmentWithRoom(hash).put(hash, id + 1);
    this.count++;
  }

  /** Removes a number, which is here. */
  remove(hash: number, id: number): void {
    const segment = this.segmentOf(hash);
    const { slots } = segment;
    const mask = slots.length - 1;
    let at = slotOf(hash, mask);
    while (slots[at + 1] !== id + 1) {
      assert(slots[at + 1] !== EMPTY, 'a number that is removed is in the index');
      at = (at + 2) & mask;
    }
    closeGap(slots, at);
    segment.used--;
    this.count--;
  }

  clear(): void {
    this.directory = [];
    this.segmentBytes = 0;
    this.count = 0;
  }

  private segmentOf(hash: number): Segment {
    return this.directory[hash & (this.directory.length - 1)] as Segment;
  }

  private segmentWithRoom(hash: number): Segment {
    if (this.directory.length === 0) this.directory.push(this.makeSegment(0, INITIAL_SLOTS));
    for (;;) {
      const segment = this.segmentOf(hash);
      if (segment.used + 1 <= segment.size * MAX_LOAD) return segment;
      if (segment.size < MAX_SLOTS) this.double(segment);
      else this.divide(segment, hash);
    }
  }

  private double(segment: Segment): void {
    const { slots } = segment;
    segment.slots = new Int32Array(slots.length * 2);
    this.segmentBytes += (slots.length / 2) * SLOT_BYTES;
    segment.used = 0;
    for (let at = 0; at < slots.length; at += 2) {
      if (slots[at + 1] !== EMPTY) segment.put(slots[at] as number, slots[at + 1] as number);
    }
  }

  /** Moves the numbers whose next bit is set to a segment of their own. */
  private divide(segment: Segment, hash: number): void {
    const { slots, depth } = segment;
    const bit = 1 << depth;
    if (bit === this.directory.length) this.directory = this.directory.concat(this.directory);
    const other = this.makeSegment(depth + 1, MAX_SLOTS);
    segment.depth++;
    segment.used = 0;
    segment.slots = new Int32Array(MAX_SLOTS * 2);
    for (let at = 0; at < slots.length; at += 2) {
      const moved = slots[at] as number;
      if (slots[at + 1] === EMPTY) continue;
      ((moved & bit) === 0 ? segment : other).put(moved, slots[at + 1] as number);
    }
    const first = (hash & (bit - 1)) | bit;
    for (let index = first; index < this.directory.length; index += bit * 2) this.directory[index] = other;
  }

  private makeSegment(depth: number, size: number): Segment {
    this.segmentBytes += size * SLOT_BYTES;
    return new Segment(depth, size);
  }
}

/** Empties a slot and moves up those after it that would not be found any more. */
function closeGap(slots: Int32Array, gap: number): void {
  const mask = slots.length - 1;
  let hole = gap;
  for (let at = (gap + 2) & mask; slots[at + 1] !== EMPTY; at = (at + 2) & mask) {
    const wanted = slotOf(slots[at] as number, mask);
    // It may move to the hole unless the slot that it belongs to lies behind the hole.
    if (((at - wanted) & mask) < ((at - hole) & mask)) continue;
    slots[hole] = slots[at] as number;
    slots[hole + 1] = slots[at + 1] as number;
    hole = at;
  }
  slots[hole + 1] = EMPTY;
}
