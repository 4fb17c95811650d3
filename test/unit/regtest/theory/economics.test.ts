import { describe, expect, it } from 'vitest';
import { raceRules, raceState } from '../../../../regtest/rules/race-rules.js';
import {
  attackBalance,
  breakEvenConfirmations,
  breakEvenValue,
  raceOutlook,
} from '../../../../regtest/theory/index.js';

const money = { value: 10_000, reward: 100, blockCost: 100 };
const raceAgainst = (q: number, z: number) => raceState(raceRules(q, z, 10));

describe('money of a double spend', () => {
  it('hash rate costs what it could have earned, and the loot is the value times the chance', () => {
    const state = raceAgainst(0.3, 3);
    const outlook = raceOutlook(0.3, state);
    const balance = attackBalance(0.3, state, money);
    expect(balance.cost).toBeCloseTo(0.3 * outlook.blocks * 100, 8);
    expect(balance.rewards).toBeCloseTo(outlook.attackerBlocksOfWins * 100, 8);
    expect(balance.loot).toBeCloseTo(outlook.chance * 10_000, 8);
    expect(balance.profit).toBeCloseTo(balance.loot + balance.rewards - balance.cost, 8);
  });

  it('breaks even at the value where the profit is nothing', () => {
    for (const z of [1, 3, 6]) {
      const state = raceAgainst(0.3, z);
      const value = breakEvenValue(0.3, state, money);
      expect(value).toBeGreaterThan(0);
      expect(attackBalance(0.3, state, { ...money, value }).profit).toBeCloseTo(0, 6);
    }
  });

  it('needs more at stake with more confirmations, and with a merchant who watches', () => {
    const values = [1, 2, 4, 8].map(z => breakEvenValue(0.3, raceAgainst(0.3, z), money));
    expect(values).toEqual([...values].sort((a, b) => a - b));
    const state = raceAgainst(0.3, 3);
    expect(breakEvenValue(0.3, state, money, 0.5)).toBeCloseTo(2 * breakEvenValue(0.3, state, money), 6);
  });

  it('a patient majority that rents at cost always gets its rent back', () => {
    const state = raceState(raceRules(0.6, 6));
    const { cost, rewards } = attackBalance(0.6, state, money);
    expect(rewards / cost).toBeCloseTo(1, 3);
    expect(breakEvenValue(0.6, state, { ...money, blockCost: 90 })).toBe(0);
  });

  it('the fewest confirmations that make it a loss are those', () => {
    const z = breakEvenConfirmations(0.3, money, depth => raceAgainst(0.3, depth), 50);
    expect(z).toBeGreaterThan(1);
    expect(attackBalance(0.3, raceAgainst(0.3, z ?? 0), money).profit).toBeLessThanOrEqual(0);
    expect(attackBalance(0.3, raceAgainst(0.3, (z ?? 0) - 1), money).profit).toBeGreaterThan(0);
    expect(
      breakEvenConfirmations(0.3, { ...money, value: 1e9 }, depth => raceAgainst(0.3, depth), 5),
    ).toBeUndefined();
  });
});
