import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { BlockChain } from '../../../src/chain/chainstate.js';
import { CoinsStore } from '../../../src/chain/coins/coins-db.js';
import { verifyOnMainThread } from '../../../src/chain/scripts/main-thread.js';
import type { ScriptFailure, ScriptJob, ScriptVerifier } from '../../../src/chain/scripts.js';
import { type MemoryChainStores, memoryStores } from '../../../src/chain/stores.js';
import type { Block } from '../../../src/primitives/block.js';
import { outPointKey } from '../../../src/primitives/outpoint.js';
import { defined } from '../../../src/runtime/errors.js';
import { deferred } from '../../../src/runtime/queue.js';
import { FOREST_PARAMS, type Forest, goodBlocks, growForest, pathTo } from '../../support/block-forest.js';
import {
  ANYONE_CAN_SPEND,
  buildBlock,
  buildEmptyBlocks,
  buildSpend,
  coinbaseOutPoint,
  NOBODY_CAN_SPEND,
  REGTEST,
  submit,
  testChain,
} from '../../support/chain-builder.js';
import { HeldVerifier } from '../../support/held-verifier.js';
import { coinLines, type NaiveCoins, naiveCoins } from '../../support/naive-coins.js';

const TRUNK = buildEmptyBlocks(REGTEST.genesis, 0, 105);
const TRUNK_TOP = defined(TRUNK.at(-1), 'top of the trunk');
/** So late that the chain has very much to catch up with. */
const LATE = REGTEST.genesis.header.time + 10 * 365 * 86_400;

type Flaw = 'none' | 'script' | 'reward' | 'script and reward' | 'coin';

/**
 * Blocks on the trunk, one for each flaw. Each spends a coin of the trunk and one of the block before it, which holds one that
 * nobody can spend as well.
 */
function buildFlawed(flaws: readonly Flaw[]): Block[] {
  const blocks: Block[] = [];
  for (const [index, flaw] of flaws.entries()) {
    const last = blocks.at(-1)?.transactions[1];
    const mature = coinbaseOutPoint(defined(TRUNK[index], 'block of the trunk'));
    const inputs = [mature];
    if (last !== undefined) inputs.push({ txid: last.txid, vout: 0 });
    if (flaw.includes('script') && last !== undefined) inputs.push({ txid: last.txid, vout: 1 });
    if (flaw === 'coin') inputs.push({ txid: new Uint8Array(32).fill(index + 1), vout: 0 });
    const outputs = [
      { value: 1000, script: ANYONE_CAN_SPEND },
      { value: 0, script: NOBODY_CAN_SPEND },
    ];
    const spend = buildSpend(inputs, outputs);
    const prev = blocks.at(-1) ?? TRUNK_TOP;
    const more = flaw.includes('reward') ? { reward: 1e12 } : {};
    blocks.push(buildBlock({ prev, height: 106 + index, transactions: [spend], ...more }));
  }
  return blocks;
}

/** What the chain tells, by heights. */
function record(chain: BlockChain): string[] {
  const seen: string[] = [];
  const height = (block: Block) => chain.headers.height(chain.headers.find(block.hash));
  chain.events.on('checked', (block, rejection) =>
    seen.push(`checked ${height(block)} ${rejection?.reason ?? 'good'}`),
  );
  chain.events.on('connected', (block, id) => {
    expect(chain.tip).toBe(id);
    seen.push(`connected ${height(block)}`);
  });
  chain.events.on('disconnected', block => seen.push(`disconnected ${height(block)}`));
  chain.events.on('tip', id => seen.push(`tip ${chain.headers.height(id)}`));
  return seen;
}

/** Hands blocks over as a peer does, each as soon as it is welcome. */
async function send(chain: BlockChain, blocks: readonly Block[]) {
  const results = [];
  for (const block of blocks) {
    const taken = deferred();
    results.push(chain.processBlock(block, { requested: true, onTaken: taken.resolve }));
    await taken.promise;
  }
  return results;
}

async function storedCoins({ coins }: MemoryChainStores): Promise<NaiveCoins> {
  const found: NaiveCoins = new Map();
  for await (const lot of new CoinsStore(coins).iterate()) {
    for (const { txid, vout, coin } of lot) found.set(outPointKey(txid, vout), coin);
  }
  return found;
}

