import { type ByteRange, EMPTY_BYTES } from '../primitives/bytes.js';
import { MAX_PUBKEYS_PER_MULTISIG, WITNESS_V0_KEYHASH_SIZE, WITNESS_V0_SCRIPTHASH_SIZE } from './limits.js';
import { Op, smallIntegerOf } from './opcodes.js';
import { isPayToScriptHash, isWitnessProgram, lastPush, ScriptReader, type WitnessProgram } from './parse.js';

/**
 * Signature operations in a script, counted without running it. Counting stops at a push that is cut short.
 *
 * @param accurate count CHECKMULTISIG by the OP_1 … OP_16 before it, as for P2SH and witness scripts; else as 20
 * @param range where in `bytes` the script is; all of them unless told
 */
export function countSigOps(bytes: Uint8Array, accurate: boolean, range?: ByteRange): number {
  const reader = counted;
  reader.read(bytes, range);
  let count = 0;
  let previous: number = Op.OP_INVALIDOPCODE;
  while (reader.next()) {
    const { opcode } = reader;
    if (opcode === Op.OP_CHECKSIG || opcode === Op.OP_CHECKSIGVERIFY) count++;
    else if (opcode === Op.OP_CHECKMULTISIG || opcode === Op.OP_CHECKMULTISIGVERIFY) {
      const known = accurate && previous >= Op.OP_1 && previous <= Op.OP_16;
      count += known ? smallIntegerOf(previous) : MAX_PUBKEYS_PER_MULTISIG;
    }
    previous = opcode;
  }
  reader.read(EMPTY_BYTES);
  return count;
}

/** All scripts of a block are counted: without a reader for each. */
const counted = new ScriptReader(EMPTY_BYTES);

/** Signature operations of the redeem script of an input that spends P2SH (BIP16); 0 when `scriptPubKey` is not P2SH. */
export function countP2shSigOps(scriptSig: Uint8Array, scriptPubKey: Uint8Array): number {
  if (!isPayToScriptHash(scriptPubKey)) return 0;
  const redeemScript = lastPush(scriptSig);
  return redeemScript === undefined ? 0 : countSigOps(redeemScript, true);
}

/** Signature operations of an input's witness program, bare or in P2SH (BIP141). Unscaled: each costs 1. */
export function countWitnessSigOps(
  scriptSig: Uint8Array,
  scriptPubKey: Uint8Array,
  witness: readonly Uint8Array[],
): number {
  const bare = isWitnessProgram(scriptPubKey);
  if (bare !== undefined) return programSigOps(bare, witness);
  if (!isPayToScriptHash(scriptPubKey)) return 0;
  const redeemScript = lastPush(scriptSig);
  const nested = redeemScript === undefined ? undefined : isWitnessProgram(redeemScript);
  return nested === undefined ? 0 : programSigOps(nested, witness);
}

function programSigOps({ version, program }: WitnessProgram, witness: readonly Uint8Array[]): number {
  if (version !== 0) return 0;
  if (program.length === WITNESS_V0_KEYHASH_SIZE) return 1;
  const script = witness.at(-1);
  if (program.length !== WITNESS_V0_SCRIPTHASH_SIZE || script === undefined) return 0;
  return countSigOps(script, true);
}
