/** Compressed: 02 or 03 by the parity of y, then x. */
export const COMPRESSED_KEY_SIZE = 33;
/** Uncompressed 04 ‖ x ‖ y, or hybrid: 06 or 07 by the parity of y, then x ‖ y. */
export const UNCOMPRESSED_KEY_SIZE = 65;

/** Length that a key with this first byte must have; 0 for a byte that starts no key (Core's CPubKey::GetLen). */
export function publicKeyLength(header: number | undefined): number {
  if (header === 2 || header === 3) return COMPRESSED_KEY_SIZE;
  if (header === 4 || header === 6 || header === 7) return UNCOMPRESSED_KEY_SIZE;
  return 0;
}

/** True when first byte and length agree; says nothing about the point (Core's CPubKey::IsValid). */
export function hasPublicKeyForm(key: Uint8Array): boolean {
  return key.length > 0 && key.length === publicKeyLength(key[0]);
}

/** The compressed form of the point with this x and even y, which is what an x-only key stands for (BIP340). */
export function evenKey(xOnlyKey: Uint8Array): Uint8Array {
  const key = new Uint8Array(COMPRESSED_KEY_SIZE);
  key[0] = 2;
  key.set(xOnlyKey, 1);
  return key;
}

/** Splits a compressed key into x and the parity of y. */
export function splitCompressed(key: Uint8Array): { key: Uint8Array; parity: 0 | 1 } {
  return { key: key.subarray(1), parity: key[0] === 3 ? 1 : 0 };
}
