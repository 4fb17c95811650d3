import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlockChain } from '../../../src/chain/chainstate.js';
import { CoinsStore } from '../../../src/chain/coins/coins-db.js';
import type { ChainStores } from '../../../src/chain/options.js';
import { memoryStores } from '../../../src/chain/stores.js';
import type { Block } from '../../../src/primitives/block.js';
import { bytesEqual } from '../../../src/primitives/bytes.js';
import { outPointKey } from '../../../src/primitives/outpoint.js';
import { defined } from '../../../src/runtime/errors.js';
import {
  branchOf,
  type Forest,
  growForest,
  type NaiveCoins,
  naiveCoins,
  pathTo,
} from '../../support/block-forest.js';
import { REGTEST, submit, testChain } from '../../support/chain-builder.js';
import { crashing } from '../../support/crashing-store.js';

const FOREST_SIZE = 40;
const forest: Forest = growForest(7, FOREST_SIZE);
const indexes = forest.blocks.map((_, index) => index);
const blockOf = (index: number) => defined(forest.blocks[index], 'forest block');

type Step =
  | { readonly kind: 'block' | 'invalidate' | 'reconsider' | 'precious'; readonly index: number }
  | { readonly kind: 'restart' };

const anyIndex = fc.nat(FOREST_SIZE - 1);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 20, arbitrary: fc.record({ kind: fc.constant('block' as const), index: anyIndex }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('invalidate' as const), index: anyIndex }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('reconsider' as const), index: anyIndex }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('precious' as const), index: anyIndex }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  ),
  { maxLength: 60 },
);

/** Fork choice by its definition: the valid block with most work, and of those the one preferred. */
class Model {
  private readonly received: number[] = [];
  private readonly ruledOut = new Set<number>();
  private sequences = new Map<number, number>();
  private nextSequence = 10;
  private preciousSequence = -1;
  private preciousHeight = 0;
  tip = -1;

  receive(index: number): void {
    if (this.received.includes(index)) return;
    this.received.push(index);
    const queue = this.isLinked(blockOf(index).parent) ? [index] : [];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      this.sequences.set(next, this.nextSequence++);
      this.linked.add(next);
      queue.push(...this.received.filter(other => blockOf(other).parent === next && !this.linked.has(other)));
    }
  }

  invalidate(index: number): void {
    this.ruledOut.add(index);
  }

  reconsider(index: number): void {
    for (const other of this.ruledOut) {
      const isKin = branchOf(forest, index).includes(other) || branchOf(forest, other).includes(index);
      if (isKin) this.ruledOut.delete(other);
    }
  }

  prefer(index: number): void {
    const { height } = blockOf(index);
    const tipHeight = this.heightOf(this.tip);
    if (height < tipHeight) return;
    if (tipHeight > this.preciousHeight) this.preciousSequence = -1;
    this.preciousHeight = tipHeight;
    this.sequences.set(index, this.preciousSequence--);
  }

  /** What was loaded from disk is equal, but for the active chain. */
  restart(): void {
    const active = branchOf(forest, this.tip);
    for (const index of this.linked) this.sequences.set(index, active.includes(index) ? 0 : 1);
    this.preciousSequence = -1;
    this.preciousHeight = 0;
  }

  /** The blocks that may be the tip. More than one only if a restart made them equal. */
  bestTips(): number[] {
    const valid = indexes.filter(index => this.linked.has(index) && this.isGood(index));
    const height = Math.max(...valid.map(index => blockOf(index).height), this.heightOf(-1));
    const highest = valid.filter(index => blockOf(index).height === height);
    if (highest.length === 0) return [-1];
    const first = Math.min(...highest.map(index => this.sequences.get(index) ?? 0));
    return highest.filter(index => this.sequences.get(index) === first);
  }

  /** True when a block may be refused: it, or something below it, is broken or ruled out. */
  mayRefuse(index: number): boolean {
    return !this.isGood(index);
  }

  private readonly linked = new Set<number>();

  private isLinked(index: number): boolean {
    return index === -1 || this.linked.has(index);
  }

  private isGood(index: number): boolean {
    return branchOf(forest, index).every(at => !blockOf(at).broken && !this.ruledOut.has(at));
  }

  private heightOf(index: number): number {
    return index === -1 ? forest.trunk.length : blockOf(index).height;
  }
}

