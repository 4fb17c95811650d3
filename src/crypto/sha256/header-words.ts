import { readWords } from './compress.js';
import { BLOCK_SIZE, BLOCK_WORDS, END_MARK } from './constants.js';

/** A block header as SHA-256 sees it: a block of 64 bytes, and one of 16 bytes and padding, with the nonce in it. */

/** Bytes of a header. */
const HEADER_SIZE = 80;

/** Place of the nonce among the words of the second block. */
export const NONCE_WORD = 3;

/** Nonces that there are. */
export const NONCE_COUNT = 2 ** 32;

/** The words of the header's second block; undefined for the nonce. */
export function headerTail(header: Uint8Array): readonly (number | undefined)[] {
  const known = readWords(header.subarray(BLOCK_SIZE), NONCE_WORD);
  return Array.from({ length: BLOCK_WORDS }, (_, i) => {
    if (i < NONCE_WORD) return known[i];
    if (i === NONCE_WORD) return undefined;
    if (i === NONCE_WORD + 1) return END_MARK;
    return i === BLOCK_WORDS - 1 ? HEADER_SIZE * 8 : 0;
  });
}

/** The most significant 32 bits of a target of 32 bytes, little-endian. */
export function targetTop(target: Uint8Array): number {
  return new DataView(target.buffer, target.byteOffset, target.length).getUint32(28, true);
}
