import { createHmac, pbkdf2Sync } from 'node:crypto';

/** HMAC-SHA512: the hash of BIP32 key derivation. */
export function hmacSha512(key: Uint8Array, data: Uint8Array): Uint8Array {
  return createHmac('sha512', key).update(data).digest();
}

export function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(data).digest();
}

/** PBKDF2 over HMAC-SHA512, `length` bytes: seeds of BIP39, keys of encrypted wallets. Blocks while it runs. */
export function pbkdf2Sha512(
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Uint8Array {
  return pbkdf2Sync(password, salt, iterations, length, 'sha512');
}
