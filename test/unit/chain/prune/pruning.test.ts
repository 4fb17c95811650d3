import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BlockChain } from '../../../../src/chain/chainstate.js';
import type { ChainDirectories, ChainStores } from '../../../../src/chain/options.js';
import { diskStores, MemoryChainStores, memoryStores } from '../../../../src/chain/stores.js';
import { chainParams } from '../../../../src/consensus/networks.js';
import { hashToHex } from '../../../../src/primitives/bytes.js';
import { defined } from '../../../../src/runtime/errors.js';
import { type Logger, silentLogger } from '../../../../src/runtime/logger.js';
import {
  buildEmptyBlocks,
  submit,
  type TestChainOptions,
  testChain,
} from '../../../support/chain-builder.js';
import { tempDirectory } from '../../../support/chain-temp-dir.js';
import { FaultyDisk, faultyDatabases } from '../../../support/faulty-stores.js';

/** With -fastprune: files of 64 KiB, and pruning from height 101 on. */
const PARAMS = chainParams('regtest', { fastPrune: true });
/** Blocks of about 4 kB: some fifteen in a file. */
const PADDING = 4000;
const LENGTH = 360;

const trunk = buildEmptyBlocks(PARAMS.genesis, 0, LENGTH, 0, PADDING);
const blockAt = (height: number) => defined(trunk[height - 1], 'block of the trunk');

interface OpenOptions extends TestChainOptions {
  readonly log?: string[];
}

async function open({ log = [], ...options }: OpenOptions): Promise<BlockChain> {
  const write = (message: string) => {
    log.push(message);
  };
  const logger: Logger = {
    ...silentLogger,
    info: write,
    warn: write,
    error: write,
    debug: (_, message) => write(message),
  };
  const { chain } = testChain({
    params: PARAMS,
    fastPrune: true,
    prune: 'manual',
    checkBlockIndex: 0,
    modules: { logger },
    stores: memoryStores(PARAMS.magic, true),
    ...options,
  });
  onTestFinished(() => close(chain));
  await chain.start();
  return chain;
}

const closed = new WeakSet<BlockChain>();

async function close(chain: BlockChain): Promise<void> {
  if (closed.has(chain)) return;
  closed.add(chain);
  await chain.stop();
}

/** A chain whose process is going to end: nobody closes it. */
async function openDoomed(options: OpenOptions): Promise<BlockChain> {
  const chain = await open(options);
  closed.add(chain);
  return chain;
}

/** What runs left that took in so many blocks of the trunk, to be copied. */
const runs = new Map<number, MemoryChainStores>();

/** Stores as after a run that took in the trunk. */
async function storesWith(length = LENGTH): Promise<ChainStores> {
  let run = runs.get(length);
  if (run === undefined) {
    run = memoryStores(PARAMS.magic, true);
    await runWith({ stores: new MemoryChainStores(run) }, chain => submit(chain, trunk.slice(0, length)));
    runs.set(length, run);
  }
  return new MemoryChainStores(run.clone());
}

async function runWith<T>(options: OpenOptions, use: (chain: BlockChain) => Promise<T>): Promise<T> {
  const chain = await open(options);
  const result = await use(chain);
  await close(chain);
  return result;
}

/** Heights of the active chain whose block, or undo data, are there; genesis aside. */
function heightsWith(chain: BlockChain, what: 'hasData' | 'hasUndo'): number[] {
  const heights = Array.from({ length: chain.height }, (_, i) => i + 1);
  return heights.filter(height => chain.headers[what](chain.at(height)));
}

const from = (lowest: number, height: number) =>
  Array.from({ length: height - lowest + 1 }, (_, i) => lowest + i);

/** Lowest block that is left; all above it must be there. */
function lowestLeft(chain: BlockChain): number {
  const lowest = (chain.prunedHeight ?? 0) + 1;
  expect(heightsWith(chain, 'hasData')).toEqual(from(lowest, chain.height));
  expect(heightsWith(chain, 'hasUndo')).toEqual(from(lowest, chain.height));
  return lowest;
}

async function coinsOf(chain: BlockChain): Promise<string> {
  const { hash } = await chain.utxoStats('hash_serialized_3');
  return hashToHex(defined(hash, 'hash of the coins'));
}

