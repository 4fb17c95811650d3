import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlockChain } from '../../../../src/chain/chainstate.js';
import { type MemoryChainStores, memoryStores } from '../../../../src/chain/stores.js';
import { NO_HEADER } from '../../../../src/consensus/chain-view.js';
import type { ChainParams } from '../../../../src/consensus/params.js';
import type { Block } from '../../../../src/primitives/block.js';
import { hashToHex } from '../../../../src/primitives/bytes.js';
import { errorMessage } from '../../../../src/runtime/errors.js';
import {
  ANYONE_CAN_SPEND,
  buildBlock,
  buildEmptyBlocks,
  buildSpend,
  coinbaseOutPoint,
  REGTEST,
  submit,
  type TestChainOptions,
  testChain,
} from '../../../support/chain-builder.js';
import { loadSnapshot, MemoryTarget, makeSnapshot } from '../../../support/snapshot.js';

const BASE_HEIGHT = 105;
const TOP_HEIGHT = 110;

/** Blocks 1 to 110; 102 to 105 spend coins. Index is height less one. */
function buildMain(): Block[] {
  const blocks = buildEmptyBlocks(REGTEST.genesis, 0, 101);
  for (let height = 102; height <= BASE_HEIGHT; height++) {
    const spend = buildSpend(
      [coinbaseOutPoint(blocks[height - 102] as Block)],
      [{ value: 50e8, script: ANYONE_CAN_SPEND }],
    );
    blocks.push(buildBlock({ prev: blocks.at(-1) as Block, height, transactions: [spend] }));
  }
  return [...blocks, ...buildEmptyBlocks(blocks.at(-1) as Block, BASE_HEIGHT, TOP_HEIGHT - BASE_HEIGHT)];
}

const main = buildMain();
const upTo = (height: number) => main.slice(0, height);
const above = (height: number) => main.slice(height);
const at = (height: number) => main[height - 1] as Block;
const base = at(BASE_HEIGHT);

const { bytes: snapshot, params } = await makeSnapshot(upTo(BASE_HEIGHT));

let stores: MemoryChainStores;
const running = new Set<BlockChain>();
beforeEach(() => {
  stores = memoryStores(REGTEST.magic);
});
afterEach(async () => {
  for (const chain of running) await stop(chain);
});

async function started(options: TestChainOptions = {}): Promise<BlockChain> {
  const { chain } = testChain({ params, stores, ...options });
  running.add(chain);
  await chain.start();
  return chain;
}

async function stop(chain: BlockChain): Promise<void> {
  running.delete(chain);
  await chain.stop();
}

const load = (chain: BlockChain, bytes: Uint8Array = snapshot, isMempoolEmpty?: () => boolean) =>
  loadSnapshot(chain, bytes, isMempoolEmpty);

/** What loading says, undefined when all is well. */
const refusal = (chain: BlockChain, bytes?: Uint8Array, isMempoolEmpty?: () => boolean) =>
  load(chain, bytes, isMempoolEmpty).then(
    () => undefined,
    (thrown: unknown) => errorMessage(thrown),
  );

/** A chain that knows the first ten blocks and all headers, and has loaded the snapshot. */
async function loaded(options: TestChainOptions = {}): Promise<BlockChain> {
  const chain = await started(options);
  await submit(chain, upTo(10));
  chain.processHeaders(main.map(block => block.header));
  await load(chain);
  return chain;
}

async function give(chain: BlockChain, blocks: readonly Block[]): Promise<void> {
  await submit(chain, blocks);
  await chain.settled();
}

/** Heights of the chains in use, the one that is followed last. */
const heights = (chain: BlockChain) => chain.chainStates().map(({ tip }) => chain.headers.height(tip));

const coinOf = (chain: BlockChain, block: Block) => chain.coins.get(coinbaseOutPoint(block));

