import { isOdd } from './field';
import { writeElement } from './field-encoding';
import { liftX, readAffine, Y } from './point';

/** The first byte of a key tells its form. */
const EVEN: u8 = 2;
const UNCOMPRESSED: u8 = 4;
const HYBRID_EVEN: u8 = 6;

/**
 * Reads a key whose first byte and length agree: compressed, uncompressed, or hybrid, which is uncompressed with the
 * parity of y in the first byte. False when it is no point of the curve or has another parity.
 */
export function readPublicKey(point: usize, key: usize): bool {
  const header = load<u8>(key);
  if (header < UNCOMPRESSED) return liftX(point, key + 1, header !== EVEN);
  if (!readAffine(point, key + 1)) return false;
  return header === UNCOMPRESSED || isOdd(point + Y) === (header !== HYBRID_EVEN);
}

/** Writes 65 bytes: 4, x and y of a point in normal form. */
export function writePublicKey(key: usize, point: usize): void {
  store<u8>(key, UNCOMPRESSED);
  writeElement(key + 1, point);
  writeElement(key + 33, point + Y);
}
