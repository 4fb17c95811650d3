import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BitcoinAmount, parseBitcoins } from '../../../../regtest/faucet/amount.js';
import { blocksUntil, type FaucetCoin, isMature } from '../../../../regtest/faucet/coins.js';
import { COIN, formatAmount, MAX_MONEY } from '../../../../src/primitives/amount.js';

describe('an amount of bitcoins', () => {
  it('is read from a number or text, to the satoshi', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MAX_MONEY }), satoshis => {
        expect(parseBitcoins(formatAmount(satoshis))).toBe(satoshis);
        expect(parseBitcoins(Number(formatAmount(satoshis)))).toBe(satoshis);
      }),
    );
  });

  it('may be a sum, with the rounding that comes with it', () => {
    expect(parseBitcoins(0.1 + 0.2)).toBe(0.3 * COIN);
    expect(parseBitcoins(1.1 * 3)).toBe(3.3 * COIN);
  });

  it.each<[BitcoinAmount, string]>([
    [0, 'more than 0 bitcoins'],
    [-1, 'more than 0 bitcoins, not -1'],
    ['-0.5', 'more than 0 bitcoins'],
    [Number.NaN, 'not "NaN"'],
    [Number.POSITIVE_INFINITY, 'not "Infinity"'],
    [0.123456789, 'at most eight decimal places'],
    ['0.000000001', 'at most eight decimal places'],
    [21_000_001, 'at most 21000000.00 bitcoins'],
    ['21000000.00000001', 'at most 21000000.00 bitcoins'],
    ['', 'not ""'],
    ['one', 'not "one"'],
    ['0x10', 'not "0x10"'],
  ])('is not %s', (amount, message) => {
    expect(() => parseBitcoins(amount)).toThrow(RangeError);
    expect(() => parseBitcoins(amount)).toThrow(message);
  });
});

describe('blocks until the faucet has enough', () => {
  const coinbaseAt = (height: number): FaucetCoin => ({
    txid: `${height}`,
    vout: 0,
    value: 50 * COIN,
    height,
    coinbase: true,
  });
  const coins = [coinbaseAt(2), coinbaseAt(3), { ...coinbaseAt(90), coinbase: false, value: COIN }];

  it('are those that its coinbases need to be a hundred deep', () => {
    expect(coins.map(coin => isMature(coin, 101))).toEqual([true, false, true]);
    expect(blocksUntil({ height: 101, coins }, 101 * COIN, 10)).toBe(1);
    // The coinbase of block 103 can be spent on top of block 202.
    expect(blocksUntil({ height: 101, coins }, 102 * COIN, 500)).toBe(100);
  });

  it('are too many when subsidies do not give so much', () => {
    expect(blocksUntil({ height: 101, coins }, 102 * COIN, 99)).toBeUndefined();
    expect(blocksUntil({ height: 101, coins }, 20_000 * COIN, 5000)).toBeUndefined();
  });
});