describe('a snapshot that is loaded', () => {
  it('makes its base the tip, with its coins', async () => {
    const chain = await loaded();
    expect(heights(chain)).toEqual([10, BASE_HEIGHT]);
    expect(chain.headers.hash(chain.tip)).toEqual(base.hash);
    expect(coinOf(chain, at(104))?.height).toBe(104);
    expect(coinOf(chain, at(1))).toBeUndefined();
    const [behind, followed] = chain.chainStates();
    expect(behind).toMatchObject({ base: NO_HEADER, isValidated: true });
    expect(followed).toMatchObject({ base: chain.tip, isValidated: false });
    expect(chain.backgroundTip).toBe(chain.headers.find(at(10).hash));
    expect(chain.headers.chainTxCount(chain.tip)).toBe(params.snapshots[0]?.chainTxCount);
    expect(chain.headers.chainTxCount(chain.headers.prev(chain.tip))).toBe(0);
    expect((await chain.utxoStats('hash_serialized_3')).hash).toEqual(params.snapshots[0]?.hashSerialized);
  });

  it('is followed upwards, and validated from below, each with its own events', async () => {
    const chain = await loaded();
    const seen: string[] = [];
    chain.events.on('connected', (_, id) => seen.push(`+${chain.headers.height(id)}`));
    chain.events.on('tip', id => seen.push(`tip ${chain.headers.height(id)}`));
    chain.backgroundEvents.on('connected', (_, id) => seen.push(`behind ${chain.headers.height(id)}`));
    chain.events.on('snapshotValidated', () => seen.push('validated'));
    await give(chain, [at(106), at(11), at(12), at(107)]);
    const isBehind = (what: string) => what.startsWith('behind');
    expect(seen.filter(isBehind)).toEqual(['behind 11', 'behind 12']);
    expect(seen.filter(what => !isBehind(what))).toEqual(['+106', 'tip 106', '+107', 'tip 107']);
    expect(heights(chain)).toEqual([12, 107]);
    seen.length = 0;
    await give(chain, main.slice(12, 104));
    expect(heights(chain)).toEqual([104, 107]);
    await give(chain, [base]);
    expect(seen.at(-1)).toBe('validated');
    expect(seen.filter(what => !isBehind(what))).toEqual(['validated']);
    expect(heights(chain)).toEqual([107]);
    expect(chain.backgroundTip).toBe(NO_HEADER);
    expect(chain.chainStates()[0]).toMatchObject({ isValidated: true });
    expect(chain.headers.chainTxCount(chain.tip)).toBe(108 + 4);
  });

  it('comes to the same as a chain without one', async () => {
    const plain = await started({ stores: memoryStores(REGTEST.magic) });
    await give(plain, main);
    const chain = await loaded();
    await give(chain, [...above(BASE_HEIGHT).reverse(), ...main.slice(10, BASE_HEIGHT).reverse()]);
    expect(heights(chain)).toEqual([TOP_HEIGHT]);
    const [ours, theirs] = [await chain.utxoStats('muhash'), await plain.utxoStats('muhash')];
    expect({ ...ours, diskSize: 0 }).toEqual({ ...theirs, diskSize: 0 });
    for (const block of main) {
      const [here, there] = [chain.headers.find(block.hash), plain.headers.find(block.hash)];
      expect(chain.headers.chainTxCount(here)).toBe(plain.headers.chainTxCount(there));
      expect(chain.headers.isFullyValid(here)).toBe(true);
      expect(chain.headers.hasUndo(here)).toBe(true);
    }
  });

  it('takes its base out of order', async () => {
    const chain = await loaded();
    await give(chain, [base]);
    await give(chain, [at(106)]);
    expect(heights(chain)).toEqual([10, 106]);
    await give(chain, main.slice(10, 104));
    expect(heights(chain)).toEqual([106]);
  });

  it('takes up blocks that were there before', async () => {
    const chain = await started();
    await submit(chain, upTo(10));
    chain.processHeaders(main.map(block => block.header));
    await submit(chain, [at(106), at(107), at(50)]);
    expect(chain.height).toBe(10);
    await load(chain);
    await chain.settled();
    expect(heights(chain)).toEqual([10, 107]);
  });

  it('divides the room for coins', async () => {
    const total = 100 << 20;
    // The tip is old at first.
    const chain = await loaded({ dbCacheBytes: total, now: at(TOP_HEIGHT).header.time + 86_400 - 2 });
    const sizes = () => chain.chainStates().map(({ coinsCacheBytes }) => coinsCacheBytes / total);
    expect(chain.isInitialBlockDownload).toBe(true);
    expect(sizes()).toEqual([0.05, 0.95]);
    await give(chain, above(BASE_HEIGHT));
    expect(chain.isInitialBlockDownload).toBe(false);
    expect(sizes()).toEqual([0.95, 0.05]);
    await give(chain, main.slice(10, BASE_HEIGHT));
    expect(sizes()).toEqual([1]);
  });
});

