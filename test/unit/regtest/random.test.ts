import { describe, expect, it } from 'vitest';
import { MAX_SEED, MiningClocks, Random } from '../../../regtest/random.js';

function draw<T>(count: number, next: () => T): T[] {
  return Array.from({ length: count }, next);
}

describe('random numbers', () => {
  it('are the same for the same seed, and others for another', () => {
    const numbers = (seed: number) => {
      const random = new Random(seed);
      return draw(5, () => random.uint32());
    };
    expect(numbers(7)).toEqual(numbers(7));
    expect(numbers(7)).not.toEqual(numbers(8));
    expect(numbers(1)).not.toEqual(numbers(1 + 2 ** 32));
    expect(numbers(MAX_SEED)).toHaveLength(5);
  });

  it('are those of every other machine', () => {
    const random = new Random(1);
    expect(draw(3, () => random.uint32())).toMatchInlineSnapshot(`
      [
        393288148,
        2174103013,
        3814759091,
      ]
    `);
  });

  it('come from seeds that are whole numbers', () => {
    expect(() => new Random(-1)).toThrow(RangeError);
    expect(() => new Random(0.5)).toThrow(RangeError);
  });

  it('lie between 0 and 1, evenly', () => {
    const random = new Random(3);
    const fractions = draw(20_000, () => random.fraction());
    expect(Math.min(...fractions)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...fractions)).toBeLessThan(1);
    expect(fractions.reduce((sum, x) => sum + x) / fractions.length).toBeCloseTo(0.5, 2);
  });

  it('have exponential waiting times with mean 1/rate', () => {
    const random = new Random(4);
    const waits = draw(20_000, () => random.exponential(4));
    expect(waits.reduce((sum, x) => sum + x) / waits.length).toBeCloseTo(0.25, 2);
    expect(waits.filter(wait => wait > Math.log(2) / 4).length / waits.length).toBeCloseTo(0.5, 1);
  });
});

describe('mining clocks', () => {
  it('let each miner find blocks in proportion to its share, at one a unit of time', () => {
    const clocks = new MiningClocks([0.6, 0.3, 0.1], new Random(5));
    const finds = draw(20_000, () => clocks.next());
    const share = (miner: number) => finds.filter(find => find.miner === miner).length / finds.length;
    expect(share(0)).toBeCloseTo(0.6, 1);
    expect(share(1)).toBeCloseTo(0.3, 1);
    expect(share(2)).toBeCloseTo(0.1, 1);
    expect((finds.at(-1)?.time ?? 0) / finds.length).toBeCloseTo(1, 1);
  });

  it('never go back, and never ring for those without hash rate', () => {
    const clocks = new MiningClocks([1, 0], new Random(6));
    const finds = draw(1000, () => clocks.next());
    expect(finds.every(find => find.miner === 0)).toBe(true);
    expect(finds.every((find, i) => i === 0 || find.time >= (finds[i - 1]?.time ?? 0))).toBe(true);
  });
});
