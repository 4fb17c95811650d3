import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hash160, sha256 } from '../../../src/crypto/hash.js';
import { xOnly } from '../../../src/crypto/keys.js';
import { EMPTY_BYTES, ZERO_HASH } from '../../../src/primitives/bytes.js';
import { Transaction } from '../../../src/primitives/transaction.js';
import { defined } from '../../../src/runtime/errors.js';
import { pushData, ScriptBuilder } from '../../../src/script/build.js';
import { NO_SIGNATURES, TransactionChecker } from '../../../src/script/checker.js';
import { scriptErrorText } from '../../../src/script/error-text.js';
import {
  MANDATORY_SCRIPT_FLAGS,
  NO_SCRIPT_FLAGS,
  ScriptFlag,
  type ScriptFlags,
  STANDARD_SCRIPT_FLAGS,
} from '../../../src/script/flags.js';
import { TAPROOT_LEAF_TAPSCRIPT } from '../../../src/script/limits.js';
import { Op } from '../../../src/script/opcodes.js';
import { SigVersion } from '../../../src/script/sig-version.js';
import { buildTaproot } from '../../../src/script/taproot.js';
import { p2tr } from '../../../src/script/templates.js';
import { PrecomputedTxData } from '../../../src/script/tx-data.js';
import { evalScript, verifyScript } from '../../../src/script/verify.js';
import { parseScriptAsm } from '../../support/script-asm.js';
import { ALL_SCRIPT_FLAGS, fillScriptFlags } from '../../support/script-flags.js';
import { testKey } from '../../support/script-keys.js';

function run(asm: string, sigVersion: SigVersion = SigVersion.BASE, flags = NO_SCRIPT_FLAGS) {
  const stack: Uint8Array[] = [];
  const result = evalScript(stack, parseScriptAsm(asm), flags, NO_SIGNATURES, sigVersion);
  return { result, stack: stack.map(item => Buffer.from(item).toString('hex')) };
}

describe('evalScript', () => {
  it.each([
    ['1 2 3 ROT', ['02', '03', '01']],
    ['1 2 3 4 5 6 2ROT', ['03', '04', '05', '06', '01', '02']],
    ['1 2 3 4 2OVER', ['01', '02', '03', '04', '01', '02']],
    ['1 2 3 4 2SWAP', ['03', '04', '01', '02']],
    ['1 2 TUCK', ['02', '01', '02']],
    ['1 2 NIP', ['02']],
    ['7 8 9 2 PICK', ['07', '08', '09', '07']],
    ['7 8 9 2 ROLL', ['08', '09', '07']],
    ['7 8 9 0 ROLL', ['07', '08', '09']],
    ['1 2 2DUP', ['01', '02', '01', '02']],
    ['1 2 3 3DUP', ['01', '02', '03', '01', '02', '03']],
    ['0 IFDUP 1 IFDUP', ['', '01', '01']],
    ['1 TOALTSTACK 2 FROMALTSTACK DEPTH', ['02', '01', '02']],
    ["'abc' SIZE", ['616263', '03']],
    ['5 3 SUB 2147483647 DUP ADD', ['02', 'feffffff00']],
    ['1 1 2 WITHIN 2 1 2 WITHIN', ['01', '']],
    ['-5 ABS 5 NEGATE 0 NOT 7 0NOTEQUAL', ['05', '85', '01', '01']],
    ['0 IF 1 ELSE 2 ELSE 3 ENDIF', ['02']],
    ['1 IF 0 IF 1 ELSE 2 ENDIF ELSE 3 ENDIF', ['02']],
    ['0 NOTIF 1 IF 4 ENDIF ENDIF', ['04']],
  ])('%s leaves %j', (asm, expected) => {
    expect(run(asm)).toEqual({ result: 'OK', stack: expected });
  });

  it('holds at most a thousand elements on both stacks together', () => {
    const fill = Array.from({ length: 1000 }, () => '1').join(' ');
    expect(run(fill).result).toBe('OK');
    expect(run(`${fill} 1`).result).toBe('STACK_SIZE');
    expect(run(`1 TOALTSTACK ${fill}`).result).toBe('STACK_SIZE');
  });

  it('runs at most 201 counted operations, but any number in tapscript', () => {
    const nops = (count: number) => Array.from({ length: count }, () => 'NOP').join(' ');
    expect(run(nops(201)).result).toBe('OK');
    expect(run(nops(202)).result).toBe('OP_COUNT');
    expect(run(nops(202), SigVersion.TAPSCRIPT).result).toBe('OK');
  });

  it('knows OP_CHECKSIGADD and refuses OP_CHECKMULTISIG in tapscript only', () => {
    expect(run('0 5 0 CHECKSIGADD').result).toBe('BAD_OPCODE');
    expect(run('0 5 0 CHECKSIGADD', SigVersion.TAPSCRIPT).result).toBe('PUBKEYTYPE');
    expect(run('0 0 0 CHECKMULTISIG', SigVersion.TAPSCRIPT).result).toBe('TAPSCRIPT_CHECKMULTISIG');
    expect(run('0 0 0 CHECKMULTISIG')).toEqual({ result: 'OK', stack: ['01'] });
  });

  it('treats unknown kinds of keys in tapscript as good for any signature, within the budget', () => {
    const script = parseScriptAsm("'sig' 5 'unknown-key' CHECKSIGADD");
    const evaluate = (validationWeightLeft: number) => {
      const stack: Uint8Array[] = [];
      const execution = {
        annexHash: undefined,
        leafHash: ZERO_HASH,
        codeSeparatorPosition: 0,
        validationWeightLeft,
      };
      const result = evalScript(stack, script, 0, NO_SIGNATURES, SigVersion.TAPSCRIPT, execution);
      return { result, top: stack.at(-1)?.[0] };
    };
    expect(evaluate(50)).toEqual({ result: 'OK', top: 6 });
    expect(evaluate(49)).toMatchObject({ result: 'TAPSCRIPT_VALIDATION_WEIGHT' });
  });

  it('outside of any transaction finds no signature good and no lock time met', () => {
    expect(run(`0x09 0x300602010102010101 0x21 0x02${'11'.repeat(32)} CHECKSIG`)).toEqual({
      result: 'OK',
      stack: [''],
    });
    const output = p2tr(xOnly(testKey(1).publicKey));
    const witness = [new Uint8Array(64)];
    expect(verifyScript(EMPTY_BYTES, output, witness, MANDATORY_SCRIPT_FLAGS, NO_SIGNATURES)).toBe(
      'SCHNORR_SIG',
    );
    const refused = (asm: string) => run(asm, SigVersion.BASE, MANDATORY_SCRIPT_FLAGS).result;
    expect(refused('1 CHECKLOCKTIMEVERIFY')).toBe('UNSATISFIED_LOCKTIME');
    expect(refused('1 CHECKSEQUENCEVERIFY')).toBe('UNSATISFIED_LOCKTIME');
  });

  it('refuses disabled operations even where they do not run', () => {
    expect(run('0 IF CAT ENDIF').result).toBe('DISABLED_OPCODE');
    expect(run('0 IF VERIF ENDIF').result).toBe('BAD_OPCODE');
    expect(run('0 IF VER ENDIF').result).toBe('OK');
  });
});

