import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { BlockIndexDb } from '../chain/store/block-index-db.js';
import { copyStore, type KeyValueStore } from '../chain/store/kv.js';
import { LevelStore } from '../chain/store/level-store.js';
import type { MemoryFlatFiles } from '../chain/store/memory-flat-files.js';
import { NO_XOR, XOR_KEY_SIZE, xorInPlace } from '../chain/store/xor.js';
import type { ChainParams } from '../consensus/params.js';
import { silentLogger } from '../runtime/logger.js';
import { DirectoryStorage } from '../wallet/storage.js';
import { NodeMemory } from './home.js';
import { readWalletsToLoad, writeWalletsToLoad } from './settings-file.js';

/*
 * A network's data directory as a NodeMemory, and the other way round: chain, coins, wallets, mempool, and which wallets
 * are loaded at start. Addresses of peers, bans and fee estimates stay behind, as do chains that began with loadtxoutset
 * and are not validated yet.
 */

/** Databases are opened for one pass: LevelDB needs no more than its least caches. */
const CACHE_BYTES = 1 << 20;

/** What a node has cannot be written in the other form. */
export class NoImage extends Error {
  override readonly name = 'NoImage';
}

interface FlatKind {
  readonly prefix: 'blk' | 'rev';
  readonly files: MemoryFlatFiles;
}

function flatKinds({ chain }: NodeMemory): readonly [blocks: FlatKind, undos: FlatKind] {
  return [
    { prefix: 'blk', files: chain.blockFiles },
    { prefix: 'rev', files: chain.undoFiles },
  ];
}

function flatPath(dir: string, prefix: string, file: number): string {
  return join(dir, 'blocks', `${prefix}${String(file).padStart(5, '0')}.dat`);
}

/**
 * Reads a directory that no node has open.
 *
 * @param dir of one network, such as `<datadir>/regtest`
 * @throws NoImage, or StoreError when its databases cannot be read
 */
export async function readDataDir(dir: string, params: ChainParams): Promise<NodeMemory> {
  if (existsSync(join(dir, 'chainstate_snapshot'))) {
    throw new NoImage(`${dir} has the coins of a snapshot that is not validated yet`);
  }
  const memory = NodeMemory.empty(params);
  const { index, coins } = memory.chain;
  await withLevel(join(dir, 'blocks', 'index'), false, store => copyStore(store, index));
  await withLevel(join(dir, 'chainstate'), true, store => copyStore(store, coins));
  await readFlatFiles(dir, memory);
  const wallets = new DirectoryStorage(walletsIn(dir), silentLogger);
  for (const name of await wallets.list()) {
    await opened(wallets.store(name), store => copyStore(store, memory.wallets.store(name)));
  }
  for (const name of readWalletsToLoad(join(dir, 'settings.json'))) memory.add(name);
  const mempool = join(dir, 'mempool.dat');
  if (existsSync(mempool)) memory.mempool = await readFile(mempool);
  return memory;
}

/** Files are longer than what is in them: the index knows how much that is. */
async function readFlatFiles(dir: string, memory: NodeMemory): Promise<void> {
  const keyFile = join(dir, 'blocks', 'xor.dat');
  const key = existsSync(keyFile) ? (await readFile(keyFile)).subarray(0, XOR_KEY_SIZE) : NO_XOR;
  const infos = new BlockIndexDb(memory.chain.index).readFileInfos();
  const [blocks, undos] = flatKinds(memory);
  for (const [file, info] of infos.entries()) {
    for (const [kind, size] of [[blocks, info?.size] as const, [undos, info?.undoSize] as const]) {
      const path = flatPath(dir, kind.prefix, file);
      if (size === undefined || size === 0 || !existsSync(path)) continue;
      const bytes = (await readFile(path)).subarray(0, size);
      xorInPlace(bytes, key);
      kind.files.write(file, 0, bytes);
    }
  }
}

/** Writes a directory that is not there yet. @throws NoImage, or StoreError when it cannot be written */
export async function writeDataDir(memory: NodeMemory, dir: string): Promise<void> {
  if (memory.chain.snapshot.base() !== undefined) {
    throw new NoImage('the node has the coins of a snapshot that is not validated yet');
  }
  await mkdir(join(dir, 'blocks'), { recursive: true });
  await mkdir(join(dir, 'wallets'));
  await writeFile(join(dir, 'blocks', 'xor.dat'), NO_XOR);
  for (const { prefix, files } of flatKinds(memory)) {
    for (const file of files.list()) await writeFile(flatPath(dir, prefix, file), files.content(file));
  }
  const { index, coins } = memory.chain;
  await withLevel(join(dir, 'blocks', 'index'), false, store => copyStore(index, store));
  await withLevel(join(dir, 'chainstate'), true, store => copyStore(coins, store));
  const wallets = new DirectoryStorage(walletsIn(dir), silentLogger);
  for (const name of await memory.wallets.list()) {
    const place = wallets.locate(name);
    if (relative(walletsIn(dir), place).startsWith('..'))
      throw new NoImage(`wallet "${name}" lies outside of the wallet directory`);
    await mkdir(place, { recursive: true });
    await opened(wallets.store(name), store => copyStore(memory.wallets.store(name), store));
  }
  if (memory.walletsToLoad.length > 0) writeWalletsToLoad(join(dir, 'settings.json'), memory.walletsToLoad);
  if (memory.mempool !== undefined) await writeFile(join(dir, 'mempool.dat'), memory.mempool);
}

function walletsIn(dir: string): string {
  const own = join(dir, 'wallets');
  return existsSync(own) ? own : dir;
}

function withLevel(
  path: string,
  obfuscate: boolean,
  work: (store: KeyValueStore) => Promise<void>,
): Promise<void> {
  return opened(new LevelStore({ path, cacheBytes: CACHE_BYTES, obfuscate }), work);
}

async function opened(store: KeyValueStore, work: (store: KeyValueStore) => Promise<void>): Promise<void> {
  await store.open();
  try {
    await work(store);
  } finally {
    await store.close();
  }
}
