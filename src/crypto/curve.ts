import { StartError } from '../runtime/errors.js';
import { loadNative } from './backends/native.js';
import { loadNoble, NOBLE_NAME } from './backends/noble.js';
import { loadWasm } from './backends/wasm.js';
import type { CurveBackend, SchnorrBackend, SchnorrCheck } from './secp256k1.js';

/** Names that the environment variable BLOCKSMITH_CURVE takes; without it the fastest that loads is used. */
export type CurveChoice = 'native' | 'wasm' | 'noble';

const LOADERS: Record<CurveChoice, () => CurveBackend | undefined> = {
  native: loadNative,
  wasm: loadWasm,
  noble: loadNoble,
};

/** The backend of that name, or undefined where it cannot be loaded. */
export function loadCurve(choice: CurveChoice): CurveBackend | undefined {
  return LOADERS[choice]();
}

function isCurveChoice(name: string): name is CurveChoice {
  return Object.hasOwn(LOADERS, name);
}

/** What a process uses: mostly one backend, but for Schnorr one that knows it. */
interface Choice {
  readonly curve: CurveBackend;
  readonly schnorr: SchnorrBackend;
  readonly name: string;
}

function chooseCurve(): Choice {
  const wanted = process.env.BLOCKSMITH_CURVE;
  if (wanted === undefined || wanted === '') return chooseFastest();
  const backend = isCurveChoice(wanted) ? loadCurve(wanted) : undefined;
  if (backend === undefined) throw new StartError(`BLOCKSMITH_CURVE: no curve backend "${wanted}" here`);
  return { curve: backend, schnorr: backend, name: backend.name };
}

/** The native addon for all but Schnorr, which it does not know; WebAssembly for that, and for all where there is no addon. */
function chooseFastest(): Choice {
  const native = loadNative();
  const wasm = loadWasm();
  const curve = native ?? wasm ?? loadNoble();
  const schnorr = wasm ?? curve;
  const name = schnorr === curve ? curve.name : `${curve.name}, for Schnorr ${schnorr.name}`;
  return { curve, schnorr, name };
}

/** Loads backends at the first call: their tables take 12 to 20 ms that programs without signatures need not pay. */
class LazyCurve implements CurveBackend {
  private choice: Choice | undefined;

  private get chosen(): Choice {
    this.choice ??= chooseCurve();
    return this.choice;
  }

  private get loaded(): CurveBackend {
    return this.chosen.curve;
  }

  get name(): string {
    return this.chosen.name;
  }

  verifyEcdsa(signature: Uint8Array, hash: Uint8Array, publicKey: Uint8Array): boolean {
    return this.loaded.verifyEcdsa(signature, hash, publicKey);
  }

  verifySchnorr(signature: Uint8Array, message: Uint8Array, xOnlyKey: Uint8Array): boolean {
    return this.chosen.schnorr.verifySchnorr(signature, message, xOnlyKey);
  }

  verifySchnorrBatch(checks: readonly SchnorrCheck[]): boolean {
    return this.chosen.schnorr.verifySchnorrBatch(checks);
  }

  tweakXOnly(xOnlyKey: Uint8Array, tweak: Uint8Array) {
    return this.loaded.tweakXOnly(xOnlyKey, tweak);
  }

  isPublicKey(publicKey: Uint8Array): boolean {
    return this.loaded.isPublicKey(publicKey);
  }

  convertPublicKey(publicKey: Uint8Array, compressed: boolean): Uint8Array | undefined {
    return this.loaded.convertPublicKey(publicKey, compressed);
  }

  publicKeyOf(privateKey: Uint8Array, compressed: boolean): Uint8Array | undefined {
    return this.loaded.publicKeyOf(privateKey, compressed);
  }

  addToPublicKey(publicKey: Uint8Array, tweak: Uint8Array): Uint8Array | undefined {
    return this.loaded.addToPublicKey(publicKey, tweak);
  }

  signRecoverable(hash: Uint8Array, privateKey: Uint8Array, extraEntropy: Uint8Array | undefined) {
    return this.loaded.signRecoverable(hash, privateKey, extraEntropy);
  }

  recover(signature: Uint8Array, recoveryId: number, hash: Uint8Array, compressed: boolean) {
    return this.loaded.recover(signature, recoveryId, hash, compressed);
  }
}

/**
 * The curve of this process: libsecp256k1 as a native addon with Schnorr in WebAssembly, else all in WebAssembly, else
 * JavaScript. Loaded when first used; throws StartError then if BLOCKSMITH_CURVE names a backend that is not to be had.
 */
export const curve: CurveBackend = new LazyCurve();

/** Loads the backend now, not at the first use, if BLOCKSMITH_CURVE names one. @throws StartError when it is not to be had */
export function loadNamedCurve(): void {
  if ((process.env.BLOCKSMITH_CURVE ?? '') !== '') curveName();
}

/** What the log says at start about the backend in use; loads it. */
export function curveName(): string {
  return curve.name;
}

/** True when the backend in use is the slow one, which is worth a warning at start. */
export function isCurveSlow(): boolean {
  return curve.name === NOBLE_NAME;
}
