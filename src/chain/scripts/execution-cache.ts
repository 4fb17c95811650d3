import type { Transaction } from '../../primitives/transaction.js';
import { BoundedHashSet } from '../../script/bounded-hash-set.js';
import type { ScriptFlags } from '../../script/flags.js';
import { DEFAULT_SIGNATURE_CACHE_BYTES } from '../../script/signature-cache.js';
import type { ScriptExecutionCache } from '../scripts.js';

/** Core gives this cache as much as the signature cache: half of 32 MiB (`-maxsigcachesize`). */
export const DEFAULT_EXECUTION_CACHE_BYTES = DEFAULT_SIGNATURE_CACHE_BYTES;

/**
 * Remembers whole transactions whose scripts passed. The wtxid commits to everything scripts can see: to the outputs
 * spent as well, through the ids of the transactions that made them. Flags must be exactly the same.
 */
export class BoundedExecutionCache implements ScriptExecutionCache {
  private readonly wtxids: BoundedHashSet;

  /** @param maxBytes memory for the entries, 32 bytes each */
  constructor(maxBytes = DEFAULT_EXECUTION_CACHE_BYTES) {
    this.wtxids = new BoundedHashSet(maxBytes);
  }

  /** Entries that fit. */
  get capacity(): number {
    return this.wtxids.capacity;
  }

  has(tx: Transaction, flags: ScriptFlags): boolean {
    return this.wtxids.has(tx.wtxid, flags);
  }

  add(tx: Transaction, flags: ScriptFlags): void {
    this.wtxids.add(tx.wtxid, flags);
  }
}
