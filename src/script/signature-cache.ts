import { hash, randomBytes } from 'node:crypto';

/** Hash that stands for one good signature: scheme, message hash, key and signature, salted. */
export type SignatureCacheKey = Uint8Array;

/** Remembers signatures that were found good, so that a block need not check again what the mempool did. */
export interface SignatureCache {
  key(
    kind: 'ecdsa' | 'schnorr',
    sighash: Uint8Array,
    publicKey: Uint8Array,
    signature: Uint8Array,
  ): SignatureCacheKey;
  has(key: SignatureCacheKey): boolean;
  add(key: SignatureCacheKey): void;
}

/** Half of the 32 MiB that Core gives its two verification caches together. */
export const DEFAULT_SIGNATURE_CACHE_BYTES = 16 << 20;

const ENTRY_WORDS = 8;
const ENTRY_BYTES = ENTRY_WORDS * 4;
/** Entries that may hold a given key. A new one replaces the next in turn when all are taken. */
const BUCKET_ENTRIES = 8;

/**
 * A signature cache of fixed size: buckets of eight full hashes, found by the first bits of the hash. The salt is
 * random, so that nobody can choose signatures that crowd a bucket.
 */
export class BoundedSignatureCache implements SignatureCache {
  private readonly words: Uint32Array;
  /** Which entry of each bucket is replaced next. */
  private readonly turns: Uint8Array;
  private readonly bucketMask: number;
  private readonly salt: Uint8Array;

  /** @param maxBytes memory for the entries; the next lower power of two is used, at least one bucket */
  constructor(maxBytes = DEFAULT_SIGNATURE_CACHE_BYTES, salt: Uint8Array = randomBytes(32)) {
    const wanted = Math.max(1, Math.floor(maxBytes / (ENTRY_BYTES * BUCKET_ENTRIES)));
    const buckets = 2 ** Math.floor(Math.log2(wanted));
    this.words = new Uint32Array(buckets * BUCKET_ENTRIES * ENTRY_WORDS);
    this.turns = new Uint8Array(buckets);
    this.bucketMask = buckets - 1;
    this.salt = Uint8Array.from(salt);
  }

  /** Entries that fit. */
  get capacity(): number {
    return this.words.length / ENTRY_WORDS;
  }

  key(
    kind: 'ecdsa' | 'schnorr',
    sighash: Uint8Array,
    publicKey: Uint8Array,
    signature: Uint8Array,
  ): SignatureCacheKey {
    // The lengths are fixed by the first byte of the key and by the kind, so nothing is ambiguous.
    const parts = [this.salt, Uint8Array.of(kind === 'ecdsa' ? 0x45 : 0x53), sighash, publicKey, signature];
    return hash('sha256', Buffer.concat(parts), 'buffer');
  }

  has(key: SignatureCacheKey): boolean {
    return this.find(wordsOf(key)) >= 0;
  }

  add(key: SignatureCacheKey): void {
    const words = wordsOf(key);
    if (this.find(words) >= 0) return;
    const bucket = this.bucketOf(words);
    const turn = this.turns[bucket] as number;
    this.turns[bucket] = (turn + 1) % BUCKET_ENTRIES;
    this.words.set(words, (bucket * BUCKET_ENTRIES + turn) * ENTRY_WORDS);
  }

  private bucketOf(words: Uint32Array): number {
    return (words[0] as number) & this.bucketMask;
  }

  /** Offset of the entry, or -1. */
  private find(words: Uint32Array): number {
    const start = this.bucketOf(words) * BUCKET_ENTRIES * ENTRY_WORDS;
    const end = start + BUCKET_ENTRIES * ENTRY_WORDS;
    for (let at = start; at < end; at += ENTRY_WORDS) if (this.entryEquals(at, words)) return at;
    return -1;
  }

  private entryEquals(at: number, words: Uint32Array): boolean {
    for (let i = 0; i < ENTRY_WORDS; i++) if (this.words[at + i] !== words[i]) return false;
    return true;
  }
}

const scratch = new Uint8Array(ENTRY_BYTES);
const scratchWords = new Uint32Array(scratch.buffer);

function wordsOf(key: SignatureCacheKey): Uint32Array {
  scratch.set(key);
  return scratchWords;
}
