import { curve } from '../../crypto/curve.js';
import { sha256 } from '../../crypto/hash.js';
import { bytesEqual } from '../../primitives/bytes.js';
import { compactSizeLength } from '../../primitives/codec.js';
import type { SignatureChecker, TaprootExecution } from '../checker.js';
import type { ScriptErrorCode } from '../errors.js';
import { ScriptFlag, type ScriptFlags } from '../flags.js';
import {
  ANNEX_TAG,
  MAX_SCRIPT_ELEMENT_SIZE,
  MAX_STACK_SIZE,
  TAPROOT_CONTROL_BASE_SIZE,
  TAPROOT_LEAF_MASK,
  TAPROOT_LEAF_TAPSCRIPT,
  VALIDATION_WEIGHT_OFFSET,
  WITNESS_V0_KEYHASH_SIZE,
  WITNESS_V0_SCRIPTHASH_SIZE,
  WITNESS_V1_TAPROOT_SIZE,
} from '../limits.js';
import { isOpSuccess } from '../opcodes.js';
import { ScriptReader, type WitnessProgram } from '../parse.js';
import { SigVersion } from '../sig-version.js';
import { annexHash } from '../sighash.js';
import { isControlBlockSize, tapLeafHash, taprootMerkleRoot, tapTweakHash } from '../taproot-hash.js';
import { p2pkh } from '../templates.js';
import { emptyExecution, evalScript } from './eval.js';
import { castToBool } from './machine.js';

/** Program of the anchor output, which needs no witness. */
const ANCHOR_PROGRAM = Uint8Array.of(0x4e, 0x73);

/**
 * Runs the witness of an input against its witness program (BIP141, BIP341). Versions and lengths without meaning pass,
 * so that they can be given one later.
 *
 * @param nested the program is a P2SH redeem script; taproot does not exist there
 */
export function verifyWitnessProgram(
  { version, program }: WitnessProgram,
  witness: readonly Uint8Array[],
  flags: ScriptFlags,
  checker: SignatureChecker,
  nested: boolean,
): ScriptErrorCode {
  if (version === 0) return verifyVersion0(program, witness, flags, checker);
  if (version === 1 && program.length === WITNESS_V1_TAPROOT_SIZE && !nested) {
    return (flags & ScriptFlag.TAPROOT) === 0 ? 'OK' : verifyTaproot(program, witness, flags, checker);
  }
  if (version === 1 && !nested && bytesEqual(program, ANCHOR_PROGRAM)) return 'OK';
  const discouraged = (flags & ScriptFlag.DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM) !== 0;
  return discouraged ? 'DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM' : 'OK';
}

function verifyVersion0(
  program: Uint8Array,
  witness: readonly Uint8Array[],
  flags: ScriptFlags,
  checker: SignatureChecker,
): ScriptErrorCode {
  if (program.length === WITNESS_V0_SCRIPTHASH_SIZE) {
    const script = witness.at(-1);
    if (script === undefined) return 'WITNESS_PROGRAM_WITNESS_EMPTY';
    if (!bytesEqual(sha256(script), program)) return 'WITNESS_PROGRAM_MISMATCH';
    return executeWitnessScript(witness.slice(0, -1), script, flags, checker, SigVersion.WITNESS_V0);
  }
  if (program.length === WITNESS_V0_KEYHASH_SIZE) {
    if (witness.length !== 2) return 'WITNESS_PROGRAM_MISMATCH';
    return executeWitnessScript([...witness], p2pkh(program), flags, checker, SigVersion.WITNESS_V0);
  }
  return 'WITNESS_PROGRAM_WRONG_LENGTH';
}

