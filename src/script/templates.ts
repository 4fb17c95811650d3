import { COMPRESSED_KEY_SIZE, hasPublicKeyForm, UNCOMPRESSED_KEY_SIZE } from '../crypto/public-key-form.js';
import { ScriptBuilder } from './build.js';
import {
  MAX_PUBKEYS_PER_MULTI_A,
  MAX_PUBKEYS_PER_MULTISIG,
  WITNESS_V0_KEYHASH_SIZE,
  WITNESS_V0_SCRIPTHASH_SIZE,
  WITNESS_V1_TAPROOT_SIZE,
} from './limits.js';
import { scriptNumDecode } from './number.js';
import { Op, smallIntegerOf, smallIntegerOpcode } from './opcodes.js';
import {
  isMinimalPush,
  isPayToAnchor,
  isPayToScriptHash,
  isPushOnly,
  isWitnessProgram,
  ScriptReader,
} from './parse.js';

/** What an output script is, with what it holds. `type` is the word that RPC shows. Byte runs are views of the script. */
export type ScriptTemplate =
  | { readonly type: 'pubkey'; readonly publicKey: Uint8Array }
  | { readonly type: 'pubkeyhash'; readonly keyHash: Uint8Array }
  | { readonly type: 'scripthash'; readonly scriptHash: Uint8Array }
  | { readonly type: 'multisig'; readonly required: number; readonly publicKeys: readonly Uint8Array[] }
  | { readonly type: 'witness_v0_keyhash'; readonly keyHash: Uint8Array }
  | { readonly type: 'witness_v0_scripthash'; readonly scriptHash: Uint8Array }
  | { readonly type: 'witness_v1_taproot'; readonly outputKey: Uint8Array }
  | { readonly type: 'witness_unknown'; readonly version: number; readonly program: Uint8Array }
  | { readonly type: 'anchor' }
  | { readonly type: 'nulldata' }
  | { readonly type: 'nonstandard' };

export type ScriptType = ScriptTemplate['type'];

/** Recognises the standard templates, as Core's solver does. Keys need only look like keys; see `hasPublicKeyForm`. */
export function solve(script: Uint8Array): ScriptTemplate {
  if (isPayToScriptHash(script)) return { type: 'scripthash', scriptHash: script.subarray(2, 22) };
  const witness = isWitnessProgram(script);
  if (witness !== undefined) return solveWitness(script, witness.version, witness.program);
  if (script[0] === Op.OP_RETURN && isPushOnly(script, 1)) return { type: 'nulldata' };
  const publicKey = matchPublicKey(script);
  if (publicKey !== undefined) return { type: 'pubkey', publicKey };
  if (isPayToPublicKeyHash(script)) return { type: 'pubkeyhash', keyHash: script.subarray(3, 23) };
  return matchMultisig(script) ?? { type: 'nonstandard' };
}

function solveWitness(script: Uint8Array, version: number, program: Uint8Array): ScriptTemplate {
  if (version === 0) {
    if (program.length === WITNESS_V0_KEYHASH_SIZE) return { type: 'witness_v0_keyhash', keyHash: program };
    if (program.length === WITNESS_V0_SCRIPTHASH_SIZE)
      return { type: 'witness_v0_scripthash', scriptHash: program };
    return { type: 'nonstandard' };
  }
  if (version === 1 && program.length === WITNESS_V1_TAPROOT_SIZE)
    return { type: 'witness_v1_taproot', outputKey: program };
  return isPayToAnchor(script) ? { type: 'anchor' } : { type: 'witness_unknown', version, program };
}

function matchPublicKey(script: Uint8Array): Uint8Array | undefined {
  const size = script[0];
  if (size !== COMPRESSED_KEY_SIZE && size !== UNCOMPRESSED_KEY_SIZE) return undefined;
  if (script.length !== size + 2 || script[size + 1] !== Op.OP_CHECKSIG) return undefined;
  const key = script.subarray(1, size + 1);
  return hasPublicKeyForm(key) ? key : undefined;
}

function isPayToPublicKeyHash(script: Uint8Array): boolean {
  return (
    script.length === 25 &&
    script[0] === Op.OP_DUP &&
    script[1] === Op.OP_HASH160 &&
    script[2] === 20 &&
    script[23] === Op.OP_EQUALVERIFY &&
    script[24] === Op.OP_CHECKSIG
  );
}

/** The number that the last operation pushes, minimally and within [min, max]. OP_0 is not taken. */
function numberAt(reader: ScriptReader, min: number, max: number): number | undefined {
  const { opcode, data } = reader;
  let value: number | undefined;
  if (opcode >= Op.OP_1 && opcode <= Op.OP_16) value = smallIntegerOf(opcode);
  else if (opcode > Op.OP_0 && opcode <= Op.OP_PUSHDATA4 && isMinimalPush(opcode, data.length, data[0]))
    value = scriptNumDecode(data, true);
  return value !== undefined && value >= min && value <= max ? value : undefined;
}

