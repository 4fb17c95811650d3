import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selectBranchAndBound } from '../../../src/wallet/spend/selection/bnb.js';
import { type CoinGroup, makeGroup, type SelectableCoin } from '../../../src/wallet/spend/selection/coin.js';
import { selectLightest } from '../../../src/wallet/spend/selection/coin-grinder.js';
import { selectKnapsack } from '../../../src/wallet/spend/selection/knapsack.js';
import { CHANGE_LOWER, selectRandomDraw } from '../../../src/wallet/spend/selection/random-draw.js';
import {
  type ChangeCosts,
  Selection,
  type SelectionOutcome,
} from '../../../src/wallet/spend/selection/result.js';

import { seededRandom } from '../../support/wallet.js';

const CENT = 1_000_000;
const LONG_TERM_RATE = 10_000;
const MAX_WEIGHT = 400_000;

let serial = 0;

/** A coin that is worth `effective` after its fee. */
function coin(effective: number, { fee = 0, size = 68 } = {}): SelectableCoin {
  const txid = new Uint8Array(32);
  new DataView(txid.buffer).setUint32(0, serial++);
  return {
    outpoint: { txid, vout: 0 },
    output: { value: effective + fee, script: Uint8Array.of(0x51) },
    type: 'bech32',
    depth: 6,
    inputSize: size,
    fromMe: false,
    safe: true,
    fee,
    effectiveValue: effective,
  };
}

function group(...coins: SelectableCoin[]): CoinGroup {
  const none = coins.map(() => ({ ancestors: 0, descendants: 0 }));
  return makeGroup(coins, none, LONG_TERM_RATE, false);
}

const groupsOf = (...amounts: number[]) => amounts.map(amount => group(coin(amount)));

function amounts(outcome: SelectionOutcome): number[] {
  if (!(outcome instanceof Selection)) return [];
  return outcome.coins.map(one => one.effectiveValue).sort((a, b) => a - b);
}

describe('branch and bound', () => {
  const bnb = (pool: readonly CoinGroup[], target: number, costOfChange = CENT / 2) =>
    selectBranchAndBound(pool, target, costOfChange, MAX_WEIGHT);

  it('finds the single coin, the pair and the triple that hit the target', () => {
    const pool = groupsOf(1 * CENT, 2 * CENT, 3 * CENT, 4 * CENT);
    expect(amounts(bnb(pool, 1 * CENT))).toEqual([1 * CENT]);
    expect(amounts(bnb(pool, 2 * CENT))).toEqual([2 * CENT]);
    expect(amounts(bnb(pool, 10 * CENT))).toEqual([1 * CENT, 2 * CENT, 3 * CENT, 4 * CENT]);
  });

  it('takes more than the target only up to the cost of change', () => {
    const pool = groupsOf(2 * CENT);
    expect(amounts(bnb(pool, 1.9 * CENT, 0.1 * CENT))).toEqual([2 * CENT]);
    expect(amounts(bnb(pool, 1.9 * CENT, 0.05 * CENT))).toEqual([]);
  });

  it('gives up where all coins together are not enough, and where no sum fits', () => {
    expect(bnb(groupsOf(CENT, CENT), 3 * CENT)).toMatchObject({ message: undefined });
    expect(bnb(groupsOf(4 * CENT, 5 * CENT), 3 * CENT, 0)).toMatchObject({ message: undefined });
  });

  it('prefers many inputs when feerates are low and few when they are high', () => {
    const pool = (fee: number) => [
      ...[3, 4, 3].map(value => group(coin(value * CENT, { fee }))),
      group(coin(10 * CENT, { fee })),
    ];
    // An input of 68 vbytes costs 680 satoshis at the long-term feerate.
    expect(amounts(bnb(pool(100), 10 * CENT))).toHaveLength(3);
    expect(amounts(bnb(pool(5000), 10 * CENT))).toEqual([10 * CENT]);
  });

  it('says so when what fits is too heavy', () => {
    const pool = [1, 2, 3].map(value => group(coin(value * CENT, { size: 60_000 })));
    expect(selectBranchAndBound(pool, 6 * CENT, 0, MAX_WEIGHT)).toMatchObject({
      message: expect.stringContaining('exceeds the maximum weight'),
    });
  });

  it('does not look at choices that differ only in which of equal coins they take', () => {
    const pool = groupsOf(...Array<number>(50_000).fill(5 * CENT), 7 * CENT);
    expect(amounts(bnb(pool, 7 * CENT, 0))).toEqual([7 * CENT]);
  });

  it('finds an exact sum wherever there is one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 10 }),
        fc.infiniteStream(fc.boolean()),
        (values, takes) => {
          const target = values.filter(() => takes.next().value === true).reduce((a, b) => a + b, 0);
          fc.pre(target > 0);
          const outcome = bnb(groupsOf(...values), target, 0);
          expect(amounts(outcome).reduce((a, b) => a + b, 0)).toBe(target);
        },
      ),
    );
  });
});

