import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/primitives/bytes.js';
import { ScriptBuilder } from '../../../src/script/build.js';
import { Op } from '../../../src/script/opcodes.js';
import {
  matchMultiA,
  multiA,
  multisig,
  nullData,
  p2pk,
  p2pkh,
  p2sh,
  p2tr,
  p2wpkh,
  p2wsh,
  solve,
  witnessProgram,
} from '../../../src/script/templates.js';
import { testKey, testPublicKeys } from '../../support/script-keys.js';

const key = testKey(3).publicKey;
const hash20 = new Uint8Array(20).fill(5);
const hash32 = new Uint8Array(32).fill(6);

describe('solving of standard templates', () => {
  it('finds what the constructors put in', () => {
    const solved = solve(p2pk(key));
    expect(solved.type === 'pubkey' && toHex(solved.publicKey)).toBe(toHex(key));
    expect(solve(p2pkh(hash20))).toMatchObject({ type: 'pubkeyhash' });
    expect(solve(p2sh(hash20))).toMatchObject({ type: 'scripthash' });
    expect(solve(p2wpkh(hash20))).toMatchObject({ type: 'witness_v0_keyhash' });
    expect(solve(p2wsh(hash32))).toMatchObject({ type: 'witness_v0_scripthash' });
    expect(solve(p2tr(hash32))).toMatchObject({ type: 'witness_v1_taproot' });
    expect(solve(witnessProgram(1, hash20))).toMatchObject({ type: 'witness_unknown', version: 1 });
    expect(solve(witnessProgram(0, Uint8Array.of(1, 2)))).toEqual({ type: 'nonstandard' });
    expect(solve(witnessProgram(1, Uint8Array.of(0x4e, 0x73)))).toEqual({ type: 'anchor' });
    expect(solve(nullData(hash32))).toEqual({ type: 'nulldata' });
    expect(solve(new Uint8Array(0))).toEqual({ type: 'nonstandard' });
  });

  it('finds multisig of 1 to 20 keys', () => {
    const keys = testPublicKeys(...Array.from({ length: 20 }, (_, i) => i + 1));
    const sizes = fc
      .integer({ min: 1, max: 20 })
      .chain(n => fc.tuple(fc.integer({ min: 1, max: n }), fc.constant(n)));
    fc.assert(
      fc.property(sizes, ([required, count]) => {
        const publicKeys = keys.slice(0, count);
        const solved = solve(multisig(required, publicKeys));
        expect(solved).toMatchObject({ type: 'multisig', required });
        expect(solved.type === 'multisig' && solved.publicKeys.length).toBe(count);
      }),
    );
  });

  it.each([
    ['more required than there are', multisig(3, testPublicKeys(1, 2))],
    ['none required', multisig(0, testPublicKeys(1, 2))],
    ['no keys', multisig(1, [])],
    ['a key of the wrong size', multisig(1, [new Uint8Array(32).fill(2)])],
    [
      'something after it',
      new ScriptBuilder()
        .raw(multisig(1, testPublicKeys(1)))
        .op(Op.OP_CHECKMULTISIG)
        .finish(),
    ],
    [
      'a number that is not minimal',
      new ScriptBuilder().pushData(Uint8Array.of(1)).pushData(key).op(Op.OP_1, Op.OP_CHECKMULTISIG).finish(),
    ],
  ])('does not take multisig with %s', (_, script) => {
    expect(solve(script)).toEqual({ type: 'nonstandard' });
  });

  it.each([
    ['something after it', new ScriptBuilder().raw(p2pk(key)).op(Op.OP_NOP).finish()],
    ['another operation', changed(p2pk(key), 34, Op.OP_CHECKSIGVERIFY)],
    ['a key of no known form', changed(p2pk(key), 1, 5)],
  ])('does not take P2PK with %s', (_, script) => {
    expect(solve(script)).toEqual({ type: 'nonstandard' });
  });

  it('takes only pushes after OP_RETURN', () => {
    expect(solve(Uint8Array.of(Op.OP_RETURN))).toEqual({ type: 'nulldata' });
    expect(solve(Uint8Array.of(Op.OP_RETURN, Op.OP_DUP))).toEqual({ type: 'nonstandard' });
    expect(solve(Uint8Array.of(Op.OP_RETURN, 5, 1))).toEqual({ type: 'nonstandard' });
  });

  it('never fails on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), script => {
        expect(typeof solve(script).type).toBe('string');
        matchMultiA(script);
      }),
    );
  });
});

/** A script with another byte in one place. */
function changed(script: Uint8Array, at: number, byte: number): Uint8Array {
  return Uint8Array.from(script, (before, i) => (i === at ? byte : before));
}

describe('tapscript of several keys', () => {
  it('is matched for what it is', () => {
    for (const [required, count] of [
      [1, 1],
      [2, 3],
      [17, 20],
    ] as const) {
      const keys = Array.from({ length: count }, (_, i) => new Uint8Array(32).fill(i + 1));
      const matched = matchMultiA(multiA(required, keys));
      expect(matched?.required).toBe(required);
      expect(matched?.xOnlyKeys.length).toBe(count);
    }
    expect(matchMultiA(multiA(3, [hash32, hash32]))).toBeUndefined();
    expect(matchMultiA(p2tr(hash32))).toBeUndefined();
  });

  it.each([
    ['a key of 33 bytes', multiA(1, [hash32, new Uint8Array(33)])],
    ['OP_CHECKSIG for every key', changed(multiA(1, [hash32, hash32]), 67, Op.OP_CHECKSIG)],
    ['OP_CHECKSIGADD for the first', changed(multiA(1, [hash32]), 33, Op.OP_CHECKSIGADD)],
    ['a thousand keys', multiA(1, new Array<Uint8Array>(1000).fill(hash32))],
    [
      'no number',
      new ScriptBuilder()
        .raw(multiA(1, [hash32]).subarray(0, 34))
        .op(Op.OP_NUMEQUAL)
        .finish(),
    ],
    [
      'two numbers',
      new ScriptBuilder()
        .raw(multiA(1, [hash32]).subarray(0, 35))
        .op(Op.OP_1, Op.OP_NUMEQUAL)
        .finish(),
    ],
    ['a key cut short', Uint8Array.of(32, ...new Uint8Array(20), Op.OP_NUMEQUAL)],
    ['nothing required', multiA(0, [hash32])],
  ])('is not matched with %s', (_, script) => {
    expect(matchMultiA(script)).toBeUndefined();
  });

  it('is matched with up to 999 keys', () => {
    expect(matchMultiA(multiA(999, new Array<Uint8Array>(999).fill(hash32)))?.required).toBe(999);
  });
});
