import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlockChain } from '../../../src/chain/chainstate.js';
import { CoinsStore } from '../../../src/chain/coins/coins-db.js';
import type { ChainStores } from '../../../src/chain/options.js';
import { MemoryChainStores, memoryStores } from '../../../src/chain/stores.js';
import { bytesEqual, toHex } from '../../../src/primitives/bytes.js';
import { outPointKey } from '../../../src/primitives/outpoint.js';
import { defined } from '../../../src/runtime/errors.js';
import { FOREST_PARAMS, type Forest, growForest, pathTo } from '../../support/block-forest.js';
import { submit, testChain } from '../../support/chain-builder.js';
import { type DiskAction, FaultyDisk, faultyStores } from '../../support/faulty-stores.js';
import { ForkChoiceModel } from '../../support/fork-choice-model.js';
import { coinLines, type NaiveCoins, naiveCoins, naiveUtxoHash } from '../../support/naive-coins.js';

const FOREST_SIZE = 40;
const forest: Forest = growForest(7, FOREST_SIZE);
const indexes = forest.blocks.map((_, index) => index);
const blockOf = (index: number) => defined(forest.blocks[index], 'forest block');

const newModel = () =>
  new ForkChoiceModel(
    forest.blocks.map(({ parent, height, broken }) => ({
      parent,
      broken,
      work: BigInt(height - forest.trunk.length),
    })),
  );

/** Coins that the rules give for a tip of the forest. */
const coinsAt = (tip: number): NaiveCoins => naiveCoins(pathTo(forest, tip));

/** Forest number of the tip; -1 for the top of the trunk. */
function tipOf(chain: BlockChain): number {
  const hash = chain.headers.hash(chain.tip);
  return forest.blocks.findIndex(({ block }) => bytesEqual(block.hash, hash));
}

async function storedCoins({ coins }: MemoryChainStores): Promise<NaiveCoins> {
  const found: NaiveCoins = new Map();
  for await (const lot of new CoinsStore(coins).iterate()) {
    for (const { txid, vout, coin } of lot) found.set(outPointKey(txid, vout), coin);
  }
  return found;
}

async function utxoHash(chain: BlockChain): Promise<string> {
  return toHex(defined((await chain.utxoStats('hash_serialized_3')).hash, 'hash of the coins'));
}

/** Room for a few dozen coins, so that the cache is written and emptied now and then. */
const SMALL_CACHE = 20_000;

async function startedChain(stores: ChainStores, dbCacheBytes = SMALL_CACHE): Promise<BlockChain> {
  const { chain } = testChain({
    params: FOREST_PARAMS,
    stores,
    checkBlockIndex: 0,
    dbBatchSize: 120,
    dbCacheBytes,
  });
  await chain.start();
  return chain;
}

const allHeaders = forest.blocks.map(({ block }) => block.header);

let trunkStores: Promise<MemoryChainStores> | undefined;

/** Stores with the trunk connected and written. */
async function storesWithTrunk(): Promise<MemoryChainStores> {
  trunkStores ??= (async () => {
    const stores = memoryStores(FOREST_PARAMS.magic);
    const chain = await startedChain(new MemoryChainStores(stores));
    await submit(chain, forest.trunk);
    expect(chain.processHeaders(allHeaders).rejection).toBeUndefined();
    await chain.stop();
    return stores;
  })();
  return (await trunkStores).clone();
}

describe('the forest of blocks', () => {
  it('has all kinds of blocks that the properties are about', () => {
    const txs = forest.blocks.flatMap(({ block }) => block.transactions.slice(1));
    expect(forest.blocks.filter(({ broken }) => broken).length).toBeGreaterThan(2);
    expect(txs.length).toBeGreaterThan(30);
    expect(txs.filter(tx => tx.hasWitness).length).toBeGreaterThan(5);
    const inside = forest.blocks.filter(({ block }) => {
      const made = new Set(block.transactions.map(tx => tx.txidKey));
      return block.transactions.some(tx =>
        Array.from({ length: tx.inputCount }, (_, i) => tx.prevoutKey(i).slice(0, 32)).some(txid =>
          made.has(txid as (typeof tx)['txidKey']),
        ),
      );
    });
    expect(inside.length).toBeGreaterThan(3);
    const repeated = forest.blocks.filter(({ block, parent, broken }) => {
      const id = block.transactions[0]?.txidKey;
      return !broken && pathTo(forest, parent).some(other => other.transactions[0]?.txidKey === id);
    });
    expect(repeated.length).toBeGreaterThan(2);
    const scripts = txs.flatMap(tx => tx.outputs.map(({ script }) => script));
    expect(scripts.some(script => script[0] === 0x6a)).toBe(true);
    expect(scripts.some(script => script.length > 10_000)).toBe(true);
  });
});

