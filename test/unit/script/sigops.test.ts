import { describe, expect, it } from 'vitest';
import { hash160, sha256 } from '../../../src/crypto/hash.js';
import { pushData, ScriptBuilder } from '../../../src/script/build.js';
import { Op } from '../../../src/script/opcodes.js';
import { countP2shSigOps, countSigOps, countWitnessSigOps } from '../../../src/script/sigops.js';
import { parseScriptAsm } from '../../support/script-asm.js';

const MULTISIG = parseScriptAsm("2 'key' 'key' 'key' 3 CHECKMULTISIG");
const EMPTY = new Uint8Array(0);

function payToScriptHash(script: Uint8Array): Uint8Array {
  return new ScriptBuilder().op(Op.OP_HASH160).pushData(hash160(script)).op(Op.OP_EQUAL).finish();
}

function payToWitnessScriptHash(script: Uint8Array): Uint8Array {
  return new ScriptBuilder().op(Op.OP_0).pushData(sha256(script)).finish();
}

describe('countSigOps', () => {
  it('counts each CHECKSIG once, and CHECKMULTISIG as 20 or by the number before it', () => {
    expect(countSigOps(parseScriptAsm('CHECKSIG CHECKSIGVERIFY'), false)).toBe(2);
    expect(countSigOps(MULTISIG, false)).toBe(20);
    expect(countSigOps(MULTISIG, true)).toBe(3);
    expect(countSigOps(parseScriptAsm('0 CHECKMULTISIGVERIFY'), true)).toBe(20);
    expect(countSigOps(parseScriptAsm('0x0103 CHECKMULTISIG'), true)).toBe(20);
  });

  it('counts what does not run, but not what is pushed, and stops where the script breaks off', () => {
    expect(countSigOps(parseScriptAsm('0 IF CHECKSIG ENDIF'), true)).toBe(1);
    expect(countSigOps(pushData(parseScriptAsm('CHECKSIG')), true)).toBe(0);
    expect(countSigOps(parseScriptAsm('CHECKSIG 0x05ac'), true)).toBe(1);
  });
});

describe('countP2shSigOps', () => {
  it('counts the redeem script accurately', () => {
    expect(countP2shSigOps(pushData(MULTISIG), payToScriptHash(MULTISIG))).toBe(3);
  });

  it('counts nothing when the output is not P2SH or the scriptSig is not push-only', () => {
    expect(countP2shSigOps(pushData(MULTISIG), MULTISIG)).toBe(0);
    const script = new ScriptBuilder().op(Op.OP_NOP).pushData(MULTISIG).finish();
    expect(countP2shSigOps(script, payToScriptHash(MULTISIG))).toBe(0);
  });
});

describe('countWitnessSigOps', () => {
  const keyHashProgram = new ScriptBuilder().op(Op.OP_0).pushData(new Uint8Array(20)).finish();

  it('is one for P2WPKH and the accurate count of the script for P2WSH', () => {
    expect(countWitnessSigOps(EMPTY, keyHashProgram, [])).toBe(1);
    expect(countWitnessSigOps(EMPTY, payToWitnessScriptHash(MULTISIG), [EMPTY, MULTISIG])).toBe(3);
    expect(countWitnessSigOps(EMPTY, payToWitnessScriptHash(MULTISIG), [])).toBe(0);
  });

  it('looks into P2SH', () => {
    const output = payToScriptHash(keyHashProgram);
    expect(countWitnessSigOps(pushData(keyHashProgram), output, [])).toBe(1);
    expect(countWitnessSigOps(parseScriptAsm('NOP'), output, [])).toBe(0);
  });

  it('is nothing for taproot and for scripts without witness program', () => {
    const taproot = new ScriptBuilder().op(Op.OP_1).pushData(new Uint8Array(32)).finish();
    expect(countWitnessSigOps(EMPTY, taproot, [MULTISIG])).toBe(0);
    expect(countWitnessSigOps(EMPTY, MULTISIG, [MULTISIG])).toBe(0);
  });
});
