import { doubleMultiply } from './double-multiply';
import { areEqual, isOdd, normalize } from './field';
import { readElement } from './field-encoding';
import { invertElement } from './field-inverse';
import { multiply, square } from './field-multiply';
import { isInfinity, liftX, Y, Z } from './point';
import { negateScalar, readScalar } from './scalar';

const R = memory.data(48, 16);
const S = memory.data(32, 16);
const E = memory.data(32, 16);
const KEY = memory.data(96, 16);
const SUM = memory.data(144, 16);
const T = memory.data(48, 16);

/** BIP340: verifies 64 bytes under an x-only key, given the hash that is the challenge before it is taken modulo n. */
export function verifySchnorr(signature: usize, challenge: usize, key: usize): bool {
  if (!readElement(R, signature) || !readScalar(S, signature + 32)) return false;
  if (!liftX(KEY, key, false)) return false;
  readScalar(E, challenge);
  negateScalar(E, E);
  doubleMultiply(SUM, S, E, KEY);
  return !isInfinity(SUM) && hasX(SUM, R) && hasEvenY(SUM);
}

function hasX(point: usize, x: usize): bool {
  square(T, point + Z);
  multiply(T, x, T);
  return areEqual(T, point, 10);
}

function hasEvenY(point: usize): bool {
  invertElement(T, point + Z);
  square(R, T);
  multiply(T, T, R);
  multiply(T, point + Y, T);
  normalize(T);
  return !isOdd(T);
}
