import { doubleMultiply } from './double-multiply';
import { areEqual } from './field';
import { elementFromWords } from './field-encoding';
import { multiply, square } from './field-multiply';
import { isInfinity, Z } from './point';
import { readPublicKey } from './public-key';
import {
  invertScalar,
  multiplyScalars,
  ORDER,
  PRIME_LESS_ORDER,
  readNonZeroScalar,
  readScalar,
} from './scalar';
import { addWords, isBelow } from './words';

const R = memory.data(32, 16);
const S = memory.data(32, 16);
const HASH = memory.data(32, 16);
const KEY = memory.data(96, 16);
const SUM = memory.data(144, 16);
const WANTED = memory.data(48, 16);
const SQUARE = memory.data(48, 16);

/**
 * Verifies r and s, 32 bytes each, high s as well as low, over a hash of 32 bytes under a key as {@link readPublicKey}
 * takes it.
 */
export function verifyEcdsa(signature: usize, hash: usize, key: usize): bool {
  if (!readNonZeroScalar(R, signature) || !readNonZeroScalar(S, signature + 32)) return false;
  if (!readPublicKey(KEY, key)) return false;
  readScalar(HASH, hash);
  invertScalar(S, S);
  multiplyScalars(HASH, HASH, S);
  multiplyScalars(S, R, S);
  doubleMultiply(SUM, HASH, S, KEY);
  return !isInfinity(SUM) && hasX(SUM, R);
}

/** Whether x modulo n is r, without an inverse: X = r·Z², or X = (r + n)·Z² if r + n is below p. */
function hasX(point: usize, r: usize): bool {
  square(SQUARE, point + Z);
  elementFromWords(WANTED, r);
  multiply(WANTED, WANTED, SQUARE);
  if (areEqual(WANTED, point, 10)) return true;
  if (!isBelow(r, PRIME_LESS_ORDER)) return false;
  addWords(r, r, ORDER);
  elementFromWords(WANTED, r);
  multiply(WANTED, WANTED, SQUARE);
  return areEqual(WANTED, point, 10);
}
