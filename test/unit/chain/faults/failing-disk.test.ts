import { beforeAll, describe, expect, it } from 'vitest';
import type { BlockChain } from '../../../../src/chain/chainstate.js';
import { ChainFailure } from '../../../../src/chain/fatal.js';
import { StoreError } from '../../../../src/chain/store/store-error.js';
import { type MemoryChainStores, memoryStores } from '../../../../src/chain/stores.js';
import { toHex } from '../../../../src/primitives/bytes.js';
import { defined, errorMessage, StartError } from '../../../../src/runtime/errors.js';
import { type Logger, silentLogger } from '../../../../src/runtime/logger.js';
import { branchOf, FOREST_PARAMS, goodBlocks, growForest, pathTo } from '../../../support/block-forest.js';
import { submit, testChain } from '../../../support/chain-builder.js';
import { type DiskAction, type Fault, FaultyDisk, faultyStores } from '../../../support/faulty-stores.js';
import { naiveCoins, naiveUtxoHash } from '../../../support/naive-coins.js';

/*
 * A disk that breaks at the n-th of each thing that it is asked for, for every n of a scenario with a sync, a
 * reorganisation and flushes. The chain must stop there, say so in Core's words, ask nothing of the disk to be written any
 * more, and come up again as if nothing had been.
 */

const forest = growForest(7, 40);

/** The highest good block of the forest, and one of a branch that leaves its branch as early as can be. */
const [winner, loser] = (() => {
  const good = goodBlocks(forest);
  const best = defined(good[0], 'a good block');
  const apart = (index: number) => branchOf(forest, index).filter(at => !branchOf(forest, best).includes(at));
  const rivals = good.toSorted((a, b) => apart(b).length - apart(a).length);
  return [best, defined(rivals[0], 'a good block of another branch')];
})();

/** Where the winner's branch leaves the loser's. */
const fork = defined(
  branchOf(forest, winner).find(at => !branchOf(forest, loser).includes(at)),
  'a block that only the winner builds on',
);

const blocksTo = (index: number) => pathTo(forest, index).slice(forest.trunk.length);
const expectedHash = naiveUtxoHash(naiveCoins(pathTo(forest, winner)));

interface Watched {
  readonly chain: BlockChain;
  readonly lines: string[];
  readonly fatal: string[];
}

function openOn(stores: MemoryChainStores, disk: FaultyDisk): Watched {
  const lines: string[] = [];
  const logger: Logger = { ...silentLogger, error: line => lines.push(line) };
  const { chain } = testChain({
    params: FOREST_PARAMS,
    stores: faultyStores(stores, disk),
    checkBlockIndex: 0,
    dbBatchSize: 200,
    dbCacheBytes: 8_000,
    modules: { logger },
  });
  const fatal: string[] = [];
  chain.events.on('fatal', message => fatal.push(message));
  return { chain, lines, fatal };
}

/** Sync to one branch, a reorganisation to another and back, with flushes in between. */
async function scenario(chain: BlockChain): Promise<void> {
  await chain.start();
  await submit(chain, blocksTo(loser));
  await chain.flush();
  await submit(chain, blocksTo(winner));
  await chain.flush();
  await chain.invalidate(forkIn(chain));
  await chain.reconsider(forkIn(chain));
  await chain.stop();
}

function forkIn({ headers }: BlockChain): number {
  return headers.find(defined(forest.blocks[fork], 'block').block.hash);
}

async function hashOf(chain: BlockChain): Promise<string> {
  return toHex(defined((await chain.utxoStats('hash_serialized_3')).hash, 'hash of the coins'));
}

