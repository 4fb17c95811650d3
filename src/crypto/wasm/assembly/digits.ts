/**
 * Scalars as sums of few odd digits: k = Σ d_i·2^i with d_i zero or odd and |d_i| < 2^(width − 1), and after a digit at
 * least width − 1 zeros (the non-adjacent form of that width, wNAF).
 */

/** Digits of a scalar of 128 bits, whose form may be a bit longer. */
export const DIGIT_COUNT = 129;
/** Bytes of the digits, 16 bits each. */
export const DIGITS_SIZE: usize = 2 * DIGIT_COUNT;

/**
 * Writes the digits of a number below 2^128 in eight words, all negated if so told; tells how many there are up to the
 * last that is not zero.
 */
export function writeDigits(digits: usize, k: usize, width: i32, negative: bool): i32 {
  memory.fill(digits, 0, DIGITS_SIZE);
  let count = 0;
  let carry: u32 = 0;
  let at = 0;
  while (at < DIGIT_COUNT) {
    const bits = <u32>(load<u64>(k + 4 * (at >> 5)) >> (at & 31));
    // Bits equal to the carry change nothing.
    const skipped = <i32>ctz(carry !== 0 ? ~bits : bits);
    if (skipped > 0) {
      at += skipped;
      continue;
    }
    const taken = min(width, DIGIT_COUNT - at);
    let digit = <i32>(bits & ((1 << taken) - 1)) + <i32>carry;
    carry = <u32>(digit >> (width - 1)) & 1;
    digit -= (<i32>carry) << width;
    store<i16>(digits + 2 * at, <i16>(negative ? -digit : digit));
    count = at + 1;
    at += taken;
  }
  return count;
}
