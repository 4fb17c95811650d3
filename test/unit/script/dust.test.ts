import { describe, expect, it } from 'vitest';
import { dustThreshold, isDust } from '../../../src/script/dust.js';
import { nullData, p2pk, p2pkh, p2sh, p2tr, p2wpkh, p2wsh } from '../../../src/script/templates.js';
import { output } from '../../support/transactions.js';

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

  it('is the least that an output may hold', () => {
    const script = p2wpkh(new Uint8Array(20));
    expect(isDust(output(293, script), 3000)).toBe(true);
    expect(isDust(output(294, script), 3000)).toBe(false);
  });

  it('does not ask for anything where nobody can spend', () => {
    expect(isDust(output(0, nullData(new Uint8Array(1))), 3000)).toBe(false);
  });
});
