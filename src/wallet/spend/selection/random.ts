import { randomBytes } from 'node:crypto';

/** Chance for choosing coins. It guards no secrets, but what it chooses should not be guessed. */
export interface RandomSource {
  /** A whole number from 0 to `bound - 1`. */
  below(bound: number): number;
}

/** Bytes drawn from the system at a time. */
const DRAW_SIZE = 1024;

/** Randomness of the system. */
export class SystemRandom implements RandomSource {
  private buffer = Buffer.alloc(0);
  private at = 0;

  below(bound: number): number {
    // 48 bits: the bias of a remainder below 2^32 cannot be noticed.
    return this.next48() % bound;
  }

  private next48(): number {
    if (this.at + 6 > this.buffer.length) {
      this.buffer = randomBytes(DRAW_SIZE);
      this.at = 0;
    }
    const value = this.buffer.readUIntBE(this.at, 6);
    this.at += 6;
    return value;
  }
}

/** A copy in random order. */
export function shuffled<T>(items: readonly T[], random: RandomSource): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const a = result[i] as T;
    result[i] = result[j] as T;
    result[j] = a;
  }
  return result;
}
