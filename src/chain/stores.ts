import { join } from 'node:path';
import type { Logger } from '../runtime/logger.js';
import type { ChainDirectories, ChainOptions, ChainStores } from './options.js';
import { DiskSnapshotStorage } from './snapshot/disk-snapshot-storage.js';
import { MemorySnapshotStorage } from './snapshot/snapshot-storage.js';
import { memoryBlockFiles, openBlockFiles } from './store/block-files.js';
import { LevelStore } from './store/level-store.js';
import { MemoryStore } from './store/memory-store.js';

/** Stores without a disk. A chain that is started on them again finds what the former one wrote. */
export function memoryStores(magic: Uint8Array, fastPrune = false): ChainStores {
  return {
    index: new MemoryStore('(memory)/blocks/index'),
    coins: new MemoryStore('(memory)/chainstate'),
    snapshot: new MemorySnapshotStorage(),
    blocks: memoryBlockFiles(magic, fastPrune),
  };
}

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
