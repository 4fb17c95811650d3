import { smallSigma0, smallSigma1 } from './compress.js';
import { BLOCK_WORDS, ROUNDS } from './constants.js';

/** A term of a word of the message schedule: the word `back` places before, mixed or as it is. */
export interface ScheduleTerm {
  readonly back: number;
  readonly mix?: 'smallSigma0' | 'smallSigma1';
}

/** Word t of the schedule, from the 16th on, is the sum of these (FIPS 180-4, 6.2.2). */
export const SCHEDULE_TERMS: readonly ScheduleTerm[] = [
  { back: 16 },
  { back: 15, mix: 'smallSigma0' },
  { back: 7 },
  { back: 2, mix: 'smallSigma1' },
];

/** A word of a schedule that is known in part: the sum of the known terms, and the terms that are not. */
export interface PartialWord {
  readonly sum: number;
  readonly missing: readonly ScheduleTerm[];
  readonly isKnown: boolean;
}

/**
 * The schedule of a block of which some words are not known yet. When most are the same for millions of blocks, as in a
 * search for a nonce or in the second of two hashes, a part of the work is done once for all of them.
 */
export function partialSchedule(block: readonly (number | undefined)[]): readonly PartialWord[] {
  const words: PartialWord[] = block.map(word => ({
    sum: word ?? 0,
    missing: [],
    isKnown: word !== undefined,
  }));
  for (let t = BLOCK_WORDS; t < ROUNDS; t++) {
    const missing: ScheduleTerm[] = [];
    let sum = 0;
    for (const term of SCHEDULE_TERMS) {
      const word = words[t - term.back] as PartialWord;
      if (word.isKnown) sum = (sum + mixed(word.sum, term)) | 0;
      else missing.push(term);
    }
    words.push({ sum, missing, isKnown: missing.length === 0 });
  }
  return words;
}

function mixed(word: number, { mix }: ScheduleTerm): number {
  return mix === undefined ? word : mix === 'smallSigma0' ? smallSigma0(word) : smallSigma1(word);
}
