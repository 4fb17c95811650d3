import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlockChain } from '../../../src/chain/chainstate.js';
import type { ChainOptions, ChainStores } from '../../../src/chain/options.js';
import { memoryStores } from '../../../src/chain/stores.js';
import { chainParams } from '../../../src/consensus/networks.js';
import type { Block } from '../../../src/primitives/block.js';
import { hashToHex } from '../../../src/primitives/bytes.js';
import { defined } from '../../../src/runtime/errors.js';
import { type LogCategory, type Logger, silentLogger } from '../../../src/runtime/logger.js';
import {
  ANYONE_CAN_SPEND,
  buildBlock,
  buildEmptyBlocks,
  buildSpend,
  coinbaseOutPoint,
  REGTEST,
  submit,
  testChain,
} from '../../support/chain-builder.js';

const { genesis } = REGTEST;

/** 103 blocks, the last of which spends a coin, and a branch of one block less. */
function sampleBlocks(): { main: Block[]; branch: Block[] } {
  const trunk = buildEmptyBlocks(genesis, 0, 101);
  const spend = buildSpend(
    [coinbaseOutPoint(trunk[0] as Block)],
    [{ value: 50e8, script: ANYONE_CAN_SPEND }],
  );
  const top = buildBlock({ prev: trunk[100] as Block, height: 102, transactions: [spend] });
  const main = [...trunk, top, ...buildEmptyBlocks(top, 102, 1)];
  return { main, branch: buildEmptyBlocks(trunk[100] as Block, 101, 1, 9) };
}

/** All that can be seen of a chain from outside. */
async function snapshot(chain: BlockChain) {
  const { headers } = chain;
  const ids = Array.from({ length: headers.size }, (_, id) => id);
  const shown = ids.map(id => ({
    hash: hashToHex(headers.hash(id)),
    height: headers.height(id),
    work: headers.chainWork(id),
    data: headers.hasData(id),
    undo: headers.hasUndo(id),
    transactions: headers.txCount(id),
    chainTransactions: headers.chainTxCount(id),
    invalid: headers.isInvalid(id),
    valid: headers.isFullyValid(id),
    active: chain.isActive(id),
  }));
  const { diskSize: _, ...stats } = await chain.utxoStats('hash_serialized_3');
  return {
    tip: hashToHex(headers.hash(chain.tip)),
    headers: shown.sort((a, b) => (a.hash < b.hash ? -1 : 1)),
    stats,
  };
}

