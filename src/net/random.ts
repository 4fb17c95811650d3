import { randomBytes } from 'node:crypto';

/**
 * Where choices and delays come from. The daemon's is the system's generator; simulations and tests may take a seeded
 * one and see the same choices each time.
 */
export interface Random {
  /** Uniform in [0, 1). */
  unit(): number;
  /** Unsigned 64 bits. */
  u64(): bigint;
  bytes(length: number): Uint8Array;
}

/** Bytes drawn from the system at a time: one call costs as much as hundreds of numbers. */
const POOL_SIZE = 4096;

class SystemRandom implements Random {
  private pool = Buffer.alloc(0);
  private at = 0;

  private draw(length: number): number {
    if (this.at + length > this.pool.length) {
      this.pool = randomBytes(POOL_SIZE);
      this.at = 0;
    }
    this.at += length;
    return this.at - length;
  }

  unit(): number {
    const at = this.draw(7);
    // 53 random bits, as many as a double holds.
    const low = this.pool.readUInt32LE(at);
    const high = this.pool.readUIntLE(at + 4, 3) & 0x1fffff;
    return (high * 0x100000000 + low) / 2 ** 53;
  }

  u64(): bigint {
    const at = this.draw(8);
    return this.pool.readBigUInt64LE(at);
  }

  bytes(length: number): Uint8Array {
    return randomBytes(length);
  }
}

/** Not for secrets: the same numbers for the same seed (sfc32). */
class SeededRandom implements Random {
  private a: number;
  private b = 0x9e3779b9;
  private c = 0x243f6a88;
  private counter = 1;

  constructor(seed: number) {
    this.a = seed | 0;
    for (let i = 0; i < 12; i++) this.u32();
  }

  private u32(): number {
    const t = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + t;
    return t >>> 0;
  }

  unit(): number {
    return (this.u32() * 2 ** 21 + (this.u32() >>> 11)) / 2 ** 53;
  }

  u64(): bigint {
    return (BigInt(this.u32()) << 32n) | BigInt(this.u32());
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.u32() & 0xff);
  }
}

/** The system's generator, or one that repeats itself when `seed` is given. */
export function makeRandom(seed?: number): Random {
  return seed === undefined ? new SystemRandom() : new SeededRandom(seed);
}

/** Whole number in [0, limit). */
export function randomBelow(random: Random, limit: number): number {
  return Math.floor(random.unit() * limit);
}

/** Time to the next event of a Poisson process with `meanMs` between events: nobody can predict it from the last. */
export function poissonDelay(random: Random, meanMs: number): number {
  return -Math.log1p(-random.unit()) * meanMs;
}

/** Shuffles in place. */
export function shuffle<T>(random: Random, items: T[]): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = randomBelow(random, i + 1);
    const item = items[i] as T;
    items[i] = items[j] as T;
    items[j] = item;
  }
  return items;
}
