import type { ScriptErrorCode } from '../errors.js';
import { ScriptFlag } from '../flags.js';
import { VALIDATION_WEIGHT_PER_SIGOP_PASSED } from '../limits.js';
import { scriptNumEncode } from '../number.js';
import { Op } from '../opcodes.js';
import {
  checkEcdsaForms,
  currentScriptCode,
  type SignatureOutcome,
  withoutSignature,
} from './ecdsa-check.js';
import type { OpTable, ScriptMachine } from './machine.js';

/** Checks the signature `sigDepth` below the top against the key on top. */
function checkOne(machine: ScriptMachine, sigDepth: number): SignatureOutcome {
  const signature = machine.peek(sigDepth);
  const publicKey = machine.peek(0);
  return machine.isTapscript
    ? checkTapscript(machine, signature, publicKey)
    : checkBeforeTapscript(machine, signature, publicKey);
}

function checkBeforeTapscript(
  machine: ScriptMachine,
  signature: Uint8Array,
  publicKey: Uint8Array,
): SignatureOutcome {
  const scriptCode = withoutSignature(machine, currentScriptCode(machine), signature);
  if (typeof scriptCode === 'string') return scriptCode;
  const good = checkEcdsaForms(machine, signature, publicKey, scriptCode);
  if (good === false && signature.length > 0 && machine.hasFlag(ScriptFlag.NULLFAIL)) return 'NULLFAIL';
  return good;
}

/**
 * BIP342. The order is consensus: the budget is charged for any non-empty signature, then unknown kinds of keys pass,
 * and a bad signature that is not empty ends the script.
 */
function checkTapscript(
  machine: ScriptMachine,
  signature: Uint8Array,
  publicKey: Uint8Array,
): SignatureOutcome {
  const { execution } = machine;
  const signed = signature.length > 0;
  if (signed) {
    execution.validationWeightLeft -= VALIDATION_WEIGHT_PER_SIGOP_PASSED;
    if (execution.validationWeightLeft < 0) return 'TAPSCRIPT_VALIDATION_WEIGHT';
  }
  if (publicKey.length === 0) return 'PUBKEYTYPE';
  if (publicKey.length === 32) {
    if (!signed) return false;
    const error = machine.checker.checkSchnorr(signature, publicKey, execution);
    return error === 'OK' ? true : error;
  }
  if (machine.hasFlag(ScriptFlag.DISCOURAGE_UPGRADABLE_PUBKEYTYPE)) return 'DISCOURAGE_UPGRADABLE_PUBKEYTYPE';
  return signed;
}

/** (sig key -- bool) */
function checkSig(machine: ScriptMachine): ScriptErrorCode {
  if (machine.stack.length < 2) return 'INVALID_STACK_OPERATION';
  const good = checkOne(machine, 1);
  if (typeof good === 'string') return good;
  machine.drop(2);
  machine.pushBool(good);
  return 'OK';
}

/** (sig key -- ) */
function checkSigVerify(machine: ScriptMachine): ScriptErrorCode {
  const error = checkSig(machine);
  if (error !== 'OK') return error;
  return machine.pop().length > 0 ? 'OK' : 'CHECKSIGVERIFY';
}

/** (sig n key -- n or n + 1), tapscript only */
function checkSigAdd(machine: ScriptMachine): ScriptErrorCode {
  if (!machine.isTapscript) return 'BAD_OPCODE';
  if (machine.stack.length < 3) return 'INVALID_STACK_OPERATION';
  const count = machine.peekNumber(1);
  if (count === undefined) return 'UNKNOWN_ERROR';
  const good = checkOne(machine, 2);
  if (typeof good === 'string') return good;
  machine.drop(3);
  machine.push(scriptNumEncode(good ? count + 1 : count));
  return 'OK';
}

function codeSeparator(machine: ScriptMachine): ScriptErrorCode {
  machine.codeStart = machine.reader.position;
  machine.execution.codeSeparatorPosition = machine.opcodePosition;
  return 'OK';
}

export const SIGNATURE_OPS: OpTable = {
  [Op.OP_CODESEPARATOR]: codeSeparator,
  [Op.OP_CHECKSIG]: checkSig,
  [Op.OP_CHECKSIGVERIFY]: checkSigVerify,
  [Op.OP_CHECKSIGADD]: checkSigAdd,
};
