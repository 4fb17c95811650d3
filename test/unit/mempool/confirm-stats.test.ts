import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countedOn } from '../../../src/mempool/fees/confirm-stats.js';

function oneByOne(value: number, additions: number): number {
  let count = value;
  for (let i = 0; i < additions; i++) count++;
  return count;
}

describe('counting on', () => {
  const averages = fc.oneof(
    fc.double({ min: 0, max: 1e6, noNaN: true }),
    fc.double({ min: 0, max: 2, noNaN: true }),
    // About powers of two, where sums are rounded.
    fc
      .tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: -3, max: 3 }))
      .map(([power, steps]) => Math.max(0, 2 ** power + steps * Number.EPSILON * 2 ** power)),
  );

  it('comes to the same as counting one by one, to the last bit', () => {
    fc.assert(
      fc.property(averages, fc.integer({ min: 0, max: 5000 }), (value, additions) => {
        expect(countedOn(value, additions)).toBe(oneByOne(value, additions));
      }),
      { numRuns: 500 },
    );
  });

  it('is not one sum: rounding at each power of two is kept', () => {
    const value = 0.13153778814316625;
    expect(oneByOne(value, 2)).not.toBe(value + 2);
    expect(countedOn(value, 2)).toBe(oneByOne(value, 2));
  });
});