describe('pruning by hand', () => {
  it('removes the files that hold no block above a height, and keeps their headers', async () => {
    const chain = await open({ stores: await storesWith() });
    expect(chain.havePruned).toBe(false);
    expect(chain.prunedHeight).toBeUndefined();
    const before = chain.sizeOnDisk();
    await chain.prune(70);
    const lowest = lowestLeft(chain);
    expect(lowest).toBeGreaterThan(50);
    expect(lowest).toBeLessThanOrEqual(71);
    expect(chain.havePruned).toBe(true);
    expect(chain.sizeOnDisk()).toBeLessThan(before);
    chain.checkInvariants();
    const gone = chain.at(1);
    expect(chain.headers.txCount(gone)).toBe(1);
    await expect(chain.readBlock(gone)).rejects.toMatchObject({ code: 'missing' });
    await expect(chain.readUndo(gone)).rejects.toMatchObject({ code: 'missing' });
    expect((await chain.readBlock(chain.at(lowest))).header.key).toBe(blockAt(lowest).header.key);
  });

  it('leaves a file alone that holds one block too many', async () => {
    const chain = await open({ stores: await storesWith() });
    await chain.prune(30);
    const lowest = lowestLeft(chain);
    // The last block of the next file is needed for that one to go.
    const heights = from(lowest, LENGTH - 288);
    for (const height of heights) {
      await chain.prune(height);
      if (lowestLeft(chain) !== lowest) {
        expect(lowestLeft(chain)).toBe(height + 1);
        return;
      }
    }
    throw new Error('no file went');
  });

  it('never removes one of the last 288 blocks', async () => {
    const chain = await open({ stores: await storesWith() });
    await chain.prune(LENGTH);
    const lowest = lowestLeft(chain);
    expect(lowest).toBeLessThanOrEqual(LENGTH - 288 + 1);
    expect(lowest).toBeGreaterThan(LENGTH - 288 - 20);
  });

  it('stays away from blocks that somebody still needs', async () => {
    const log: string[] = [];
    const chain = await open({ stores: await storesWith(), log });
    chain.setPruneLock('slow index', 61);
    await chain.prune(LENGTH);
    expect(lowestLeft(chain)).toBeLessThanOrEqual(51);
    expect(log).toContain('slow index limited pruning to height 50');
    expect(log).toContainEqual(
      expect.stringMatching(/^\[normal\] Prune \(Manual\): prune_height=50 removed \d blk\/rev pairs$/),
    );
    chain.setPruneLock('slow index', undefined);
    await chain.prune(LENGTH);
    expect(lowestLeft(chain)).toBeGreaterThan(LENGTH - 288 - 20);
  });

  it('moves such a lock back with the chain', async () => {
    const log: string[] = [];
    const chain = await open({ stores: await storesWith(), log });
    chain.setPruneLock('index', LENGTH);
    await chain.invalidate(chain.at(LENGTH - 1));
    expect(log).toContain(`index prune lock moved back to ${LENGTH - 1}`);
    expect(log).toContain(`index prune lock moved back to ${LENGTH - 2}`);
  });

  it('does nothing without -prune', async () => {
    const chain = await open({ stores: await storesWith(), prune: undefined });
    await chain.prune(70);
    expect(lowestLeft(chain)).toBe(1);
  });
});

