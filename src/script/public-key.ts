import { COMPRESSED_KEY_SIZE } from '../crypto/public-key-form.js';

export function isCompressedKey(publicKey: Uint8Array): boolean {
  return publicKey.length === COMPRESSED_KEY_SIZE;
}

/** True for the uncompressed form that repeats the parity in its first byte: valid in consensus, used by nobody. */
export function isHybridKey(publicKey: Uint8Array): boolean {
  return publicKey[0] === 6 || publicKey[0] === 7;
}
