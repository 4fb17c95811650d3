import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canHaveShare,
  RANDOM_TIE_BREAK_GAMMA,
  selfishMiningGrowth,
  selfishMiningShare,
  selfishMiningThreshold,
  selfishRevenueAfterAdjustment,
  selfishRevenueBeforeAdjustment,
  selfishStrategyPays,
} from '../../../../regtest/theory/index.js';

const share = fc.double({ min: 0.01, max: 0.49, noNaN: true });
const gammas = fc.double({ min: 0, max: 1, noNaN: true });

describe('selfish mining (SM1)', () => {
  it.each([
    [0, [0.1951, 0.2731, 0.3665, 0.4837, 0.6518]],
    [0.5, [0.25, 0.3269, 0.416, 0.5256, 0.6806]],
  ])('gamma=%d: share of the blocks for q=.25 to .45', (gamma, shares) => {
    const computed = [0.25, 0.3, 0.35, 0.4, 0.45].map(q => selfishMiningShare(q, gamma));
    expect(computed.map(share => share.toFixed(4))).toEqual(shares.map(share => share.toFixed(4)));
  });

  it('pays above (1-gamma)/(3-2 gamma)', () => {
    expect([0, 0.5, 1].map(selfishMiningThreshold)).toEqual([1 / 3, 0.25, 0]);
    for (const gamma of [0, 0.25, 0.5, 0.75]) {
      const threshold = selfishMiningThreshold(gamma);
      expect(selfishMiningShare(threshold, gamma)).toBeCloseTo(threshold, 12);
    }
  });

  it('is the ratio of the revenues that the chain of states gives', () => {
    fc.assert(
      fc.property(share, gammas, (q, gamma) => {
        const ratio = selfishRevenueBeforeAdjustment(q, gamma) / selfishMiningGrowth(q, gamma);
        expect(ratio).toBeCloseTo(selfishMiningShare(q, gamma), 10);
      }),
    );
  });

  it('brings no profit before the difficulty adjusts, whatever the share', () => {
    fc.assert(
      fc.property(share, gammas, (q, gamma) => {
        expect(selfishRevenueBeforeAdjustment(q, gamma)).toBeLessThanOrEqual(q + 1e-12);
        expect(selfishMiningGrowth(q, gamma)).toBeLessThan(1);
      }),
    );
  });

  it('afterwards brings the share of the blocks, but for the error of the adjustment', () => {
    expect(selfishRevenueAfterAdjustment(0.4, 0, 2016)).toBeCloseTo(0.4837 * (2014 / 2016), 4);
  });

  it('never comes to rest with half of the hash rate', () => {
    expect(() => selfishMiningGrowth(0.5, 0)).toThrow(RangeError);
  });
});

describe('the best strategy (Sapirshtein, Sompolinsky and Zohar)', () => {
  it.each([
    ['gamma 0', 0.3293, { gamma: 0 }],
    ['gamma one half', 0.2499, { gamma: 0.5 }],
    ['ties broken by lot', 0.232, { gamma: RANDOM_TIE_BREAK_GAMMA, randomTieBreak: true }],
  ])('%s: does not pay with %d, and does with 0.0002 more', (_name, below, options) => {
    expect(selfishStrategyPays(below, options)).toBe(false);
    expect(selfishStrategyPays(below + 0.0002, options)).toBe(true);
  });

  it('pays for any share when all honest miners follow the attacker, and for half of the hash rate', () => {
    expect(selfishStrategyPays(0.01, { gamma: 1 })).toBe(true);
    expect(selfishStrategyPays(0.5, { gamma: 0 })).toBe(true);
  });

  it('is at least as good as SM1, and as honest', () => {
    for (const share of [0.35, selfishMiningShare(0.35, 0), 0.3706])
      expect(canHaveShare(0.35, share, { gamma: 0 })).toBe(true);
    expect(canHaveShare(0.35, 0.3709, { gamma: 0 })).toBe(false);
  });
});
