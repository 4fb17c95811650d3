import { describe, expect, it } from 'vitest';
import { chainParams } from '../../../src/consensus/networks.js';
import { blockSubsidy } from '../../../src/consensus/subsidy.js';
import { COIN, MAX_MONEY } from '../../../src/primitives/amount.js';

describe('block subsidy', () => {
  const main = chainParams('main').consensus;

  it('halves every 210,000 blocks on mainnet', () => {
    expect(blockSubsidy(0, main)).toBe(50 * COIN);
    expect(blockSubsidy(209_999, main)).toBe(50 * COIN);
    expect(blockSubsidy(210_000, main)).toBe(25 * COIN);
    expect(blockSubsidy(840_000, main)).toBe(312_500_000);
    expect(blockSubsidy(210_000 * 10, main)).toBe(4_882_812);
  });

  it('halves every 150 blocks on regtest', () => {
    const regtest = chainParams('regtest').consensus;
    expect(blockSubsidy(149, regtest)).toBe(50 * COIN);
    expect(blockSubsidy(150, regtest)).toBe(25 * COIN);
  });

  it('ends at the 33rd halving', () => {
    expect(blockSubsidy(210_000 * 33 - 1, main)).toBe(1);
    expect(blockSubsidy(210_000 * 33, main)).toBe(0);
    expect(blockSubsidy(210_000 * 64, main)).toBe(0);
  });

  it('adds up to 20999999.9769 coins', () => {
    let total = 0;
    for (let era = 0; era < 64; era++) total += 210_000 * blockSubsidy(210_000 * era, main);
    expect(total).toBe(2_099_999_997_690_000);
    expect(total).toBeLessThanOrEqual(MAX_MONEY);
  });
});
