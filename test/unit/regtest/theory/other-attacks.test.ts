import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  catchUp,
  censorshipHolds,
  censorshipOutlook,
  eclipseChance,
  eclipseTime,
  feeAgainstFeatherFork,
  partitionDepths,
  partitionMeanDepth,
  partitionSplit,
  partitionWin,
  partitionWinByBlocks,
  poisson,
} from '../../../../regtest/theory/index.js';

const share = fc.double({ min: 0.02, max: 0.98, noNaN: true });

describe('eclipse of a merchant', () => {
  it('one confirmation comes in time with 1 - e^-qT', () => {
    expect(eclipseChance(0.3, 1, 10)).toBeCloseTo(1 - Math.exp(-3), 14);
    expect(eclipseChance(0.3, 0, 10)).toBe(1);
  });

  it('z confirmations do when the attacker finds z blocks or more', () => {
    const fewer = [0, 1, 2].reduce((sum, k) => sum + poisson(k, 0.2 * 12), 0);
    expect(eclipseChance(0.2, 3, 12)).toBeCloseTo(1 - fewer, 12);
  });

  it('the time of those that succeed is the mean of the gamma density up to the patience', () => {
    const [q, z, patience] = [0.25, 3, 14];
    const steps = 200_000;
    let chance = 0;
    let time = 0;
    for (let i = 0; i < steps; i++) {
      const t = ((i + 0.5) / steps) * patience;
      const density = q * poisson(z - 1, q * t) * (patience / steps);
      chance += density;
      time += density * t;
    }
    expect(eclipseChance(q, z, patience)).toBeCloseTo(chance, 8);
    expect(eclipseTime(q, z, patience)).toBeCloseTo(time / chance, 7);
    expect(eclipseTime(q, z, 1e6)).toBeCloseTo(z / q, 9);
    expect(eclipseTime(q, 0, patience)).toBe(0);
  });

  it('needs patience, and a share', () => {
    expect(() => eclipseChance(0.3, 3, 0)).toThrow(RangeError);
    expect(() => eclipseChance(1, 3, 5)).toThrow(RangeError);
  });
});

describe('censorship', () => {
  it('by leaving out alone: the others hold what is censored, after 1/p on average', () => {
    fc.assert(
      fc.property(share, q => {
        const outlook = censorshipOutlook(q, 1);
        expect(outlook.orphaned).toBe(0);
        expect(outlook.share).toBeCloseTo(1 - q, 12);
        expect(outlook.delay).toBeCloseTo(1 / (1 - q), 10);
        expect(outlook.growth).toBeCloseTo(1, 12);
      }),
    );
  });

  it('by feather forks of two: a block is orphaned when the censor finds the next two', () => {
    const [q, p] = [0.3, 0.7];
    const { orphaned } = censorshipOutlook(q, 2);
    expect(orphaned).toBeCloseTo(catchUp(q, 2, 3), 12);
    // Two in a row, or one and then an honest one, which leads back to where he was.
    expect(orphaned).toBeCloseTo(q * q + q * p * orphaned, 12);
  });

  it('costs a minority blocks of its own, and others theirs', () => {
    const outlook = censorshipOutlook(0.3, 6);
    expect(outlook.censorShare).toBeLessThan(0.3);
    expect(outlook.growth).toBeLessThan(1);
    expect(outlook.share + outlook.censorShare).toBeCloseTo(1, 12);
  });

  it('by a patient majority lets nothing pass, and the chain is its own', () => {
    const outlook = censorshipOutlook(0.6, 200);
    expect(outlook.share).toBeLessThan(1e-12);
    expect(outlook.censorShare).toBeCloseTo(1, 12);
    expect(outlook.growth).toBeCloseTo(0.6, 10);
  });

  it('is worth a fee that makes up for the risk', () => {
    const { orphaned } = censorshipOutlook(0.3, 6);
    const fee = feeAgainstFeatherFork(0.3, 6, 3.125);
    expect((1 - orphaned) * fee).toBeCloseTo(orphaned * 3.125, 12);
    expect(feeAgainstFeatherFork(0.3, 1, 3.125)).toBe(0);
    expect(() => censorshipOutlook(0.3, 0)).toThrow(RangeError);
  });
});

