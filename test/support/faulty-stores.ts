import type { ChainStores } from '../../src/chain/options.js';
import { BlockFiles } from '../../src/chain/store/block-files.js';
import type { FlatFiles } from '../../src/chain/store/flat-files.js';
import type { KeyValueStore, WriteBatch } from '../../src/chain/store/kv.js';
import { StoreError, type StoreErrorCode } from '../../src/chain/store/store-error.js';
import { NO_XOR } from '../../src/chain/store/xor.js';
import type { MemoryChainStores } from '../../src/chain/stores.js';

/** What a disk is asked to do. */
export type DiskAction =
  | 'read block'
  | 'read undo'
  | 'read index'
  | 'read coins'
  | 'write block'
  | 'write undo'
  | 'write index'
  | 'write coins'
  | 'allocate block'
  | 'allocate undo'
  | 'flush block'
  | 'flush undo';

export interface Fault {
  readonly action: DiskAction | readonly DiskAction[];
  /** Which of these actions fails, counted together, the first being 1; all that come after fail as well, of any kind. */
  readonly at: number;
  /** What the disk says; `half` does half of a write first. */
  readonly code: StoreErrorCode;
  readonly half?: boolean;
}

/** A disk that counts what is asked of it and breaks where it is told to. From then on it does nothing any more. */
export class FaultyDisk {
  readonly counts = new Map<DiskAction, number>();
  /** Actions asked for after the fault. */
  afterFault: DiskAction[] = [];
  isBroken = false;

  constructor(private fault?: Fault) {}

  /** Breaks at an action counted from now on. */
  breakAt(fault: Fault): void {
    this.counts.clear();
    this.fault = fault;
  }

  repair(): void {
    this.fault = undefined;
    this.isBroken = false;
  }

  /** @throws StoreError when this is the action to break at, or the disk is broken */
  check(action: DiskAction, path: string, doHalf?: () => void): void {
    if (this.isBroken) {
      this.afterFault.push(action);
      throw this.error(action, path);
    }
    this.counts.set(action, (this.counts.get(action) ?? 0) + 1);
    if (!this.isReached(action)) return;
    this.isBroken = true;
    if (this.fault?.half === true) doHalf?.();
    throw this.error(action, path);
  }

  private isReached(action: DiskAction): boolean {
    if (this.fault === undefined) return false;
    const actions = [this.fault.action].flat();
    const count = actions.reduce((sum, one) => sum + (this.counts.get(one) ?? 0), 0);
    return actions.includes(action) && count === this.fault.at;
  }

  private error(action: DiskAction, path: string): StoreError {
    const code = this.fault?.code ?? 'io';
    const isLost = code === 'corrupt' || code === 'missing';
    const remedy = action.endsWith('coins') ? '-reindex-chainstate' : '-reindex';
    return new StoreError(code, path, `Cannot ${action}`, isLost ? remedy : undefined);
  }
}

/** Stores without a disk that fail as `disk` does. What was written is in `stores`, which work on as they are. */
export function faultyStores(stores: MemoryChainStores, disk: FaultyDisk): ChainStores {
  return {
    snapshot: stores.snapshot,
    ...faultyDatabases(stores, disk),
    blocks: new BlockFiles({
      magic: stores.magic,
      fastPrune: stores.fastPrune,
      xorKey: NO_XOR,
      blocks: new FaultyFlatFiles(stores.blockFiles, disk, 'block'),
      undos: new FaultyFlatFiles(stores.undoFiles, disk, 'undo'),
    }),
  };
}

/** The databases alone. */
export function faultyDatabases(
  { index, coins }: Pick<ChainStores, 'index' | 'coins'>,
  disk: FaultyDisk,
): Pick<ChainStores, 'index' | 'coins'> {
  return {
    index: faultyStore(index, disk, 'read index', 'write index'),
    coins: faultyStore(coins, disk, 'read coins', 'write coins'),
  };
}

function faultyStore(
  store: KeyValueStore,
  disk: FaultyDisk,
  reading: DiskAction,
  writing: DiskAction,
): KeyValueStore {
  const { location } = store;
  return {
    location,
    get contents() {
      return store.contents;
    },
    open: () => store.open(),
    close: () => store.close(),
    getSync(key) {
      disk.check(reading, location);
      return store.getSync(key);
    },
    async get(key) {
      disk.check(reading, location);
      return store.get(key);
    },
    async getMany(keys) {
      if (keys.length > 0) disk.check(reading, location);
      return store.getMany(keys);
    },
    batch: () => faultyBatch(store.batch(), () => disk.check(writing, location)),
    async *iterate(range) {
      for await (const lot of store.iterate(range)) {
        disk.check(reading, location);
        yield lot;
      }
    },
    approximateSize: range => store.approximateSize(range),
  };
}

function faultyBatch(batch: WriteBatch, check: () => void): WriteBatch {
  return {
    put: (key, value) => batch.put(key, value),
    delete: key => batch.delete(key),
    get byteSize() {
      return batch.byteSize;
    },
    async write(options) {
      check();
      await batch.write(options);
    },
  };
}

class FaultyFlatFiles implements FlatFiles {
  constructor(
    private readonly files: FlatFiles,
    private readonly disk: FaultyDisk,
    private readonly kind: 'block' | 'undo',
  ) {}

  path(file: number): string {
    return this.files.path(file);
  }

  exists(file: number): boolean {
    return this.files.exists(file);
  }

  write(file: number, at: number, bytes: Uint8Array): void {
    this.disk.check(`write ${this.kind}`, this.path(file), () =>
      this.files.write(file, at, bytes.subarray(0, bytes.length >> 1)),
    );
    this.files.write(file, at, bytes);
  }

  async read(file: number, at: number, length: number): Promise<Uint8Array> {
    return this.readSync(file, at, length);
  }

  readSync(file: number, at: number, length: number): Uint8Array {
    this.disk.check(`read ${this.kind}`, this.path(file));
    return this.files.readSync(file, at, length);
  }

  allocate(file: number, at: number, length: number): number {
    this.disk.check(`allocate ${this.kind}`, this.path(file));
    return this.files.allocate(file, at, length);
  }

  truncate(file: number, size: number): void {
    this.files.truncate(file, size);
  }

  remove(file: number): boolean {
    return this.files.remove(file);
  }

  list(): number[] {
    return this.files.list();
  }

  async flush(): Promise<void> {
    this.disk.check(`flush ${this.kind}`, this.path(0));
    await this.files.flush();
  }

  /** Whatever has not been flushed stays where it is. */
  async close(): Promise<void> {}
}
