import type { ChainStores } from '../../src/chain/options.js';
import { MemorySnapshotStorage } from '../../src/chain/snapshot/snapshot-storage.js';
import { BlockFiles } from '../../src/chain/store/block-files.js';
import { copyStore } from '../../src/chain/store/kv.js';
import { MemoryFlatFiles } from '../../src/chain/store/memory-flat-files.js';
import { MemoryStore } from '../../src/chain/store/memory-store.js';
import { NO_XOR } from '../../src/chain/store/xor.js';

/** More than any file of a test has. */
const WHOLE_FILE = 1 << 24;

/** By so much undo files grow, and block files, with -fastprune and without. */
const UNDO_CHUNK = 1 << 20;
const SMALL_CHUNK = 16 << 10;
const LARGE_CHUNK = 16 << 20;

/** What stores in memory are made of: it can be opened as often as wanted, copied, and looked into. */
export interface MemoryStores {
  readonly magic: Uint8Array;
  readonly fastPrune: boolean;
  readonly index: MemoryStore;
  readonly coins: MemoryStore;
  readonly blockFiles: MemoryFlatFiles;
  readonly undoFiles: MemoryFlatFiles;
}

/** @param fastPrune small files, as with -fastprune */
export function emptyStores(magic: Uint8Array, fastPrune = false): MemoryStores {
  return {
    magic,
    fastPrune,
    index: new MemoryStore('(memory)/blocks/index'),
    coins: new MemoryStore('(memory)/chainstate'),
    blockFiles: new MemoryFlatFiles('blk', fastPrune ? SMALL_CHUNK : LARGE_CHUNK),
    undoFiles: new MemoryFlatFiles('rev', UNDO_CHUNK),
  };
}

/** Stores as a start finds them: nothing is known but what is in the parts. One chain may run on them at a time. */
export function openedStores(parts: MemoryStores): ChainStores {
  const { magic, fastPrune, index, coins, blockFiles: blocks, undoFiles: undos } = parts;
  return {
    index,
    coins,
    snapshot: new MemorySnapshotStorage(),
    blocks: new BlockFiles({ magic, fastPrune, xorKey: NO_XOR, blocks, undos }),
  };
}

/** The same content, to be changed by itself; no chain may be running on the original. */
export async function copyStores(from: MemoryStores): Promise<MemoryStores> {
  const to = emptyStores(from.magic, from.fastPrune);
  await copyStore(from.index, to.index);
  await copyStore(from.coins, to.coins);
  copyFiles(from.blockFiles, to.blockFiles);
  copyFiles(from.undoFiles, to.undoFiles);
  return to;
}

function copyFiles(from: MemoryFlatFiles, to: MemoryFlatFiles): void {
  for (const file of from.list()) to.write(file, 0, from.readSync(file, 0, WHOLE_FILE));
}