describe('partition', () => {
  const duration = fc.double({ min: 0.1, max: 60, noNaN: true });

  it('the chances of both sides and of nobody finding anything add up to 1', () => {
    fc.assert(
      fc.property(share, duration, (a, time) => {
        const sum = partitionWin(a, time) + partitionWin(1 - a, time) + Math.exp(-time);
        expect(sum).toBeCloseTo(1, 9);
      }),
    );
  });

  it('the depths add up to 1', () => {
    fc.assert(
      fc.property(share, duration, (a, time) => {
        expect(partitionDepths(a, time).reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('is what all pairs of block counts say', () => {
    const [a, time] = [0.35, 8];
    let win = 0;
    const depths = new Float64Array(60);
    for (let i = 0; i < 60; i++) {
      for (let j = 0; j < 60; j++) {
        const chance = poisson(i, a * time) * poisson(j, (1 - a) * time);
        depths[Math.min(i, j)] = (depths[Math.min(i, j)] ?? 0) + chance;
        if (i > j) win += chance;
        else if (i === j && i > 0) win += a * chance;
      }
    }
    expect(partitionWin(a, time)).toBeCloseTo(win, 10);
    const computed = partitionDepths(a, time);
    for (let depth = 0; depth < 10; depth++) expect(computed[depth]).toBeCloseTo(depths[depth] ?? 0, 10);
    const mean = depths.reduce((sum, chance, depth) => sum + chance * depth, 0);
    expect(partitionMeanDepth(a, time)).toBeCloseTo(mean, 9);
    const deep = depths.reduce((sum, chance, depth) => (depth > 3 ? sum + chance : sum), 0);
    expect(partitionSplit(a, time, 3)).toBeCloseTo(deep, 10);
  });
});

describe('a partition that lasts until each side has found so many blocks', () => {
  it('by hand, for one block each', () => {
    // The first side has two or more before the other has its first, or the tie is decided its way.
    const a = 0.3;
    expect(partitionWinByBlocks(a, 1)).toBeCloseTo(a * a + 2 * a * (1 - a) * a, 12);
  });

  it('is won by one side or the other', () => {
    for (const blocks of [1, 2, 30, 2000])
      for (const a of [0.1, 0.45, 0.5])
        expect(partitionWinByBlocks(a, blocks) + partitionWinByBlocks(1 - a, blocks)).toBeCloseTo(1, 8);
  });

  it('makes no sense for none', () => {
    expect(() => partitionWinByBlocks(0.5, 0)).toThrow(RangeError);
  });
});

describe('censorship after so many blocks', () => {
  it('by hand: only blocks of his, or a fork that he has won', () => {
    const q = 0.6;
    const p = 1 - q;
    expect(censorshipHolds(q, 5, 1)).toBeCloseTo(q, 12);
    expect(censorshipHolds(q, 5, 2)).toBeCloseTo(q * q, 12);
    expect(censorshipHolds(q, 5, 3)).toBeCloseTo(q ** 3 + p * q * q, 12);
  });

  it('without a fight lasts as long as nobody else finds a block', () => {
    expect(censorshipHolds(0.7, 1, 9)).toBeCloseTo(0.7 ** 9, 12);
  });

  it('by a majority with patience holds most of the time, by a minority hardly', () => {
    // Without a fork for 1/p blocks on average, and then in one for 2/(q - p): a share of q - p.
    expect(censorshipHolds(0.8, 200, 2000)).toBeCloseTo(0.8 - 0.2, 8);
    expect(censorshipHolds(0.3, 6, 200)).toBeLessThan(1e-3);
  });
});
