import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COIN, formatAmount, formatMoney, isMoney, MAX_MONEY } from '../../../src/primitives/amount.js';

describe('amounts', () => {
  it.each([
    [0, '0.00000000', '0.00'],
    [1, '0.00000001', '0.00000001'],
    [-1, '-0.00000001', '-0.00000001'],
    [10, '0.00000010', '0.0000001'],
    [10_000, '0.00010000', '0.0001'],
    [150_000_000, '1.50000000', '1.50'],
    [100 * COIN, '100.00000000', '100.00'],
    [-12_345_678_900, '-123.45678900', '-123.456789'],
    [MAX_MONEY, '21000000.00000000', '21000000.00'],
  ])('%s satoshis are %s, or to people %s', (satoshis, exact, short) => {
    expect(formatAmount(satoshis)).toBe(exact);
    expect(formatMoney(satoshis)).toBe(short);
  });

  it('lose nothing when shown', () => {
    fc.assert(
      fc.property(fc.integer({ min: -MAX_MONEY, max: MAX_MONEY }), satoshis => {
        for (const text of [formatAmount(satoshis), formatMoney(satoshis)]) {
          const [whole = '', part = ''] = text.replace('-', '').split('.');
          const value = Number(whole) * COIN + Number(part.padEnd(8, '0'));
          expect(text.startsWith('-') ? -value : value).toBe(satoshis === 0 ? 0 : satoshis);
        }
      }),
    );
  });

  it('are money from nothing to 21 million coins', () => {
    expect([0, 1, MAX_MONEY].every(isMoney)).toBe(true);
    expect([-1, MAX_MONEY + 1, Number.NaN, Number.POSITIVE_INFINITY].some(isMoney)).toBe(false);
  });
});
