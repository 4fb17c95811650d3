import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smallSigma0, smallSigma1 } from '../../../../src/crypto/sha256/compress.js';
import { type PartialWord, partialSchedule } from '../../../../src/crypto/sha256/schedule.js';

const word = fc.integer();
const block = fc.array(word, { minLength: 16, maxLength: 16 });

/** The words of a schedule whose missing terms are filled in from the words before. */
function complete(partial: readonly PartialWord[], given: readonly number[]): number[] {
  const words: number[] = [];
  const term = (at: number, mix: string | undefined) => {
    const value = words[at] as number;
    return mix === undefined ? value : mix === 'smallSigma0' ? smallSigma0(value) : smallSigma1(value);
  };
  for (const [t, { sum, missing, isKnown }] of partial.entries()) {
    if (t < 16) words.push(isKnown ? sum : (given[t] as number));
    else words.push(missing.reduce((total, { back, mix }) => total + term(t - back, mix), sum) | 0);
  }
  return words;
}

describe('the schedule of a block that is known in part', () => {
  it('comes out the same, whichever words are filled in later', () => {
    const known = fc.array(fc.boolean(), { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(block, known, (words, isKnown) => {
        const whole = partialSchedule(words);
        expect(whole.every(entry => entry.isKnown)).toBe(true);
        const partial = partialSchedule(words.map((value, i) => (isKnown[i] ? value : undefined)));
        expect(complete(partial, words)).toEqual(whole.map(({ sum }) => sum));
      }),
    );
  });

  it('is known up to the words that the nonce of a header comes into', () => {
    const partial = partialSchedule(Array.from({ length: 16 }, (_, i) => (i === 3 ? undefined : 0)));
    const unknown = partial.flatMap(({ isKnown }, t) => (isKnown ? [] : [t]));
    expect(unknown.slice(0, 4)).toEqual([3, 18, 19, 20]);
    expect(unknown.length).toBe(1 + 64 - 18);
  });
});
