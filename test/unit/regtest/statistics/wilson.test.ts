import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wilsonInterval } from '../../../../regtest/statistics/wilson.js';

it.each([
  [81, 263, 0.25529, 0.3662],
  [1, 29, 0.00611, 0.17176],
  [0, 20, 0, 0.16113],
  [20, 20, 0.83887, 1],
])("Wilson's interval for %d of %d", (successes, trials, low, high) => {
  const interval = wilsonInterval(successes, trials);
  expect(interval.low).toBeCloseTo(low, 4);
  expect(interval.high).toBeCloseTo(high, 4);
});

it('holds the rate that was seen, and stays between 0 and 1', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (trials, part) => {
        const successes = Math.round(trials * part);
        const { low, high } = wilsonInterval(successes, trials);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(successes / trials + 1e-12);
        expect(high).toBeGreaterThanOrEqual(successes / trials - 1e-12);
      },
    ),
  );
});

it('is wider with 99 % confidence', () => {
  const interval = wilsonInterval(81, 263, 0.99);
  expect(interval.low).toBeCloseTo(0.24014, 4);
  expect(interval.high).toBeCloseTo(0.38528, 4);
});

it('needs trials', () => {
  expect(() => wilsonInterval(0, 0)).toThrow(RangeError);
});
