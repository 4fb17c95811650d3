import { createHash } from 'node:crypto';

export function doubleSha256(...parts: readonly Uint8Array[]): Uint8Array {
  const first = createHash('sha256');
  for (const part of parts) first.update(part);
  return createHash('sha256').update(first.digest()).digest();
}

/** A hash as people write it: last byte first. */
export function hashText(hash: Uint8Array): string {
  return Buffer.from(hash).reverse().toString('hex');
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
