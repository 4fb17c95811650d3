import { randomBytes } from 'node:crypto';
import { sha256 } from '../../crypto/hash.js';
import { concatBytes } from '../../primitives/bytes.js';
import { Writer } from '../../primitives/codec.js';
import type { Transaction } from '../../primitives/transaction.js';
import type { ScriptFlags } from '../../script/flags.js';
import { BoundedSignatureCache, DEFAULT_SIGNATURE_CACHE_BYTES } from '../../script/signature-cache.js';
import type { ScriptExecutionCache } from '../scripts.js';

/** Core gives this cache as much as the signature cache: half of 32 MiB (`-maxsigcachesize`). */
export const DEFAULT_EXECUTION_CACHE_BYTES = DEFAULT_SIGNATURE_CACHE_BYTES;

/**
 * Remembers whole transactions whose scripts passed. The wtxid commits to everything scripts can see: to the outputs
 * spent as well, through the ids of the transactions that made them. Flags must be exactly the same.
 */
export class BoundedExecutionCache implements ScriptExecutionCache {
  private readonly hashes: BoundedSignatureCache;
  private readonly salt: Uint8Array;

  /** @param maxBytes memory for the entries, 32 bytes each */
  constructor(maxBytes = DEFAULT_EXECUTION_CACHE_BYTES, salt: Uint8Array = randomBytes(32)) {
    this.hashes = new BoundedSignatureCache(maxBytes);
    this.salt = Uint8Array.from(salt);
  }

  /** Entries that fit. */
  get capacity(): number {
    return this.hashes.capacity;
  }

  has(tx: Transaction, flags: ScriptFlags): boolean {
    return this.hashes.has(this.key(tx, flags));
  }

  add(tx: Transaction, flags: ScriptFlags): void {
    this.hashes.add(this.key(tx, flags));
  }

  private key(tx: Transaction, flags: ScriptFlags): Uint8Array {
    return sha256(concatBytes(this.salt, tx.wtxid, new Writer(4).u32(flags).finish()));
  }
}