describe('reorganisations with a snapshot in use', () => {
  it('happen above its base', async () => {
    const chain = await loaded();
    await give(chain, above(BASE_HEIGHT).slice(0, 2));
    const branch = buildEmptyBlocks(base, BASE_HEIGHT, 3, 5);
    await give(chain, branch);
    expect(chain.headers.hash(chain.tip)).toEqual(branch.at(-1)?.hash);
    expect(heights(chain)).toEqual([10, 108]);
    await give(chain, main.slice(10));
    expect(hashToHex(chain.headers.hash(chain.tip))).toBe(hashToHex(at(TOP_HEIGHT).hash));
    expect(heights(chain)).toEqual([TOP_HEIGHT]);
  });

  it('wait for the validation when they go below it', async () => {
    const chain = await loaded();
    const branch = buildEmptyBlocks(at(100), 100, 14, 7);
    await give(chain, [...main.slice(10, 100), ...branch]);
    expect(heights(chain)).toEqual([100, BASE_HEIGHT]);
    await give(chain, main.slice(100, BASE_HEIGHT));
    // Validated: from now on it is a chain like any other.
    expect(heights(chain)).toEqual([114]);
    expect(chain.headers.hash(chain.tip)).toEqual(branch.at(-1)?.hash);
  });

  it('lead a chain of its own, in the background, back to the base', async () => {
    const chain = await started();
    const own = buildEmptyBlocks(at(10), 10, 30, 3);
    await submit(chain, [...upTo(10), ...own]);
    chain.processHeaders(main.map(block => block.header));
    await load(chain);
    expect(heights(chain)).toEqual([40, BASE_HEIGHT]);
    await give(chain, main.slice(10, 104));
    expect(heights(chain)).toEqual([104, BASE_HEIGHT]);
    await give(chain, [base]);
    expect(heights(chain)).toEqual([BASE_HEIGHT]);
  });

  it('are not asked for below the base by the operator', async () => {
    const chain = await loaded();
    await give(chain, [at(106)]);
    for (const block of [base, at(104), at(5)]) {
      await expect(chain.invalidate(chain.headers.find(block.hash))).rejects.toThrow(
        `Block ${hashToHex(block.hash)} cannot be taken back: it lies below a snapshot that is not validated yet`,
      );
    }
    await chain.invalidate(chain.headers.find(at(106).hash));
    expect(heights(chain)).toEqual([10, BASE_HEIGHT]);
    await chain.reconsider(chain.headers.find(at(106).hash));
    expect(heights(chain)).toEqual([10, 106]);
  });
});

describe('a start with a snapshot in use', () => {
  it('goes on where it was', async () => {
    const chain = await loaded();
    await give(chain, [at(106), ...main.slice(10, 60), base, at(61)]);
    await stop(chain);
    const again = await started();
    expect(heights(again)).toEqual([61, 106]);
    expect(again.headers.chainTxCount(again.tip)).toBe(107 + 4);
    await give(again, main.slice(61, 104));
    expect(heights(again)).toEqual([106]);
    await give(again, [at(107)]);
    expect(heights(again)).toEqual([107]);
  });

  it('moves the coins to their place once they are validated', async () => {
    const chain = await loaded();
    await give(chain, main.slice(10));
    expect(chain.snapshotBase).toBe(chain.headers.find(base.hash));
    await stop(chain);
    const again = await started({ checkBlocks: 0, checkLevel: 4 });
    expect(heights(again)).toEqual([TOP_HEIGHT]);
    expect(again.snapshotBase).toBe(NO_HEADER);
    expect(stores.snapshot.base()).toBeUndefined();
    expect(await again.verify({ depth: 0, level: 4 })).toBe('ok');
    await again.invalidate(again.headers.find(at(50).hash));
    expect(again.height).toBe(49);
    await again.reconsider(again.headers.find(at(50).hash));
    expect(again.height).toBe(TOP_HEIGHT);
  });

  it('ends a validation that was broken off before the comparison', async () => {
    const chain = await loaded();
    const { interrupt } = chain;
    chain.backgroundEvents.on('connected', (_, id) => {
      if (id === chain.snapshotBase) interrupt.call(chain);
    });
    await give(chain, main.slice(10, BASE_HEIGHT));
    expect(heights(chain)).toEqual([BASE_HEIGHT, BASE_HEIGHT]);
    await stop(chain);
    const again = await started();
    expect(heights(again)).toEqual([BASE_HEIGHT]);
    expect(again.snapshotBase).toBe(NO_HEADER);
  });

  it('is without it after a reindex, of all or of the coins', async () => {
    for (const option of [{ reindex: true }, { reindexChainstate: true }]) {
      stores = memoryStores(REGTEST.magic);
      const chain = await loaded();
      await give(chain, [at(106), ...main.slice(10, 20)]);
      await stop(chain);
      const again = await started(option);
      expect(heights(again)).toEqual([20]);
      again.processHeaders(main.map(block => block.header));
      await load(again);
      await give(again, [at(106)]);
      expect(heights(again)).toEqual([20, 106]);
      await give(again, main.slice(20));
      expect(heights(again)).toEqual([TOP_HEIGHT]);
    }
  });

  it('refuses one that the network does not know', async () => {
    const chain = await loaded();
    await stop(chain);
    const { chain: again } = testChain({ stores, params: REGTEST });
    await expect(again.start()).rejects.toThrow(
      `A fatal internal error occurred, see debug.log for details: Assumeutxo data not found for the given blockhash '${hashToHex(base.hash)}'.`,
    );
    await again.stop();
  });
});

