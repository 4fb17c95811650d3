/**
 * 256-bit numbers as eight 32-bit words, least significant first: the form between bytes, field elements and scalars.
 */

/** Bytes of such a number. */
export const WORDS: usize = 32;

/** Reads 32 bytes, most significant first. */
export function readWords(r: usize, bytes: usize): void {
  for (let i: usize = 0; i < WORDS; i += 4) store<u32>(r + i, bswap(load<u32>(bytes + 28 - i)));
}

/** Writes 32 bytes, most significant first. */
export function writeWords(bytes: usize, a: usize): void {
  for (let i: usize = 0; i < WORDS; i += 4) store<u32>(bytes + 28 - i, bswap(load<u32>(a + i)));
}

export function areWordsZero(a: usize): bool {
  return !v128.any_true(v128.or(v128.load(a), v128.load(a, 16)));
}

/** Whether a < b. */
export function isBelow(a: usize, b: usize): bool {
  for (let i: isize = 28; i >= 0; i -= 4) {
    const left = load<u32>(a + i);
    const right = load<u32>(b + i);
    if (left !== right) return left < right;
  }
  return false;
}

/** a + b modulo 2^256; tells what is carried out. */
export function addWords(r: usize, a: usize, b: usize): u32 {
  let sum: u64 = 0;
  for (let i: usize = 0; i < WORDS; i += 4) {
    sum += <u64>load<u32>(a + i) + load<u32>(b + i);
    store<u32>(r + i, <u32>sum);
    sum >>= 32;
  }
  return <u32>sum;
}

/** a − b modulo 2^256. */
export function subWords(r: usize, a: usize, b: usize): void {
  let difference: i64 = 0;
  for (let i: usize = 0; i < WORDS; i += 4) {
    difference += <i64>load<u32>(a + i) - <i64>load<u32>(b + i);
    store<u32>(r + i, <u32>difference);
    difference >>= 32;
  }
}
