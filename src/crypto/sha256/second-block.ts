import { BLOCK_WORDS, END_MARK, STATE_WORDS } from './constants.js';

/** The hash that is hashed a second time is a block of its own: 8 words of hash, end mark, zeros, its length in bits. */
export const SECOND_BLOCK: readonly (number | undefined)[] = Array.from({ length: BLOCK_WORDS }, (_, i) => {
  if (i < STATE_WORDS) return undefined;
  if (i === STATE_WORDS) return END_MARK;
  return i === BLOCK_WORDS - 1 ? STATE_WORDS * 32 : 0;
});
