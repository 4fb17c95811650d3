import { hash160, sha256 } from '../../src/crypto/hash.js';
import { signEcdsa, tweakPrivateKeyXOnly, xOnly } from '../../src/crypto/keys.js';
import { signSchnorr } from '../../src/crypto/schnorr.js';
import { concatBytes, ZERO_HASH } from '../../src/primitives/bytes.js';
import { defined } from '../../src/runtime/errors.js';
import { pushData } from '../../src/script/build.js';
import { buildTaproot, type TaprootLeaf } from '../../src/script/taproot.js';
import { tapLeafHash, tapTweakHash } from '../../src/script/taproot-hash.js';
import { p2pkh, p2sh, p2tr, p2wpkh, p2wsh } from '../../src/script/templates.js';
import { testKey } from '../support/script-keys.js';
import { legacyHash, type TaprootPlace, taprootHash, witnessHash } from './signature-hash.js';
import type { InputPlace, Unlock } from './transactions.js';

/** Keys of the list are numbered from 1. */
export const KEY = testKey(1);
export const OTHER_KEY = testKey(2);

const SIGHASH_ALL = 1;

/** Signature with its hash type, over the script that checks it, in the original scheme. */
export function signLegacy(
  { tx, index }: InputPlace,
  scriptCode: Uint8Array,
  { key = KEY, hashType = SIGHASH_ALL } = {},
): Uint8Array {
  const signature = signEcdsa(key.secret, legacyHash(tx, index, scriptCode, hashType));
  return concatBytes(signature, Uint8Array.of(hashType));
}

/** The same for scripts in witnesses of version 0. */
export function signWitness(
  { tx, index, spent }: InputPlace,
  scriptCode: Uint8Array,
  { key = KEY, hashType = SIGHASH_ALL } = {},
): Uint8Array {
  const coin = defined(spent[index], 'coin');
  const signature = signEcdsa(key.secret, witnessHash(tx, index, scriptCode, coin, hashType));
  return concatBytes(signature, Uint8Array.of(hashType));
}

/** How a taproot input is signed otherwise than in the key path, by {@link KEY} and with the default hash type. */
interface TaprootSigning {
  readonly secret?: Uint8Array;
  /** 0 or 1. */
  readonly hashType?: number;
  readonly place?: TaprootPlace;
}

/** 64 bytes for the default hash type, 65 for ALL. */
export function signTaproot(
  { tx, index, spent }: InputPlace,
  { secret = KEY.secret, hashType = 0, place = {} }: TaprootSigning = {},
): Uint8Array {
  const hash = taprootHash(tx, index, spent, hashType, place);
  const signature = defined(signSchnorr(secret, hash, ZERO_HASH), 'signature of a valid key');
  return hashType === 0 ? signature : concatBytes(signature, Uint8Array.of(hashType));
}

/** An output script and what spends it. */
export interface Lock {
  readonly script: Uint8Array;
  readonly unlock: Unlock;
}

/** Pays to {@link KEY}'s hash. */
export function keyHashLock(): Lock {
  const script = p2pkh(hash160(KEY.publicKey));
  return {
    script,
    unlock: place => ({
      scriptSig: concatBytes(pushData(signLegacy(place, script)), pushData(KEY.publicKey)),
    }),
  };
}

/** Pays to a redeem script; `items` are pushed before it. */
export function scriptHashLock(redeem: Uint8Array, ...items: readonly Uint8Array[]): Lock {
  const scriptSig = concatBytes(...items.map(pushData), pushData(redeem));
  return { script: p2sh(hash160(redeem)), unlock: { scriptSig } };
}

/** Pays to {@link KEY}'s hash, in a witness. */
export function witnessKeyLock(): Lock {
  const keyHash = hash160(KEY.publicKey);
  return {
    script: p2wpkh(keyHash),
    unlock: place => ({ witness: [signWitness(place, p2pkh(keyHash)), KEY.publicKey] }),
  };
}

/** Pays to a witness script; `items` come before it in the witness. */
export function witnessScriptLock(script: Uint8Array, ...items: readonly Uint8Array[]): Lock {
  return { script: p2wsh(sha256(script)), unlock: { witness: [...items, script] } };
}

/** The same lock within P2SH. `lock` must be a witness program. */
export function nested(lock: Lock): Lock {
  const scriptSig = pushData(lock.script);
  const { unlock } = lock;
  return {
    script: p2sh(hash160(lock.script)),
    unlock: place => ({ ...(typeof unlock === 'function' ? unlock(place) : unlock), scriptSig }),
  };
}

const INTERNAL_KEY = xOnly(KEY.publicKey);

/** Pays to {@link KEY}, tweaked as BIP341 wants it of a key without scripts. */
export const TAPROOT_SECRET = defined(
  tweakPrivateKeyXOnly(KEY.secret, tapTweakHash(INTERNAL_KEY, undefined)),
  'tweaked key',
);
export const TAPROOT_KEY_SCRIPT = p2tr(defined(buildTaproot(INTERNAL_KEY, []), 'output').outputKey);

/** A taproot output with one script, and how the script is shown. */
export interface ScriptPath {
  readonly output: Uint8Array;
  readonly script: Uint8Array;
  readonly control: Uint8Array;
  readonly leaf: Uint8Array;
}

/** One script alone in its tree, or at some depth with made-up siblings. */
export function scriptPath(script: Uint8Array, leafVersion = 0xc0, depth = 0): ScriptPath {
  const siblings: TaprootLeaf[] = Array.from({ length: depth }, (_, i) => ({
    depth: depth - i,
    leafVersion: 0xc0,
    script: Uint8Array.of(0x51, i),
  }));
  const output = defined(buildTaproot(INTERNAL_KEY, [{ depth, leafVersion, script }, ...siblings]), 'tree');
  const own = output.scripts.find(each => Buffer.compare(each.script, script) === 0);
  const control = defined(own?.controlBlocks[0], 'control block');
  return { output: p2tr(output.outputKey), script, control, leaf: tapLeafHash(leafVersion, script) };
}

/** Pays to a tapscript; `items` come before it in the witness. */
export function tapscriptLock(script: Uint8Array, ...items: readonly Uint8Array[]): Lock {
  const { output, control } = scriptPath(script);
  return { script: output, unlock: { witness: [...items, script, control] } };
}

/** The x-only key of {@link KEY}. */
export const X_ONLY_KEY = INTERNAL_KEY;
