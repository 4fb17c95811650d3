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

/** Negative, zero or positive as the number at word `atA` of `a` is less than, equal to or more than that of `b`. */
export function compareWords(a: Uint32Array, atA: number, b: Uint32Array, atB: number): number {
  for (let i = 0; i < WORK_WORDS; i++) {
    const difference = (a[atA + i] as number) - (b[atB + i] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Stores at word `at` of `sums` the number at word `from` of `words` plus `addend`, modulo 2^256. */
export function addWords(
  sums: Uint32Array,
  at: number,
  words: Uint32Array,
  from: number,
  addend: Uint32Array,
): void {
  let carry = 0;
  for (let i = WORK_WORDS - 1; i >= 0; i--) {
    const sum = (words[from + i] as number) + (addend[i] as number) + carry;
    sums[at + i] = sum >>> 0;
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
