import { isValidPublicKey } from '../crypto/ecdsa.js';
import { hash160 } from '../crypto/hash.js';
import { hmacSha512 } from '../crypto/hmac.js';
import { isValidPrivateKey, privateKeyTweakAdd, publicKeyOf, publicKeyTweakAdd } from '../crypto/keys.js';
import { asBuffer, bytesEqual, concatBytes } from '../primitives/bytes.js';
import type { AddressParams } from './address-params.js';
import { base58CheckDecode, base58CheckEncode } from './base58.js';
import { isHardened } from './key-path.js';

/** What private and public extended keys have in common. */
interface ExtendedKeyBase {
  /** Derivations since the master key, 255 at most. */
  readonly depth: number;
  /** Fingerprint of the parent key; zeroes for a master key. */
  readonly parentFingerprint: Uint8Array;
  readonly childNumber: number;
  readonly chainCode: Uint8Array;
}

/** A public key from which non-hardened children can be derived (BIP32 xpub). */
export interface ExtendedPublicKey extends ExtendedKeyBase {
  /** 33 bytes. */
  readonly publicKey: Uint8Array;
}

/** A private key from which all children can be derived (BIP32 xprv). */
export interface ExtendedPrivateKey extends ExtendedKeyBase {
  /** 32 bytes. */
  readonly secret: Uint8Array;
}

export const FINGERPRINT_SIZE = 4;
const MAX_DEPTH = 255;
const NO_PARENT = new Uint8Array(FINGERPRINT_SIZE);
const SEED_KEY = Buffer.from('Bitcoin seed', 'ascii');

/** Version, depth, fingerprint, child number, chain code, key. */
const SERIALIZED_SIZE = 78;
/** The same without the version, as databases hold it. */
export const EXTENDED_KEY_SIZE = 74;

/** First four bytes of a public key's HASH160, which name the key in origins and children. */
export function fingerprintOf(publicKey: Uint8Array): Uint8Array {
  return hash160(publicKey).subarray(0, FINGERPRINT_SIZE);
}

/** The master key of a seed; undefined, with odds of 2^-127, when the seed gives no valid key. */
export function masterKeyFromSeed(seed: Uint8Array): ExtendedPrivateKey | undefined {
  const digest = hmacSha512(SEED_KEY, seed);
  const secret = digest.subarray(0, 32);
  /* v8 ignore next -- @preserve: a seed that does this would take 2^127 tries to find */
  if (!isValidPrivateKey(secret)) return undefined;
  return {
    depth: 0,
    parentFingerprint: NO_PARENT,
    childNumber: 0,
    chainCode: digest.subarray(32),
    secret,
  };
}

/** The public half of an extended private key. */
export function neuter(key: ExtendedPrivateKey): ExtendedPublicKey {
  const { depth, parentFingerprint, childNumber, chainCode } = key;
  return { depth, parentFingerprint, childNumber, chainCode, publicKey: publicKeyOf(key.secret, true) };
}

/** Left 32 bytes tweak the key, right 32 are the child's chain code. */
function childDigest(chainCode: Uint8Array, keyData: Uint8Array, childNumber: number): Uint8Array {
  const data = Buffer.alloc(37);
  data.set(keyData);
  data.writeUInt32BE(childNumber, 33);
  return hmacSha512(chainCode, data);
}

/** A child of a private key; undefined at depth 255 and, with odds of 2^-127, for a child that does not exist. */
export function deriveChild(parent: ExtendedPrivateKey, childNumber: number): ExtendedPrivateKey | undefined {
  if (parent.depth >= MAX_DEPTH) return undefined;
  const publicKey = publicKeyOf(parent.secret, true);
  const keyData = isHardened(childNumber) ? concatBytes(Uint8Array.of(0), parent.secret) : publicKey;
  const digest = childDigest(parent.chainCode, keyData, childNumber);
  const secret = privateKeyTweakAdd(parent.secret, digest.subarray(0, 32));
  /* v8 ignore next -- @preserve: a child number that does this would take 2^127 keys to find */
  if (secret === undefined) return undefined;
  return {
    depth: parent.depth + 1,
    parentFingerprint: fingerprintOf(publicKey),
    childNumber,
    chainCode: digest.subarray(32),
    secret,
  };
}

