import { saltedHash } from '../crypto/salted-hash.js';

const ENTRY_WORDS = 8;
const ENTRY_BYTES = ENTRY_WORDS * 4;
/** Entries that may hold a given hash. A new one replaces the oldest when all are taken. */
const BUCKET_ENTRIES = 8;
const BUCKET_WORDS = BUCKET_ENTRIES * ENTRY_WORDS;

/** Buckets to begin with, 16 KiB. Memory that is spread over without need costs a page for every entry. */
const FIRST_BUCKETS = 64;
/** It grows when it holds so much of what would fit: hardly any bucket is full then. */
const FULL_ENOUGH = 1 / 4;

/**
 * A set of hashes of 32 bytes, such as ids, in memory that grows up to a bound; then new ones take the places of old ones.
 * Nobody can choose hashes that crowd together: where they are kept depends on random numbers.
 */
export class BoundedHashSet {
  /** Entries that fit in the end. */
  readonly capacity: number;
  private words: Uint32Array;
  /** How often an entry of each bucket was written: up to eight, then round and round from eight to fifteen. */
  private turns: Uint8Array;
  private buckets: number;
  private count = 0;
  /** The hash in question. */
  private readonly bytes = new Uint8Array(ENTRY_BYTES);
  private readonly asked = new Uint32Array(this.bytes.buffer);

  /** @param maxBytes memory for the hashes; the next lower power of two is used, at least one bucket of eight */
  constructor(maxBytes: number) {
    const wanted = Math.max(1, Math.floor(maxBytes / (ENTRY_BYTES * BUCKET_ENTRIES)));
    const mostBuckets = 2 ** Math.floor(Math.log2(wanted));
    this.capacity = mostBuckets * BUCKET_ENTRIES;
    this.buckets = Math.min(FIRST_BUCKETS, mostBuckets);
    this.words = new Uint32Array(this.buckets * BUCKET_WORDS);
    this.turns = new Uint8Array(this.buckets);
  }

  /** @param mark tells apart what goes by the same hash */
  has(hash: Uint8Array, mark = 0): boolean {
    this.ask(hash, mark);
    return this.isIn(this.bucketOf(this.bytes, 0));
  }

  add(hash: Uint8Array, mark = 0): void {
    this.ask(hash, mark);
    const bucket = this.bucketOf(this.bytes, 0);
    if (this.isIn(bucket)) return;
    this.insert(bucket, this.asked);
    const size = this.buckets * BUCKET_ENTRIES;
    if (size < this.capacity && this.count > size * FULL_ENOUGH) this.grow();
  }

  /** The mark changes the last of eight words: two hashes that agree in the other seven cannot be found. */
  private ask(hash: Uint8Array, mark: number): void {
    this.bytes.set(hash);
    (this.asked[ENTRY_WORDS - 1] as number) ^= mark;
  }

  /** Of the hash that `bytes` hold from `at` on. */
  private bucketOf(bytes: Uint8Array, at: number): number {
    return saltedHash(bytes, at, 0) & (this.buckets - 1);
  }

  private isIn(bucket: number): boolean {
    const { words, asked } = this;
    const start = bucket * BUCKET_WORDS;
    const end = start + Math.min(this.turns[bucket] as number, BUCKET_ENTRIES) * ENTRY_WORDS;
    for (let at = start; at < end; at += ENTRY_WORDS) {
      let i = 0;
      while (i < ENTRY_WORDS && words[at + i] === asked[i]) i++;
      if (i === ENTRY_WORDS) return true;
    }
    return false;
  }

  private insert(bucket: number, entry: Uint32Array): void {
    const turn = this.turns[bucket] as number;
    if (turn < BUCKET_ENTRIES) this.count++;
    this.turns[bucket] = turn + 1 < 2 * BUCKET_ENTRIES ? turn + 1 : BUCKET_ENTRIES;
    this.words.set(entry, bucket * BUCKET_WORDS + (turn % BUCKET_ENTRIES) * ENTRY_WORDS);
  }

  private grow(): void {
    const { words, turns } = this;
    const bytes = new Uint8Array(words.buffer);
    this.buckets *= 2;
    this.words = new Uint32Array(this.buckets * BUCKET_WORDS);
    this.turns = new Uint8Array(this.buckets);
    this.count = 0;
    for (let bucket = 0; bucket < turns.length; bucket++) {
      const turn = turns[bucket] as number;
      const held = Math.min(turn, BUCKET_ENTRIES);
      // The oldest first, as they came.
      for (let i = turn - held; i < turn; i++) {
        const at = bucket * BUCKET_WORDS + (i % BUCKET_ENTRIES) * ENTRY_WORDS;
        this.insert(this.bucketOf(bytes, at * 4), words.subarray(at, at + ENTRY_WORDS));
      }
    }
  }
}