function matchMultisig(script: Uint8Array): ScriptTemplate | undefined {
  if (script.at(-1) !== Op.OP_CHECKMULTISIG) return undefined;
  const reader = new ScriptReader(script);
  if (!reader.next()) return undefined;
  const required = numberAt(reader, 1, MAX_PUBKEYS_PER_MULTISIG);
  if (required === undefined) return undefined;
  const publicKeys: Uint8Array[] = [];
  while (reader.next() && hasPublicKeyForm(reader.data)) publicKeys.push(reader.data);
  if (numberAt(reader, required, MAX_PUBKEYS_PER_MULTISIG) !== publicKeys.length) return undefined;
  return reader.position + 1 === script.length ? { type: 'multisig', required, publicKeys } : undefined;
}

/** Parts of a tapscript `<key> CHECKSIG <key> CHECKSIGADD … <k> NUMEQUAL`. */
export interface MultiA {
  readonly required: number;
  readonly xOnlyKeys: readonly Uint8Array[];
}

/** Recognises the script of a `multi_a()` descriptor (BIP387). */
export function matchMultiA(script: Uint8Array): MultiA | undefined {
  if (script[0] !== 32 || script.at(-1) !== Op.OP_NUMEQUAL) return undefined;
  const xOnlyKeys: Uint8Array[] = [];
  let at = 0;
  for (; script.length - at >= 34; at += 34) {
    if (script[at] !== 32) return undefined;
    xOnlyKeys.push(script.subarray(at + 1, at + 33));
    if (script[at + 33] !== (xOnlyKeys.length === 1 ? Op.OP_CHECKSIG : Op.OP_CHECKSIGADD)) return undefined;
  }
  if (xOnlyKeys.length === 0 || xOnlyKeys.length > MAX_PUBKEYS_PER_MULTI_A) return undefined;
  const reader = new ScriptReader(script, at);
  if (!reader.next() || reader.position + 1 !== script.length) return undefined;
  const required = numberAt(reader, 1, xOnlyKeys.length);
  return required === undefined ? undefined : { required, xOnlyKeys };
}

/** `<key> OP_CHECKSIG`, for a full or, in tapscript, an x-only key. */
export function p2pk(publicKey: Uint8Array): Uint8Array {
  return new ScriptBuilder().pushData(publicKey).op(Op.OP_CHECKSIG).finish();
}

/** Pays to the HASH160 of a public key. */
export function p2pkh(keyHash: Uint8Array): Uint8Array {
  return new ScriptBuilder()
    .op(Op.OP_DUP, Op.OP_HASH160)
    .pushData(keyHash)
    .op(Op.OP_EQUALVERIFY, Op.OP_CHECKSIG)
    .finish();
}

/** Pays to the HASH160 of a redeem script (BIP16). */
export function p2sh(scriptHash: Uint8Array): Uint8Array {
  return new ScriptBuilder().op(Op.OP_HASH160).pushData(scriptHash).op(Op.OP_EQUAL).finish();
}

/** Pays to any witness program; `version` is 0 to 16. */
export function witnessProgram(version: number, program: Uint8Array): Uint8Array {
  return new ScriptBuilder().op(smallIntegerOpcode(version)).pushData(program).finish();
}

/** Pays to the HASH160 of a compressed public key (BIP141). */
export function p2wpkh(keyHash: Uint8Array): Uint8Array {
  return witnessProgram(0, keyHash);
}

/** Pays to the SHA-256 of a witness script (BIP141). */
export function p2wsh(scriptHash: Uint8Array): Uint8Array {
  return witnessProgram(0, scriptHash);
}

/** Pays to an x-only output key (BIP341). */
export function p2tr(outputKey: Uint8Array): Uint8Array {
  return witnessProgram(1, outputKey);
}

/** `<required> <keys…> <count> OP_CHECKMULTISIG`. */
export function multisig(required: number, publicKeys: readonly Uint8Array[]): Uint8Array {
  const builder = new ScriptBuilder().pushNumber(required);
  for (const key of publicKeys) builder.pushData(key);
  return builder.pushNumber(publicKeys.length).op(Op.OP_CHECKMULTISIG).finish();
}

/** Tapscript of `multi_a()`: each key adds one, the sum must equal `required`. */
export function multiA(required: number, xOnlyKeys: readonly Uint8Array[]): Uint8Array {
  const builder = new ScriptBuilder();
  for (const [i, key] of xOnlyKeys.entries())
    builder.pushData(key).op(i === 0 ? Op.OP_CHECKSIG : Op.OP_CHECKSIGADD);
  return builder.pushNumber(required).op(Op.OP_NUMEQUAL).finish();
}

/** Unspendable output that carries data in one push. */
export function nullData(data: Uint8Array): Uint8Array {
  return new ScriptBuilder().op(Op.OP_RETURN).pushData(data).finish();
}
