import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { hashes, Point, recoverPublicKey, schnorr, sign, verify } from '@noble/secp256k1';
import { evenKey, hasPublicKeyForm, splitCompressed } from '../public-key-form.js';
import { bytesToNumber, isBelowOrder, isCompactSignature, isNonZeroScalar } from '../scalar.js';
import type { CurveBackend } from '../secp256k1.js';

hashes.sha256 = sha256;
hashes.hmacSha256 = (key, message) => hmac(sha256, key, message);

/** The curve in plain JavaScript: runs anywhere, fifty times slower than the native addon. */
export const nobleBackend: CurveBackend = {
  name: '@noble/secp256k1 (JavaScript, slow)',

  verifyEcdsa(signature, hash, publicKey) {
    if (!isCompactSignature(signature) || hash.length !== 32) return false;
    const key = withoutHybridForm(publicKey);
    return key !== undefined && verify(signature, hash, key, { prehash: false, lowS: false });
  },

  verifySchnorr(signature, message, xOnlyKey) {
    if (signature.length !== 64 || xOnlyKey.length !== 32) return false;
    return schnorr.verify(signature, message, xOnlyKey);
  },

  tweakXOnly(xOnlyKey, tweak) {
    if (xOnlyKey.length !== 32) return undefined;
    const sum = this.addToPublicKey(evenKey(xOnlyKey), tweak);
    return sum === undefined ? undefined : splitCompressed(sum);
  },

  isPublicKey(publicKey) {
    return parsePoint(publicKey) !== undefined;
  },

  convertPublicKey(publicKey, compressed) {
    return parsePoint(publicKey)?.toBytes(compressed);
  },

  publicKeyOf(privateKey, compressed) {
    if (!isNonZeroScalar(privateKey)) return undefined;
    return Point.BASE.multiply(bytesToNumber(privateKey)).toBytes(compressed);
  },

  addToPublicKey(publicKey, tweak) {
    if (tweak.length !== 32 || !isBelowOrder(tweak)) return undefined;
    const point = parsePoint(publicKey);
    if (point === undefined) return undefined;
    const sum = point.add(Point.BASE.multiply(bytesToNumber(tweak), false));
    return sum.is0() ? undefined : sum.toBytes(true);
  },

  signRecoverable(hash, privateKey, extraEntropy) {
    if (hash.length !== 32 || !isNonZeroScalar(privateKey)) return undefined;
    const bytes = sign(hash, privateKey, {
      prehash: false,
      format: 'recovered',
      extraEntropy: extraEntropy ?? false,
    });
    return { recoveryId: bytes[0] as number, signature: bytes.subarray(1) };
  },

  recover(signature, recoveryId, hash, compressed) {
    if (!isCompactSignature(signature) || hash.length !== 32) return undefined;
    const recovered = new Uint8Array(65);
    recovered[0] = recoveryId;
    recovered.set(signature, 1);
    try {
      return recoverPublicKey(recovered, hash, { prehash: false, isCompressed: compressed });
    } catch {
      return undefined;
    }
  },
};

/** The library knows no hybrid keys: their parity is checked here and the first byte put to 04. */
function withoutHybridForm(publicKey: Uint8Array): Uint8Array | undefined {
  if (!hasPublicKeyForm(publicKey)) return undefined;
  const header = publicKey[0] as number;
  if (header <= 4) return publicKey;
  if (((publicKey[64] as number) & 1) !== (header & 1)) return undefined;
  const plain = Uint8Array.from(publicKey);
  plain[0] = 4;
  return plain;
}

function parsePoint(publicKey: Uint8Array): Point | undefined {
  const key = withoutHybridForm(publicKey);
  if (key === undefined) return undefined;
  try {
    return Point.fromBytes(key);
  } catch {
    return undefined;
  }
}
