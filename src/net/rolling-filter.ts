import { int32At } from '../crypto/int32-at.js';
import type { Random } from './random.js';

/** Generations that together hold the newest entries; each takes half of the promised number. */
const GENERATIONS = 3;

/**
 * Remembers at least the last `capacity` keys inserted, forgets older ones, and says of an unknown key that it is known
 * with a probability of `falsePositiveRate`. Three Bloom filters, the oldest of which is emptied in turn; a fraction of
 * the memory of exact sets, which counts because every peer has one. Keys are salted: nobody can prepare collisions.
 */
export class RollingFilter {
  private readonly perGeneration: number;
  private readonly hashes: number;
  private readonly bitCount: number;
  private generations: Uint32Array[] = [];
  private current = 0;
  private inserted = 0;
  private seed1 = 0;
  private seed2 = 0;

  constructor(
    capacity: number,
    falsePositiveRate: number,
    private readonly random: Random,
  ) {
    this.perGeneration = Math.ceil(capacity / 2);
    const rate = falsePositiveRate / GENERATIONS;
    const bits = Math.ceil((this.perGeneration * -Math.log(rate)) / Math.LN2 ** 2);
    this.hashes = Math.max(1, Math.round((bits / this.perGeneration) * Math.LN2));
    this.bitCount = Math.max(64, bits);
    this.reset();
  }

  /** Forgets everything. Memory is taken when the first key comes. */
  reset(): void {
    this.generations = [];
    this.current = 0;
    this.inserted = 0;
    this.seed1 = Math.floor(this.random.unit() * 0x100000000);
    this.seed2 = Math.floor(this.random.unit() * 0x100000000);
  }

  insert(key: Uint8Array): void {
    if (this.inserted === this.perGeneration) this.rotate();
    const words = Math.ceil(this.bitCount / 32);
    let bits = this.generations[this.current];
    if (bits === undefined) {
      bits = new Uint32Array(words);
      this.generations[this.current] = bits;
    }
    let h = mix(key, this.seed1);
    const step = mix(key, this.seed2) | 1;
    for (let i = 0; i < this.hashes; i++) {
      const bit = h % this.bitCount;
      bits[bit >>> 5] = (bits[bit >>> 5] as number) | (1 << (bit & 31));
      h = (h + step) >>> 0;
    }
    this.inserted++;
  }

  has(key: Uint8Array): boolean {
    if (this.generations.length === 0) return false;
    const h = mix(key, this.seed1);
    const step = mix(key, this.seed2) | 1;
    return this.generations.some(bits => this.inGeneration(bits, h, step));
  }

  private inGeneration(bits: Uint32Array, start: number, step: number): boolean {
    let h = start;
    for (let i = 0; i < this.hashes; i++) {
      const bit = h % this.bitCount;
      if (((bits[bit >>> 5] as number) & (1 << (bit & 31))) === 0) return false;
      h = (h + step) >>> 0;
    }
    return true;
  }

  private rotate(): void {
    this.current = (this.current + 1) % GENERATIONS;
    this.generations[this.current]?.fill(0);
    this.inserted = 0;
  }
}

/** A keyed 32-bit mix of the key's bytes: good enough to spread hashes over bits. */
function mix(key: Uint8Array, seed: number): number {
  let h = seed ^ key.length;
  let i = 0;
  for (; i + 4 <= key.length; i += 4) {
    h = Math.imul(h ^ int32At(key, i), 0x9e3779b1);
    h ^= h >>> 15;
  }
  for (; i < key.length; i++) h = Math.imul(h ^ (key[i] as number), 0x85ebca6b);
  h ^= h >>> 16;
  h = Math.imul(h, 0xc2b2ae35);
  h ^= h >>> 13;
  return h >>> 0;
}