function verifyTaproot(
  program: Uint8Array,
  witness: readonly Uint8Array[],
  flags: ScriptFlags,
  checker: SignatureChecker,
): ScriptErrorCode {
  const last = witness.at(-1);
  if (last === undefined) return 'WITNESS_PROGRAM_WITNESS_EMPTY';
  const execution = emptyExecution();
  let size = witness.length;
  if (size >= 2 && last[0] === ANNEX_TAG) {
    execution.annexHash = annexHash(last);
    size--;
  }
  if (size === 1) return checker.checkSchnorr(witness[0] as Uint8Array, program, execution);

  const control = witness[size - 1] as Uint8Array;
  const script = witness[size - 2] as Uint8Array;
  if (!isControlBlockSize(control.length)) return 'TAPROOT_WRONG_CONTROL_SIZE';
  const leafVersion = (control[0] as number) & TAPROOT_LEAF_MASK;
  execution.leafHash = tapLeafHash(leafVersion, script);
  if (!isCommittedTo(program, control, execution.leafHash)) return 'WITNESS_PROGRAM_MISMATCH';
  if (leafVersion !== TAPROOT_LEAF_TAPSCRIPT) {
    const discouraged = (flags & ScriptFlag.DISCOURAGE_UPGRADABLE_TAPROOT_VERSION) !== 0;
    return discouraged ? 'DISCOURAGE_UPGRADABLE_TAPROOT_VERSION' : 'OK';
  }
  execution.validationWeightLeft = witnessSize(witness) + VALIDATION_WEIGHT_OFFSET;
  return executeTapscript(witness.slice(0, size - 2), script, flags, checker, execution);
}

/** True when the output key is the internal key of the control block tweaked by the tree with this leaf. */
function isCommittedTo(outputKey: Uint8Array, control: Uint8Array, leafHash: Uint8Array): boolean {
  const internalKey = control.subarray(1, TAPROOT_CONTROL_BASE_SIZE);
  const tweak = tapTweakHash(internalKey, taprootMerkleRoot(control, leafHash));
  const tweaked = curve.tweakXOnly(internalKey, tweak);
  if (tweaked === undefined) return false;
  return tweaked.parity === ((control[0] as number) & 1) && bytesEqual(tweaked.key, outputKey);
}

/** Bytes of the whole witness of an input as serialised, annex included. */
function witnessSize(witness: readonly Uint8Array[]): number {
  let size = compactSizeLength(witness.length);
  for (const item of witness) size += compactSizeLength(item.length) + item.length;
  return size;
}

function executeTapscript(
  stack: Uint8Array[],
  script: Uint8Array,
  flags: ScriptFlags,
  checker: SignatureChecker,
  execution: TaprootExecution,
): ScriptErrorCode {
  // An OP_SUCCESSx before any operation that does not decode overrides every other rule.
  const reader = new ScriptReader(script);
  while (reader.next()) {
    if (!isOpSuccess(reader.opcode)) continue;
    return (flags & ScriptFlag.DISCOURAGE_OP_SUCCESS) !== 0 ? 'DISCOURAGE_OP_SUCCESS' : 'OK';
  }
  if (reader.malformed) return 'BAD_OPCODE';
  if (stack.length > MAX_STACK_SIZE) return 'STACK_SIZE';
  return executeWitnessScript(stack, script, flags, checker, SigVersion.TAPSCRIPT, execution);
}

/** Runs a script on a stack from the witness; exactly one true element must be left. */
function executeWitnessScript(
  stack: Uint8Array[],
  script: Uint8Array,
  flags: ScriptFlags,
  checker: SignatureChecker,
  sigVersion: SigVersion,
  execution?: TaprootExecution,
): ScriptErrorCode {
  for (const item of stack) if (item.length > MAX_SCRIPT_ELEMENT_SIZE) return 'PUSH_SIZE';
  const error = evalScript(stack, script, flags, checker, sigVersion, execution);
  if (error !== 'OK') return error;
  if (stack.length !== 1) return 'CLEANSTACK';
  return castToBool(stack[0] as Uint8Array) ? 'OK' : 'EVAL_FALSE';
}