describe('a disk that breaks', () => {
  let trunk: MemoryChainStores;
  const counts = new Map<DiskAction, number>();

  beforeAll(async () => {
    trunk = memoryStores(FOREST_PARAMS.magic);
    const { chain } = openOn(trunk, new FaultyDisk());
    await chain.start();
    await submit(chain, forest.trunk);
    await chain.stop();
    const disk = new FaultyDisk();
    const stores = trunk.clone();
    await scenario(openOn(stores, disk).chain);
    for (const [action, count] of disk.counts) counts.set(action, count);
    const { chain: after } = openOn(stores, new FaultyDisk());
    await after.start();
    expect(await hashOf(after)).toBe(expectedHash);
    await after.stop();
  });

  /** Runs the scenario into a fault; what was thrown. */
  async function breakWith(
    fault: Fault & { readonly action: DiskAction },
  ): Promise<Watched & { thrown: unknown; stores: MemoryChainStores }> {
    const stores = trunk.clone();
    const disk = new FaultyDisk(fault);
    const watched = openOn(stores, disk);
    const thrown: unknown = await scenario(watched.chain).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(disk.isBroken, `${fault.action} ${fault.at} was reached`).toBe(true);
    await watched.chain.stop().catch((reason: unknown) => expect(String(reason)).toBe(String(thrown)));
    // What cannot be read does no harm to what is in memory, which is written at the end.
    const writes = disk.afterFault.filter(action => !/^(read|flush)/.test(action));
    if (!fault.action.startsWith('read')) expect(writes).toEqual([]);
    return { ...watched, thrown, stores };
  }

  /** Starts again on a sound disk, gets what it lacks, and has the coins of a chain that nothing happened to. */
  async function expectRecovery(stores: MemoryChainStores): Promise<void> {
    const { chain } = openOn(stores, new FaultyDisk());
    await chain.start();
    chain.checkInvariants();
    await submit(chain, [...blocksTo(loser), ...blocksTo(winner)]);
    await chain.reconsider(forkIn(chain));
    expect(await hashOf(chain)).toBe(expectedHash);
    await chain.stop();
  }

  const writes = [
    ['write block', 'Failed to write block.'],
    ['allocate block', 'Failed to write block.'],
    ['write undo', 'Failed to write undo data.'],
    ['allocate undo', 'Failed to write undo data.'],
    ['write index', 'System error while flushing: Cannot write index ((memory)/blocks/index)'],
    ['write coins', 'System error while flushing: Cannot write coins ((memory)/chainstate)'],
    ['flush block', 'Flushing block file to disk failed. This is likely the result of an I/O error.'],
    ['flush undo', 'Flushing undo file to disk failed. This is likely the result of an I/O error.'],
  ] as const;

  it.each(writes)('at any "%s" stops the chain: %s', { timeout: 60_000 }, async (action, message) => {
    const count = defined(counts.get(action), `count of ${action}`);
    expect(count).toBeGreaterThan(2);
    for (let at = 1; at <= count; at++) {
      const isFull = at % 2 === 0;
      const fault = { action, at, code: isFull ? 'full' : 'io', half: at % 3 !== 0 } as const;
      const { thrown, fatal, lines, stores, chain } = await breakWith(fault);
      expect(thrown).toBeInstanceOf(ChainFailure);
      const text = isFull ? 'Disk space is too low!' : message;
      expect(fatal).toEqual([text]);
      expect(String(thrown)).toContain(text);
      expect(chain.warnings).toContain(text);
      expect(lines.some(line => line.includes('(memory)/'))).toBe(true);
      await expectRecovery(stores);
    }
  });

  /** Reads are many, and alike. */
  const READ_SAMPLES = 25;
  const reads = ['read block', 'read undo', 'read index', 'read coins'] as const;

  it.each(reads)('at any "%s" stops the chain or its start', { timeout: 60_000 }, async action => {
    const count = defined(counts.get(action), `count of ${action}`);
    for (let at = 1; at <= count; at += Math.ceil(count / READ_SAMPLES)) {
      const { thrown, fatal, lines, stores } = await breakWith({ action, at, code: 'corrupt' });
      const told = [...lines, thrown instanceof Error ? errorMessage(thrown.cause) : ''].join('\n');
      expect(told).toMatch(/\(memory\)\/.*restart with -reindex/);
      if (thrown instanceof ChainFailure) {
        expect(fatal).toHaveLength(1);
        expect(fatal[0]).toMatch(
          /^(Failed to (read|disconnect) block\.|Error reading from database|System error while flushing)/,
        );
      } else {
        expect(thrown).toBeInstanceOf(StartError);
        expect(fatal).toEqual([]);
      }
      await expectRecovery(stores);
    }
  });

  it('of which blocks cannot be read gets what is in memory when the chain stops', async () => {
    const stores = trunk.clone();
    const disk = new FaultyDisk();
    const { chain, fatal } = openOn(stores, disk);
    await chain.start();
    await submit(chain, blocksTo(winner));
    const { tip } = chain;
    disk.breakAt({ action: 'read undo', at: 1, code: 'missing' });
    await expect(chain.invalidate(tip)).rejects.toBeInstanceOf(ChainFailure);
    expect(fatal).toEqual(['Failed to disconnect block.']);
    disk.repair();
    await chain.stop();
    const { chain: again } = openOn(stores, new FaultyDisk());
    await again.start();
    expect(await hashOf(again)).toBe(expectedHash);
    await again.stop();
  });

  it('when the chain stops is told of, and all is closed', async () => {
    const stores = trunk.clone();
    const disk = new FaultyDisk();
    const faulty = faultyStores(stores, disk);
    const closed: string[] = [];
    for (const name of ['index', 'coins', 'blocks'] as const) {
      const close = faulty[name].close.bind(faulty[name]);
      faulty[name].close = () => {
        closed.push(name);
        return close();
      };
    }
    const { chain } = testChain({ params: FOREST_PARAMS, stores: faulty, checkBlockIndex: 0 });
    await chain.start();
    await submit(chain, blocksTo(winner));
    disk.breakAt({ action: 'write coins', at: 1, code: 'io' });
    await expect(chain.stop()).rejects.toBeInstanceOf(ChainFailure);
    expect(closed).toEqual(['index', 'coins', 'blocks']);
    await expectRecovery(stores);
  });

  it('while the mempool looks coins up is not taken for a spent coin', async () => {
    const stores = trunk.clone();
    const { chain, fatal } = openOn(stores, new FaultyDisk());
    await chain.start();
    const work = () => {
      throw new StoreError('corrupt', 'chainstate', 'Cannot read coins', '-reindex-chainstate');
    };
    await expect(chain.runStable(work)).rejects.toBeInstanceOf(ChainFailure);
    expect(fatal).toEqual(['Error reading from database, shutting down.']);
    await chain.stop();
  });

  it('that is nearly full is not written to', async () => {
    for (const [name, room, message] of [
      ['coins', (50 << 20) + 1000, 'Disk space is too low!'],
      ['index', (50 << 20) - 1, 'Disk space is too low!'],
    ] as const) {
      const stores = trunk.clone();
      const disk = new FaultyDisk();
      const low = faultyStores(stores, disk);
      low[name].freeSpace = () => room;
      const { chain } = testChain({ params: FOREST_PARAMS, stores: low, checkBlockIndex: 0 });
      await chain.start();
      await submit(chain, blocksTo(winner));
      await expect(chain.flush()).rejects.toThrow(message);
      expect(disk.counts.get(`write ${name}`)).toBeUndefined();
      await chain.stop();
      await expectRecovery(stores);
    }
  });
});
