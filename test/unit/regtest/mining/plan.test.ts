import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPlan, sharesOf } from '../../../../regtest/mining/check-plan.js';
import type { MiningPlan } from '../../../../regtest/mining/plan.js';
import { mineAtIntervals, mineByClocks, pickBy, type TimedMiners } from '../../../../regtest/mining/timed.js';
import { Random } from '../../../../regtest/random.js';

describe('a mining plan', () => {
  it.each<MiningPlan>([
    { kind: 'off' },
    { kind: 'transaction' },
    { kind: 'interval', seconds: 0.05 },
    { kind: 'interval', seconds: 600, shares: [1, 0] },
    { kind: 'clocks', meanSeconds: 10, shares: [0.3, 0.7], seed: 0 },
    { kind: 'work' },
  ])('may be %o', plan => {
    expect(() => checkPlan(plan, 2)).not.toThrow();
  });

  it.each<[MiningPlan, string]>([
    [{ kind: 'interval', seconds: 0 }, 'seconds is from 0.05 to 86400 a block, not 0'],
    [{ kind: 'interval', seconds: Number.NaN }, 'not NaN'],
    [{ kind: 'clocks', meanSeconds: 1e9 }, 'meanSeconds is from 0.05 to 86400'],
    [{ kind: 'clocks', meanSeconds: 1, seed: 1.5 }, 'seed is a whole number'],
    [{ kind: 'interval', seconds: 1, shares: [1] }, 'one for each of the 2 nodes, not 1'],
    [{ kind: 'work', shares: [0, 0] }, 'one at least is not 0'],
    [{ kind: 'work', shares: [2, -1] }, 'from 0 to 1000000000'],
    [{ kind: 'work', shares: [1, 1.1e9] }, 'from 0 to 1000000000'],
    [{ kind: 'clocks', meanSeconds: 1, seed: 2 ** 53 }, 'seed is a whole number from 0 to'],
    [{ kind: 'clocks', meanSeconds: 1, shares: [1, Number.POSITIVE_INFINITY] }, 'shares are numbers'],
  ])('is not %o', (plan, message) => {
    expect(() => checkPlan(plan, 2)).toThrow(RangeError);
    expect(() => checkPlan(plan, 2)).toThrow(message);
  });
});

describe('shares', () => {
  it('add up to 1, and are equal when none are told', () => {
    expect(sharesOf(undefined, 4)).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(sharesOf([30, 10, 0], 3)).toEqual([0.75, 0.25, 0]);
  });

  it('find blocks in proportion, and without a share never', () => {
    const shares = fc.array(fc.nat(5), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(shares, all => {
        const sum = all.reduce((total, share) => total + share, 0);
        const found = all.map(() => 0);
        // In the middle of each unit of the sum.
        for (let unit = 0; unit < sum; unit++) {
          const index = pickBy(all, (unit + 0.5) / sum);
          if (index !== undefined) found[index] = (found[index] ?? 0) + 1;
        }
        expect(found).toEqual(all);
      }),
    );
    expect(pickBy([0, 0], 0.5)).toBeUndefined();
    expect(pickBy([0, 0.1, 0.2, 0], 1)).toBe(2);
  });
});

describe('who finds a block', () => {
  const SHARES = [0.5, 0.3, 0.2];

  /** Nodes in the order in which they find blocks, until there are so many. */
  async function finders(
    mine: (miners: TimedMiners, random: Random, signal: AbortSignal) => Promise<void>,
    isRunning: (index: number) => boolean = () => true,
  ): Promise<readonly number[]> {
    const found: number[] = [];
    const ending = new AbortController();
    const miners: TimedMiners = {
      isRunning,
      mine: async index => {
        if (found.push(index) === 30) ending.abort();
      },
    };
    await mine(miners, new Random(5), ending.signal);
    return found;
  }

  const byIntervals = (miners: TimedMiners, random: Random, signal: AbortSignal) =>
    mineAtIntervals(miners, 0.001, SHARES, random, signal);
  const byClocks = (miners: TimedMiners, random: Random, signal: AbortSignal) =>
    mineByClocks(miners, 0.001, SHARES, random, signal);

  it.each([
    ['intervals', byIntervals],
    ['clocks', byClocks],
  ])('follows from the seed (%s)', async (_kind, mine) => {
    const found = await finders(mine);
    expect(found).toHaveLength(30);
    expect(new Set(found)).toEqual(new Set([0, 1, 2]));
    expect(await finders(mine)).toEqual(found);
  });

  it('is among those that run, at intervals', async () => {
    expect(new Set(await finders(byIntervals, index => index === 2))).toEqual(new Set([2]));
  });
});
