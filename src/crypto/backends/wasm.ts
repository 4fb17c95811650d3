import { evenKey, hasPublicKeyForm, splitCompressed } from '../public-key-form.js';
import { schnorrChallenge } from '../schnorr-challenge.js';
import type { CurveBackend, SchnorrCheck, SigningBackend } from '../secp256k1.js';
import { type CurveModule, curveCode, MAX_BATCH, startCurveModule } from '../wasm/curve-module.js';
import { loadNoble } from './noble.js';
import { loadTinySigning } from './tiny.js';

/** Two signatures take as long together as one after the other. */
const MIN_BATCH = 3;

/** The curve in WebAssembly, with a library for what private keys do; undefined where it cannot be loaded. */
export function loadWasm(): CurveBackend | undefined {
  try {
    return new WasmBackend(curveCode());
  } catch {
    return undefined;
  }
}

/** All that is public is done by our own module; it takes varying time, so private keys are for another. */
class WasmBackend implements CurveBackend {
  readonly name = 'secp256k1 (WebAssembly)';

  private startedCurve: CurveModule | undefined;
  private loadedSigning: SigningBackend | undefined;

  constructor(private readonly code: Uint8Array) {}

  /** Compiled when first used: a node beside the native addon needs it when it sees taproot. */
  private get curve(): CurveModule {
    this.startedCurve ??= startCurveModule(this.code);
    return this.startedCurve;
  }

  /** Loaded when a private key is first used: it takes longer than all the rest. */
  private get signing(): SigningBackend {
    this.loadedSigning ??= loadTinySigning() ?? loadNoble();
    return this.loadedSigning;
  }

  verifyEcdsa(signature: Uint8Array, hash: Uint8Array, publicKey: Uint8Array): boolean {
    if (signature.length !== 64 || hash.length !== 32 || !hasPublicKeyForm(publicKey)) return false;
    return this.curve.verifyEcdsa(signature, hash, publicKey);
  }

  verifySchnorr(signature: Uint8Array, message: Uint8Array, xOnlyKey: Uint8Array): boolean {
    if (signature.length !== 64 || xOnlyKey.length !== 32) return false;
    return this.curve.verifySchnorr(signature, schnorrChallenge(signature, message, xOnlyKey), xOnlyKey);
  }

  verifySchnorrBatch(checks: readonly SchnorrCheck[]): boolean {
    for (let from = 0; from < checks.length; from += MAX_BATCH) {
      if (!this.verifyTogether(checks.slice(from, from + MAX_BATCH))) return false;
    }
    return true;
  }

  private verifyTogether(checks: readonly SchnorrCheck[]): boolean {
    if (checks.length < MIN_BATCH) {
      return checks.every(({ signature, message, xOnlyKey }) =>
        this.verifySchnorr(signature, message, xOnlyKey),
      );
    }
    for (const [index, { signature, message, xOnlyKey }] of checks.entries()) {
      if (signature.length !== 64 || xOnlyKey.length !== 32) return false;
      const challenge = schnorrChallenge(signature, message, xOnlyKey);
      this.curve.setBatchEntry(index, signature, challenge, xOnlyKey);
    }
    return this.curve.verifyBatch(checks.length);
  }

  tweakXOnly(xOnlyKey: Uint8Array, tweak: Uint8Array): { key: Uint8Array; parity: 0 | 1 } | undefined {
    if (xOnlyKey.length !== 32) return undefined;
    const sum = this.addToPublicKey(evenKey(xOnlyKey), tweak);
    return sum === undefined ? undefined : splitCompressed(sum);
  }

  isPublicKey(publicKey: Uint8Array): boolean {
    return this.convertPublicKey(publicKey, false) !== undefined;
  }

  convertPublicKey(publicKey: Uint8Array, compressed: boolean): Uint8Array | undefined {
    if (!hasPublicKeyForm(publicKey)) return undefined;
    return inForm(this.curve.uncompress(publicKey), compressed);
  }

  addToPublicKey(publicKey: Uint8Array, tweak: Uint8Array): Uint8Array | undefined {
    if (!hasPublicKeyForm(publicKey) || tweak.length !== 32) return undefined;
    return inForm(this.curve.addTweak(publicKey, tweak), true);
  }

  recover(signature: Uint8Array, recoveryId: number, hash: Uint8Array, compressed: boolean) {
    if (signature.length !== 64 || hash.length !== 32) return undefined;
    return inForm(this.curve.recover(signature, recoveryId, hash), compressed);
  }

  publicKeyOf(privateKey: Uint8Array, compressed: boolean): Uint8Array | undefined {
    return this.signing.publicKeyOf(privateKey, compressed);
  }

  signRecoverable(hash: Uint8Array, privateKey: Uint8Array, extraEntropy: Uint8Array | undefined) {
    return this.signing.signRecoverable(hash, privateKey, extraEntropy);
  }
}

/** A key of 65 bytes in the form that is asked for. */
function inForm(uncompressed: Uint8Array | undefined, compressed: boolean): Uint8Array | undefined {
  if (uncompressed === undefined || !compressed) return uncompressed;
  const key = uncompressed.slice(0, 33);
  key[0] = 2 + ((uncompressed[64] as number) & 1);
  return key;
}
