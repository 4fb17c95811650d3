import { randomBytes } from 'node:crypto';
import { int32At } from './int32-at.js';

/**
 * Secret odd multipliers, one for each word that is hashed. Peers choose ids of transactions and blocks, as far as they are
 * willing to grind them; with unknown multipliers they cannot tell which ones collide.
 */
const SALT = new Int32Array(Uint8Array.from(randomBytes(5 * 4)).buffer).map(word => word | 1);

/**
 * 32 bits for tables, other ones in each process, from an id of 32 bytes and a number: a weighted sum (a universal family),
 * stirred.
 *
 * The first half of the id is enough: two that agree in 128 bits cannot be found. The last bytes of a block hash are zeros.
 *
 * @param bytes holds the id from `at` on
 */
export function saltedHash(bytes: Uint8Array, at: number, index: number): number {
  let hash = Math.imul(index, SALT[4] as number);
  hash = (hash + Math.imul(int32At(bytes, at), SALT[0] as number)) | 0;
  hash = (hash + Math.imul(int32At(bytes, at + 4), SALT[1] as number)) | 0;
  hash = (hash + Math.imul(int32At(bytes, at + 8), SALT[2] as number)) | 0;
  hash = (hash + Math.imul(int32At(bytes, at + 12), SALT[3] as number)) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