type Step =
  | { readonly kind: 'block' | 'invalidate' | 'reconsider' | 'precious'; readonly index: number }
  | { readonly kind: 'flush' | 'hash' | 'restart' }
  /** The chain is closed, and one opened on a copy of its stores that was made while it ran. */
  | { readonly kind: 'copy' }
  /** The process ends in the middle of writing the coins, after so many partial batches. */
  | { readonly kind: 'torn flush'; readonly batches: number };

const onBlock = (kind: 'block' | 'invalidate' | 'reconsider' | 'precious', weight: number) => ({
  weight,
  arbitrary: fc.record({ kind: fc.constant(kind), index: fc.nat(FOREST_SIZE - 1) }),
});
const plain = (kind: 'flush' | 'hash' | 'restart' | 'copy', weight: number) => ({
  weight,
  arbitrary: fc.constant({ kind }),
});
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    onBlock('block', 24),
    onBlock('invalidate', 2),
    onBlock('reconsider', 2),
    onBlock('precious', 2),
    plain('flush', 2),
    plain('hash', 2),
    plain('restart', 1),
    plain('copy', 2),
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('torn flush' as const), batches: fc.nat(8) }),
    },
  ),
  { maxLength: 60 },
);

/** A chain beside its model. */
class Run {
  private readonly disk = new FaultyDisk();
  private readonly model = newModel();
  private chain: BlockChain | undefined;

  constructor(
    private stores: MemoryChainStores,
    private readonly dbCacheBytes: number,
  ) {}

  async play(sequence: readonly Step[]): Promise<void> {
    await this.start();
    for (const step of sequence) {
      await this.step(step);
      this.running.checkInvariants();
      const tip = tipOf(this.running);
      expect(this.model.bestTips()).toContain(tip);
      this.model.tip = tip;
    }
    await this.running.stop();
    expect(coinLines(await storedCoins(this.stores))).toEqual(coinLines(coinsAt(this.model.tip)));
  }

  private get running(): BlockChain {
    return defined(this.chain, 'a chain that was started');
  }

  private async start(): Promise<void> {
    this.chain = await startedChain(faultyStores(this.stores, this.disk), this.dbCacheBytes);
  }

  private async step(step: Step): Promise<void> {
    const { running, model } = this;
    switch (step.kind) {
      case 'flush':
        return running.flush();
      case 'hash':
        expect(await utxoHash(running)).toBe(naiveUtxoHash(coinsAt(model.tip)));
        return;
      case 'restart':
        await running.stop();
        return this.startAgain();
      case 'copy': {
        const copy = await running.flushAndHold(async () => this.stores.clone());
        await running.stop();
        this.stores = copy;
        return this.startAgain();
      }
      case 'torn flush':
        return this.tearFlush(step.batches);
      case 'block': {
        const { accepted } = await running.processBlock(blockOf(step.index).block, { requested: true });
        if (accepted) model.receive(step.index);
        else expect(model.mayRefuse(step.index)).toBe(true);
        return;
      }
      default: {
        if (step.kind === 'precious') model.prefer(step.index);
        else model[step.kind](step.index);
        await running[step.kind](running.headers.find(blockOf(step.index).block.hash));
      }
    }
  }

  private async tearFlush(batches: number): Promise<void> {
    this.disk.breakAt({ action: 'write coins', at: batches + 1, code: 'io' });
    await this.running
      .flush()
      .catch((thrown: unknown) => expect(String(thrown)).toContain('Cannot write coins'));
    // Whether or not it came to that: the process ends here.
    this.disk.isBroken = true;
    await this.running.stop().catch(() => {});
    this.disk.repair();
    await this.startAgain();
  }

