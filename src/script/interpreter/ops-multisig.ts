import type { ScriptErrorCode } from '../errors.js';
import { ScriptFlag } from '../flags.js';
import { MAX_OPS_PER_SCRIPT, MAX_PUBKEYS_PER_MULTISIG } from '../limits.js';
import { Op } from '../opcodes.js';
import {
  checkEcdsaForms,
  currentScriptCode,
  type SignatureOutcome,
  withoutSignature,
} from './ecdsa-check.js';
import type { OpTable, ScriptMachine } from './machine.js';

/**
 * (dummy sig … sigCount key … keyCount -- bool). Keys and signatures are in the same order, and are tried from the top
 * down, each key once. The dummy is consumed by a bug that is consensus.
 */
function checkMultisig(machine: ScriptMachine): ScriptErrorCode {
  if (machine.isTapscript) return 'TAPSCRIPT_CHECKMULTISIG';
  const { stack } = machine;
  if (stack.length < 1) return 'INVALID_STACK_OPERATION';
  const keyCount = machine.peekNumber(0);
  if (keyCount === undefined) return 'UNKNOWN_ERROR';
  if (keyCount < 0 || keyCount > MAX_PUBKEYS_PER_MULTISIG) return 'PUBKEY_COUNT';
  machine.opCount += keyCount;
  if (machine.opCount > MAX_OPS_PER_SCRIPT) return 'OP_COUNT';

  const sigCountDepth = 1 + keyCount;
  if (stack.length <= sigCountDepth) return 'INVALID_STACK_OPERATION';
  const sigCount = machine.peekNumber(sigCountDepth);
  if (sigCount === undefined) return 'UNKNOWN_ERROR';
  if (sigCount < 0 || sigCount > keyCount) return 'SIG_COUNT';
  const firstSig = sigCountDepth + 1;
  // The dummy below the signatures must be there too.
  if (stack.length <= firstSig + sigCount) return 'INVALID_STACK_OPERATION';

  const scriptCode = withoutSignatures(machine, firstSig, sigCount);
  if (typeof scriptCode === 'string') return scriptCode;
  const good = matchSignatures(machine, firstSig, sigCount, keyCount, scriptCode);
  if (typeof good === 'string') return good;
  if (!good && machine.hasFlag(ScriptFlag.NULLFAIL)) {
    for (let i = 0; i < sigCount; i++) if (machine.peek(firstSig + i).length > 0) return 'NULLFAIL';
  }
  machine.drop(firstSig + sigCount);
  const dummy = machine.pop();
  if (dummy.length > 0 && machine.hasFlag(ScriptFlag.NULLDUMMY)) return 'SIG_NULLDUMMY';
  machine.pushBool(good);
  return 'OK';
}

function withoutSignatures(
  machine: ScriptMachine,
  firstSig: number,
  sigCount: number,
): Uint8Array | ScriptErrorCode {
  let scriptCode = currentScriptCode(machine);
  for (let i = 0; i < sigCount; i++) {
    const rest = withoutSignature(machine, scriptCode, machine.peek(firstSig + i));
    if (typeof rest === 'string') return rest;
    scriptCode = rest;
  }
  return scriptCode;
}

/** Stops as soon as more signatures than keys are left; forms of what is never tried are not checked (consensus). */
function matchSignatures(
  machine: ScriptMachine,
  firstSig: number,
  sigCount: number,
  keyCount: number,
  scriptCode: Uint8Array,
): SignatureOutcome {
  let sig = 0;
  for (let key = 0; sig < sigCount; key++) {
    if (sigCount - sig > keyCount - key) return false;
    const good = checkEcdsaForms(machine, machine.peek(firstSig + sig), machine.peek(1 + key), scriptCode);
    if (typeof good === 'string') return good;
    if (good) sig++;
  }
  return true;
}

/** As {@link checkMultisig}, but nothing is left on the stack. */
function checkMultisigVerify(machine: ScriptMachine): ScriptErrorCode {
  const error = checkMultisig(machine);
  if (error !== 'OK') return error;
  return machine.pop().length > 0 ? 'OK' : 'CHECKMULTISIGVERIFY';
}

export const MULTISIG_OPS: OpTable = {
  [Op.OP_CHECKMULTISIG]: checkMultisig,
  [Op.OP_CHECKMULTISIGVERIFY]: checkMultisigVerify,
};
