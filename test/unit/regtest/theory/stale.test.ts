import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  delayForStaleRate,
  effectiveDelay,
  meanTieChance,
  staleRate,
  staleRateOfManyMiners,
  tieChance,
} from '../../../../regtest/theory/index.js';

describe('stale blocks', () => {
  it('come with 1 - e^(-delay/interval)', () => {
    expect(staleRate(60, 600)).toBeCloseTo(1 - Math.exp(-0.1), 14);
    expect(staleRate(0, 600)).toBe(0);
  });

  it("mainnet's rate of 0.066 % since height 600,000 is a delay of 0.4 seconds", () => {
    expect(delayForStaleRate(0.00066, 600)).toBeCloseTo(0.396, 3);
    expect(staleRate(0.396, 600)).toBeCloseTo(0.00066, 6);
  });

  it('branches of two blocks are rare: a second tie in a row, fewer than one in 340,000 heights', () => {
    const heights = 940_000 - 600_000;
    expect(heights * 0.00066).toBeCloseTo(224, 0);
    expect(heights * 0.00066 ** 2).toBeLessThan(1);
  });

  it('delay and rate are each other’s inverse', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2000, noNaN: true }), delay => {
        expect(delayForStaleRate(staleRate(delay, 600), 600)).toBeCloseTo(delay, 6);
      }),
    );
  });

  it('a miner does not compete with himself', () => {
    expect(tieChance(0.3, 10, 600)).toBeCloseTo(1 - Math.exp(-7 / 600), 14);
    expect(meanTieChance([0.3, 0.7], 10, 600)).toBeCloseTo(
      0.3 * (1 - Math.exp(-7 / 600)) + 0.7 * (1 - Math.exp(-3 / 600)),
      14,
    );
    expect(tieChance(1, 10, 600)).toBe(0);
  });

  it('with equal delays the effective one leaves out the chance that a miner finds both', () => {
    expect(effectiveDelay([0.3, 0.7], () => 5)).toBeCloseTo(5 * 2 * 0.3 * 0.7, 12);
    expect(effectiveDelay([0.2, 0.3, 0.5], () => 5)).toBeCloseTo(5 * (1 - 0.04 - 0.09 - 0.25), 12);
    expect(effectiveDelay([0.5, 0.5], (i, j) => (i < j ? 2 : 4))).toBeCloseTo(1.5, 12);
  });

  it('with very many miners the chain grows once in interval + delay', () => {
    expect(staleRateOfManyMiners(60, 540)).toBeCloseTo(0.1, 14);
    expect(staleRateOfManyMiners(1, 600)).toBeCloseTo(staleRate(1, 600), 5);
  });

  it('refuses what makes no sense', () => {
    expect(() => staleRate(1, 0)).toThrow(RangeError);
    expect(() => staleRate(-1, 600)).toThrow(RangeError);
    expect(() => tieChance(1.5, 1, 600)).toThrow(RangeError);
  });
});