  private async startAgain(): Promise<void> {
    await this.start();
    expect(tipOf(this.running)).toBe(this.model.tip);
    this.model.restart();
  }
}

describe('the chain against a model of it', () => {
  it('has the tip and the coins that the rules give, whatever happens', async () => {
    const caches = fc.constantFrom(2_000, SMALL_CACHE, 1e9);
    await fc.assert(
      fc.asyncProperty(steps, caches, async (sequence, dbCacheBytes) => {
        await new Run(await storesWithTrunk(), dbCacheBytes).play(sequence);
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it('has the very coins of the block before when a block is taken back', async () => {
    const leaves = indexes.filter(index => !forest.blocks.some(({ parent }) => parent === index));
    const good = leaves.filter(leaf => !newModelWith(leaf).mayRefuse(leaf));
    expect(good.length).toBeGreaterThan(4);
    for (const leaf of good) {
      const stores = await storesWithTrunk();
      const chain = await startedChain(new MemoryChainStores(stores));
      await submit(chain, pathTo(forest, leaf).slice(forest.trunk.length));
      for (let at = leaf; at !== -1; at = blockOf(at).parent) {
        expect(tipOf(chain)).toBe(at);
        expect(await utxoHash(chain)).toBe(naiveUtxoHash(coinsAt(at)));
        await chain.invalidate(chain.tip);
        await chain.flush();
        expect(coinLines(await storedCoins(stores))).toEqual(coinLines(coinsAt(blockOf(at).parent)));
      }
      await chain.stop();
    }
  }, 60_000);

  function newModelWith(index: number): ForkChoiceModel {
    const model = newModel();
    model.receive(index);
    return model;
  }
});

const WRITES: readonly DiskAction[] = [
  'write block',
  'write undo',
  'write index',
  'write coins',
  'allocate block',
  'allocate undo',
  'flush block',
  'flush undo',
];

describe('a chain that is cut off at any write', () => {
  it('opens again at a block it had, with the coins of that block, and goes on', async () => {
    const runs = fc.record({
      order: fc.shuffledSubarray(indexes, { minLength: 1 }),
      action: fc.constantFrom(...WRITES),
      at: fc.integer({ min: 1, max: 25 }),
      half: fc.boolean(),
      flushEvery: fc.integer({ min: 1, max: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(runs, async ({ order, flushEvery, ...fault }) => {
        const stores = await storesWithTrunk();
        const disk = new FaultyDisk();
        const doomed = await startedChain(faultyStores(stores, disk));
        disk.breakAt({ ...fault, code: 'io' });
        await runUntilCrash(doomed, disk, order, flushEvery);

        const chain = await startedChain(new MemoryChainStores(stores));
        chain.checkInvariants();
        await chain.flush();
        expect(coinLines(await storedCoins(stores))).toEqual(coinLines(coinsAt(tipOf(chain))));
        const model = newModel();
        chain.processHeaders(allHeaders);
        for (const index of indexes) {
          await chain.processBlock(blockOf(index).block, { requested: true });
          model.receive(index);
        }
        expect(blockOf(tipOf(chain)).height).toBe(blockOf(model.bestTips()[0] ?? -1).height);
        expect(await utxoHash(chain)).toBe(naiveUtxoHash(coinsAt(tipOf(chain))));
        await chain.stop();
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  async function runUntilCrash(
    chain: BlockChain,
    disk: FaultyDisk,
    order: readonly number[],
    flushEvery: number,
  ): Promise<void> {
    let count = 0;
    try {
      for (const index of order) {
        await chain.processBlock(blockOf(index).block, { requested: true });
        if (++count % flushEvery === 0) await chain.flush();
      }
    } catch (thrown) {
      expect(disk.isBroken).toBe(true);
      expect(thrown).toBeInstanceOf(Error);
    }
    // The process is gone: nothing is written any more.
    disk.isBroken = true;
    await chain.stop().catch(() => {});
  }
});