describe('a pruned chain', () => {
  const pruned = async (height = LENGTH) => {
    const stores = await storesWith();
    const lowest = await runWith({ stores }, async chain => {
      await chain.prune(height);
      return lowestLeft(chain);
    });
    return { stores, lowest };
  };

  it('is as it was when it is started again, and goes on', async () => {
    const { stores, lowest } = await pruned();
    const log: string[] = [];
    const chain = await open({ stores, log, checkBlocks: 1000 });
    expect(log).toContain('LoadBlockIndexDB(): Block files have previously been pruned');
    expect(log).toContain(
      'Block pruning enabled.  Use RPC call pruneblockchain(height) to manually prune block and undo files.',
    );
    expect(log).toContain('pruned datadir may not have more than 288 blocks; only checking available blocks');
    expect(chain.height).toBe(LENGTH);
    expect(lowestLeft(chain)).toBe(lowest);
    expect(chain.havePruned).toBe(true);
    chain.checkInvariants();
    await submit(chain, buildEmptyBlocks(blockAt(LENGTH), LENGTH, 3));
    expect(chain.height).toBe(LENGTH + 3);
  });

  it('cannot be started without -prune', async () => {
    const { stores } = await pruned();
    const { chain } = testChain({ stores, params: PARAMS, fastPrune: true });
    await expect(chain.start()).rejects.toThrow(
      'You need to rebuild the database using -reindex to go back to unpruned mode.  This will redownload the entire blockchain',
    );
    await chain.stop();
  });

  it('is checked as far as its blocks go', async () => {
    const { stores, lowest } = await pruned();
    const log: string[] = [];
    const chain = await open({ stores, log });
    expect(await chain.verify({ depth: 0, level: 4 })).toBe('incomplete');
    expect(log).toContain(
      `VerifyDB(): block verification stopping at height ${lowest - 1} (no data). This could be due to pruning or use of an assumeutxo snapshot.`,
    );
    expect(await chain.verify({ depth: LENGTH - lowest, level: 4 })).toBe('ok');
  });

  it('takes a pruned block again, without its undo data', async () => {
    const { stores, lowest } = await pruned();
    const log: string[] = [];
    const chain = await open({ stores, log });
    const last = chain.at(lowest - 1);
    expect(await chain.processBlock(blockAt(lowest - 1), { requested: false })).toMatchObject({
      accepted: false,
    });
    expect(await chain.processBlock(blockAt(lowest - 1), { requested: true })).toMatchObject({ isNew: true });
    expect((await chain.readBlock(last)).header.key).toBe(blockAt(lowest - 1).header.key);
    expect(chain.headers.hasUndo(last)).toBe(false);
    expect(chain.prunedHeight).toBe(lowest - 1);
    chain.checkInvariants();
    expect(await chain.verify({ depth: 0, level: 3 })).toBe('incomplete');
    expect(await chain.verify({ depth: LENGTH - lowest + 2, level: 2 })).toBe('ok');
  });

  it('stops for good when it must go below what is left', async () => {
    const { stores, lowest } = await pruned();
    const log: string[] = [];
    const chain = await open({ stores, log });
    const fatal: string[] = [];
    chain.events.on('fatal', message => fatal.push(message));
    const fork = lowest - 5;
    const longer = buildEmptyBlocks(blockAt(fork), fork, LENGTH - fork + 1, 3);
    await expect(submit(chain, longer)).rejects.toThrow('Failed to disconnect block.');
    expect(fatal).toEqual(['Failed to disconnect block.']);
    expect(log).toContain('DisconnectTip(): Failed to read block');
    expect(chain.height).toBe(lowest - 1);
  });

  it('goes back no further than that when the operator rules a block out', async () => {
    const { stores, lowest } = await pruned();
    const log: string[] = [];
    const chain = await open({ stores, log });
    await chain.invalidate(chain.at(lowest - 5));
    expect(log).toContain('DisconnectTip(): Failed to read block');
    expect(chain.height).toBe(lowest - 1);
    expect(chain.headers.isInvalid(chain.at(lowest - 1))).toBe(false);
    expect(chain.headers.isInvalid(chain.headers.find(blockAt(lowest).hash))).toBe(true);
    chain.checkInvariants();
    // Nothing can be taken back any more.
    await chain.invalidate(chain.at(lowest - 5));
    expect(chain.height).toBe(lowest - 1);
    await chain.reconsider(chain.headers.find(blockAt(lowest).hash));
    expect(chain.height).toBe(LENGTH);
  });

  it('does not move to a branch whose blocks are gone, until they come again', async () => {
    const fork = 30;
    const branch = buildEmptyBlocks(blockAt(fork), fork, 5, 3);
    // The branch lies among the old blocks, and goes with them.
    const chain = await open({});
    await submit(chain, [...trunk.slice(0, 40), ...branch, ...trunk.slice(40)]);
    const branchTip = chain.headers.find(defined(branch.at(-1), 'tip').hash);
    await chain.prune(70);
    expect(chain.headers.hasData(branchTip)).toBe(false);
    chain.checkInvariants();
    // All above is ruled out, so the branch would be the best.
    const lowest = lowestLeft(chain);
    await chain.invalidate(chain.at(lowest));
    chain.checkInvariants();
    expect(chain.height).toBe(lowest - 1);
    const headers = buildEmptyBlocks(defined(branch.at(-1), 'tip'), fork + 5, 60, 3);
    await submit(chain, headers);
    expect(chain.height).toBe(lowest - 1);
    chain.checkInvariants();
  });

  it('builds its index again from the files that a scan reaches: none', async () => {
    const { stores } = await pruned();
    const chain = await open({ stores, reindex: true });
    expect(chain.height).toBe(0);
    expect(chain.havePruned).toBe(false);
    await submit(chain, trunk);
    await chain.prune(70);
    expect(lowestLeft(chain)).toBeGreaterThan(50);
    chain.checkInvariants();
  });

  it('is rebuilt whole when nothing was removed yet', async () => {
    const stores = await storesWith();
    const chain = await open({ stores, reindex: true });
    expect(chain.height).toBe(LENGTH);
    expect(lowestLeft(chain)).toBe(1);
    await chain.prune(70);
    expect(lowestLeft(chain)).toBeGreaterThan(50);
  });
});

