import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlockChain } from '../../../src/chain/chainstate.js';
import { NO_HEADER } from '../../../src/consensus/chain-view.js';
import type { Block } from '../../../src/primitives/block.js';
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

describe('fork choice', () => {
  let chain: BlockChain;

  beforeEach(async () => {
    ({ chain } = testChain());
    await chain.start();
  });

  afterEach(() => chain.stop());

  const idOf = (block: Block) => chain.headers.find(block.hash);
  const tipIs = (block: Block) => expect(chain.tip).toBe(idOf(block));

  it('starts with genesis', () => {
    expect(chain.height).toBe(0);
    expect(chain.at(0)).toBe(0);
    expect(chain.at(1)).toBe(NO_HEADER);
    tipIs(genesis);
  });

  it('follows the chain with most work', async () => {
    const short = buildEmptyBlocks(genesis, 0, 2, 1);
    const long = buildEmptyBlocks(genesis, 0, 3, 2);
    await submit(chain, short);
    tipIs(short[1] as Block);
    await submit(chain, long);
    tipIs(long[2] as Block);
    expect(chain.isActive(idOf(short[0] as Block))).toBe(false);
    expect(chain.headers.commonAncestor(idOf(short[1] as Block), chain.tip)).toBe(0);
  });

  it('keeps to the block seen first when work is equal', async () => {
    const [first] = buildEmptyBlocks(genesis, 0, 1, 1) as [Block];
    const [second] = buildEmptyBlocks(genesis, 0, 1, 2) as [Block];
    await submit(chain, [first, second]);
    tipIs(first);
  });

  it('connects blocks that came before their predecessors', async () => {
    const blocks = buildEmptyBlocks(genesis, 0, 4);
    chain.processHeaders(blocks.map(block => block.header));
    await submit(chain, [blocks[3], blocks[1], blocks[2]] as Block[]);
    expect(chain.height).toBe(0);
    await submit(chain, [blocks[0] as Block]);
    expect(chain.height).toBe(4);
  });

  it('tells of a reorganisation in the order of the blocks', async () => {
    const short = buildEmptyBlocks(genesis, 0, 2, 1);
    const long = buildEmptyBlocks(genesis, 0, 3, 2);
    await submit(chain, short);
    const seen: string[] = [];
    const name = (block: Block) =>
      short.includes(block) || short.some(other => other.header.key === block.header.key) ? 'short' : 'long';
    chain.events.on('connected', (block, id) => {
      // Tip and coins have moved in the same step.
      expect(chain.tip).toBe(id);
      expect(chain.coins.get(coinbaseOutPoint(block))?.height).toBe(chain.height);
      seen.push(`+${name(block)} ${chain.headers.height(id)}`);
    });
    chain.events.on('disconnected', (block, id) => {
      expect(chain.tip).toBe(chain.headers.prev(id));
      seen.push(`-${name(block)} ${chain.headers.height(id)}`);
    });
    chain.events.on('tip', (id, fork) =>
      seen.push(`tip ${chain.headers.height(id)} fork ${chain.headers.height(fork)}`),
    );
    await submit(chain, long);
    expect(seen).toEqual(['-short 2', '-short 1', '+long 1', '+long 2', '+long 3', 'tip 3 fork 0']);
  });

  it('returns to the former tip when a block of the better branch is invalid', async () => {
    const good = buildEmptyBlocks(genesis, 0, 2, 1);
    const [fine] = buildEmptyBlocks(genesis, 0, 1, 2) as [Block];
    const greedy = buildBlock({ prev: fine, height: 2, tag: 2, reward: 51e8 });
    const [onTop] = buildEmptyBlocks(greedy, 2, 1, 2) as [Block];
    await submit(chain, [...good, fine]);
    chain.processHeaders([greedy.header, onTop.header]);
    await submit(chain, [greedy]);
    tipIs(good[1] as Block);
    const [result] = await submit(chain, [onTop]);
    // It only turns out when the branch has more work and is tried.
    expect(result?.rejection).toBeUndefined();
    tipIs(good[1] as Block);
    expect(chain.headers.isInvalid(idOf(greedy))).toBe(true);
    expect(chain.headers.isInvalid(idOf(onTop))).toBe(true);
    expect(chain.headers.isInvalid(idOf(fine))).toBe(false);
    expect(chain.headers.isFullyValid(idOf(fine))).toBe(true);
    expect(chain.bestHeader).toBe(idOf(good[1] as Block));
  });

  it('reports why the block at hand could not be connected', async () => {
    const greedy = buildBlock({ prev: genesis, height: 1, reward: 51e8 });
    const [result] = await submit(chain, [greedy]);
    expect(result).toMatchObject({ accepted: true, isNew: true, rejection: { reason: 'bad-cb-amount' } });
    const [again] = await submit(chain, [greedy]);
    expect(again?.rejection).toMatchObject({ result: 'cached-invalid', reason: 'duplicate' });
    const [next] = await submit(chain, buildEmptyBlocks(greedy, 1, 1));
    expect(next?.rejection).toMatchObject({ result: 'invalid-prev', reason: 'bad-prevblk' });
  });

  it('prefers an older branch on request only', async () => {
    const one = buildEmptyBlocks(genesis, 0, 2, 1);
    const two = buildEmptyBlocks(genesis, 0, 2, 2);
    await submit(chain, [...one, ...two]);
    tipIs(one[1] as Block);
    await chain.precious(idOf(two[1] as Block));
    tipIs(two[1] as Block);
    await chain.precious(idOf(one[1] as Block));
    tipIs(one[1] as Block);
    // A block with less work than the tip cannot be preferred.
    await chain.precious(idOf(two[0] as Block));
    tipIs(one[1] as Block);
  });

  it('leaves a chain that the operator invalidates, and comes back to it', async () => {
    const main = buildEmptyBlocks(genesis, 0, 4, 1);
    const other = buildEmptyBlocks(genesis, 0, 2, 2);
    await submit(chain, [...main, ...other]);
    await chain.invalidate(idOf(main[1] as Block));
    tipIs(other[1] as Block);
    expect(chain.headers.isInvalid(idOf(main[3] as Block))).toBe(true);
    expect(chain.headers.isInvalid(idOf(main[0] as Block))).toBe(false);
    expect(chain.bestHeader).toBe(idOf(other[1] as Block));
    await chain.reconsider(idOf(main[3] as Block));
    tipIs(main[3] as Block);
    expect(chain.headers.isInvalid(idOf(main[1] as Block))).toBe(false);
  });

  it('reconsiders the other branches on top of what it reconsiders', async () => {
    const trunk = buildEmptyBlocks(genesis, 0, 2, 1);
    const left = buildEmptyBlocks(trunk[1] as Block, 2, 1, 2);
    const right = buildEmptyBlocks(trunk[1] as Block, 2, 2, 3);
    await submit(chain, [...trunk, ...left, ...right]);
    await chain.invalidate(idOf(trunk[0] as Block));
    expect(chain.height).toBe(0);
    await chain.reconsider(idOf(left[0] as Block));
    tipIs(right[1] as Block);
  });

  it('does not invalidate genesis', async () => {
    await chain.invalidate(0);
    expect(chain.headers.isInvalid(0)).toBe(false);
    tipIs(genesis);
  });

  it('refuses headers that it knows to be invalid, and those on top of them', async () => {
    const main = buildEmptyBlocks(genesis, 0, 3, 1);
    await submit(chain, main.slice(0, 2));
    await chain.invalidate(idOf(main[1] as Block));
    expect(chain.processHeaders([main[1]?.header ?? genesis.header]).rejection?.reason).toBe('duplicate');
    expect(chain.processHeaders([main[2]?.header ?? genesis.header]).rejection?.reason).toBe('bad-prevblk');
  });

  it('takes an unwanted block only if it is worth something', async () => {
    const main = buildEmptyBlocks(genesis, 0, 3, 1);
    await submit(chain, main);
    const less = buildEmptyBlocks(genesis, 0, 1, 2)[0] as Block;
    const refused = await chain.processBlock(less, { requested: false });
    expect(refused).toMatchObject({ accepted: false, isNew: false });
    expect(refused.rejection).toBeUndefined();
    const far = buildEmptyBlocks(main[2] as Block, 3, 289, 1);
    chain.processHeaders(far.map(block => block.header));
    expect(await chain.processBlock(far[288] as Block, { requested: false })).toMatchObject({
      accepted: false,
    });
    expect(await chain.processBlock(far[287] as Block, { requested: false })).toMatchObject({
      accepted: true,
    });
  });

  it('is in initial download until the tip is recent', async () => {
    const old = testChain({ now: genesis.header.time + 200_000 });
    await old.chain.start();
    expect(old.chain.isInitialBlockDownload).toBe(true);
    await submit(old.chain, [buildBlock({ prev: genesis, height: 1, time: genesis.header.time + 150_000 })]);
    expect(old.chain.isInitialBlockDownload).toBe(false);
    old.clock.setMockTime(genesis.header.time + 900_000);
    expect(old.chain.isInitialBlockDownload).toBe(false);
    await old.chain.stop();
  });

  it('runs work only while the chain stands still', async () => {
    const blocks = buildEmptyBlocks(genesis, 0, 30, 1);
    const reorg = buildEmptyBlocks(genesis, 0, 31, 2);
    await submit(chain, blocks);
    const pending = reorg.map(block => chain.processBlock(block, { requested: true }));
    const heights = await Promise.all(reorg.map(() => chain.runStable(() => chain.height)));
    await Promise.all(pending);
    expect(heights.every(height => height >= 30)).toBe(true);
    expect(chain.height).toBe(31);
  });

  it('announces a good block on top of the tip before it is connected', async () => {
    const [block] = buildEmptyBlocks(genesis, 0, 1) as [Block];
    expect(chain.isInitialBlockDownload).toBe(true);
    const { chain: ready } = testChain({ maxTipAge: 1_000_000 });
    await ready.start();
    const heights: number[] = [];
    ready.events.on('newPowValid', () => heights.push(ready.height));
    await submit(ready, [block]);
    expect(heights).toEqual([0]);
    await ready.stop();
  });

  it('tests a block without keeping it', async () => {
    const [block] = buildEmptyBlocks(genesis, 0, 1) as [Block];
    const checks = { checkPow: true, checkMerkle: true };
    expect(await chain.testBlock(block, checks)).toBeUndefined();
    expect(chain.height).toBe(0);
    const greedy = buildBlock({ prev: genesis, height: 1, reward: 51e8 });
    expect((await chain.testBlock(greedy, checks))?.reason).toBe('bad-cb-amount');
    await submit(chain, [block]);
    expect((await chain.testBlock(block, checks))?.reason).toBe('inconclusive-not-best-prevblk');
  });

  it('stops where it is told to', async () => {
    let stopped = 0;
    const modules = { onStopHeight: () => stopped++ };
    const { chain: limited } = testChain({ stopAtHeight: 2, modules });
    await limited.start();
    await submit(limited, buildEmptyBlocks(genesis, 0, 4));
    expect(limited.height).toBe(2);
    expect(stopped).toBe(1);
    await limited.stop();
  });

  it('moves matured coins and puts them back', async () => {
    const base = buildEmptyBlocks(genesis, 0, 101, 1);
    await submit(chain, base);
    const prevout = coinbaseOutPoint(base[0] as Block);
    const spend = buildSpend([prevout], [{ value: 50e8, script: ANYONE_CAN_SPEND }]);
    const spending = buildBlock({ prev: base[100] as Block, height: 102, tag: 1, transactions: [spend] });
    await submit(chain, [spending]);
    expect(chain.coins.get({ txid: prevout.txid, vout: 0 })).toBeUndefined();
    expect(chain.coins.get({ txid: spend.txid, vout: 0 })?.value).toBe(50e8);
    expect((await chain.readUndo(chain.tip))[0]?.[0]).toMatchObject({
      value: 50e8,
      height: 1,
      coinbase: true,
    });
    await submit(chain, buildEmptyBlocks(base[100] as Block, 101, 2, 2));
    expect(chain.coins.get({ txid: prevout.txid, vout: 0 })).toMatchObject({
      value: 50e8,
      height: 1,
      coinbase: true,
    });
    expect(chain.coins.get({ txid: spend.txid, vout: 0 })).toBeUndefined();
  });
});

