import type { Hash256 } from '../../primitives/bytes.js';
import { copyStore, type KeyValueStore, wipeStore } from '../store/kv.js';
import { MemoryStore } from '../store/memory-store.js';

/**
 * Where the coins of a chain that starts from a snapshot are, until they take the place of those that were validated from
 * genesis on.
 */
export interface SnapshotStorage {
  /** Their database. Opened by {@link begin}, or by who finds a {@link base}. */
  readonly coins: KeyValueStore;
  /** Finishes what a crash left half done. To be called before any database is opened. */
  recover(): Promise<void>;
  /** The block that the snapshot in use is as of; undefined when none is in use. */
  base(): Hash256 | undefined;
  /** Opens an empty database. */
  begin(): Promise<void>;
  /** The database is that of a snapshot in use from now on, over restarts as well. */
  use(base: Hash256): Promise<void>;
  /** Closes the database and removes it. */
  discard(): Promise<void>;
  /** Closes the database and puts it where it is not found again, for somebody to look into. */
  setAside(): Promise<void>;
  /** Makes it the `validated` database, whose coins are not needed any more. That one is open afterwards, this one closed. */
  promote(validated: KeyValueStore): Promise<void>;
}

/** The same without a disk. */
export class MemorySnapshotStorage implements SnapshotStorage {
  private baseHash: Hash256 | undefined;

  constructor(readonly coins = new MemoryStore('(memory)/chainstate_snapshot')) {}

  /** The same as it is now; neither sees what becomes of the other. */
  clone(): MemorySnapshotStorage {
    const copy = new MemorySnapshotStorage(this.coins.clone());
    copy.baseHash = this.baseHash;
    return copy;
  }

  /** Bytes of the coins. */
  get bytes(): number {
    return this.coins.bytes;
  }

  async recover(): Promise<void> {}

  base(): Hash256 | undefined {
    return this.baseHash;
  }

  begin(): Promise<void> {
    return wipeStore(this.coins);
  }

  async use(base: Hash256): Promise<void> {
    this.baseHash = base;
  }

  async discard(): Promise<void> {
    this.baseHash = undefined;
    await wipeStore(this.coins);
  }

  setAside(): Promise<void> {
    return this.discard();
  }

  async promote(validated: KeyValueStore): Promise<void> {
    await wipeStore(validated);
    await copyStore(this.coins, validated);
    await this.discard();
  }
}