describe('a snapshot that is not right', () => {
  /** The network expects a hash that the loaded coins had, but the chain does not come to. */
  const wrongCoins = async () => {
    const { chain } = testChain();
    await chain.start();
    // The same headers do not lead here: it is a chain with other coins.
    await submit(chain, buildEmptyBlocks(REGTEST.genesis, 0, BASE_HEIGHT, 9));
    const target = new MemoryTarget();
    const { hash } = await chain.dumpCoins(target);
    await chain.stop();
    target.bytes.set(base.hash, 11);
    const [facts] = params.snapshots;
    const wrong: ChainParams = {
      ...params,
      snapshots: facts === undefined ? [] : [{ ...facts, hashSerialized: hash }],
    };
    return { bytes: target.bytes, params: wrong };
  };

  it('stops the node when the chain comes to other coins, and is not used again', async () => {
    const wrong = await wrongCoins();
    const chain = await started({ params: wrong.params });
    await submit(chain, upTo(10));
    chain.processHeaders(main.map(block => block.header));
    await load(chain, wrong.bytes);
    const fatal: string[] = [];
    chain.events.on('fatal', message => fatal.push(message));
    await give(chain, main.slice(10, BASE_HEIGHT));
    expect(fatal).toHaveLength(1);
    expect(fatal[0]).toContain('failed to validate the -assumeutxo snapshot state.');
    expect(fatal[0]).toContain(`resetting the chain height from ${BASE_HEIGHT} to ${BASE_HEIGHT}.`);
    await stop(chain);
    const again = await started({ params: wrong.params });
    expect(heights(again)).toEqual([BASE_HEIGHT]);
    await give(again, above(BASE_HEIGHT));
    expect(heights(again)).toEqual([TOP_HEIGHT]);
  });

  it('stops a start that finds out', async () => {
    const wrong = await wrongCoins();
    const chain = await started({ params: wrong.params });
    chain.processHeaders(main.map(block => block.header));
    await load(chain, wrong.bytes);
    chain.backgroundEvents.on('connected', (_, id) => {
      if (id === chain.snapshotBase) chain.interrupt();
    });
    await give(chain, upTo(BASE_HEIGHT));
    await stop(chain);
    const { chain: again } = testChain({ stores, params: wrong.params });
    await expect(again.start()).rejects.toThrow('failed to validate the -assumeutxo snapshot state.');
    await again.stop();
    const third = await started({ params: wrong.params });
    expect(heights(third)).toEqual([BASE_HEIGHT]);
  });

  it('stops the node when a block that leads up to it breaks a rule', async () => {
    const greedy = buildBlock({ prev: at(50), height: 51, reward: 51e8 });
    const branch = [...upTo(50), greedy, ...buildEmptyBlocks(greedy, 51, 10)];
    const top = branch.at(-1) as Block;
    const copy = Buffer.from(snapshot);
    copy.set(top.hash, 11);
    const [facts] = params.snapshots;
    // Whoever made this snapshot took coins of the chain above, which are not those of this one; the hash is as told.
    const wrong: ChainParams = {
      ...params,
      snapshots: facts === undefined ? [] : [{ ...facts, height: 105, blockHash: top.hash }],
    };
    const chain = await started({ params: wrong });
    chain.processHeaders(branch.map(block => block.header));
    await load(chain, copy);
    expect(heights(chain)).toEqual([0, 61]);
    const fatal: string[] = [];
    chain.events.on('fatal', message => fatal.push(message));
    await give(chain, branch);
    expect(fatal).toHaveLength(1);
    await stop(chain);
    const again = await started({ params: wrong });
    expect(heights(again)).toEqual([50]);
    expect(again.headers.isInvalid(again.headers.find(top.hash))).toBe(true);
  });
});

