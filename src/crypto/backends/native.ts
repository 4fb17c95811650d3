import { createRequire } from 'node:module';
import { taggedHash } from '../hash.js';
import { evenKey, hasPublicKeyForm, splitCompressed } from '../public-key-form.js';
import {
  bytesToNumber,
  CURVE_ORDER,
  isBelowOrder,
  isCompactSignature,
  isNonZeroScalar,
  isZeroBytes,
  numberToBytes32,
  withLowS,
} from '../scalar.js';
import type { CurveBackend, SchnorrCheck } from '../secp256k1.js';

/** The part of npm `secp256k1` used here. It throws on bytes that are not a key, signature or tweak. */
interface NativeBindings {
  ecdsaVerify(signature: Uint8Array, hash: Uint8Array, publicKey: Uint8Array): boolean;
  ecdsaSign(
    hash: Uint8Array,
    privateKey: Uint8Array,
    options: { data?: Uint8Array },
  ): { signature: Uint8Array; recid: number };
  ecdsaRecover(signature: Uint8Array, id: number, hash: Uint8Array, compressed: boolean): Uint8Array;
  publicKeyVerify(publicKey: Uint8Array): boolean;
  publicKeyConvert(publicKey: Uint8Array, compressed: boolean): Uint8Array;
  publicKeyCreate(privateKey: Uint8Array, compressed: boolean): Uint8Array;
  publicKeyTweakAdd(publicKey: Uint8Array, tweak: Uint8Array, compressed: boolean): Uint8Array;
}

/**
 * libsecp256k1 as a native addon, or undefined where there is no build for this platform. The addon is required by
 * name: the package's main file would fall back to a JavaScript implementation without a word.
 */
export function loadNative(): CurveBackend | undefined {
  try {
    const require = createRequire(import.meta.url);
    return new NativeBackend(require('secp256k1/bindings') as NativeBindings);
  } catch {
    return undefined;
  }
}

function orUndefined<T>(operation: () => T): T | undefined {
  try {
    return operation();
  } catch {
    return undefined;
  }
}

class NativeBackend implements CurveBackend {
  readonly name = 'secp256k1 (native)';

  constructor(private readonly lib: NativeBindings) {}

  verifyEcdsa(signature: Uint8Array, hash: Uint8Array, publicKey: Uint8Array): boolean {
    if (!isCompactSignature(signature) || hash.length !== 32 || !hasPublicKeyForm(publicKey)) return false;
    try {
      return this.lib.ecdsaVerify(withLowS(signature), hash, publicKey);
    } catch {
      return false;
    }
  }

  verifySchnorr(signature: Uint8Array, message: Uint8Array, xOnlyKey: Uint8Array): boolean {
    if (signature.length !== 64 || xOnlyKey.length !== 32) return false;
    const r = signature.subarray(0, 32);
    const s = signature.subarray(32);
    if (!isBelowOrder(s)) return false;
    const challenge = bytesToNumber(taggedHash('BIP0340/challenge', r, xOnlyKey, message)) % CURVE_ORDER;
    const nonce = this.combine(xOnlyKey, bytesToNumber(s), challenge);
    return nonce !== undefined && nonce[0] === 2 && Buffer.compare(nonce.subarray(1), r) === 0;
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
    return hasPublicKeyForm(publicKey) && this.lib.publicKeyVerify(publicKey);
  }

  convertPublicKey(publicKey: Uint8Array, compressed: boolean): Uint8Array | undefined {
    if (!hasPublicKeyForm(publicKey)) return undefined;
    return orUndefined(() => this.lib.publicKeyConvert(publicKey, compressed));
  }

  publicKeyOf(privateKey: Uint8Array, compressed: boolean): Uint8Array | undefined {
    return isNonZeroScalar(privateKey) ? this.lib.publicKeyCreate(privateKey, compressed) : undefined;
  }

  addToPublicKey(publicKey: Uint8Array, tweak: Uint8Array): Uint8Array | undefined {
    if (!hasPublicKeyForm(publicKey) || tweak.length !== 32) return undefined;
    return orUndefined(() => this.lib.publicKeyTweakAdd(publicKey, tweak, true));
  }

  signRecoverable(hash: Uint8Array, privateKey: Uint8Array, extraEntropy: Uint8Array | undefined) {
    if (hash.length !== 32 || !isNonZeroScalar(privateKey)) return undefined;
    const options = extraEntropy === undefined ? {} : { data: extraEntropy };
    // RFC6979 reduces the hash modulo the order before it makes the nonce; the addon's libsecp256k1 is too old to.
    const reduced = isBelowOrder(hash) ? hash : numberToBytes32(bytesToNumber(hash) - CURVE_ORDER);
    const { signature, recid } = this.lib.ecdsaSign(reduced, privateKey, options);
    return { signature, recoveryId: recid };
  }

  recover(signature: Uint8Array, recoveryId: number, hash: Uint8Array, compressed: boolean) {
    if (!isCompactSignature(signature) || hash.length !== 32) return undefined;
    return orUndefined(() => this.lib.ecdsaRecover(signature, recoveryId, hash, compressed));
  }

  /**
   * s·G − e·P for the point P that the x-only key stands for. The addon has no Schnorr, but key recovery computes
   * Q = r⁻¹(s'·R − z'·G) from the x coordinate of R in one double multiplication: with R = P, s' = −e·x(P) and
   * z' = −s·x(P) that is the wanted point. Nearly as fast as WebAssembly's, which is used where that runs.
   * Undefined when the key is not on the curve or the result is at infinity.
   */
  private combine(xOnlyKey: Uint8Array, s: bigint, e: bigint): Uint8Array | undefined {
    const x = bytesToNumber(xOnlyKey);
    const wraps = x >= CURVE_ORDER;
    const scaledE = ((CURVE_ORDER - e) * x) % CURVE_ORDER;
    const scaledS = ((CURVE_ORDER - s) * x) % CURVE_ORDER;
    const r = numberToBytes32(wraps ? x - CURVE_ORDER : x);
    if (isZeroBytes(r) || scaledE === 0n) return undefined;
    const compact = Buffer.concat([r, numberToBytes32(scaledE)]);
    return orUndefined(() => this.lib.ecdsaRecover(compact, wraps ? 2 : 0, numberToBytes32(scaledS), true));
  }
}
