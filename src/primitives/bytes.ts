/** A hash or id of 32 raw bytes in internal order (the order on the wire; RPC shows it reversed). */
export type Hash256 = Uint8Array;

/** A hash as a map key: its 32 bytes as a latin1 string. Never shown to anyone. */
export type HashKey = string & { readonly __brand: 'HashKey' };

export const EMPTY_BYTES = new Uint8Array(0);
export const ZERO_HASH: Hash256 = new Uint8Array(32);

/** Bytes from one offset to before another. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** A view of a range of `bytes`. */
export function viewOf(bytes: Uint8Array, { from, to }: ByteRange): Uint8Array {
  return from === to ? EMPTY_BYTES : bytes.subarray(from, to);
}

/** A Buffer over the same memory as `bytes`; no copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function hashKey(hash: Uint8Array): HashKey {
  return asBuffer(hash).toString('latin1') as HashKey;
}

/** The bytes behind a key made by {@link hashKey}. */
export function keyToHash(key: HashKey): Hash256 {
  return Buffer.from(key, 'latin1');
}

export function toHex(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('hex');
}

const HEX_PAIRS = /^(?:[0-9a-fA-F]{2})*$/;

/** True for an even number of hex digits and nothing else. */
export function isHex(text: string): boolean {
  return HEX_PAIRS.test(text);
}

/** Bytes of a hex string, or undefined when it is not one. */
export function fromHex(text: string): Uint8Array | undefined {
  return isHex(text) ? Buffer.from(text, 'hex') : undefined;
}

/** Hex of a hash in display order (reversed), as RPC and logs write it. */
export function hashToHex(hash: Uint8Array): string {
  return Buffer.from(hash).reverse().toString('hex');
}

/** Hash from 64 hex digits in display order, or undefined when `text` is anything else. */
export function hashFromHex(text: string): Hash256 | undefined {
  return text.length === 64 && isHex(text) ? Buffer.from(text, 'hex').reverse() : undefined;
}

/** Up to this length a loop takes less time than a native call: most that are compared are hashes, and differ at once. */
const SHORT_LENGTH = 64;

export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  const { length } = a;
  if (length !== b.length) return false;
  if (length > SHORT_LENGTH) return asBuffer(a).equals(b);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Lexicographic order of bytes: negative, zero or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b);
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}
