import { describe, expect, it } from 'vitest';
import { signEcdsa } from '../../../src/crypto/keys.js';
import { toHex } from '../../../src/primitives/bytes.js';
import { scriptToAsm } from '../../../src/script/asm.js';
import { pushData, ScriptBuilder } from '../../../src/script/build.js';
import { parseSigHashName, sigHashName } from '../../../src/script/hash-type-names.js';
import { Op } from '../../../src/script/opcodes.js';
import { testKey } from '../../support/script-keys.js';

const hex = (text: string) => Buffer.from(text, 'hex');
const der = signEcdsa(testKey(9).secret, new Uint8Array(32).fill(1));

describe('scripts as words', () => {
  it.each([
    ['', ''],
    ['00', '0'],
    ['4f5160', '-1 1 16'],
    ['0101', '1'],
    ['0180', '0'],
    ['020080', '0'],
    ['0400000080', '0'],
    ['04ffffffff', '-2147483647'],
    ['0500000000ff', '00000000ff'],
    ['76a988ac', 'OP_DUP OP_HASH160 OP_EQUALVERIFY OP_CHECKSIG'],
    ['b1b2', 'OP_CHECKLOCKTIMEVERIFY OP_CHECKSEQUENCEVERIFY'],
    ['6aff', 'OP_RETURN OP_INVALIDOPCODE'],
    ['5102', '1 [error]'],
    ['4c', '[error]'],
  ])('%s is "%s"', (script, asm) => {
    expect(scriptToAsm(hex(script))).toBe(asm);
  });

  it('tell the hash type of signatures when asked', () => {
    const signature = Buffer.concat([der, Uint8Array.of(0x81)]);
    const script = pushData(signature);
    expect(scriptToAsm(script)).toBe(toHex(signature));
    expect(scriptToAsm(script, { decodeSigHash: true })).toBe(`${toHex(der)}[ALL|ANYONECANPAY]`);
  });

  it('leave alone what is no signature', () => {
    const undefinedType = pushData(Buffer.concat([der, Uint8Array.of(4)]));
    expect(scriptToAsm(undefinedType, { decodeSigHash: true })).toBe(`${toHex(der)}04`);
    const data = new ScriptBuilder()
      .op(Op.OP_RETURN)
      .pushData(Buffer.concat([der, Uint8Array.of(1)]))
      .finish();
    expect(scriptToAsm(data, { decodeSigHash: true })).toBe(`OP_RETURN ${toHex(der)}01`);
  });
});

describe('names of hash types', () => {
  it('are read and written', () => {
    expect(sigHashName(3)).toBe('SINGLE');
    expect(sigHashName(0)).toBeUndefined();
    expect(parseSigHashName('DEFAULT')).toBe(0);
    expect(parseSigHashName('NONE|ANYONECANPAY')).toBe(0x82);
    expect(parseSigHashName('all')).toBeUndefined();
  });
});