/** Forest number of the tip; -1 for the top of the trunk. */
function tipOf(chain: BlockChain): number {
  const hash = chain.headers.hash(chain.tip);
  return forest.blocks.findIndex(({ block }) => bytesEqual(block.hash, hash));
}

async function storedCoins(stores: ChainStores): Promise<NaiveCoins> {
  const coins: NaiveCoins = new Map();
  for await (const lot of new CoinsStore(stores.coins).iterate()) {
    for (const { txid, vout, coin } of lot) {
      const { value, height, coinbase } = coin;
      coins.set(outPointKey(txid, vout), { value, height, coinbase });
    }
  }
  return coins;
}

function sorted(coins: NaiveCoins) {
  return [...coins].sort(([a], [b]) => (a < b ? -1 : 1));
}

async function startedChain(stores: ChainStores): Promise<BlockChain> {
  const { chain } = testChain({ stores, checkBlockIndex: 0, dbBatchSize: 120, dbCacheBytes: 20_000 });
  await chain.start();
  return chain;
}

const headersOf = (blocks: readonly Block[]) => blocks.map(block => block.header);
const allHeaders = headersOf(forest.blocks.map(({ block }) => block));

describe('the chain against a model of it', () => {
  it('has the tip and the coins that the rules of fork choice give, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async sequence => {
        const stores = memoryStores(REGTEST.magic);
        const model = new Model();
        let chain = await startedChain(stores);
        await submit(chain, forest.trunk);
        expect(chain.processHeaders(allHeaders).rejection).toBeUndefined();
        for (const step of sequence) {
          chain = await play(step, chain, stores, model);
          chain.checkInvariants();
          const tip = tipOf(chain);
          expect(model.bestTips()).toContain(tip);
          model.tip = tip;
        }
        await chain.stop();
        expect(sorted(await storedCoins(stores))).toEqual(sorted(naiveCoins(pathTo(forest, model.tip))));
      }),
      { numRuns: 25 },
    );
  }, 120_000);

  async function play(step: Step, chain: BlockChain, stores: ChainStores, model: Model): Promise<BlockChain> {
    if (step.kind === 'restart') {
      await chain.stop();
      const restarted = await startedChain(stores);
      expect(tipOf(restarted)).toBe(model.tip);
      model.restart();
      return restarted;
    }
    const { block } = blockOf(step.index);
    const id = chain.headers.find(block.hash);
    if (step.kind === 'block') {
      const result = await chain.processBlock(block, { requested: true });
      if (result.accepted) model.receive(step.index);
      else expect(model.mayRefuse(step.index)).toBe(true);
      return chain;
    }
    if (step.kind === 'precious') model.prefer(step.index);
    else model[step.kind](step.index);
    await chain[step.kind](id);
    return chain;
  }
});

describe('a chain that is cut off at any write', () => {
  it('opens again at a block it had, with the coins of that block, and goes on', async () => {
    const runs = fc.record({
      order: fc.shuffledSubarray(indexes, { minLength: 1 }),
      writes: fc.nat(25),
      flushEvery: fc.integer({ min: 1, max: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(runs, async ({ order, writes, flushEvery }) => {
        const stores = memoryStores(REGTEST.magic);
        const first = await startedChain(stores);
        await submit(first, forest.trunk);
        first.processHeaders(allHeaders);
        await first.stop();

        const budget = { writes };
        const doomed = await startedChain({
          ...stores,
          index: crashing(stores.index, budget),
          coins: crashing(stores.coins, budget),
        });
        await runUntilCrash(doomed, order, flushEvery);

        const chain = await startedChain(stores);
        chain.checkInvariants();
        await chain.flush();
        expect(sorted(await storedCoins(stores))).toEqual(sorted(naiveCoins(pathTo(forest, tipOf(chain)))));
        const model = new Model();
        chain.processHeaders(allHeaders);
        for (const index of indexes) {
          await chain.processBlock(blockOf(index).block, { requested: true });
          model.receive(index);
        }
        expect(blockOf(tipOf(chain)).height).toBe(blockOf(model.bestTips()[0] ?? -1).height);
        await chain.stop();
      }),
      { numRuns: 25 },
    );
  }, 120_000);

  async function runUntilCrash(
    chain: BlockChain,
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
      expect(String(thrown)).toContain('no more writes');
    }
    // The process is gone: nothing is closed or written.
    await chain.settled();
  }
});
