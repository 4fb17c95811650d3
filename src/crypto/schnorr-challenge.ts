import { hash } from 'node:crypto';
import { sha256, taggedHash } from './hash.js';

const TAG = 'BIP0340/challenge';
const TAG_HASH = sha256(Buffer.from(TAG, 'utf8'));
const MESSAGE_SIZE = 32;
const R_AT = 64;
const KEY_AT = 96;
const MESSAGE_AT = 128;

/** The tag's hash twice, then room for r, the key and a message of the usual size. */
const buffer = Buffer.concat([TAG_HASH, TAG_HASH, new Uint8Array(3 * 32)]);

/**
 * BIP340's challenge hash over the first half of a signature, a 32-byte key and a message, not yet modulo the order.
 * A message of 32 bytes, as scripts have, is hashed in one go, in a third of the time.
 */
export function schnorrChallenge(
  signature: Uint8Array,
  message: Uint8Array,
  xOnlyKey: Uint8Array,
): Uint8Array {
  const r = signature.subarray(0, 32);
  if (message.length !== MESSAGE_SIZE) return taggedHash(TAG, r, xOnlyKey, message);
  buffer.set(r, R_AT);
  buffer.set(xOnlyKey, KEY_AT);
  buffer.set(message, MESSAGE_AT);
  return hash('sha256', buffer, 'buffer');
}
