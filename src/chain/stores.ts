import { join } from 'node:path';
import type { Logger } from '../runtime/logger.js';
import type { ChainDirectories, ChainOptions, ChainStores } from './options.js';
import { DiskSnapshotStorage } from './snapshot/disk-snapshot-storage.js';
import { MemorySnapshotStorage } from './snapshot/snapshot-storage.js';
import { blockChunk, memoryBlockFiles, openBlockFiles, UNDO_FILE_CHUNK } from './store/block-files.js';
import type { BlockStore } from './store/block-store.js';
import { LevelStore } from './store/level-store.js';
import { MemoryFlatFiles } from './store/memory-flat-files.js';
import { MemoryStore } from './store/memory-store.js';

/** Stores without a disk. A chain that is started on them again finds what the former one wrote. */
export class MemoryChainStores implements ChainStores {
  readonly blocks: BlockStore;
  readonly snapshot = new MemorySnapshotStorage();

  private constructor(
    private readonly magic: Uint8Array,
    private readonly fastPrune: boolean,
    readonly index: MemoryStore,
    readonly coins: MemoryStore,
    private readonly blockFiles: MemoryFlatFiles,
    private readonly undoFiles: MemoryFlatFiles,
  ) {
    this.blocks = memoryBlockFiles(magic, fastPrune, blockFiles, undoFiles);
  }

  static empty(magic: Uint8Array, fastPrune = false): MemoryChainStores {
    return new MemoryChainStores(
      magic,
      fastPrune,
      new MemoryStore('(memory)/blocks/index'),
      new MemoryStore('(memory)/chainstate'),
      new MemoryFlatFiles('blk', blockChunk(fastPrune)),
      new MemoryFlatFiles('rev', UNDO_FILE_CHUNK),
    );
  }

  /** What was written so far, for another chain; neither sees what the other writes from here on. */
  clone(): MemoryChainStores {
    return new MemoryChainStores(
      this.magic,
      this.fastPrune,
      this.index.clone(),
      this.coins.clone(),
      this.blockFiles.clone(),
      this.undoFiles.clone(),
    );
  }
}

export const memoryStores = MemoryChainStores.empty;

/**
 * LevelDB's caches. Blocks of the index are read once, at start; those of the coins are mostly in our own cache, so
 * what is left to LevelDB is write buffers (Core's 2 MiB and 8 MiB at the least).
 */
const INDEX_CACHE_BYTES = 2 << 20;
export const COINS_CACHE_BYTES = 8 << 20;

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
