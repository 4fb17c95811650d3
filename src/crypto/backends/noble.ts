import { createRequire } from 'node:module';
import { evenKey, hasPublicKeyForm, splitCompressed } from '../public-key-form.js';
import { bytesToNumber, isBelowOrder, isCompactSignature, isNonZeroScalar } from '../scalar.js';
import type { CurveBackend, SchnorrCheck } from '../secp256k1.js';

type Noble = typeof import('@noble/secp256k1');

/** Name of this backend, which the log warns of. */
export const NOBLE_NAME = '@noble/secp256k1 (JavaScript, slow)';

let loaded: CurveBackend | undefined;

/**
 * The curve in plain JavaScript: runs anywhere, fifty times slower than the native addon. Loaded when asked for,
 * because the libraries take 14 ms of a start that seldom needs them.
 */
export function loadNoble(): CurveBackend {
  loaded ??= new NobleBackend(requireNoble());
  return loaded;
}

function requireNoble(): Noble {
  const require = createRequire(import.meta.url);
  const noble = require('@noble/secp256k1') as Noble;
  const { sha256 } = require('@noble/hashes/sha2.js') as typeof import('@noble/hashes/sha2.js');
  const { hmac } = require('@noble/hashes/hmac.js') as typeof import('@noble/hashes/hmac.js');
  noble.hashes.sha256 = sha256;
  noble.hashes.hmacSha256 = (key, message) => hmac(sha256, key, message);
  return noble;
}

class NobleBackend implements CurveBackend {
  readonly name = NOBLE_NAME;

  constructor(private readonly noble: Noble) {}

  verifyEcdsa(signature: Uint8Array, hash: Uint8Array, publicKey: Uint8Array): boolean {
    if (!isCompactSignature(signature) || hash.length !== 32) return false;
    const key = withoutHybridForm(publicKey);
    return key !== undefined && this.noble.verify(signature, hash, key, { prehash: false, lowS: false });
  }

  verifySchnorr(signature: Uint8Array, message: Uint8Array, xOnlyKey: Uint8Array): boolean {
    if (signature.length !== 64 || xOnlyKey.length !== 32) return false;
    return this.noble.schnorr.verify(signature, message, xOnlyKey);
  }

  verifySchnorrBatch(checks: readonly SchnorrCheck[]): boolean {
    return checks.every(({ signature, message, xOnlyKey }) =>
      this.verifySchnorr(signature, message, xOnlyKey),
    );
  }

  tweakXOnly(xOnlyKey: Uint8Array, tweak: Uint8Array): { key: Uint8Array; parity: 0 | 1 } | undefined {
    if (xOnlyKey.length !== 32) return undefined;
    const sum = this.addToPublicKey(evenKey(xOnlyKey), tweak);
    return sum === undefined ? undefined : splitCompressed(sum);
  }

  isPublicKey(publicKey: Uint8Array): boolean {
    return this.parsePoint(publicKey) !== undefined;
  }

  convertPublicKey(publicKey: Uint8Array, compressed: boolean): Uint8Array | undefined {
    return this.parsePoint(publicKey)?.toBytes(compressed);
  }

  publicKeyOf(privateKey: Uint8Array, compressed: boolean): Uint8Array | undefined {
    if (!isNonZeroScalar(privateKey)) return undefined;
    return this.noble.Point.BASE.multiply(bytesToNumber(privateKey)).toBytes(compressed);
  }

  addToPublicKey(publicKey: Uint8Array, tweak: Uint8Array): Uint8Array | undefined {
    if (tweak.length !== 32 || !isBelowOrder(tweak)) return undefined;
    const point = this.parsePoint(publicKey);
    if (point === undefined) return undefined;
    const sum = point.add(this.noble.Point.BASE.multiply(bytesToNumber(tweak), false));
    return sum.is0() ? undefined : sum.toBytes(true);
  }

  signRecoverable(hash: Uint8Array, privateKey: Uint8Array, extraEntropy: Uint8Array | undefined) {
    if (hash.length !== 32 || !isNonZeroScalar(privateKey)) return undefined;
    const bytes = this.noble.sign(hash, privateKey, {
      prehash: false,
      format: 'recovered',
      extraEntropy: extraEntropy ?? false,
    });
    return { recoveryId: bytes[0] as number, signature: bytes.subarray(1) };
  }

  recover(signature: Uint8Array, recoveryId: number, hash: Uint8Array, compressed: boolean) {
    if (!isCompactSignature(signature) || hash.length !== 32) return undefined;
    const recovered = new Uint8Array(65);
    recovered[0] = recoveryId;
    recovered.set(signature, 1);
    try {
      return this.noble.recoverPublicKey(recovered, hash, { prehash: false, isCompressed: compressed });
    } catch {
      return undefined;
    }
  }

  private parsePoint(publicKey: Uint8Array) {
    const key = withoutHybridForm(publicKey);
    if (key === undefined) return undefined;
    try {
      return this.noble.Point.fromBytes(key);
    } catch {
      return undefined;
    }
  }
}

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
