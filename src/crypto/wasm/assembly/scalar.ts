import { invertWords, startModulus } from './inverse';
import { addWords, areWordsZero, isBelow, readWords, subWords, WORDS } from './words';

/** Numbers modulo the group's order n, as eight words, always below n. */

/** The order n as words. */
export const ORDER = memory.data<u32>(
  [0xd0364141, 0xbfd25e8c, 0xaf48a03b, 0xbaaedce6, 0xfffffffe, 0xffffffff, 0xffffffff, 0xffffffff],
  16,
);

/** p − n: an x below it has another number that is the same modulo n. */
export const PRIME_LESS_ORDER = memory.data<u32>(
  [0x2fc9baee, 0x402da172, 0x50b75fc4, 0x45512319, 1, 0, 0, 0],
  16,
);

/** 2^256 − n: what a carry out of 256 bits is worth. */
const CARRY = memory.data<u32>([0x2fc9bebf, 0x402da173, 0x50b75fc4, 0x45512319, 1], 16);
const CARRY_WORDS: usize = 5;

const MODULUS = memory.data(40, 16);
/** A product of sixteen words, and what is taken from it to be folded back. */
const WIDE = memory.data(64, 16);
const HIGH = memory.data(32, 16);

/** Before the first inverse. */
export function startScalars(): void {
  startModulus(MODULUS, ORDER);
}

/** Reads 32 bytes, most significant first, modulo n; tells whether they were below n. */
export function readScalar(r: usize, bytes: usize): bool {
  readWords(r, bytes);
  if (isBelow(r, ORDER)) return true;
  // Less than twice the order.
  subWords(r, r, ORDER);
  return false;
}

/** Reads 32 bytes as {@link readScalar} does; tells whether they are a number from 1 to n − 1. */
export function readNonZeroScalar(r: usize, bytes: usize): bool {
  return readScalar(r, bytes) && !areWordsZero(r);
}

export function addScalars(r: usize, a: usize, b: usize): void {
  const carry = addWords(r, a, b);
  if (carry !== 0 || !isBelow(r, ORDER)) subWords(r, r, ORDER);
}

export function negateScalar(r: usize, a: usize): void {
  if (areWordsZero(a)) memory.copy(r, a, WORDS);
  else subWords(r, ORDER, a);
}

/** 1/a, or zero for zero. */
export function invertScalar(r: usize, a: usize): void {
  invertWords(r, a, MODULUS);
}

export function multiplyScalars(r: usize, a: usize, b: usize): void {
  wideProduct(WIDE, a, b);
  // 512 bits fold to less than 2^386, those to less than 2^260, those to less than 2^256 + 2^133; a last one is carried.
  fold(8);
  fold(5);
  fold(1);
  fold(1);
  if (!isBelow(WIDE, ORDER)) subWords(WIDE, WIDE, ORDER);
  memory.copy(r, WIDE, WORDS);
}

/** Sixteen words of a product of two times eight. */
export function wideProduct(r: usize, a: usize, b: usize): void {
  memory.fill(r, 0, 2 * WORDS);
  for (let i: usize = 0; i < WORDS; i += 4) addMultiple(r + i, load<u32>(a + i), b, 8);
}

/** Takes `count` words above 256 bits of the wide number and adds their worth below. */
function fold(count: usize): void {
  memory.copy(HIGH, WIDE + WORDS, WORDS);
  memory.fill(WIDE + WORDS, 0, WORDS);
  for (let i: usize = 0; i < 4 * count; i += 4)
    addMultiple(WIDE + i, load<u32>(HIGH + i), CARRY, CARRY_WORDS);
}

/** Adds factor·b to the words at r, and carries on to the end. */
function addMultiple(r: usize, factor: u32, b: usize, words: usize): void {
  let sum: u64 = 0;
  for (let i: usize = 0; i < 4 * words; i += 4) {
    sum += <u64>factor * load<u32>(b + i) + load<u32>(r + i);
    store<u32>(r + i, <u32>sum);
    sum >>= 32;
  }
  for (let at = r + 4 * words; sum !== 0; at += 4) {
    sum += load<u32>(at);
    store<u32>(at, <u32>sum);
    sum >>= 32;
  }
}