describe('a limit of what is undone', () => {
  const LIMIT = 3;
  let chain: BlockChain;

  beforeEach(async () => {
    ({ chain } = testChain({ maxReorgDepth: LIMIT }));
    await chain.start();
  });

  afterEach(() => chain.stop());

  const tipAfter = async (ours: readonly Block[], theirs: readonly Block[]) => {
    await submit(chain, ours);
    await submit(chain, theirs);
    return chain.tip;
  };
  const last = (blocks: readonly Block[]) => chain.headers.find((blocks.at(-1) as Block).hash);

  it('lets branches of that depth be undone', async () => {
    const theirs = buildEmptyBlocks(genesis, 0, LIMIT + 1, 2);
    expect(await tipAfter(buildEmptyBlocks(genesis, 0, LIMIT, 1), theirs)).toBe(last(theirs));
  });

  it('rules deeper ones out, for good and with all that is built on them', async () => {
    const ours = buildEmptyBlocks(genesis, 0, LIMIT + 1, 1);
    const theirs = buildEmptyBlocks(genesis, 0, LIMIT + 2, 2);
    expect(await tipAfter(ours, theirs)).toBe(last(ours));
    expect(chain.headers.isInvalid(last(theirs))).toBe(true);
    const more = buildEmptyBlocks(ours.at(-1) as Block, ours.length, 1, 1);
    expect(await tipAfter(more, [])).toBe(last(more));
  });

  it('does not keep a node that was away from the branch with most work', async () => {
    const theirs = buildEmptyBlocks(genesis, 0, 20, 2);
    expect(await tipAfter(theirs, buildEmptyBlocks(genesis, 0, 10, 1))).toBe(last(theirs));
  });

  it('takes the next best branch when the best is too deep', async () => {
    const ours = buildEmptyBlocks(genesis, 0, LIMIT + 1, 1);
    const near = buildEmptyBlocks(ours[LIMIT - 1] as Block, LIMIT, 2, 3);
    const far = buildEmptyBlocks(genesis, 0, LIMIT + 3, 2);
    await submit(chain, ours);
    chain.processHeaders([...far, ...near].map(block => block.header));
    await submit(chain, far);
    expect(chain.tip).toBe(last(ours));
    expect(await tipAfter([], near)).toBe(last(near));
  });
});
