import type { ChainStores } from '../../src/chain/options.js';
import { MemorySnapshotStorage } from '../../src/chain/snapshot/snapshot-storage.js';
import { BlockFiles } from '../../src/chain/store/block-files.js';
import type { KeyValueStore } from '../../src/chain/store/kv.js';
import { MemoryFlatFiles } from '../../src/chain/store/memory-flat-files.js';
import { MemoryStore } from '../../src/chain/store/memory-store.js';
import { NO_XOR } from '../../src/chain/store/xor.js';

/** More than any file of a test has. */
const WHOLE_FILE = 1 << 24;

/** Stores in memory whose content can be copied: to build a long chain once, and use it many times. */
export interface FilledStores {
  readonly magic: Uint8Array;
  readonly stores: ChainStores;
  readonly blocks: MemoryFlatFiles;
  readonly undos: MemoryFlatFiles;
}

/** Empty ones, with the small files of -fastprune. */
export function emptyStores(magic: Uint8Array): FilledStores {
  const blocks = new MemoryFlatFiles('blk', 16 << 10);
  const undos = new MemoryFlatFiles('rev', 1 << 20);
  return {
    magic,
    blocks,
    undos,
    stores: {
      index: new MemoryStore('(memory)/blocks/index'),
      coins: new MemoryStore('(memory)/chainstate'),
      snapshot: new MemorySnapshotStorage(),
      blocks: new BlockFiles({ magic, fastPrune: true, xorKey: NO_XOR, blocks, undos }),
    },
  };
}

/** Stores with the same content; no chain may be running on the original. */
export async function copyStores(from: FilledStores): Promise<ChainStores> {
  const to = emptyStores(from.magic);
  await copyEntries(from.stores.index, to.stores.index);
  await copyEntries(from.stores.coins, to.stores.coins);
  copyFiles(from.blocks, to.blocks);
  copyFiles(from.undos, to.undos);
  return to.stores;
}

async function copyEntries(from: KeyValueStore, to: KeyValueStore): Promise<void> {
  for await (const lot of from.iterate()) {
    const batch = to.batch();
    for (const [key, value] of lot) batch.put(key, value);
    await batch.write();
  }
}

function copyFiles(from: MemoryFlatFiles, to: MemoryFlatFiles): void {
  for (const file of from.list()) to.write(file, 0, from.readSync(file, 0, WHOLE_FILE));
}
