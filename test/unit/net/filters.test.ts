import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MAX_FEE_FILTER, roundFeeFilter } from '../../../src/net/peer/fee-filter.js';
import { makeRandom, poissonDelay } from '../../../src/net/random.js';
import { RollingFilter } from '../../../src/net/rolling-filter.js';
import { MAX_MONEY } from '../../../src/primitives/amount.js';

const key = (n: number) => createHash('sha256').update(String(n)).digest();

describe('rolling filter', () => {
  it('remembers the last so many keys, and forgets older ones', () => {
    const filter = new RollingFilter(1000, 1e-4, makeRandom(1));
    for (let i = 0; i < 10_000; i++) {
      filter.insert(key(i));
      if (i >= 1000 && i % 97 === 0) {
        for (let j = i - 999; j <= i; j += 50) expect(filter.has(key(j))).toBe(true);
      }
    }
    const remembered = Array.from({ length: 5000 }, (_, i) => filter.has(key(i))).filter(Boolean);
    expect(remembered.length).toBeLessThan(20);
  });

  it('is wrong about as often as promised', () => {
    const filter = new RollingFilter(2000, 0.01, makeRandom(2));
    for (let i = 0; i < 3000; i++) filter.insert(key(i));
    const wrong = Array.from({ length: 20_000 }, (_, i) => filter.has(key(1_000_000 + i))).filter(
      Boolean,
    ).length;
    expect(wrong / 20_000).toBeLessThan(0.012);
  });

  it('knows keys of any length', () => {
    const filter = new RollingFilter(100, 1e-6, makeRandom(3));
    const keys = Array.from({ length: 40 }, (_, i) => new Uint8Array(i).fill(7));
    for (const each of keys.slice(0, 20)) filter.insert(each);
    expect(keys.map(each => filter.has(each))).toEqual(keys.map((_, i) => i < 20));
    filter.reset();
    expect(keys.some(each => filter.has(each))).toBe(false);
  });
});

describe('fee filter', () => {
  it('for "nothing" is the top of the grid', () => {
    expect(MAX_FEE_FILTER).toBe(9_170_997);
    expect(roundFeeFilter(MAX_MONEY, makeRandom(1))).toBe(MAX_FEE_FILTER);
  });

  it('is rounded up or down to steps of ten percent', () => {
    const random = makeRandom(4);
    const seen = new Set(Array.from({ length: 100 }, () => roundFeeFilter(1000, random)));
    expect([...seen].sort((a, b) => a - b)).toEqual([974, 1071]);
    expect(roundFeeFilter(0, random)).toBe(0);
  });
});

describe('delays', () => {
  it('are exponential around their mean', () => {
    const random = makeRandom(6);
    const delays = Array.from({ length: 20_000 }, () => poissonDelay(random, 5000));
    expect(delays.reduce((sum, delay) => sum + delay, 0) / delays.length / 5000).toBeCloseTo(1, 1);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
  });

  it('repeat for the same seed only', () => {
    const draw = (seed: number) =>
      Array.from({ length: 5 }, (_, __, random = makeRandom(seed)) => random.u64());
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(makeRandom().u64()).not.toBe(makeRandom().u64());
  });
});