describe('blocks tried ahead', () => {
  const chains: { chain: BlockChain; verifier: HeldVerifier }[] = [];

  afterEach(async () => {
    for (const { chain, verifier } of chains.splice(0)) {
      verifier.open();
      await chain.stop();
    }
  });

  /** A chain at the top of the trunk, far behind the headers that it knows. */
  async function catchingUp(blocks: readonly Block[], stores = memoryStores(REGTEST.magic)) {
    const verifier = new HeldVerifier();
    const { chain } = testChain({ now: LATE, stores, modules: { scriptVerifier: verifier } });
    chains.push({ chain, verifier });
    await chain.start();
    await submit(chain, TRUNK);
    const top = defined(blocks.at(-1), 'last block');
    const above = buildEmptyBlocks(top, 105 + blocks.length, 2);
    chain.processHeaders([...blocks, ...above].map(({ header }) => header));
    return { chain, verifier };
  }

  const outputOf = (block: Block) => ({ txid: defined(block.transactions[1], 'spend').txid, vout: 0 });

  it('cannot be seen before the scripts of those below them are good', async () => {
    const blocks = buildFlawed(['none', 'none', 'none', 'none', 'none']);
    const { chain, verifier } = await catchingUp(blocks);
    const seen = record(chain);
    const results = await send(chain, blocks);
    expect(verifier.jobs.length).toBe(5);
    expect([chain.height, seen]).toEqual([105, []]);
    for (const block of blocks) expect(chain.coins.get(outputOf(block))).toBeUndefined();
    // Good in any order, but connected in theirs.
    verifier.release([4, 2]);
    expect(await chain.runStable(() => chain.height)).toBe(105);
    verifier.release([0]);
    await results[0];
    expect(chain.height).toBe(106);
    expect(chain.coins.get(outputOf(blocks[0] as Block))?.value).toBe(1000);
    expect(chain.coins.get(outputOf(blocks[1] as Block))).toBeUndefined();
    verifier.release();
    await chain.settled();
    expect(seen).toEqual(
      [106, 107, 108, 109, 110].flatMap(at => [`checked ${at} good`, `connected ${at}`, `tip ${at}`]),
    );
    expect((await Promise.all(results)).every(({ rejection }) => rejection === undefined)).toBe(true);
  });

  it('are forgotten with one below them whose script is bad', async () => {
    const blocks = buildFlawed(['none', 'none', 'script', 'none', 'none']);
    const { chain, verifier } = await catchingUp(blocks);
    const seen = record(chain);
    const results = await send(chain, blocks);
    expect(verifier.jobs.length).toBe(5);
    verifier.release([4, 3, 2, 1, 0]);
    const ends = await Promise.all(results);
    await chain.settled();
    expect(seen).toEqual([
      ...[106, 107].flatMap(at => [`checked ${at} good`, `connected ${at}`, `tip ${at}`]),
      'checked 108 mandatory-script-verify-flag-failed (Script evaluated without error but finished with a false/empty top stack element)',
    ]);
    expect(ends.map(({ rejection }) => rejection?.result)).toEqual([
      undefined,
      undefined,
      'consensus',
      undefined,
      undefined,
    ]);
    expect(chain.height).toBe(107);
    expect(chain.headers.isInvalid(chain.headers.find((blocks[4] as Block).hash))).toBe(true);
    expect(chain.coins.get(outputOf(blocks[1] as Block))?.value).toBe(1000);
    expect(chain.coins.get(outputOf(blocks[2] as Block))).toBeUndefined();
  });

  it('are not written before they are connected', async () => {
    const blocks = buildFlawed(['none', 'none', 'none']);
    const stores = memoryStores(REGTEST.magic);
    const { chain, verifier } = await catchingUp(blocks, stores);
    await send(chain, blocks);
    verifier.release([0]);
    await chain.flush();
    const copy = stores.clone();
    const found = testChain({
      now: LATE,
      stores: copy,
      modules: { scriptVerifier: new HeldVerifier() },
    }).chain;
    await found.load();
    expect(found.height).toBeLessThanOrEqual(106);
    const path = [REGTEST.genesis, ...TRUNK, ...blocks].slice(1, found.height + 1);
    expect(coinLines(await storedCoins(copy))).toEqual(coinLines(naiveCoins(path)));
    await found.stop();
  });

  it('give way to what the operator wants', async () => {
    const blocks = buildFlawed(['none', 'none', 'none', 'none']);
    const { chain, verifier } = await catchingUp(blocks);
    await send(chain, blocks);
    const id = (block: Block) => chain.headers.find(block.hash);
    const done = chain.invalidate(id(blocks[1] as Block));
    verifier.open();
    await done;
    await chain.settled();
    expect(chain.height).toBe(106);
    await chain.reconsider(id(blocks[1] as Block));
    expect(chain.tip).toBe(id(blocks[3] as Block));
    await chain.invalidate(id(TRUNK_TOP));
    expect(chain.height).toBe(104);
    await chain.reconsider(id(TRUNK_TOP));
    expect(chain.tip).toBe(id(blocks[3] as Block));
  });

  it('lead to what happens when each is waited for', async () => {
    const flaws = fc.array(
      fc.oneof(
        { weight: 8, arbitrary: fc.constant<Flaw>('none') },
        { weight: 1, arbitrary: fc.constantFrom<Flaw>('script', 'reward', 'script and reward', 'coin') },
      ),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(
        flaws,
        fc.infiniteStream(fc.nat(1000)),
        fc.boolean(),
        async (list, order, backwards) => {
          const blocks = buildFlawed(list);
          const plain = testChain().chain;
          await plain.start();
          await submit(plain, TRUNK);
          plain.processHeaders(blocks.map(({ header }) => header));
          const { chain, verifier } = await catchingUp(blocks);
          const [wanted, seen] = [record(plain), record(chain)];
          const sequence = backwards ? [...blocks].reverse() : blocks;
          const first = list.findIndex(flaw => flaw !== 'none');
          const good = first < 0 ? blocks : blocks.slice(0, first + 1);
          // One by one, the others would be refused for the one before them.
          await submit(plain, backwards ? sequence : good);
          await send(chain, sequence);
          while (verifier.jobs.length > 0) {
            const [at = 0] = order.take(1);
            const [held] = verifier.jobs.splice(at % verifier.jobs.length, 1);
            held?.();
            await chain.runStable(() => {});
          }
          verifier.open();
          await chain.settled();
          expect(seen).toEqual(wanted);
          expect(chain.height).toBe(plain.height);
          expect(chain.coins.get(outputOf(blocks[0] as Block))).toEqual(
            plain.coins.get(outputOf(blocks[0] as Block)),
          );
          await plain.stop();
        },
      ),
      { numRuns: 40 },
    );
  }, 120_000);
});

