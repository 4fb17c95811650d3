import { doubleMultiply } from './double-multiply';
import { isInfinity, liftX, toAffine } from './point';
import { writePublicKey } from './public-key';
import {
  invertScalar,
  multiplyScalars,
  negateScalar,
  ORDER,
  PRIME_LESS_ORDER,
  readNonZeroScalar,
  readScalar,
} from './scalar';
import { addWords, isBelow, writeWords } from './words';

const R = memory.data(32, 16);
const S = memory.data(32, 16);
const HASH = memory.data(32, 16);
const X = memory.data(32, 16);
const X_BYTES = memory.data(32, 16);
const NONCE = memory.data(96, 16);
const SUM = memory.data(144, 16);

/**
 * Writes the key that made an ECDSA signature over a hash, in 65 bytes: (s·R − z·G)/r, for the nonce's point R whose y
 * is odd by bit 0 of the id, and whose x is r + n instead of r by bit 1. False when there is none.
 */
export function recoverKey(result: usize, signature: usize, hash: usize, id: u32): bool {
  if (!readNonZeroScalar(R, signature) || !readNonZeroScalar(S, signature + 32)) return false;
  memory.copy(X, R, 32);
  if ((id & 2) !== 0) {
    if (!isBelow(R, PRIME_LESS_ORDER)) return false;
    addWords(X, R, ORDER);
  }
  writeWords(X_BYTES, X);
  if (!liftX(NONCE, X_BYTES, (id & 1) !== 0)) return false;
  readScalar(HASH, hash);
  negateScalar(HASH, HASH);
  invertScalar(R, R);
  multiplyScalars(HASH, HASH, R);
  multiplyScalars(S, S, R);
  doubleMultiply(SUM, HASH, S, NONCE);
  if (isInfinity(SUM)) return false;
  toAffine(NONCE, SUM);
  writePublicKey(result, NONCE);
  return true;
}
