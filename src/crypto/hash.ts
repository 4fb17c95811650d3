import { createHash, hash } from 'node:crypto';

/**
 * The hashes of the protocol. All take and return raw bytes; `node:crypto`'s one-shot form is used because it is three
 * times faster than a hash object for inputs of transaction size.
 */
export function sha256(data: Uint8Array): Uint8Array {
  return hash('sha256', data, 'buffer');
}

/** SHA-256 of SHA-256: block and transaction ids, merkle nodes, message checksums. */
export function sha256d(data: Uint8Array): Uint8Array {
  return hash('sha256', hash('sha256', data, 'buffer'), 'buffer');
}

/** RIPEMD-160 of SHA-256: key and script hashes in addresses. */
export function hash160(data: Uint8Array): Uint8Array {
  return hash('ripemd160', hash('sha256', data, 'buffer'), 'buffer');
}

export function ripemd160(data: Uint8Array): Uint8Array {
  return hash('ripemd160', data, 'buffer');
}

export function sha1(data: Uint8Array): Uint8Array {
  return hash('sha1', data, 'buffer');
}

const tagPrefixes = new Map<string, Buffer>();

/** BIP340 tagged hash: SHA-256 of the tag's hash twice, then `parts`. */
export function taggedHash(tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  let prefix = tagPrefixes.get(tag);
  if (prefix === undefined) {
    const tagHash = sha256(Buffer.from(tag, 'utf8'));
    prefix = Buffer.concat([tagHash, tagHash]);
    tagPrefixes.set(tag, prefix);
  }
  const context = createHash('sha256').update(prefix);
  for (const part of parts) context.update(part);
  return context.digest();
}
