import { createRequire } from 'node:module';
import { hasPublicKeyForm } from '../public-key-form.js';
import { isBelowOrder, isCompactSignature, isNonZeroScalar } from '../scalar.js';
import type { CurveBackend } from '../secp256k1.js';
import { loadNoble } from './noble.js';

type TinySecp256k1 = typeof import('tiny-secp256k1');

/** libsecp256k1 compiled to WebAssembly, or undefined where it cannot be loaded. */
export function loadWasm(): CurveBackend | undefined {
  try {
    const require = createRequire(import.meta.url);
    return new WasmBackend(require('tiny-secp256k1') as TinySecp256k1);
  } catch {
    return undefined;
  }
}

/**
 * Every call is made only with inputs known to be well-formed. The library throws from inside WebAssembly otherwise,
 * and each such throw leaves its stack frame behind: measured, 3,367 keys that are not on the curve exhaust the
 * module's stack, after which every verification fails until the process ends. So points are checked first with
 * `isPoint`, the one function that answers instead of throwing (44 of 400 µs).
 */
class WasmBackend implements CurveBackend {
  readonly name = 'secp256k1 (WebAssembly)';

  constructor(private readonly lib: TinySecp256k1) {}

  verifyEcdsa(signature: Uint8Array, hash: Uint8Array, publicKey: Uint8Array): boolean {
    if (!isCompactSignature(signature) || hash.length !== 32 || !this.isPublicKey(publicKey)) return false;
    return this.lib.verify(hash, publicKey, signature);
  }

  verifySchnorr(signature: Uint8Array, message: Uint8Array, xOnlyKey: Uint8Array): boolean {
    if (signature.length !== 64 || !this.lib.isXOnlyPoint(xOnlyKey)) return false;
    if (!isBelowOrder(signature.subarray(32))) return false;
    // The library takes 32-byte messages and r below the group order only; BIP340 takes r below the field's prime.
    if (message.length !== 32 || !isBelowOrder(signature.subarray(0, 32))) {
      return loadNoble().verifySchnorr(signature, message, xOnlyKey);
    }
    return this.lib.verifySchnorr(message, xOnlyKey, signature);
  }

  tweakXOnly(xOnlyKey: Uint8Array, tweak: Uint8Array): { key: Uint8Array; parity: 0 | 1 } | undefined {
    if (!isTweak(tweak) || !this.lib.isXOnlyPoint(xOnlyKey)) return undefined;
    const sum = this.lib.xOnlyPointAddTweak(xOnlyKey, tweak);
    return sum === null ? undefined : { key: sum.xOnlyPubkey, parity: sum.parity };
  }

  isPublicKey(publicKey: Uint8Array): boolean {
    return hasPublicKeyForm(publicKey) && this.lib.isPoint(publicKey);
  }

  convertPublicKey(publicKey: Uint8Array, compressed: boolean): Uint8Array | undefined {
    return this.isPublicKey(publicKey) ? this.lib.pointCompress(publicKey, compressed) : undefined;
  }

  publicKeyOf(privateKey: Uint8Array, compressed: boolean): Uint8Array | undefined {
    if (!isNonZeroScalar(privateKey)) return undefined;
    return this.lib.pointFromScalar(privateKey, compressed) ?? undefined;
  }

  addToPublicKey(publicKey: Uint8Array, tweak: Uint8Array): Uint8Array | undefined {
    if (!isTweak(tweak) || !this.isPublicKey(publicKey)) return undefined;
    return this.lib.pointAddScalar(publicKey, tweak, true) ?? undefined;
  }

  signRecoverable(hash: Uint8Array, privateKey: Uint8Array, extraEntropy: Uint8Array | undefined) {
    if (hash.length !== 32 || !isNonZeroScalar(privateKey)) return undefined;
    return this.lib.signRecoverable(hash, privateKey, extraEntropy);
  }

  recover(signature: Uint8Array, recoveryId: number, hash: Uint8Array, compressed: boolean) {
    if (!isCompactSignature(signature) || hash.length !== 32) return undefined;
    // Ids 2 and 3 stand for x = r + n, which the library checks on r instead.
    if (recoveryId > 1) return loadNoble().recover(signature, recoveryId, hash, compressed);
    if (!this.lib.isXOnlyPoint(signature.subarray(0, 32))) return undefined;
    return this.lib.recover(hash, signature, recoveryId === 0 ? 0 : 1, compressed) ?? undefined;
  }
}

function isTweak(tweak: Uint8Array): boolean {
  return tweak.length === 32 && isBelowOrder(tweak);
}