describe('pruning to a target', () => {
  const MIB = 1 << 20;
  /** Room for one more chunk of blocks and of undo data is always left. */
  const RESERVE = 17 * MIB;
  const FILE = 64 << 10;
  /** Blocks of 8 kB: those to keep are 2.3 MiB. */
  const LARGE_PADDING = 8000;
  const HEIGHT = 440;
  const large = buildEmptyBlocks(PARAMS.genesis, 0, HEIGHT, 0, LARGE_PADDING);
  const target = RESERVE + 3 * MIB;
  /** Old enough for the blocks, and not so old that the node would take itself to be catching up. */
  const recent = PARAMS.genesis.header.time + 10_000;
  const longAgo = PARAMS.genesis.header.time + 10 * 24 * 60 * 60;

  it('begins when the target is reached, takes no more than it must, and goes on with the chain', async () => {
    const log: string[] = [];
    const chain = await open({ prune: target, log, now: recent });
    expect(log).toContain('Prune configured to target 20 MiB on disk for block and undo files.');
    for (const block of large) {
      await submit(chain, [block]);
      expect(chain.sizeOnDisk()).toBeLessThan(3 * MIB + FILE);
    }
    expect(chain.sizeOnDisk()).toBeGreaterThan(3 * MIB - 2 * FILE);
    const lowest = lowestLeft(chain);
    expect(lowest).toBeGreaterThan(HEIGHT - 400);
    expect(lowest).toBeLessThan(HEIGHT - 350);
    expect(log).toContainEqual(
      expect.stringMatching(
        /^\[normal\] target=20MiB actual=2MiB diff=17MiB min_height=0 max_prune_height=\d+ removed 1 blk\/rev pairs$/,
      ),
    );
    chain.checkInvariants();
  });

  it('keeps the last 288 blocks, however small the target', async () => {
    const chain = await open({ prune: 1, now: recent });
    await submit(chain, large);
    expect(lowestLeft(chain)).toBeLessThanOrEqual(HEIGHT - 288 + 1);
    expect(lowestLeft(chain)).toBeGreaterThan(HEIGHT - 288 - 20);
  });

  it('keeps all while the chain is short', async () => {
    const chain = await open({ prune: 1, now: recent, params: { ...PARAMS, pruneAfterHeight: HEIGHT } });
    await submit(chain, large);
    await chain.prune();
    expect(lowestLeft(chain)).toBe(1);
    await submit(chain, buildEmptyBlocks(defined(large.at(-1), 'tip'), HEIGHT, 1));
    await chain.prune();
    expect(lowestLeft(chain)).toBeGreaterThan(HEIGHT - 288 - 20);
  });

  it('makes room at once for all that the first download will bring', async () => {
    const chain = await open({ prune: target, now: longAgo });
    chain.processHeaders(large.map(block => block.header));
    await submit(chain, large.slice(0, 400));
    expect(chain.isInitialBlockDownload).toBe(true);
    // When 3 MiB were full, at some 383 blocks of 8 kB, all went that might; else it would be the oldest few.
    const lowest = lowestLeft(chain);
    expect(lowest).toBeGreaterThan(380 - 288 - 20);
    expect(lowest).toBeLessThan(400 - 288);
  });

  it('looks when it is told to, as a node does at its start', async () => {
    const stores = memoryStores(PARAMS.magic, true);
    await runWith({ stores }, chain => submit(chain, large));
    const chain = await open({ stores, prune: target, now: recent });
    expect(lowestLeft(chain)).toBe(1);
    await chain.prune();
    expect(lowestLeft(chain)).toBeGreaterThan(HEIGHT - 400);
  });
});