describe('a chain that is started again', () => {
  let stores: ChainStores;
  const { main, branch } = sampleBlocks();

  beforeEach(() => {
    stores = memoryStores(REGTEST.magic);
  });

  const withChain = async <T>(
    use: (chain: BlockChain) => Promise<T>,
    options: Partial<ChainOptions> = {},
  ) => {
    const { chain } = testChain({ stores, ...options });
    await chain.start();
    try {
      return await use(chain);
    } finally {
      await chain.stop();
    }
  };

  it('has genesis as a block that is stored, not as one that was checked, as Core has', async () => {
    await withChain(async ({ headers }) => {
      expect([headers.hasData(0), headers.hasUndo(0), headers.isFullyValid(0)]).toEqual([true, false, false]);
    });
  });

  it('is as it was', async () => {
    const before = await withChain(async chain => {
      await submit(chain, [...main, ...branch]);
      await chain.invalidate(chain.headers.find((branch[0] as Block).hash));
      chain.processHeaders(buildEmptyBlocks(main.at(-1) as Block, 103, 3).map(block => block.header));
      return snapshot(chain);
    });
    expect(await withChain(snapshot)).toEqual(before);
    expect(await withChain(snapshot, { checkBlocks: 0, checkLevel: 4 })).toEqual(before);
  });

  it('goes on from there', async () => {
    await withChain(chain => submit(chain, main.slice(0, 50)));
    await withChain(async chain => {
      expect(chain.height).toBe(50);
      await submit(chain, main.slice(50));
      expect(chain.height).toBe(103);
    });
  });

  it('builds its coins again with -reindex-chainstate', async () => {
    const before = await withChain(async chain => {
      await submit(chain, [...main, ...branch]);
      return snapshot(chain);
    });
    expect(await withChain(snapshot, { reindexChainstate: true })).toEqual(before);
  });

  it('builds all again with -reindex, from blocks in any order', async () => {
    const before = await withChain(async chain => {
      chain.processHeaders(main.map(block => block.header));
      await submit(chain, [...main.slice(60), ...branch, ...main.slice(0, 60), ...branch]);
      return snapshot(chain);
    });
    const after = await withChain(snapshot, { reindex: true });
    expect(after.tip).toBe(before.tip);
    expect(after.stats).toEqual(before.stats);
    expect(after.headers.map(header => header.hash)).toEqual(before.headers.map(header => header.hash));
    expect(await withChain(snapshot)).toEqual(after);
  });

  it('continues a reindex that was cut off', async () => {
    await withChain(chain => submit(chain, main));
    const { chain } = testChain({ stores, reindex: true });
    // The operator stops it while it reads the files.
    const started = chain.start();
    await Promise.all([started, chain.stop()]);
    expect(chain.height).toBe(-1);
    await withChain(async again => expect(again.height).toBe(103));
  });

  it('refuses data of another network', async () => {
    await withChain(chain => submit(chain, main.slice(0, 3)));
    const { chain } = testChain({ stores, params: chainParams('signet') });
    await expect(chain.start()).rejects.toThrow(
      'Incorrect or no genesis block found. Wrong datadir for network?',
    );
  });

  it('refuses blocks from the future', async () => {
    await withChain(chain => submit(chain, main.slice(0, 3)));
    const { chain } = testChain({ stores, now: genesis.header.time - 10_000 });
    await expect(chain.start()).rejects.toThrow('appears to be from the future');
  });

  it('takes branches from below a checkpoint only when checkpoints are off', async () => {
    const [first, second] = [main[0], main[1]] as const;
    const checkpoints = new Map([[2, defined(second, 'second').hash]]);
    const fork = buildBlock({ prev: genesis, height: 1, tag: 99 });
    for (const [use, reason] of [
      [true, 'bad-fork-prior-to-checkpoint'],
      [false, undefined],
    ] as const) {
      const { chain } = testChain({ params: { ...REGTEST, checkpoints }, checkpoints: use });
      await chain.start();
      await submit(chain, [defined(first, 'first'), defined(second, 'second')]);
      const { rejection } = await chain.processBlock(fork, { requested: true });
      expect(rejection?.reason).toBe(reason);
      await chain.stop();
    }
  });

  it('notices coins that do not fit the blocks', async () => {
    await withChain(chain => submit(chain, main));
    const batch = stores.coins.batch();
    for await (const lot of stores.coins.iterate({ from: Uint8Array.of(0x43), to: Uint8Array.of(0x44) })) {
      for (const [key] of lot) batch.delete(key);
    }
    await batch.write();
    const { chain } = testChain({ stores });
    await expect(chain.start()).rejects.toThrow(/^Corrupted block database detected/);
  });

  it('needs blocks again that were stored before segwit held', async () => {
    const late = chainParams('regtest', { activationHeights: { segwit: 1000 } });
    await withChain(chain => submit(chain, main), { params: late });
    const { chain } = testChain({ stores });
    await expect(chain.start()).rejects.toThrow(
      'Witness data for blocks after height 0 requires validation.',
    );
  });
});

