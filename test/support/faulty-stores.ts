import type { ChainStores } from '../../src/chain/options.js';
import { MemorySnapshotStorage } from '../../src/chain/snapshot/snapshot-storage.js';
import { BLOCK_FILE_CHUNK, BlockFiles, UNDO_FILE_CHUNK } from '../../src/chain/store/block-files.js';
import type { FlatFiles } from '../../src/chain/store/flat-files.js';
import type { KeyValueStore, WriteBatch } from '../../src/chain/store/kv.js';
import { MemoryFlatFiles } from '../../src/chain/store/memory-flat-files.js';
import { MemoryStore } from '../../src/chain/store/memory-store.js';
import { StoreError, type StoreErrorCode } from '../../src/chain/store/store-error.js';
import { NO_XOR } from '../../src/chain/store/xor.js';

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
  readonly action: DiskAction;
  /** Which of these actions fails, the first being 1; all that come after fail as well, of any kind. */
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
    const count = (this.counts.get(action) ?? 0) + 1;
    this.counts.set(action, count);
    if (this.fault?.action !== action || this.fault.at !== count) return;
    this.isBroken = true;
    if (this.fault.half === true) doHalf?.();
    throw this.error(action, path);
  }

  private error(action: DiskAction, path: string): StoreError {
    const code = this.fault?.code ?? 'io';
    const isLost = code === 'corrupt' || code === 'missing';
    const remedy = action.endsWith('coins') ? '-reindex-chainstate' : '-reindex';
    return new StoreError(code, path, `Cannot ${action}`, isLost ? remedy : undefined);
  }
}

/** Stores without a disk that fail as `disk` does. What was written is in `stores`, which work on as they are. */
export function faultyStores(stores: MemoryStores, disk: FaultyDisk): ChainStores {
  return {
    index: faultyStore(stores.index, disk, 'read index', 'write index'),
    coins: faultyStore(stores.coins, disk, 'read coins', 'write coins'),
    snapshot: new MemorySnapshotStorage(),
    blocks: new BlockFiles({
      magic: stores.magic,
      fastPrune: false,
      xorKey: NO_XOR,
      blocks: new FaultyFlatFiles(stores.blockFiles, disk, 'block'),
      undos: new FaultyFlatFiles(stores.undoFiles, disk, 'undo'),
    }),
  };
}

/** The parts of stores in memory: kept apart from a chain's stores, so that block files can be opened anew. */
export interface MemoryStores {
  readonly magic: Uint8Array;
  readonly index: MemoryStore;
  readonly coins: MemoryStore;
  readonly blockFiles: MemoryFlatFiles;
  readonly undoFiles: MemoryFlatFiles;
}

export function emptyStores(magic: Uint8Array): MemoryStores {
  return {
    magic,
    index: new MemoryStore('(memory)/blocks/index'),
    coins: new MemoryStore('(memory)/chainstate'),
    blockFiles: new MemoryFlatFiles('blk', BLOCK_FILE_CHUNK),
    undoFiles: new MemoryFlatFiles('rev', UNDO_FILE_CHUNK),
  };
}

/** Stores over the parts, as after a start: nothing but what is in them is known. */
export function soundStores(stores: MemoryStores): ChainStores {
  return faultyStores(stores, new FaultyDisk());
}

/** The same contents, to be changed by themselves. */
export async function copyStores(stores: MemoryStores): Promise<MemoryStores> {
  const copy = emptyStores(stores.magic);
  await copyRecords(stores.index, copy.index);
  await copyRecords(stores.coins, copy.coins);
  copyFiles(stores.blockFiles, copy.blockFiles);
  copyFiles(stores.undoFiles, copy.undoFiles);
  return copy;
}

async function copyRecords(from: KeyValueStore, to: KeyValueStore): Promise<void> {
  const batch = to.batch();
  for await (const lot of from.iterate()) for (const [key, value] of lot) batch.put(key, value);
  await batch.write();
}

function copyFiles(from: FlatFiles, to: FlatFiles): void {
  for (const file of from.list()) to.write(file, 0, from.readSync(file, 0, Number.MAX_SAFE_INTEGER));
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
