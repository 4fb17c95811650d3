import { BATCH, COEFFICIENTS, verifyBatch } from './batch';
import { verifyEcdsa } from './ecdsa';
import { startField } from './field';
import { startFieldInverse } from './field-inverse';
import { addTweak, uncompress } from './key-sum';
import { startOddMultiples } from './odd-multiples';
import { startPoints } from './point';
import { recoverKey } from './recover';
import { startScalars } from './scalar';
import { verifySchnorr } from './schnorr';

/**
 * What JavaScript calls. All bytes go through {@link input}, at the offsets that each function tells; numbers are most
 * significant byte first. Nothing is kept from one call to the next.
 */
const INPUT = memory.data(256, 16);
const SIGNATURE = INPUT;
const HASH = INPUT + 64;
const KEY = INPUT + 96;
const RESULT = INPUT + 176;

/** Fills constants; before all else. */
export function start(): void {
  startField();
  startFieldInverse();
  startScalars();
  startPoints();
  startOddMultiples();
}

/** Where the bytes of a call go. */
export function input(): usize {
  return INPUT;
}

/** ECDSA: r ‖ s at 0, hash at 64, key of 33 or 65 bytes at 96, whose first byte and length agree. */
export function ecdsa(): bool {
  return verifyEcdsa(SIGNATURE, HASH, KEY);
}

/** BIP340: r ‖ s at 0, challenge hash at 64, x-only key at 96. */
export function schnorr(): bool {
  return verifySchnorr(SIGNATURE, HASH, KEY);
}

/** Where the entries of a batch go; see {@link batch} for their form. */
export function batchInput(): usize {
  return BATCH;
}

/** Where the coefficients of a batch go. */
export function batchCoefficients(): usize {
  return COEFFICIENTS;
}

/** BIP340 for the first `count` entries: whether all are valid. */
export function schnorrBatch(count: u32): bool {
  return verifyBatch(count);
}

/** Key recovery: r ‖ s at 0, hash at 64; the key of that recovery id in 65 bytes to 176, or false. */
export function recover(id: u32): bool {
  return recoverKey(RESULT, SIGNATURE, HASH, id);
}

/** Tweak at 64, key at 96; their sum in 65 bytes to 176, or false. */
export function tweak(): bool {
  return addTweak(RESULT, KEY, HASH);
}

/** Key at 96, in 65 bytes to 176, or false when it is no key. */
export function point(): bool {
  return uncompress(RESULT, KEY);
}