const FOREST_SIZE = 40;
const forest: Forest = growForest(11, FOREST_SIZE);

/** Answers after as many turns as it is told. */
class SlowVerifier implements ScriptVerifier {
  constructor(private readonly turns: () => number) {}

  async verify(job: ScriptJob): Promise<ScriptFailure | undefined> {
    for (let left = this.turns(); left > 0; left--) await new Promise(setImmediate);
    return verifyOnMainThread(job);
  }
}

type Step = { readonly kind: 'block' | 'invalidate' | 'flush'; readonly index: number };

describe('a forest whose blocks come faster than scripts are checked', () => {
  it('has the best tip and its coins in the end, and was told how it came there', async () => {
    const steps: fc.Arbitrary<Step[]> = fc.array(
      fc.record({
        kind: fc.constantFrom<Step['kind']>(
          'block',
          'block',
          'block',
          'block',
          'block',
          'flush',
          'invalidate',
        ),
        index: fc.nat(FOREST_SIZE - 1),
      }),
      { maxLength: 60 },
    );
    const trunkStores = memoryStores(FOREST_PARAMS.magic);
    const base = testChain({ params: FOREST_PARAMS, stores: trunkStores }).chain;
    await base.start();
    await submit(base, forest.trunk);
    await base.stop();
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.infiniteStream(fc.nat(6)),
        fc.constantFrom(2000, 1e9),
        async (list, turns, dbCacheBytes) => {
          const stores: MemoryChainStores = trunkStores.clone();
          const verifier = new SlowVerifier(() => turns.take(1).next().value ?? 0);
          const { chain } = testChain({
            params: FOREST_PARAMS,
            now: LATE,
            stores,
            dbCacheBytes,
            checkBlockIndex: 0,
            modules: { scriptVerifier: verifier },
          });
          await chain.start();
          chain.processHeaders(forest.blocks.map(({ block }) => block.header));
          let told = chain.tip;
          chain.events.on('connected', (_, id) => {
            expect(chain.headers.prev(id)).toBe(told);
            told = id;
          });
          chain.events.on('disconnected', (_, id) => {
            expect(id).toBe(told);
            told = chain.headers.prev(id);
          });
          const work: Promise<unknown>[] = [];
          const blockAt = (index: number) => defined(forest.blocks[index], 'forest block').block;
          for (const { kind, index } of list) {
            if (kind === 'flush') work.push(chain.flush());
            else if (kind === 'block') work.push(...(await send(chain, [blockAt(index)])));
            else {
              const id = chain.headers.find(blockAt(index).hash);
              work.push(chain.invalidate(id).then(() => chain.reconsider(id)));
            }
          }
          // What was refused as long as others were ruled out comes again.
          await Promise.all(work);
          for (let index = 0; index < FOREST_SIZE; index++)
            work.push(...(await send(chain, [blockAt(index)])));
          await Promise.all(work);
          await chain.settled();
          expect(chain.tip).toBe(told);
          chain.checkInvariants();
          const best = goodBlocks(forest)[0] ?? -1;
          expect(chain.height).toBe(forest.blocks[best]?.height);
          const tip = forest.blocks.findIndex(({ block }) => chain.headers.find(block.hash) === chain.tip);
          await chain.stop();
          expect(coinLines(await storedCoins(stores))).toEqual(coinLines(naiveCoins(pathTo(forest, tip))));
        },
      ),
      { numRuns: 40 },
    );
  }, 120_000);
});
