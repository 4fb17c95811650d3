import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { poisson, poissonAtLeast, poissonTable, skellam } from '../../../../regtest/theory/index.js';

const means = fc.double({ min: 0.01, max: 80, noNaN: true });

describe("Poisson's distribution", () => {
  it('is e^-m m^k / k!', () => {
    expect(poisson(0, 2)).toBeCloseTo(Math.exp(-2), 14);
    expect(poisson(3, 2)).toBeCloseTo((Math.exp(-2) * 8) / 6, 14);
    expect(poisson(-1, 2)).toBe(0);
    expect([poisson(0, 0), poisson(1, 0)]).toEqual([1, 0]);
  });

  it('adds up to 1, with the mean that it has', () => {
    fc.assert(
      fc.property(means, mean => {
        const table = poissonTable(mean);
        expect(table.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 10);
        expect(table.reduce((sum, chance, k) => sum + k * chance, 0)).toBeCloseTo(mean, 8);
      }),
    );
  });

  it('has tails that are sums of it', () => {
    fc.assert(
      fc.property(means, fc.integer({ min: 0, max: 120 }), (mean, count) => {
        const table = poissonTable(mean);
        const tail = table.slice(count).reduce((sum, chance) => sum + chance, 0);
        expect(poissonAtLeast(count, mean)).toBeCloseTo(tail, 9);
      }),
    );
  });
});

describe("Skellam's distribution", () => {
  it('is that of the difference of two Poisson numbers', () => {
    fc.assert(
      fc.property(means, means, fc.integer({ min: -20, max: 20 }), (a, b, difference) => {
        const tableB = poissonTable(b);
        const sum = tableB.reduce((total, chance, k) => total + chance * poisson(k + difference, a), 0);
        expect(skellam(difference, a, b)).toBeCloseTo(sum, 11);
      }),
    );
  });

  it('has the known value e^-2 I0(2) for two means of 1', () => {
    expect(skellam(0, 1, 1)).toBeCloseTo(0.30850832, 8);
  });

  it('copes with means of nothing', () => {
    expect(skellam(2, 3, 0)).toBe(poisson(2, 3));
    expect(skellam(-2, 0, 3)).toBe(poisson(2, 3));
    expect(skellam(1, 0, 3)).toBe(0);
  });
});
