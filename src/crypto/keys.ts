import { assert, defined } from '../runtime/errors.js';
import { curve } from './curve.js';
import { encodeDer } from './ecdsa.js';
import { bytesToNumber, CURVE_ORDER, isBelowOrder, isNonZeroScalar, numberToBytes32 } from './scalar.js';
import { evenPrivateKey } from './schnorr.js';

export { signSchnorr } from './schnorr.js';

/** Bytes of a signature from {@link signRecoverable}: header, r, s. */
export const RECOVERABLE_SIGNATURE_SIZE = 65;

/** True for 32 bytes that are a number from 1 to the order less one. */
export function isValidPrivateKey(privateKey: Uint8Array): boolean {
  return isNonZeroScalar(privateKey);
}

/** The public key in 33 or 65 bytes. `privateKey` must be valid. */
export function publicKeyOf(privateKey: Uint8Array, compressed: boolean): Uint8Array {
  return defined(curve.publicKeyOf(privateKey, compressed), 'public key of a valid private key');
}

/** x coordinate of a key of 33 or 65 bytes: the key as BIP340 and BIP341 use it. */
export function xOnly(publicKey: Uint8Array): Uint8Array {
  return publicKey.subarray(1, 33);
}

/**
 * DER signature over a 32-byte hash with low s and a low r (first byte below 0x80, so 70 bytes at most). The nonce is
 * RFC6979's; while r is high, RFC6979 again with a 32-byte little-endian counter as extra entropy (Core's CKey::Sign,
 * so signatures are byte for byte the same). `privateKey` must be valid.
 */
export function signEcdsa(privateKey: Uint8Array, hash: Uint8Array): Uint8Array {
  const extraEntropy = Buffer.alloc(32);
  let signature = signCompact(privateKey, hash, undefined);
  for (let counter = 1; (signature[0] as number) >= 0x80; counter++) {
    extraEntropy.writeUInt32LE(counter);
    signature = signCompact(privateKey, hash, extraEntropy);
  }
  assert(curve.verifyEcdsa(signature, hash, publicKeyOf(privateKey, true)), 'a signature of ours verifies');
  return encodeDer(signature);
}

function signCompact(
  privateKey: Uint8Array,
  hash: Uint8Array,
  extraEntropy: Uint8Array | undefined,
): Uint8Array {
  return defined(curve.signRecoverable(hash, privateKey, extraEntropy), 'signature of a valid key').signature;
}

/**
 * The 65-byte form of signed messages: 27 + recovery id (+ 4 for a compressed key), r, s; no grinding (Core's
 * CKey::SignCompact). `privateKey` must be valid.
 */
export function signRecoverable(privateKey: Uint8Array, hash: Uint8Array, compressed: boolean): Uint8Array {
  const signed = defined(curve.signRecoverable(hash, privateKey, undefined), 'signature of a valid key');
  const header = 27 + signed.recoveryId + (compressed ? 4 : 0);
  return Buffer.concat([Uint8Array.of(header), signed.signature]);
}

/**
 * The key that made a 65-byte signature, in the form its header tells, or undefined when there is none. Any header byte
 * is taken, as Core's CPubKey::RecoverCompact does.
 */
export function recoverPublicKey(signature: Uint8Array, hash: Uint8Array): Uint8Array | undefined {
  if (signature.length !== RECOVERABLE_SIGNATURE_SIZE) return undefined;
  const header = (signature[0] as number) - 27;
  return curve.recover(signature.subarray(1), header & 3, hash, (header & 4) !== 0);
}

/** privateKey + tweak modulo the order (BIP32); undefined for a tweak not below the order or a sum of zero. */
export function privateKeyTweakAdd(privateKey: Uint8Array, tweak: Uint8Array): Uint8Array | undefined {
  return addTweak(bytesToNumber(privateKey), tweak);
}

/** publicKey + tweak·G in 33 bytes (BIP32); undefined for an invalid key, such a tweak or a sum at infinity. */
export function publicKeyTweakAdd(publicKey: Uint8Array, tweak: Uint8Array): Uint8Array | undefined {
  return curve.addToPublicKey(publicKey, tweak);
}

/**
 * The private key of a taproot output key: negated if its point has odd y, plus the tweak (BIP341). Undefined for an
 * invalid key or tweak.
 */
export function tweakPrivateKeyXOnly(privateKey: Uint8Array, tweak: Uint8Array): Uint8Array | undefined {
  const even = evenPrivateKey(privateKey);
  return even === undefined ? undefined : addTweak(even.scalar, tweak);
}

function addTweak(scalar: bigint, tweak: Uint8Array): Uint8Array | undefined {
  if (tweak.length !== 32 || !isBelowOrder(tweak)) return undefined;
  const sum = (scalar + bytesToNumber(tweak)) % CURVE_ORDER;
  return sum === 0n ? undefined : numberToBytes32(sum);
}
