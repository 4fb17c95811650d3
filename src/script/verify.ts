import { bytesEqual } from '../primitives/bytes.js';
import { assert, defined } from '../runtime/errors.js';
import { pushData } from './build.js';
import type { SignatureChecker } from './checker.js';
import type { ScriptErrorCode } from './errors.js';
import { missingPrerequisite, ScriptFlag, type ScriptFlags } from './flags.js';
import { evalScript } from './interpreter/eval.js';
import { castToBool } from './interpreter/machine.js';
import { verifyWitnessProgram } from './interpreter/witness-program.js';
import { isPayToScriptHash, isPushOnly, isWitnessProgram } from './parse.js';
import { SigVersion } from './sig-version.js';

export { evalScript } from './interpreter/eval.js';

/**
 * Decides whether an input may spend an output: runs `scriptSig`, then `scriptPubKey` on the same stack, then the redeem
 * script of P2SH and the witness program, as far as the flags have them. Never throws on any bytes.
 *
 * @param witness witness stack of the input, bottom first
 * @param flags with those that they need ({@link missingPrerequisite}): anything else would not be a soft fork
 * @returns 'OK', or why not
 */
export function verifyScript(
  scriptSig: Uint8Array,
  scriptPubKey: Uint8Array,
  witness: readonly Uint8Array[],
  flags: ScriptFlags,
  checker: SignatureChecker,
): ScriptErrorCode {
  assert(missingPrerequisite(flags) === undefined, 'script flags come with those that they need');
  if ((flags & ScriptFlag.SIGPUSHONLY) !== 0 && !isPushOnly(scriptSig)) return 'SIG_PUSHONLY';

  const stack: Uint8Array[] = [];
  const sigError = evalScript(stack, scriptSig, flags, checker, SigVersion.BASE);
  if (sigError !== 'OK') return sigError;
  const payToScriptHash = (flags & ScriptFlag.P2SH) !== 0 && isPayToScriptHash(scriptPubKey);
  const afterScriptSig = payToScriptHash ? stack.slice() : stack;
  const error = evalTrue(stack, scriptPubKey, flags, checker);
  if (error !== 'OK') return error;

  if (payToScriptHash) return verifyScriptHash(scriptSig, afterScriptSig, witness, flags, checker);
  const program = (flags & ScriptFlag.WITNESS) !== 0 ? isWitnessProgram(scriptPubKey) : undefined;
  if (program === undefined) return verifyEnd(stack, witness, flags);
  if (scriptSig.length !== 0) return 'WITNESS_MALLEATED';
  return verifyWitnessProgram(program, witness, flags, checker, false);
}

/** BIP16: the last push of the scriptSig is a script that runs on what was pushed before it. */
function verifyScriptHash(
  scriptSig: Uint8Array,
  stack: Uint8Array[],
  witness: readonly Uint8Array[],
  flags: ScriptFlags,
  checker: SignatureChecker,
): ScriptErrorCode {
  if (!isPushOnly(scriptSig)) return 'SIG_PUSHONLY';
  const redeemScript = defined(stack.pop(), 'redeem script, whose hash was just found equal');
  const error = evalTrue(stack, redeemScript, flags, checker);
  if (error !== 'OK') return error;
  const program = (flags & ScriptFlag.WITNESS) !== 0 ? isWitnessProgram(redeemScript) : undefined;
  if (program === undefined) return verifyEnd(stack, witness, flags);
  if (!bytesEqual(scriptSig, pushData(redeemScript))) return 'WITNESS_MALLEATED_P2SH';
  return verifyWitnessProgram(program, witness, flags, checker, true);
}

/** Runs a script that must leave a true element on top. */
function evalTrue(
  stack: Uint8Array[],
  script: Uint8Array,
  flags: ScriptFlags,
  checker: SignatureChecker,
): ScriptErrorCode {
  const error = evalScript(stack, script, flags, checker, SigVersion.BASE);
  if (error !== 'OK') return error;
  const top = stack.at(-1);
  return top !== undefined && castToBool(top) ? 'OK' : 'EVAL_FALSE';
}

/** What must hold at the end of a script that is no witness program. */
function verifyEnd(
  stack: readonly Uint8Array[],
  witness: readonly Uint8Array[],
  flags: ScriptFlags,
): ScriptErrorCode {
  if ((flags & ScriptFlag.CLEANSTACK) !== 0 && stack.length !== 1) return 'CLEANSTACK';
  if ((flags & ScriptFlag.WITNESS) !== 0 && witness.length > 0) return 'WITNESS_UNEXPECTED';
  return 'OK';
}