describe('verifyScript', () => {
  it('runs a P2WSH script on the witness', () => {
    const script = parseScriptAsm('2 EQUAL');
    const output = new ScriptBuilder().op(Op.OP_0).pushData(sha256(script)).finish();
    const verify = (witness: Uint8Array[], scriptSig: Uint8Array = EMPTY_BYTES) =>
      verifyScript(scriptSig, output, witness, STANDARD_SCRIPT_FLAGS, NO_SIGNATURES);
    expect(verify([Uint8Array.of(2), script])).toBe('OK');
    expect(verify([Uint8Array.of(3), script])).toBe('EVAL_FALSE');
    expect(verify([Uint8Array.of(1), Uint8Array.of(2), script])).toBe('CLEANSTACK');
    expect(verify([Uint8Array.of(2), parseScriptAsm('1')])).toBe('WITNESS_PROGRAM_MISMATCH');
    expect(verify([])).toBe('WITNESS_PROGRAM_WITNESS_EMPTY');
    expect(verify([Uint8Array.of(2), script], parseScriptAsm('1'))).toBe('WITNESS_MALLEATED');
  });

  it('wants a witness program in P2SH to be the only push', () => {
    const redeem = parseScriptAsm('16 0x02 0xaabb');
    const output = new ScriptBuilder().op(Op.OP_HASH160).pushData(hash160(redeem)).op(Op.OP_EQUAL).finish();
    const flags = ScriptFlag.P2SH | ScriptFlag.WITNESS;
    const twice = new ScriptBuilder().op(Op.OP_1).pushData(redeem).finish();
    expect(verifyScript(pushData(redeem), output, [], flags, NO_SIGNATURES)).toBe('OK');
    expect(verifyScript(twice, output, [], flags, NO_SIGNATURES)).toBe('WITNESS_MALLEATED_P2SH');
    expect(verifyScript(twice, output, [], ScriptFlag.P2SH, NO_SIGNATURES)).toBe('OK');
  });

  it('lets anyone spend an anchor', () => {
    const output = parseScriptAsm('1 0x02 0x4e73');
    expect(verifyScript(EMPTY_BYTES, output, [], STANDARD_SCRIPT_FLAGS, NO_SIGNATURES)).toBe('OK');
  });

  it('refuses sets of flags that are no soft fork', () => {
    expect(() => verifyScript(EMPTY_BYTES, EMPTY_BYTES, [], ScriptFlag.WITNESS, NO_SIGNATURES)).toThrow();
  });

  it('gives a code for any bytes whatever', () => {
    const bytes = fc.uint8Array({ maxLength: 120 });
    const opcodes = fc.array(fc.integer({ min: 0x4f, max: 0xba }), { maxLength: 40 });
    const script = fc.oneof(
      bytes,
      opcodes.map(codes => Uint8Array.from(codes)),
    );
    const tapscript = bytes.map(body => Buffer.concat([Uint8Array.of(0x51, 0x20), sha256(body)]));
    const output = fc.oneof(script, tapscript);
    const cases = fc.tuple(
      script,
      output,
      fc.array(script, { maxLength: 4 }),
      fc.nat({ max: ALL_SCRIPT_FLAGS }),
    );
    fc.assert(
      fc.property(cases, ([scriptSig, scriptPubKey, witness, flags]) => {
        const tx = Transaction.from({
          version: 2,
          inputs: [{ prevout: { txid: ZERO_HASH, vout: 0 }, scriptSig, sequence: 0, witness }],
          outputs: [{ value: 1, script: EMPTY_BYTES }],
          lockTime: 0,
        });
        const txdata = new PrecomputedTxData(tx, [{ value: 1, script: scriptPubKey }]);
        const checker = new TransactionChecker(tx, 0, 1, txdata);
        const code = verifyScript(scriptSig, scriptPubKey, witness, fillScriptFlags(flags), checker);
        expect(scriptErrorText(code)).toBeTypeOf('string');
      }),
      { numRuns: 500 },
    );
  });
});

