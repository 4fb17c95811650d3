import { type CurveChoice, loadCurve } from '../../src/crypto/curve.js';
import type { CurveBackend } from '../../src/crypto/secp256k1.js';

const CHOICES: readonly CurveChoice[] = ['native', 'wasm', 'noble'];

/** Every curve backend that loads on this machine; the JavaScript one always does. */
export const curves: readonly CurveBackend[] = CHOICES.flatMap(choice => loadCurve(choice) ?? []);

export function bytes(hex: string): Uint8Array {
  return Buffer.from(hex, 'hex');
}

export function hex(data: Uint8Array | undefined): string | undefined {
  return data === undefined ? undefined : Buffer.from(data).toString('hex');
}