describe('a chain on disk', () => {
  let directory: string;
  const { main, branch } = sampleBlocks();

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'blocksmith-chain-'));
  });

  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const open = async (options: Partial<ChainOptions> = {}) => {
    const storage = { blocksDir: join(directory, 'blocks'), chainstateDir: join(directory, 'chainstate') };
    const { chain } = testChain({ storage, checkBlockIndex: 0, ...options });
    await chain.start();
    return chain;
  };

  it('is as it was after a restart', async () => {
    const chain = await open();
    await submit(chain, [...main, ...branch]);
    const before = await snapshot(chain);
    await chain.stop();
    const again = await open();
    expect(await snapshot(again)).toEqual(before);
    await again.stop();
    for (const rebuild of [{ reindex: true }, { reindexChainstate: true }]) {
      const rebuilt = await open(rebuild);
      expect((await snapshot(rebuilt)).stats).toEqual(before.stats);
      await rebuilt.stop();
      // What was rebuilt is there at the next start, under the key that hides it.
      const later = await open();
      expect((await snapshot(later)).stats).toEqual(before.stats);
      await later.stop();
    }
  });

  it.each(['reindex', 'reindexChainstate'])('is as it was when it is started after %s', async option => {
    const chain = await open();
    await submit(chain, [...main, ...branch]);
    const { stats } = await snapshot(chain);
    await chain.stop();
    await (await open({ [option]: true })).stop();
    const again = await open();
    expect((await snapshot(again)).stats).toEqual(stats);
    await again.stop();
  });

  it('opens from what is on disk at any moment', async () => {
    const chain = await open();
    const copies: string[] = [];
    const copy = () => {
      const to = join(directory, `copy-${copies.length}`);
      for (const part of ['blocks', 'chainstate'])
        cpSync(join(directory, part), join(to, part), { recursive: true });
      copies.push(to);
    };
    await submit(chain, main.slice(0, 40));
    copy();
    await chain.flush();
    await submit(chain, main.slice(40, 70));
    copy();
    await chain.flush();
    await submit(chain, [...main.slice(70), ...branch]);
    copy();
    const { stats } = await snapshot(chain);
    await chain.stop();
    const heights: number[] = [];
    for (const from of copies) {
      const storage = { blocksDir: join(from, 'blocks'), chainstateDir: join(from, 'chainstate') };
      const revived = await open({ storage });
      heights.push(revived.height);
      // Blocks that were not in the index yet are fetched again.
      await submit(revived, [...main, ...branch]);
      expect((await snapshot(revived)).stats).toEqual(stats);
      revived.checkInvariants();
      await revived.stop();
    }
    expect(heights).toEqual([0, 40, 70]);
  });

  it('serves blocks and undo data', async () => {
    const chain = await open();
    await submit(chain, main);
    const id = chain.at(102);
    expect(await chain.readBlockBytes(id)).toEqual(Buffer.from((main[101] as Block).raw));
    expect((await chain.readBlock(id)).header.key).toBe((main[101] as Block).header.key);
    expect(await chain.readUndo(id)).toHaveLength(1);
    expect(await chain.readUndo(0)).toEqual([]);
    expect(chain.sizeOnDisk()).toBeGreaterThan(0);
    chain.processHeaders(buildEmptyBlocks(main.at(-1) as Block, 103, 1).map(block => block.header));
    await expect(chain.readBlock(chain.bestHeader)).rejects.toThrow('Block not available');
    await chain.stop();
  });
});

describe('coins on disk', () => {
  it('are read as they were after one block, while the chain goes on', async () => {
    const { chain } = testChain({ dbBatchSize: 100 });
    await chain.start();
    const blocks = buildEmptyBlocks(genesis, 0, 40);
    const submitted = blocks.map(async block => {
      await chain.processBlock(block, { requested: true });
      return chain.flush();
    });
    const walks = blocks.map(async () => {
      let coins = 0;
      const best = await chain.walkCoins(lot => {
        coins += lot.length;
        return true;
      });
      expect(coins).toBe(chain.headers.height(chain.headers.find(best)));
      const stats = await chain.utxoStats('none');
      expect(stats.outputs).toBe(stats.height);
    });
    await Promise.all([...submitted, ...walks]);
    await chain.stop();
  });
});

describe('log', () => {
  it('tells of new tips in the words of Core', async () => {
    const lines: string[] = [];
    const logger: Logger = {
      ...silentLogger,
      info: line => lines.push(line),
      debug: (_: LogCategory, line) => lines.push(line),
    };
    const { chain } = testChain({ modules: { logger }, maxTipAge: 1e9 });
    await chain.start();
    const [block] = buildEmptyBlocks(genesis, 0, 1) as [Block];
    await submit(chain, [block]);
    await chain.invalidate(chain.tip);
    await chain.stop();
    const hash = hashToHex(block.hash);
    expect(lines).toContain(
      `UpdateTip: new best=${hash} height=1 version=0x20000000 log2_work=2.000000 tx=2 date='2011-02-02T23:16:43Z' ` +
        'progress=1.000000 cache=0.0MiB(1txo)',
    );
    expect(lines).toContain(`Saw new header hash=${hash} height=1`);
    expect(lines).toContain('Leaving InitialBlockDownload (latching to false)');
    expect(lines).toContain(
      `InvalidChainFound: invalid block=${hash}  height=1  log2_work=2.000000  date=2011-02-02T23:16:43Z`,
    );
  });
});
