import { createRequire } from 'node:module';
import { chacha20Keystream } from '../chacha20.js';
import { sha256 } from '../hash.js';
import { type ExportedFunction, type Instance, instantiate, isRunnable } from './engine.js';

/** Layout of the memory that calls share; `assembly/index.ts` has the other side. */
const SIGNATURE = 0;
const HASH = 64;
const KEY = 96;
const RESULT = 176;
const RESULT_SIZE = 65;

/** Signatures that are checked in one batch at most. */
export const MAX_BATCH = 128;
/** Bytes of one in a batch: signature, challenge, key. */
const BATCH_ENTRY = 128;
const COEFFICIENT_SIZE = 16;
const ZERO_NONCE = new Uint8Array(12);

/**
 * The curve in WebAssembly that the build makes of `assembly/`. It takes time that depends on its inputs, so no secret
 * may go in. Lengths of all arguments are as documented; what they hold may be anything.
 */
export class CurveModule {
  private readonly bytes: Uint8Array;
  private readonly ecdsa: ExportedFunction;
  private readonly schnorr: ExportedFunction;
  private readonly recovery: ExportedFunction;
  private readonly tweak: ExportedFunction;
  private readonly point: ExportedFunction;

  private readonly batch: Uint8Array;
  private readonly coefficients: Uint8Array;
  private readonly schnorrBatch: ExportedFunction;

  constructor(instance: Instance) {
    instance.exported('start')();
    this.bytes = new Uint8Array(instance.memory, instance.exported('input')());
    this.batch = new Uint8Array(instance.memory, instance.exported('batchInput')(), MAX_BATCH * BATCH_ENTRY);
    this.coefficients = new Uint8Array(
      instance.memory,
      instance.exported('batchCoefficients')(),
      MAX_BATCH * COEFFICIENT_SIZE,
    );
    this.schnorrBatch = instance.exported('schnorrBatch');
    this.ecdsa = instance.exported('ecdsa');
    this.schnorr = instance.exported('schnorr');
    this.recovery = instance.exported('recover');
    this.tweak = instance.exported('tweak');
    this.point = instance.exported('point');
  }

  /** @param key 33 or 65 bytes whose first byte and length agree */
  verifyEcdsa(signature: Uint8Array, hash: Uint8Array, key: Uint8Array): boolean {
    this.bytes.set(signature, SIGNATURE);
    this.bytes.set(hash, HASH);
    this.bytes.set(key, KEY);
    return this.ecdsa() === 1;
  }

  /** @param challenge BIP340's challenge hash, 32 bytes, before it is taken modulo the order */
  verifySchnorr(signature: Uint8Array, challenge: Uint8Array, xOnlyKey: Uint8Array): boolean {
    this.bytes.set(signature, SIGNATURE);
    this.bytes.set(challenge, HASH);
    this.bytes.set(xOnlyKey, KEY);
    return this.schnorr() === 1;
  }

  /** Puts a signature in place `index` of the batch, with its {@link verifySchnorr challenge} and key. */
  setBatchEntry(index: number, signature: Uint8Array, challenge: Uint8Array, xOnlyKey: Uint8Array): void {
    const entry = index * BATCH_ENTRY;
    this.batch.set(signature, entry);
    this.batch.set(challenge, entry + 64);
    this.batch.set(xOnlyKey, entry + 96);
  }

  /**
   * Whether the first `count` signatures of the batch, at least one, are all valid. Their coefficients come of a hash of
   * all of them, as BIP340 has it: the first is 1, the others are a key stream of ChaCha20.
   */
  verifyBatch(count: number): boolean {
    const seed = sha256(this.batch.subarray(0, count * BATCH_ENTRY));
    this.coefficients.fill(0, 0, COEFFICIENT_SIZE);
    this.coefficients[0] = 1;
    const rest = chacha20Keystream(seed, ZERO_NONCE, 0, (count - 1) * COEFFICIENT_SIZE);
    this.coefficients.set(rest, COEFFICIENT_SIZE);
    return this.schnorrBatch(count) === 1;
  }

  /** The key of that recovery id, 0 to 3, in 65 bytes, or undefined when there is none. */
  recover(signature: Uint8Array, recoveryId: number, hash: Uint8Array): Uint8Array | undefined {
    this.bytes.set(signature, SIGNATURE);
    this.bytes.set(hash, HASH);
    return this.recovery(recoveryId) === 1 ? this.result() : undefined;
  }

  /** key + tweak·G in 65 bytes; undefined for a key that is none, a tweak not below the order, a sum at infinity. */
  addTweak(key: Uint8Array, tweak: Uint8Array): Uint8Array | undefined {
    this.bytes.set(key, KEY);
    this.bytes.set(tweak, HASH);
    return this.tweak() === 1 ? this.result() : undefined;
  }

  /** The key in 65 bytes, or undefined when it is none. */
  uncompress(key: Uint8Array): Uint8Array | undefined {
    this.bytes.set(key, KEY);
    return this.point() === 1 ? this.result() : undefined;
  }

  private result(): Uint8Array {
    return this.bytes.slice(RESULT, RESULT + RESULT_SIZE);
  }
}

/**
 * The module as bytes, which this engine can run.
 *
 * @throws Error when it is not built, or this engine has no WebAssembly with vectors
 */
export function curveCode(): Uint8Array {
  const require = createRequire(import.meta.url);
  const code = require('#curve-wasm') as Uint8Array;
  if (!isRunnable(code)) throw new Error('this engine does not run the curve in WebAssembly');
  return code;
}

/** A fresh instance of {@link curveCode}. */
export function startCurveModule(code: Uint8Array): CurveModule {
  return new CurveModule(instantiate(code));
}
