import { blockWork } from '../../primitives/target.js';

/** Work is kept as eight 32-bit words, most significant first. */
export const WORK_WORDS = 8;

/** The words of a 256-bit number. */
export function workToWords(work: bigint): Uint32Array {
  const words = new Uint32Array(WORK_WORDS);
  for (let i = WORK_WORDS - 1, rest = work; i >= 0; i--, rest >>= 32n) words[i] = Number(rest & 0xffffffffn);
  return words;
}

/** The number that starts at word `at`. */
export function wordsToWork(words: Uint32Array, at: number): bigint {
  let work = 0n;
  for (let i = at; i < at + WORK_WORDS; i++) work = (work << 32n) | BigInt(words[i] as number);
  return work;
}

/** Negative, zero or positive as the number at word `a` is less than, equal to or more than the one at word `b`. */
export function compareWords(words: Uint32Array, a: number, b: number): number {
  for (let i = 0; i < WORK_WORDS; i++) {
    const difference = (words[a + i] as number) - (words[b + i] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Stores at word `to` the number at word `from` plus `addend`, modulo 2^256. */
export function addWords(words: Uint32Array, to: number, from: number, addend: Uint32Array): void {
  let carry = 0;
  for (let i = WORK_WORDS - 1; i >= 0; i--) {
    const sum = (words[from + i] as number) + (addend[i] as number) + carry;
    words[to + i] = sum >>> 0;
    carry = sum > 0xffffffff ? 1 : 0;
  }
}

/** Gives the work of one block; remembers the last target, since thousands of blocks in a row share it. */
export class BlockWorkWords {
  private bits = 0;
  private words: Uint32Array = workToWords(blockWork(0));

  of(bits: number): Uint32Array {
    if (bits !== this.bits) {
      this.words = workToWords(blockWork(bits));
      this.bits = bits;
    }
    return this.words;
  }
}