describe('a node that ends while it prunes', () => {
  it('opens again, whichever write was the last', async () => {
    const coins = await runWith({ stores: await storesWith() }, coinsOf);
    const outcomes: string[] = [];
    for (let writes = 0; writes < 8; writes++) {
      const stores = memoryStores(PARAMS.magic, true);
      const disk = new FaultyDisk();
      // Coins are written in many lots: a write that is cut off among them has blocks to go through again, all of them.
      const doomed = await openDoomed({
        stores: { ...stores, ...faultyDatabases(stores, disk) },
        dbBatchSize: 6000,
      });
      await submit(doomed, trunk);
      disk.breakAt({ action: ['write index', 'write coins'], at: writes + 1, code: 'io' });
      outcomes.push(
        await doomed.prune(LENGTH).then(
          () => 'done',
          () => 'cut off',
        ),
      );
      const chain = await open({ stores });
      chain.checkInvariants();
      // Blocks that the index did not know yet come again.
      await submit(chain, trunk.slice(chain.height));
      expect(chain.height).toBe(LENGTH);
      expect(await coinsOf(chain)).toBe(coins);
      await chain.prune(LENGTH);
      expect(lowestLeft(chain)).toBeGreaterThan(LENGTH - 288 - 20);
      await close(chain);
    }
    expect([...new Set(outcomes)]).toEqual(['cut off', 'done']);
  });

  it('removes at the next start what the index does not know any more', async () => {
    const stores = await storesWith();
    const blocks = new Proxy(stores.blocks, {
      get(target, name) {
        if (name === 'unlinkFiles') {
          return () => {
            throw new Error('the process ends');
          };
        }
        const member = Reflect.get(target, name, target) as unknown;
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
    const doomed = await openDoomed({ stores: { ...stores, blocks } });
    await expect(doomed.prune(70)).rejects.toThrow('the process ends');
    expect(stores.blocks.hasFile(0)).toBe(true);
    const log: string[] = [];
    const chain = await open({ stores, log });
    expect(stores.blocks.hasFile(0)).toBe(false);
    expect(lowestLeft(chain)).toBeGreaterThan(50);
    chain.checkInvariants();
  });
});

describe('pruning on a disk', () => {
  const directories = (): ChainDirectories => {
    const root = tempDirectory();
    return { blocksDir: join(root, 'blocks'), chainstateDir: join(root, 'chainstate') };
  };
  const filesOf = ({ blocksDir }: ChainDirectories) =>
    readdirSync(blocksDir).filter(name => /^(blk|rev)\d+\.dat$/.test(name));

  it('removes block and undo files, and at the next start those that are left', async () => {
    const storage = directories();
    const first = join(storage.blocksDir, 'blk00000.dat');
    const copy = join(storage.blocksDir, 'copy');
    const lowest = await runWith({ storage }, async chain => {
      await submit(chain, trunk);
      await chain.flush();
      copyFileSync(first, copy);
      await chain.prune(70);
      expect(filesOf(storage)).not.toContain('blk00000.dat');
      expect(filesOf(storage)).not.toContain('rev00000.dat');
      return lowestLeft(chain);
    });
    copyFileSync(copy, first);
    const chain = await open({ storage });
    expect(existsSync(first)).toBe(false);
    expect(lowestLeft(chain)).toBe(lowest);
    expect(await chain.verify({ depth: 0, level: 4 })).toBe('incomplete');
  });

  it('builds the index again from the files before the first gap', async () => {
    const storage = directories();
    await runWith({ storage }, async chain => {
      await submit(chain, trunk);
      await chain.prune(70);
    });
    expect(filesOf(storage).length).toBeGreaterThan(4);
    const log: string[] = [];
    const chain = await open({ storage, log, reindex: true });
    expect(log).toContain('Removing unusable blk?????.dat and rev?????.dat files for -reindex with -prune');
    expect(chain.height).toBe(0);
    expect(filesOf(storage)).toEqual(['blk00000.dat']);
    await submit(chain, trunk);
    expect(chain.height).toBe(LENGTH);
    await chain.prune(70);
    expect(lowestLeft(chain)).toBeGreaterThan(50);
  });

  it('goes on when a file cannot be removed', async () => {
    const stores = diskStores(
      directories(),
      { params: PARAMS, storage: 'memory', fastPrune: true },
      silentLogger,
    );
    const chain = await open({ stores });
    await submit(chain, trunk);
    await chain.prune(70);
    expect(stores.blocks.hasFile(0)).toBe(false);
    // A directory in the place of a file is not removed as one.
    expect(() => stores.blocks.unlinkFiles([0, 12345])).not.toThrow();
  });
});
