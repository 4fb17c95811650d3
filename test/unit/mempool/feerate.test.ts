import { describe, expect, it } from 'vitest';
import { compareDiagrams } from '../../../src/mempool/policy/feerate-diagram.js';
import { MAX_MONEY } from '../../../src/primitives/amount.js';
import { feeAt, feeRateOf, formatFeeRate } from '../../../src/primitives/feerate.js';

describe('a feerate', () => {
  it('is rounded towards zero', () => {
    expect(feeRateOf(999, 1000)).toBe(999);
    expect(feeRateOf(1000, 3)).toBe(333_333);
    expect(feeRateOf(-1000, 3)).toBe(-333_333);
    expect(feeRateOf(5, 0)).toBe(0);
    expect(feeRateOf(MAX_MONEY, 3)).toBe(700_000_000_000_000_000);
  });

  it('asks for a fee rounded up, and never for nothing', () => {
    expect(feeAt(1000, 121)).toBe(121);
    expect(feeAt(123, 9)).toBe(2);
    expect(feeAt(1, 1)).toBe(1);
    expect(feeAt(1000, 0)).toBe(0);
    expect(feeAt(0, 1000)).toBe(0);
    expect(feeAt(-1, 10)).toBe(-1);
  });

  it('is written in coins per 1000 vbytes', () => {
    expect(formatFeeRate(1000)).toBe('0.00001000 BTC/kvB');
    expect(formatFeeRate(123_456_789)).toBe('1.23456789 BTC/kvB');
  });
});

describe('feerate diagrams', () => {
  const chunk = (fee: number, size: number) => ({ fee, size });

  it('are compared at every size', () => {
    expect(compareDiagrams([chunk(100, 100)], [chunk(100, 100)])).toBe('equal');
    expect(compareDiagrams([chunk(101, 100)], [chunk(100, 100)])).toBe('better');
    expect(compareDiagrams([chunk(99, 100)], [chunk(100, 100)])).toBe('worse');
    // The same fee on fewer bytes.
    expect(compareDiagrams([chunk(100, 50)], [chunk(100, 100)])).toBe('better');
    // Better at first, worse at the end.
    expect(compareDiagrams([chunk(150, 50)], [chunk(100, 50), chunk(60, 100)])).toBe('unordered');
    expect(compareDiagrams([chunk(100, 50), chunk(50, 50)], [chunk(150, 100)])).toBe('better');
    expect(compareDiagrams([], [chunk(1, 1)])).toBe('worse');
  });
});
