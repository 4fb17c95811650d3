import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  confirmationsForRisk,
  nakamoto,
  preMined,
  rosenfeld,
  strictlyLonger,
} from '../../../../regtest/theory/index.js';

const minorityShare = fc.double({ min: 0.01, max: 0.49, noNaN: true });
const confirmations = fc.integer({ min: 0, max: 30 });

describe("Nakamoto's table (section 11 of the paper)", () => {
  it.each([
    [0.1, 0, 1.0],
    [0.1, 1, 0.2045873],
    [0.1, 2, 0.0509779],
    [0.1, 3, 0.0131722],
    [0.1, 4, 0.0034552],
    [0.1, 5, 0.0009137],
    [0.1, 6, 0.0002428],
    [0.1, 10, 0.0000012],
    [0.3, 5, 0.1773523],
    [0.3, 10, 0.0416605],
    [0.3, 15, 0.0101008],
    [0.3, 20, 0.0024804],
    [0.3, 25, 0.0006132],
    [0.3, 30, 0.0001522],
    [0.3, 50, 0.0000006],
  ])('q=%d z=%d: %d', (q, z, chance) => {
    expect(nakamoto(q, z).toFixed(7)).toBe(chance.toFixed(7));
  });

  it.each([
    [0.1, 5],
    [0.15, 8],
    [0.2, 11],
    [0.25, 15],
    [0.3, 24],
    [0.35, 41],
    [0.4, 89],
    [0.45, 340],
  ])('q=%d: %d confirmations for a risk below 0.1 %%', (q, z) => {
    expect(confirmationsForRisk(q, 0.001)).toBe(z);
  });

  it('keeps its digits where e^-mean is no number any more', () => {
    expect(nakamoto(0.45, 2000)).toBeGreaterThan(0);
    expect(nakamoto(0.45, 2000)).toBeLessThan(1e-12);
  });
});

describe("Rosenfeld's table", () => {
  it.each([
    [0.1, [20.0, 5.6, 1.712, 0.546, 0.178, 0.059]],
    [0.2, [40.0, 20.8, 11.584, 6.669, 3.916, 2.331]],
    [0.3, [60.0, 43.2, 32.616, 25.207, 19.762, 15.645]],
    [0.4, [80.0, 70.4, 63.488, 57.958, 53.314, 49.3]],
  ])('q=%d, n=1..6', (q, percents) => {
    expect(percents.map((_, i) => (rosenfeld(q, i + 1) * 100).toFixed(3))).toEqual(
      percents.map(percent => percent.toFixed(3)),
    );
  });

  it('is certain from half of the hash rate on', () => {
    expect([0.5, 0.6].map(q => rosenfeld(q, 6))).toEqual([1, 1]);
  });

  it('is the formula as printed, with its differences', () => {
    fc.assert(
      fc.property(minorityShare, fc.integer({ min: 1, max: 20 }), (q, n) => {
        const p = 1 - q;
        let sum = 0;
        let choose = 1;
        for (let m = 0; m <= n; m++) {
          sum += choose * (p ** n * q ** m - p ** m * q ** n);
          choose = (choose * (m + n)) / (m + 1);
        }
        expect(rosenfeld(q, n)).toBeCloseTo(1 - sum, 9);
      }),
    );
  });
});

describe('strictly longer, nothing mined beforehand', () => {
  it.each([
    [0.1, [0.03111, 0.00951, 0.00303, 0.00099, 0.00033]],
    [0.2, [0.13, 0.0724, 0.04168, 0.02448, 0.01457]],
    [0.3, [0.30857, 0.23297, 0.18005, 0.14116, 0.11175]],
    [0.4, [0.58667, 0.52907, 0.48299, 0.44428, 0.41084]],
    [0.45, [0.77318, 0.73977, 0.7122, 0.68833, 0.66705]],
  ])('q=%d, z=1..5', (q, chances) => {
    expect(chances.map((_, i) => strictlyLonger(q, i + 1).toFixed(5))).toEqual(
      chances.map(chance => chance.toFixed(5)),
    );
  });

  it('without confirmations, the attacker must find one more block than all others', () => {
    expect(strictlyLonger(0.2, 0)).toBeCloseTo(0.25, 15);
  });

  it('is harder than drawing level, and ever harder with more confirmations', () => {
    fc.assert(
      fc.property(minorityShare, confirmations, (q, z) => {
        expect(strictlyLonger(q, z)).toBeLessThan(rosenfeld(q, z));
        expect(strictlyLonger(q, z + 1)).toBeLessThan(strictlyLonger(q, z));
      }),
    );
  });
});

describe('blocks mined beforehand', () => {
  it('one of them is worth a tie', () => {
    fc.assert(
      fc.property(minorityShare, fc.integer({ min: 1, max: 20 }), (q, z) => {
        expect(preMined(q, z, 1)).toBeCloseTo(rosenfeld(q, z), 14);
        expect(preMined(q, z, 0)).toBeCloseTo(strictlyLonger(q, z), 14);
        expect(preMined(q, z, 2)).toBeGreaterThan(preMined(q, z, 1));
        expect(preMined(q, z, z + 1)).toBe(1);
      }),
    );
  });
});

it('a share of the hash rate lies between 0 and 1, confirmations are whole numbers', () => {
  expect(() => strictlyLonger(0, 1)).toThrow(RangeError);
  expect(() => strictlyLonger(1, 1)).toThrow(RangeError);
  expect(() => nakamoto(0.1, 1.5)).toThrow(RangeError);
  expect(() => rosenfeld(0.1, -1)).toThrow(RangeError);
  expect(() => confirmationsForRisk(0.5, 0.001)).toThrow(RangeError);
});
