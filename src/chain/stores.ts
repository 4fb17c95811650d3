import { join } from 'node:path';
import type { Logger } from '../runtime/logger.js';
import type { ChainDirectories, ChainOptions, ChainStores } from './options.js';
import { DiskSnapshotStorage } from './snapshot/disk-snapshot-storage.js';
import { MemorySnapshotStorage } from './snapshot/snapshot-storage.js';
import { memoryBlockFiles, memoryFiles, openBlockFiles } from './store/block-files.js';
import type { BlockStore } from './store/block-store.js';
import { LevelStore } from './store/level-store.js';
import type { MemoryFlatFiles } from './store/memory-flat-files.js';
import { MemoryStore } from './store/memory-store.js';

/** What stores in memory are made of. They keep what was written for as long as this object lives. */
export interface MemoryParts {
  readonly magic: Uint8Array;
  readonly fastPrune: boolean;
  readonly index: MemoryStore;
  readonly coins: MemoryStore;
  readonly snapshot: MemorySnapshotStorage;
  readonly blockFiles: MemoryFlatFiles;
  readonly undoFiles: MemoryFlatFiles;
}

/** Stores without a disk. A chain that is started on them again finds what the former one wrote. */
export class MemoryChainStores implements ChainStores, MemoryParts {
  readonly magic: Uint8Array;
  readonly fastPrune: boolean;
  readonly index: MemoryStore;
  readonly coins: MemoryStore;
  readonly snapshot: MemorySnapshotStorage;
  readonly blockFiles: MemoryFlatFiles;
  readonly undoFiles: MemoryFlatFiles;
  readonly blocks: BlockStore;

  constructor(parts: MemoryParts) {
    this.magic = parts.magic;
    this.fastPrune = parts.fastPrune;
    this.index = parts.index;
    this.coins = parts.coins;
    this.snapshot = parts.snapshot;
    this.blockFiles = parts.blockFiles;
    this.undoFiles = parts.undoFiles;
    this.blocks = memoryBlockFiles(parts);
  }

  /** What was written so far, for another chain; neither sees what the other writes from here on. */
  clone(): MemoryChainStores {
    return new MemoryChainStores({
      magic: this.magic,
      fastPrune: this.fastPrune,
      index: this.index.clone(),
      coins: this.coins.clone(),
      snapshot: this.snapshot.clone(),
      blockFiles: this.blockFiles.clone(),
      undoFiles: this.undoFiles.clone(),
    });
  }

  /** Bytes that were written and are still there. */
  get bytes(): number {
    const { index, coins, snapshot, blockFiles, undoFiles } = this;
    return index.bytes + coins.bytes + snapshot.bytes + blockFiles.bytes + undoFiles.bytes;
  }
}

/** Empty ones. @param fastPrune small block files, as with -fastprune */
export function memoryStores(magic: Uint8Array, fastPrune = false): MemoryChainStores {
  return new MemoryChainStores({
    magic,
    fastPrune,
    index: new MemoryStore('(memory)/blocks/index'),
    coins: new MemoryStore('(memory)/chainstate'),
    snapshot: new MemorySnapshotStorage(),
    ...memoryFiles(fastPrune),
  });
}

/**
 * LevelDB's caches. Blocks of the index are read once, at start; those of the coins are mostly in our own cache, so
 * what is left to LevelDB is write buffers (Core's 2 MiB and 8 MiB at the least).
 */
const INDEX_CACHE_BYTES = 2 << 20;
export const COINS_CACHE_BYTES = 8 << 20;

/** What is left for our own cache of coins of `-dbcache`, which is the memory of all that deals with the databases. */
export function cachedCoinsBytes(dbCacheBytes: number): number {
  const rest = dbCacheBytes - Math.min(Math.floor(dbCacheBytes / 8), INDEX_CACHE_BYTES);
  return rest - Math.min(Math.floor(rest / 2), COINS_CACHE_BYTES);
}

/** Opens the block files and prepares the databases of a data directory, in Core's layout. */
export function diskStores(
  directories: ChainDirectories,
  options: ChainOptions,
  logger: Logger,
): ChainStores {
  const { blocksDir, chainstateDir, indexDir = join(blocksDir, 'index') } = directories;
  const { reindex = false, reindexChainstate = false, fastPrune = false, blocksXor = true } = options;
  // Files first: only an empty directory gets a key to hide them.
  const { magic, genesis } = options.params;
  const blocks = openBlockFiles(
    { directory: blocksDir, magic, useXor: blocksXor, fastPrune, genesis: genesis.raw },
    logger,
  );
  const index = new LevelStore(
    {
      path: indexDir,
      cacheBytes: INDEX_CACHE_BYTES,
      obfuscate: false,
      wipe: reindex,
      remedy: '-reindex',
    },
    logger,
  );
  const coins = new LevelStore(
    {
      path: chainstateDir,
      cacheBytes: COINS_CACHE_BYTES,
      obfuscate: true,
      wipe: reindex || reindexChainstate,
      remedy: '-reindex-chainstate',
    },
    logger,
  );
  const snapshot = new DiskSnapshotStorage({ chainstateDir, cacheBytes: COINS_CACHE_BYTES }, logger);
  return { index, coins, snapshot, blocks };
}
