import { describe, expect, it } from 'vitest';
import { compareDiagrams } from '../../../src/mempool/policy/feerate-diagram.js';
import { MAX_MONEY } from '../../../src/primitives/amount.js';
import { feeAt, feeRateOf, formatFeeRate } from '../../../src/primitives/feerate.js';
import { dustThreshold } from '../../../src/script/dust.js';
import { nullData, p2pk, p2pkh, p2sh, p2tr, p2wpkh, p2wsh } from '../../../src/script/templates.js';
import { output } from '../../support/transactions.js';

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

describe('the dust threshold at 3000 satoshis per 1000 vbytes', () => {
  it.each([
    ['P2PKH', p2pkh(new Uint8Array(20)), 546],
    ['P2SH', p2sh(new Uint8Array(20)), 540],
    ['P2WPKH', p2wpkh(new Uint8Array(20)), 294],
    ['P2WSH', p2wsh(new Uint8Array(32)), 330],
    ['P2TR', p2tr(new Uint8Array(32)), 330],
    ['P2PK', p2pk(Uint8Array.of(2, ...new Uint8Array(32))), 576],
    ['OP_RETURN', nullData(new Uint8Array(10)), 0],
  ])('of %s is known', (_, script, threshold) => {
    expect(dustThreshold(output(0, script), 3000)).toBe(threshold);
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
