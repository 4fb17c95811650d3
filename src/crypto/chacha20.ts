import { createCipheriv } from 'node:crypto';

/**
 * The first `length` bytes of ChaCha20's keystream (RFC 8439) for a 32-byte key, a 12-byte nonce and the 32-bit number
 * of the first block. OpenSSL's: 4 µs for 384 bytes where plain JavaScript takes 11.
 */
export function chacha20Keystream(
  key: Uint8Array,
  nonce: Uint8Array,
  firstBlock: number,
  length: number,
): Uint8Array {
  const counterAndNonce = Buffer.alloc(16);
  counterAndNonce.writeUInt32LE(firstBlock);
  counterAndNonce.set(nonce, 4);
  return createCipheriv('chacha20', key, counterAndNonce).update(new Uint8Array(length));
}