describe('what taproot leaves for later', () => {
  const internalKey = xOnly(testKey(1).publicKey);

  /** The verdict on a spend of the only leaf of an output. */
  function spend(script: Uint8Array, leafVersion: number, flags: ScriptFlags, ...stack: Uint8Array[]) {
    const output = defined(buildTaproot(internalKey, [{ depth: 0, leafVersion, script }]), 'output');
    const controlBlock = defined(output.scripts[0]?.controlBlocks[0], 'control block');
    const witness = [...stack, script, controlBlock];
    return verifyScript(EMPTY_BYTES, p2tr(output.outputKey), witness, flags, NO_SIGNATURES);
  }

  const unknownKey = parseScriptAsm("'unknown-key' CHECKSIG");

  it.each([
    ['a leaf version', parseScriptAsm('0'), 0xc2, 'DISCOURAGE_UPGRADABLE_TAPROOT_VERSION', []],
    ['an OP_SUCCESSx', Uint8Array.of(0x50), TAPROOT_LEAF_TAPSCRIPT, 'DISCOURAGE_OP_SUCCESS', []],
    [
      'a kind of key',
      unknownKey,
      TAPROOT_LEAF_TAPSCRIPT,
      'DISCOURAGE_UPGRADABLE_PUBKEYTYPE',
      [Uint8Array.of(1)],
    ],
  ] as const)('%s passes by consensus, and is not relayed', (_, script, leafVersion, flag, stack) => {
    expect(spend(script, leafVersion, MANDATORY_SCRIPT_FLAGS, ...stack)).toBe('OK');
    expect(spend(script, leafVersion, STANDARD_SCRIPT_FLAGS, ...stack)).toBe(flag);
    expect(spend(script, leafVersion, STANDARD_SCRIPT_FLAGS & ~ScriptFlag[flag], ...stack)).toBe('OK');
  });
});

describe('TransactionChecker', () => {
  function checker(version: number, lockTime: number, sequence: number): TransactionChecker {
    const tx = Transaction.from({
      version,
      inputs: [{ prevout: { txid: ZERO_HASH, vout: 0 }, scriptSig: EMPTY_BYTES, sequence, witness: [] }],
      outputs: [{ value: 0, script: EMPTY_BYTES }],
      lockTime,
    });
    return new TransactionChecker(tx, 0, 0, new PrecomputedTxData(tx));
  }

  it('compares lock times of the same kind in inputs that are not final (BIP65)', () => {
    expect(checker(1, 100, 0).checkLockTime(100)).toBe(true);
    expect(checker(1, 100, 0).checkLockTime(101)).toBe(false);
    expect(checker(1, 500_000_000, 0).checkLockTime(100)).toBe(false);
    expect(checker(1, 100, 0).checkLockTime(500_000_000)).toBe(false);
    expect(checker(1, 100, 0xffffffff).checkLockTime(100)).toBe(false);
  });

  it('compares relative lock times of the same kind from version 2 on (BIP112)', () => {
    expect(checker(2, 0, 10).checkSequence(10)).toBe(true);
    expect(checker(2, 0, 10).checkSequence(11)).toBe(false);
    expect(checker(1, 0, 10).checkSequence(10)).toBe(false);
    expect(checker(-1, 0, 10).checkSequence(10)).toBe(true);
    expect(checker(2, 0, (1 << 22) | 10).checkSequence(10)).toBe(false);
    expect(checker(2, 0, (1 << 22) | 10).checkSequence((1 << 22) | 10)).toBe(true);
    expect(checker(2, 0, 0x80000000 + 10).checkSequence(10)).toBe(false);
    expect(checker(2, 0, 10).checkSequence(0x0f_0000 + 10)).toBe(true);
  });
});
