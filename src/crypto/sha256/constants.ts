/**
 * SHA-256's constants (FIPS 180-4, 4.2.2 and 5.3.3), derived as the standard does. A double holds the integer part of
 * these roots and 50 bits of the fraction, of which 32 are wanted.
 */

/** Bytes of a block. */
export const BLOCK_SIZE = 64;

/** Rounds for each block, and words of its message schedule. */
export const ROUNDS = 64;

/** Words of a block. */
export const BLOCK_WORDS = 16;

/** Words of the state and of a hash. */
export const STATE_WORDS = 8;

/** The end mark behind the last byte of a message, as the highest byte of a word. */
export const END_MARK = 0x80000000 | 0;

const PRIMES = firstPrimes(ROUNDS);

/** State before the first block: fractional parts of the square roots of the first 8 primes. */
export const INITIAL_STATE: readonly number[] = PRIMES.slice(0, STATE_WORDS).map(prime =>
  fraction(Math.sqrt(prime)),
);

/** A constant for each round: fractional parts of the cube roots of the first 64 primes. */
export const ROUND_CONSTANTS: readonly number[] = PRIMES.map(prime => fraction(Math.cbrt(prime)));

/** The first 32 bits behind the point, as a signed integer. */
function fraction(value: number): number {
  return Math.floor((value % 1) * 2 ** 32) | 0;
}

function firstPrimes(count: number): readonly number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate++) {
    if (primes.every(prime => candidate % prime !== 0)) primes.push(candidate);
  }
  return primes;
}
