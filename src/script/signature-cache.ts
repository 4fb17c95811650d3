import { hash, randomBytes } from 'node:crypto';
import { BoundedHashSet } from './bounded-hash-set.js';

/** Hash that stands for one good signature: scheme, message hash, key and signature, salted. */
export type SignatureCacheKey = Uint8Array;

/** Remembers signatures that were found good, so that a block need not check again what the mempool did. */
export interface SignatureCache {
  key(
    kind: 'ecdsa' | 'schnorr',
    sighash: Uint8Array,
    publicKey: Uint8Array,
    signature: Uint8Array,
  ): SignatureCacheKey;
  has(key: SignatureCacheKey): boolean;
  add(key: SignatureCacheKey): void;
}

/** Half of the 32 MiB that Core gives its two verification caches together. */
export const DEFAULT_SIGNATURE_CACHE_BYTES = 16 << 20;

/** More than a letter, a hash, a key in 65 bytes, and a signature, which as an element of the stack has 520 at most. */
const MAX_PARTS_BYTES = 1024;

/** A signature cache in bounded memory. What stands for signatures is salted, so that nobody can foresee it. */
export class BoundedSignatureCache implements SignatureCache {
  private readonly keys: BoundedHashSet;
  /** The salt, and room for what is hashed behind it. */
  private readonly parts: Buffer;
  private readonly saltLength: number;

  /** @param maxBytes memory for the entries; the next lower power of two is used, at least for eight of them */
  constructor(maxBytes = DEFAULT_SIGNATURE_CACHE_BYTES, salt: Uint8Array = randomBytes(32)) {
    this.keys = new BoundedHashSet(maxBytes);
    this.saltLength = salt.length;
    this.parts = Buffer.alloc(salt.length + MAX_PARTS_BYTES);
    this.parts.set(salt);
  }

  /** Entries that fit. */
  get capacity(): number {
    return this.keys.capacity;
  }

  key(
    kind: 'ecdsa' | 'schnorr',
    sighash: Uint8Array,
    publicKey: Uint8Array,
    signature: Uint8Array,
  ): SignatureCacheKey {
    // The lengths are fixed by the first byte of the key and by the kind, so nothing is ambiguous.
    const { parts, saltLength } = this;
    const length = saltLength + 1 + sighash.length + publicKey.length + signature.length;
    parts[saltLength] = kind === 'ecdsa' ? 0x45 : 0x53;
    parts.set(sighash, saltLength + 1);
    parts.set(publicKey, saltLength + 1 + sighash.length);
    parts.set(signature, length - signature.length);
    return hash('sha256', parts.subarray(0, length), 'buffer');
  }

  has(key: SignatureCacheKey): boolean {
    return this.keys.has(key);
  }

  add(key: SignatureCacheKey): void {
    this.keys.add(key);
  }
}
