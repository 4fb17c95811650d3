import { doubleMultiply } from './double-multiply';
import { addAffine, isInfinity, toAffine, Y } from './point';
import { readPublicKey, writePublicKey } from './public-key';
import { readScalar } from './scalar';

const TWEAK = memory.data(32, 16);
const NONE = memory.data(32, 16);
const KEY = memory.data(96, 16);
const SUM = memory.data(144, 16);

/** Writes key + tweak·G in 65 bytes; false for a key that is none, a tweak of n or more, and a sum at infinity. */
export function addTweak(result: usize, key: usize, tweak: usize): bool {
  if (!readScalar(TWEAK, tweak) || !readPublicKey(KEY, key)) return false;
  doubleMultiply(SUM, TWEAK, NONE, KEY);
  addAffine(SUM, KEY, KEY + Y);
  if (isInfinity(SUM)) return false;
  toAffine(KEY, SUM);
  writePublicKey(result, KEY);
  return true;
}

/** Writes a key in 65 bytes; false for one that is none. */
export function uncompress(result: usize, key: usize): bool {
  if (!readPublicKey(KEY, key)) return false;
  writePublicKey(result, KEY);
  return true;
}
