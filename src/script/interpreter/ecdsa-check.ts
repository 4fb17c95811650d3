import { pushData } from '../build.js';
import type { ScriptErrorCode } from '../errors.js';
import { findAndDelete } from '../find-and-delete.js';
import { ScriptFlag } from '../flags.js';
import { SigVersion } from '../sig-version.js';
import { checkPublicKeyEncoding, checkSignatureEncoding } from '../signature-encoding.js';
import type { ScriptMachine } from './machine.js';

/** Outcome of a signature check: good, not good, or the code that ends the script. */
export type SignatureOutcome = boolean | ScriptErrorCode;

/** What a signature covers of the script: all from the last OP_CODESEPARATOR that ran. */
export function currentScriptCode(machine: ScriptMachine): Uint8Array {
  return machine.codeStart === 0 ? machine.script : machine.script.subarray(machine.codeStart);
}

/** Takes a signature out of the script code; outside witness programs it does not sign pushes of itself. */
export function withoutSignature(
  machine: ScriptMachine,
  scriptCode: Uint8Array,
  signature: Uint8Array,
): Uint8Array | ScriptErrorCode {
  // A push of it is longer than the signature, and mostly longer than the whole script.
  if (machine.sigVersion !== SigVersion.BASE || signature.length >= scriptCode.length) return scriptCode;
  const rest = findAndDelete(scriptCode, pushData(signature));
  if (rest !== scriptCode && machine.hasFlag(ScriptFlag.CONST_SCRIPTCODE)) return 'SIG_FINDANDDELETE';
  return rest;
}

/** Checks forms as the flags ask, then the signature itself. */
export function checkEcdsaForms(
  machine: ScriptMachine,
  signature: Uint8Array,
  publicKey: Uint8Array,
  scriptCode: Uint8Array,
): SignatureOutcome {
  const { flags, sigVersion } = machine;
  const signatureError = checkSignatureEncoding(signature, flags);
  if (signatureError !== 'OK') return signatureError;
  const keyError = checkPublicKeyEncoding(publicKey, flags, sigVersion);
  if (keyError !== 'OK') return keyError;
  return machine.checker.checkEcdsa(signature, publicKey, scriptCode, sigVersion);
}