describe('loading a snapshot', () => {
  it('is refused without the header of its base, and on top of a bad one', async () => {
    const chain = await started();
    const hash = hashToHex(base.hash);
    expect(await refusal(chain)).toBe(
      `The base block header (${hash}) must appear in the headers chain. Make sure all headers are syncing, and call loadtxoutset again`,
    );
    chain.processHeaders(main.map(block => block.header));
    await chain.invalidate(chain.headers.find(at(104).hash));
    expect(await refusal(chain)).toBe(`The base block header (${hash}) is part of an invalid chain`);
  });

  it('is refused for a block that the network does not know', async () => {
    const chain = await started();
    const other = Buffer.from(snapshot);
    other.set(at(104).hash, 11);
    expect(await refusal(chain, other)).toBe(
      `assumeutxo block hash in snapshot metadata not recognized (hash: ${hashToHex(at(104).hash)}). The following snapshot heights are available: ${BASE_HEIGHT}`,
    );
  });

  it('is refused when other headers have more work', async () => {
    const chain = await started();
    chain.processHeaders(upTo(BASE_HEIGHT).map(block => block.header));
    chain.processHeaders(buildEmptyBlocks(at(104), 104, 2, 4).map(block => block.header));
    expect(await refusal(chain)).toBe(
      'A forked headers-chain with more work than the chain with the snapshot base block header exists. Please proceed to sync without AssumeUtxo.',
    );
  });

  it('is refused when the chain has come as far', async () => {
    const chain = await started();
    await submit(chain, upTo(BASE_HEIGHT));
    expect(await refusal(chain)).toBe('Population failed: Work does not exceed active chainstate');
    await submit(chain, above(BASE_HEIGHT));
    expect(await refusal(chain)).toBe('Population failed: Work does not exceed active chainstate');
  });

  it('is refused with transactions in the mempool, before and after the coins are read', async () => {
    const chain = await started();
    chain.processHeaders(main.map(block => block.header));
    const text = "Can't activate a snapshot when mempool not empty";
    expect(await refusal(chain, snapshot, () => false)).toBe(text);
    let asked = 0;
    expect(await refusal(chain, snapshot, () => ++asked === 1)).toBe(text);
    expect(heights(chain)).toEqual([0]);
    expect(await refusal(chain)).toBeUndefined();
  });

  it('is refused a second time, and while it is under way', async () => {
    const chain = await started();
    chain.processHeaders(main.map(block => block.header));
    const first = refusal(chain);
    const text = "Can't activate a snapshot-based chainstate more than once";
    expect(await refusal(chain)).toBe(text);
    expect(await first).toBeUndefined();
    expect(await refusal(chain)).toBe(text);
    await give(chain, main);
    expect(heights(chain)).toEqual([TOP_HEIGHT]);
    expect(await refusal(chain)).toBe(text);
  });

  it('leaves nothing behind when the coins are wrong', async () => {
    const chain = await started();
    chain.processHeaders(main.map(block => block.header));
    const cut = snapshot.subarray(0, snapshot.length - 1);
    expect(await refusal(chain, cut)).toBe(
      `Population failed: Bad snapshot format or truncated snapshot after deserializing ${104} coins`,
    );
    const changed = Buffer.from(snapshot);
    changed[51] = (changed[51] as number) ^ 1;
    expect(await refusal(chain, changed)).toMatch(
      /^Population failed: Bad snapshot content hash: expected [0-9a-f]{64}, got [0-9a-f]{64}$/,
    );
    expect(heights(chain)).toEqual([0]);
    const rest: unknown[] = [];
    for await (const lot of stores.snapshot.coins.iterate()) rest.push(...lot);
    expect(rest).toEqual([]);
    await load(chain);
    expect(heights(chain)).toEqual([0, BASE_HEIGHT]);
  });

  it('is refused when the chain overtakes it meanwhile', async () => {
    const chain = await started();
    await submit(chain, upTo(104));
    chain.processHeaders(main.map(block => block.header));
    const loading = refusal(chain);
    await submit(chain, [base]);
    expect(await loading).toBe('work does not exceed active chainstate');
    expect(heights(chain)).toEqual([BASE_HEIGHT]);
  });
});

describe('a clone of stores in memory', () => {
  it('has the snapshot that is in use, and goes on validating it by itself', async () => {
    const chain = await started();
    chain.processHeaders(main.map(block => block.header));
    await load(chain);
    await chain.flush();
    const clone = stores.clone();
    await submit(chain, main);
    await stop(chain);
    const other = await started({ stores: clone });
    expect(other.chainStates().map(({ tip }) => other.headers.height(tip))).toEqual([0, BASE_HEIGHT]);
    expect(other.isValidatingSnapshot).toBe(true);
    await submit(other, main);
    await other.settled();
    expect([other.height, other.isValidatingSnapshot]).toEqual([TOP_HEIGHT, false]);
  });
});
