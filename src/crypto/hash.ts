import { createHash, hash } from 'node:crypto';
import { loadShortHashes, MAX_SHORT_MESSAGE, type ShortHashes } from './wasm/short-hashes.js';

/**
 * The hashes of the protocol. All take and return raw bytes. Short messages are hashed in WebAssembly once there were some;
 * otherwise `node:crypto`'s one-shot form is used, which is three times faster than a hash object for inputs of transaction size,
 * and has the processor's instructions for long ones.
 */
export function sha256(data: Uint8Array): Uint8Array {
  return shortHashes(data)?.sha256(data) ?? hash('sha256', data, 'buffer');
}

/** SHA-256 of SHA-256: block and transaction ids, merkle nodes, message checksums. */
export function sha256d(data: Uint8Array): Uint8Array {
  return shortHashes(data)?.sha256d(data) ?? hash('sha256', hash('sha256', data, 'buffer'), 'buffer');
}

/** RIPEMD-160 of SHA-256: key and script hashes in addresses. */
export function hash160(data: Uint8Array): Uint8Array {
  return shortHashes(data)?.hash160(data) ?? hash('ripemd160', hash('sha256', data, 'buffer'), 'buffer');
}

/** Hashes of short messages before the module for them is loaded, which takes as long as so many: a start needs fewer. */
const HASHES_BEFORE_MODULE = 1000;

let shortCount = 0;
let loaded: ShortHashes | undefined;

/** What hashes such a message, if that is not for `node:crypto`. */
function shortHashes(data: Uint8Array): ShortHashes | undefined {
  if (data.length > MAX_SHORT_MESSAGE) return undefined;
  if (shortCount < HASHES_BEFORE_MODULE && ++shortCount === HASHES_BEFORE_MODULE) loaded = loadShortHashes();
  return loaded;
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
