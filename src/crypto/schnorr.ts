import { curve } from './curve.js';
import { taggedHash } from './hash.js';
import { bytesToNumber, CURVE_ORDER, numberToBytes32 } from './scalar.js';

/** BIP340 verification: 64-byte signature, message of any length (32 bytes in scripts), x-only key. Never throws. */
export function verifySchnorr(signature: Uint8Array, message: Uint8Array, xOnlyKey: Uint8Array): boolean {
  return curve.verifySchnorr(signature, message, xOnlyKey);
}

/** x-only key plus tweak·G with the parity of the sum (BIP341), or undefined for a key or tweak that is not valid. */
export function tweakXOnly(
  xOnlyKey: Uint8Array,
  tweak: Uint8Array,
): { key: Uint8Array; parity: 0 | 1 } | undefined {
  return curve.tweakXOnly(xOnlyKey, tweak);
}

/**
 * BIP340 signature with its default nonce function. `auxRand` is 32 bytes, random for a wallet, zero for a signature
 * that must be the same each time (Core signs so in tests).
 *
 * @returns 64 bytes, checked against the key before they are given out; undefined for an invalid private key.
 */
export function signSchnorr(
  privateKey: Uint8Array,
  message: Uint8Array,
  auxRand: Uint8Array,
): Uint8Array | undefined {
  const key = evenPrivateKey(privateKey);
  if (key === undefined) return undefined;
  const masked = numberToBytes32(key.scalar ^ bytesToNumber(taggedHash('BIP0340/aux', auxRand)));
  const nonceHash = taggedHash('BIP0340/nonce', masked, key.xOnly, message);
  const nonce = evenPrivateKey(numberToBytes32(bytesToNumber(nonceHash) % CURVE_ORDER));
  if (nonce === undefined) return undefined;
  const challengeHash = taggedHash('BIP0340/challenge', nonce.xOnly, key.xOnly, message);
  const challenge = bytesToNumber(challengeHash) % CURVE_ORDER;
  const s = numberToBytes32((nonce.scalar + challenge * key.scalar) % CURVE_ORDER);
  const signature = Buffer.concat([nonce.xOnly, s]);
  return curve.verifySchnorr(signature, message, key.xOnly) ? signature : undefined;
}

/** The private key negated if need be so that its point has even y, and the point's x. */
export function evenPrivateKey(privateKey: Uint8Array): { scalar: bigint; xOnly: Uint8Array } | undefined {
  const point = curve.publicKeyOf(privateKey, true);
  if (point === undefined) return undefined;
  const scalar = bytesToNumber(privateKey);
  return { scalar: point[0] === 3 ? CURVE_ORDER - scalar : scalar, xOnly: point.subarray(1) };
}