/** A non-hardened child of a public key; undefined where {@link deriveChild} is and for a hardened number. */
export function derivePublicChild(
  parent: ExtendedPublicKey,
  childNumber: number,
): ExtendedPublicKey | undefined {
  if (parent.depth >= MAX_DEPTH || isHardened(childNumber)) return undefined;
  const digest = childDigest(parent.chainCode, parent.publicKey, childNumber);
  const publicKey = publicKeyTweakAdd(parent.publicKey, digest.subarray(0, 32));
  if (publicKey === undefined) return undefined;
  return {
    depth: parent.depth + 1,
    parentFingerprint: fingerprintOf(parent.publicKey),
    childNumber,
    chainCode: digest.subarray(32),
    publicKey,
  };
}

/** Follows a path from a private key. */
export function derivePath(
  root: ExtendedPrivateKey,
  path: readonly number[],
): ExtendedPrivateKey | undefined {
  let key: ExtendedPrivateKey | undefined = root;
  for (const child of path) key = key && deriveChild(key, child);
  return key;
}

/** Follows a path without hardened steps from a public key. */
export function derivePublicPath(
  root: ExtendedPublicKey,
  path: readonly number[],
): ExtendedPublicKey | undefined {
  let key: ExtendedPublicKey | undefined = root;
  for (const child of path) key = key && derivePublicChild(key, child);
  return key;
}

function serialize(key: ExtendedKeyBase, keyData: Uint8Array): Uint8Array {
  const numbers = Buffer.alloc(4);
  numbers.writeUInt32BE(key.childNumber);
  return concatBytes(Uint8Array.of(key.depth), key.parentFingerprint, numbers, key.chainCode, keyData);
}

/** Undefined when a key of depth 0 claims to have a parent. */
function deserialize(bytes: Uint8Array): (ExtendedKeyBase & { readonly keyData: Uint8Array }) | undefined {
  const depth = bytes[0] as number;
  const parentFingerprint = bytes.subarray(1, 5);
  const childNumber = asBuffer(bytes).readUInt32BE(5);
  if (depth === 0 && (childNumber !== 0 || !bytesEqual(parentFingerprint, NO_PARENT))) return undefined;
  const chainCode = bytes.subarray(9, 41);
  return { depth, parentFingerprint, childNumber, chainCode, keyData: bytes.subarray(41) };
}

/** The 74 bytes of an extended public key without version, as BIP32 orders them. */
export function serializeExtendedPublic(key: ExtendedPublicKey): Uint8Array {
  return serialize(key, key.publicKey);
}

/** Reads {@link serializeExtendedPublic}; undefined when the bytes are no such key. */
export function parseExtendedPublic(bytes: Uint8Array): ExtendedPublicKey | undefined {
  if (bytes.length !== EXTENDED_KEY_SIZE) return undefined;
  const parts = deserialize(bytes);
  if (parts === undefined || !isValidPublicKey(parts.keyData)) return undefined;
  const { keyData: publicKey, ...base } = parts;
  return { ...base, publicKey };
}

function withVersion(version: number, body: Uint8Array): string {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(version);
  return base58CheckEncode(concatBytes(prefix, body));
}

function withoutVersion(text: string, version: number): Uint8Array | undefined {
  const payload = base58CheckDecode(text, SERIALIZED_SIZE);
  if (payload?.length !== SERIALIZED_SIZE || asBuffer(payload).readUInt32BE(0) !== version) return undefined;
  return payload.subarray(4);
}

/** Writes an xpub (tpub on test networks). */
export function encodeExtendedPublic(key: ExtendedPublicKey, params: AddressParams): string {
  return withVersion(params.extendedPublicPrefix, serializeExtendedPublic(key));
}

/** Reads an xpub of this network; undefined when it is none. */
export function decodeExtendedPublic(text: string, params: AddressParams): ExtendedPublicKey | undefined {
  const body = withoutVersion(text, params.extendedPublicPrefix);
  return body && parseExtendedPublic(body);
}

/** Writes an xprv (tprv on test networks). */
export function encodeExtendedPrivate(key: ExtendedPrivateKey, params: AddressParams): string {
  const body = serialize(key, concatBytes(Uint8Array.of(0), key.secret));
  return withVersion(params.extendedPrivatePrefix, body);
}

/** Reads an xprv of this network; undefined when it is none. */
export function decodeExtendedPrivate(text: string, params: AddressParams): ExtendedPrivateKey | undefined {
  const body = withoutVersion(text, params.extendedPrivatePrefix);
  const parts = body && deserialize(body);
  if (parts === undefined || parts.keyData[0] !== 0) return undefined;
  const { keyData, ...base } = parts;
  const secret = keyData.subarray(1);
  return isValidPrivateKey(secret) ? { ...base, secret } : undefined;
}
