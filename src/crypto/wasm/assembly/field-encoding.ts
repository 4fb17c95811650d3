import { isBelow, readWords, writeWords } from './words';

/** The prime p as words. */
export const PRIME = memory.data<u32>([0xfffffc2f, 0xfffffffe, -1, -1, -1, -1, -1, -1], 16);

const LIMB_MASK: u32 = 0x3ffffff;
const BUFFER = memory.data(32, 16);

/** An element in normal form from 32 bytes, most significant first; false when they are p or above. */
export function readElement(r: usize, bytes: usize): bool {
  readWords(BUFFER, bytes);
  elementFromWords(r, BUFFER);
  return isBelow(BUFFER, PRIME);
}

/** 32 bytes, most significant first, of an element in normal form. */
export function writeElement(bytes: usize, a: usize): void {
  elementToWords(BUFFER, a);
  writeWords(bytes, BUFFER);
}

/** Magnitude 1, and normal form for words below p. */
export function elementFromWords(r: usize, words: usize): void {
  const w0 = load<u32>(words);
  const w1 = load<u32>(words, 4);
  const w2 = load<u32>(words, 8);
  const w3 = load<u32>(words, 12);
  const w4 = load<u32>(words, 16);
  const w5 = load<u32>(words, 20);
  const w6 = load<u32>(words, 24);
  const w7 = load<u32>(words, 28);
  store<u32>(r, w0 & LIMB_MASK);
  store<u32>(r, ((w0 >> 26) | (w1 << 6)) & LIMB_MASK, 4);
  store<u32>(r, ((w1 >> 20) | (w2 << 12)) & LIMB_MASK, 8);
  store<u32>(r, ((w2 >> 14) | (w3 << 18)) & LIMB_MASK, 12);
  store<u32>(r, ((w3 >> 8) | (w4 << 24)) & LIMB_MASK, 16);
  store<u32>(r, (w4 >> 2) & LIMB_MASK, 20);
  store<u32>(r, ((w4 >> 28) | (w5 << 4)) & LIMB_MASK, 24);
  store<u32>(r, ((w5 >> 22) | (w6 << 10)) & LIMB_MASK, 28);
  store<u32>(r, ((w6 >> 16) | (w7 << 16)) & LIMB_MASK, 32);
  store<u32>(r, w7 >> 10, 36);
}

/** Words of an element in normal form. */
export function elementToWords(words: usize, a: usize): void {
  const l1 = load<u32>(a, 4);
  const l2 = load<u32>(a, 8);
  const l3 = load<u32>(a, 12);
  const l4 = load<u32>(a, 16);
  const l6 = load<u32>(a, 24);
  const l7 = load<u32>(a, 28);
  const l8 = load<u32>(a, 32);
  store<u32>(words, load<u32>(a) | (l1 << 26));
  store<u32>(words, (l1 >> 6) | (l2 << 20), 4);
  store<u32>(words, (l2 >> 12) | (l3 << 14), 8);
  store<u32>(words, (l3 >> 18) | (l4 << 8), 12);
  store<u32>(words, (l4 >> 24) | (load<u32>(a, 20) << 2) | (l6 << 28), 16);
  store<u32>(words, (l6 >> 4) | (l7 << 22), 20);
  store<u32>(words, (l7 >> 10) | (l8 << 16), 24);
  store<u32>(words, (l8 >> 16) | (load<u32>(a, 36) << 10), 28);
}
