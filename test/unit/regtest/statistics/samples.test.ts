import { describe, expect, it } from 'vitest';
import { Random } from '../../../../regtest/random.js';
import { fitOf } from '../../../../regtest/statistics/chi-square.js';
import { RatioSamples, studentDeviations } from '../../../../regtest/statistics/samples.js';

describe("Student's quantiles", () => {
  it.each([
    [5, 0.95, 2.5706],
    [5, 0.99, 4.0321],
    [10, 0.99, 3.1693],
    [30, 0.95, 2.0423],
    [100, 0.99, 2.6259],
  ] as const)('%d degrees, %d', (freedom, confidence, value) => {
    expect(Math.abs(studentDeviations(freedom, confidence) / value - 1)).toBeLessThan(0.01);
  });
});

describe('samples', () => {
  it('with all divisors 1 are a plain mean', () => {
    const samples = new RatioSamples();
    for (const x of [2, 4, 4, 4, 5, 5, 7, 9]) samples.add(x);
    const estimate = samples.estimate(0.95);
    expect(estimate?.value).toBe(5);
    const margin = (2.3646 * Math.sqrt(32 / 7)) / Math.sqrt(8);
    expect((estimate?.high ?? 0) - 5).toBeCloseTo(margin, 2);
    expect(5 - (estimate?.low ?? 0)).toBeCloseTo(margin, 2);
  });

  it('have a ratio whose interval holds the true one, in 99 of 100 cases', () => {
    const random = new Random(11);
    let held = 0;
    for (let run = 0; run < 400; run++) {
      const samples = new RatioSamples();
      for (let i = 0; i < 60; i++) {
        const y = random.exponential(1);
        samples.add(0.3 * y + 0.1 * (random.fraction() - 0.5), y);
      }
      const { low = 1, high = 0 } = samples.estimate() ?? {};
      if (low <= 0.3 && 0.3 <= high) held++;
    }
    expect(held).toBeGreaterThan(385);
    expect(held).toBeLessThan(400);
  });

  it('are none where there is nothing to tell', () => {
    const samples = new RatioSamples();
    expect(samples.estimate()).toBeUndefined();
    samples.add(1);
    expect(samples.estimate()).toBeUndefined();
    const nothing = new RatioSamples();
    nothing.add(1, 0);
    nothing.add(2, 0);
    expect(nothing.estimate()).toBeUndefined();
  });
});

describe('fit of counts', () => {
  it('is the sum of squares over what is expected', () => {
    const fit = fitOf([44, 56], [0.5, 0.5]);
    expect(fit.chiSquare).toBeCloseTo(1.44, 12);
    expect(fit.freedom).toBe(1);
    expect(fit.fits).toBe(true);
  });

  it('has the limits of the tables', () => {
    const flat = (cells: number) => fitOf(Array(cells).fill(100), Array(cells).fill(1 / cells));
    expect(flat(6).limit).toBeCloseTo(15.086, 1);
    expect(flat(21).limit).toBeCloseTo(37.566, 1);
  });

  it('joins rare cells, and sees what does not fit', () => {
    expect(fitOf([50, 48, 1, 1, 0], [0.5, 0.48, 0.01, 0.005, 0.005]).freedom).toBe(1);
    expect(fitOf([90, 10], [0.5, 0.5]).fits).toBe(false);
    expect(fitOf([3], [1]).fits).toBe(true);
  });
});