describe('knapsack', () => {
  const knapsack = (pool: readonly CoinGroup[], target: number, changeTarget = CENT) =>
    selectKnapsack(pool, target, changeTarget, MAX_WEIGHT, seededRandom(), false);

  it('takes the exact coin, the exact sum, or the smallest coin that is larger', () => {
    const pool = groupsOf(5 * CENT, 10 * CENT, 20 * CENT, 1 * CENT);
    expect(amounts(knapsack(pool, 20 * CENT))).toEqual([20 * CENT]);
    expect(amounts(knapsack(pool, 36 * CENT))).toEqual([1 * CENT, 5 * CENT, 10 * CENT, 20 * CENT]);
    expect(
      amounts(knapsack(groupsOf(6 * CENT, 7 * CENT, 8 * CENT, 20 * CENT, 30 * CENT), 16 * CENT)),
    ).toEqual([20 * CENT]);
  });

  it('prefers smaller coins that come closer', () => {
    const pool = groupsOf(6 * CENT, 7 * CENT, 8 * CENT, 20 * CENT, 30 * CENT, 5 * CENT);
    expect(amounts(knapsack(pool, 16 * CENT)).reduce((a, b) => a + b, 0)).toBe(18 * CENT);
  });
});

describe('single random draw', () => {
  it('covers the target and a change that is worth having', () => {
    const pool = groupsOf(...Array<number>(20).fill(CENT));
    const outcome = selectRandomDraw(pool, 5 * CENT, 100, MAX_WEIGHT, seededRandom(), false);
    expect(amounts(outcome).reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(5 * CENT + CHANGE_LOWER + 100);
  });

  it('puts the least valuable coins back when they get too heavy', () => {
    const heavy = [...Array(10).keys()].map(i => group(coin((i + 1) * CENT, { size: 20_000 })));
    const outcome = selectRandomDraw(heavy, 30 * CENT, 100, MAX_WEIGHT, seededRandom(), false);
    expect(outcome).toBeInstanceOf(Selection);
    expect((outcome as Selection).weight).toBeLessThanOrEqual(MAX_WEIGHT);
  });
});

describe('lightest inputs', () => {
  it('finds the lightest choice among all that are enough', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ value: fc.integer({ min: 1, max: 50 }), size: fc.integer({ min: 1, max: 20 }) }),
          {
            minLength: 1,
            maxLength: 8,
          },
        ),
        fc.integer({ min: 1, max: 100 }),
        (coins, wanted) => {
          const pool = coins.map(({ value, size }) => group(coin(value, { size })));
          let lightest = Number.POSITIVE_INFINITY;
          for (let mask = 1; mask < 1 << pool.length; mask++) {
            const chosen = pool.filter((_, index) => (mask >> index) & 1);
            const amount = chosen.reduce((sum, one) => sum + one.amount, 0);
            const weight = chosen.reduce((sum, one) => sum + one.weight, 0);
            if (amount >= wanted) lightest = Math.min(lightest, weight);
          }
          const outcome = selectLightest(pool, wanted, 0, MAX_WEIGHT, false);
          if (lightest === Number.POSITIVE_INFINITY) expect(outcome).not.toBeInstanceOf(Selection);
          else expect((outcome as Selection).weight).toBe(lightest);
        },
      ),
    );
  });
});

describe('any algorithm', () => {
  const costs: ChangeCosts = {
    minViableChange: 300,
    changeFee: 31,
    costOfChange: 99,
    longTermFeeRate: LONG_TERM_RATE,
  };

  it('covers the target, spends no coin twice, and accounts for change or excess', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 3_000_000 }),
        fc.integer({ min: 1, max: 1 << 30 }),
        (values, target, seed) => {
          const pool = values.map(value => group(coin(value, { fee: 68 })));
          const outcomes = [
            selectBranchAndBound(pool, target, costs.costOfChange, MAX_WEIGHT),
            selectKnapsack(pool, target, 1000, MAX_WEIGHT, seededRandom(seed), false),
            selectRandomDraw(pool, target, costs.changeFee, MAX_WEIGHT, seededRandom(seed), false),
            selectLightest(pool, target, 1000, MAX_WEIGHT, false),
          ];
          for (const outcome of outcomes) {
            if (!(outcome instanceof Selection)) continue;
            const sum = outcome.coins.reduce((total, one) => total + one.effectiveValue, 0);
            expect(sum).toBeGreaterThanOrEqual(target);
            expect(new Set(outcome.coins).size).toBe(outcome.coins.length);
            if (outcome.algorithm === 'bnb') {
              expect(sum).toBeLessThanOrEqual(target + costs.costOfChange);
              expect(outcome.change(costs)).toBe(0);
            }
            const change = outcome.change(costs);
            expect(change === 0 || change >= costs.minViableChange).toBe(true);
          }
        },
      ),
    );
  });
});
