import { afterEach, describe, expect, it } from 'vitest';
import { VersionBitsCache } from '../../../src/consensus/deployments.js';
import { chainParams } from '../../../src/consensus/networks.js';
import { BlockContents } from '../../../src/miner/block-contents.js';
import {
  assembleTemplate,
  DEFAULT_BLOCK_MAX_WEIGHT,
  templateBlock,
} from '../../../src/miner/block-template.js';
import { COIN } from '../../../src/primitives/amount.js';
import { toHex, ZERO_HASH } from '../../../src/primitives/bytes.js';
import { decodeCompact, hashToNumber } from '../../../src/primitives/target.js';
import type { Transaction } from '../../../src/primitives/transaction.js';
import { SEQUENCE_FINAL } from '../../../src/primitives/transaction.js';
import { nullData } from '../../../src/script/templates.js';
import { ANYONE_CAN_SPEND, buildSpend, REGTEST } from '../../support/chain-builder.js';
import { type MiningNode, miningNode } from '../../support/mining-node.js';

const GENESIS_TIME = REGTEST.genesis.header.time;
const NOW = GENESIS_TIME + 10_000;

let nodes: MiningNode[] = [];
afterEach(async () => {
  for (const node of nodes) await node.stop();
  nodes = [];
});

async function start(...options: Parameters<typeof miningNode>): Promise<MiningNode> {
  const node = await miningNode({ now: NOW, ...options[0] }, options[1]);
  nodes.push(node);
  return node;
}

/** A transaction that spends the coinbase of the block at `height`, which anyone can spend. */
async function spendCoinbase(node: MiningNode, height: number, fee: number): Promise<Transaction> {
  const block = await node.chain.readBlock(node.chain.at(height));
  const coinbase = block?.transactions[0];
  if (coinbase === undefined) throw new Error(`no coinbase at ${height}`);
  const value = (coinbase.outputs[0]?.value ?? 0) - fee;
  // The second output makes it as large as transactions must be.
  const outputs = [
    { value, script: ANYONE_CAN_SPEND },
    { value: 0, script: nullData(new Uint8Array(20)) },
  ];
  return buildSpend([{ txid: coinbase.txid, vout: 0 }], outputs);
}

const header = (node: MiningNode, height = node.chain.height) =>
  node.chain.headers.header(node.chain.at(height));

describe('a block template', () => {
  it('builds on the tip, at the time of the clock', async () => {
    const node = await start();
    await node.miner.generate(2, ANYONE_CAN_SPEND);
    const template = await node.miner.template(ANYONE_CAN_SPEND);
    expect(template).toMatchObject({
      height: 3,
      prev: node.chain.tip,
      bits: 0x207fffff,
      version: 0x20000000,
    });
    expect(template.prevHash).toEqual(header(node).hash);
    expect(template.coinbaseValue).toBe(50 * COIN);
    expect(template.weight).toBe(4000);
  });

  it('is never at or below the median of the last eleven times', async () => {
    const node = await start();
    await node.miner.generate(11, ANYONE_CAN_SPEND);
    const median = node.chain.headers.medianTimePast(node.chain.tip);
    node.clock.setMockTime(GENESIS_TIME);
    const late = await node.miner.template(ANYONE_CAN_SPEND);
    expect([late.minTime, late.time]).toEqual([median + 1, median + 1]);
    node.clock.setMockTime(NOW + 5000);
    expect((await node.miner.template(ANYONE_CAN_SPEND)).time).toBe(NOW + 5000);
  });

  it('is not far before its predecessor when it begins a period (BIP94)', async () => {
    const node = await start();
    await node.miner.generate(142, ANYONE_CAN_SPEND);
    node.clock.setMockTime(NOW + 6000);
    await node.miner.generate(1, ANYONE_CAN_SPEND);
    node.clock.setMockTime(NOW);
    expect((await node.miner.template(ANYONE_CAN_SPEND)).time).toBe(NOW + 6000 - 600);
    await node.miner.generate(1, ANYONE_CAN_SPEND);
    expect(node.chain.height).toBe(144);
    const median = node.chain.headers.medianTimePast(node.chain.tip);
    expect((await node.miner.template(ANYONE_CAN_SPEND)).time).toBe(median + 1);
  });

  it('has a coinbase of height, reward and witness commitment', async () => {
    const node = await start();
    await node.miner.generate(16, ANYONE_CAN_SPEND);
    const { coinbase, witnessCommitment } = await node.miner.template(ANYONE_CAN_SPEND);
    expect([coinbase.version, coinbase.lockTime, coinbase.isCoinbase]).toEqual([2, 0, true]);
    expect(coinbase.inputs[0]?.sequence).toBe(SEQUENCE_FINAL);
    expect(coinbase.inputs[0]?.witness.map(toHex)).toEqual(['00'.repeat(32)]);
    expect(toHex(coinbase.inputs[0]?.scriptSig ?? ZERO_HASH)).toBe('011100');
    expect(coinbase.outputs.map(output => output.value)).toEqual([50 * COIN, 0]);
    expect(toHex(witnessCommitment)).toMatch(/^6a24aa21a9ed[0-9a-f]{64}$/);
  });

  it.each([
    [1, '5100'],
    [16, '6000'],
    [17, '011100'],
    [128, '02800000'],
  ])('at height %i has a coinbase that begins with %s', async (height, hex) => {
    const node = await start();
    await node.miner.generate(height - 1, ANYONE_CAN_SPEND);
    const { coinbase } = await node.miner.template(ANYONE_CAN_SPEND);
    expect(toHex(coinbase.inputs[0]?.scriptSig ?? ZERO_HASH)).toBe(hex);
  });

  it('takes in the mempool, best first, and its fees', async () => {
    const node = await start();
    await node.miner.generate(103, ANYONE_CAN_SPEND);
    const cheap = await spendCoinbase(node, 1, 10_000);
    const dear = await spendCoinbase(node, 2, 20_000);
    for (const tx of [cheap, dear]) expect(await node.pool.accept(tx)).toMatchObject({ accepted: true });
    const template = await node.miner.template(ANYONE_CAN_SPEND);
    expect(template.entries.map(entry => entry.tx.txidKey)).toEqual([dear.txidKey, cheap.txidKey]);
    expect([template.fees, template.coinbaseValue]).toEqual([30_000, 50 * COIN + 30_000]);
    expect(template.weight).toBe(4000 + cheap.weight + dear.weight);
    expect(node.miner.lastAssembled).toEqual({ weight: template.weight, transactions: 2 });
    const block = templateBlock(template);
    expect(node.log.at(-1)).toBe(
      `CreateNewBlock(): block weight: ${block.weight} txs: 2 fees: 30000 sigops ${template.sigOpCost}`,
    );
    expect((await node.miner.template(ANYONE_CAN_SPEND, false)).entries).toEqual([]);
  });

  it('has the version that regtest is told, other networks’ blocks are not to be told', async () => {
    const node = await start({}, { version: 7 });
    expect((await node.miner.template(ANYONE_CAN_SPEND)).version).toBe(7);
    await node.miner.generate(1, ANYONE_CAN_SPEND);
    expect(header(node).version).toBe(7);
  });

  it.each([
    [undefined, 3_996_000],
    [0, 4000],
    [5_000_000, 3_996_000],
    [100_000, 100_000],
  ])('with -blockmaxweight=%s weighs less than %i', async (maxWeight, limit) => {
    const node = await start({}, { maxWeight: maxWeight ?? DEFAULT_BLOCK_MAX_WEIGHT });
    await node.miner.generate(102, ANYONE_CAN_SPEND);
    const tx = await spendCoinbase(node, 1, 100_000);
    await node.pool.accept(tx);
    const { entries } = await node.miner.template(ANYONE_CAN_SPEND);
    expect(entries.length).toBe(limit > 4000 ? 1 : 0);
  });

  it('before segwit carries the commitment, but no witness', async () => {
    const params = chainParams('regtest', { activationHeights: { segwit: 3 } });
    const node = await start({ params });
    const early = await node.miner.template(ANYONE_CAN_SPEND);
    expect(early.coinbase.hasWitness).toBe(false);
    expect(early.coinbase.outputs).toHaveLength(2);
    await node.miner.generate(2, ANYONE_CAN_SPEND);
    const active = await node.miner.template(ANYONE_CAN_SPEND);
    expect(active.coinbase.hasWitness).toBe(true);
    expect(await node.miner.generate(1, ANYONE_CAN_SPEND)).toHaveLength(1);
  });

  it('does not depend on who asks: the same view gives the same block', async () => {
    const node = await start();
    const contents = new BlockContents(node.pool);
    const modules = { chain: node.chain, contents, versionBits: new VersionBitsCache() };
    const options = { maxWeight: DEFAULT_BLOCK_MAX_WEIGHT, minFeeRate: 1000 };
    const again = assembleTemplate(ANYONE_CAN_SPEND, NOW, options, modules);
    const template = await node.miner.template(ANYONE_CAN_SPEND);
    expect(templateBlock(again).hash).toEqual(templateBlock(template).hash);
  });
});

describe('mining on demand', () => {
  it('makes blocks one on the other and names them', async () => {
    const node = await start();
    const hashes = await node.miner.generate(3, ANYONE_CAN_SPEND);
    expect(node.chain.height).toBe(3);
    expect(hashes).toEqual([1, 2, 3].map(height => header(node, height).hash));
    for (const height of [1, 2, 3]) {
      const { hash, bits } = header(node, height);
      expect(hashToNumber(hash) <= decodeCompact(bits).target).toBe(true);
    }
  });

  it('makes none when none are asked for', async () => {
    const node = await start();
    expect(await node.miner.generate(0, ANYONE_CAN_SPEND)).toEqual([]);
    expect(await node.miner.generate(-1, ANYONE_CAN_SPEND)).toEqual([]);
    expect(await node.miner.generate(5, ANYONE_CAN_SPEND, 0)).toEqual([]);
  });

  it('counts failed tries only, over all blocks', async () => {
    const all = await start();
    await all.miner.generate(20, ANYONE_CAN_SPEND);
    const failures = Array.from({ length: 20 }, (_, i) => header(all, i + 1).nonce).reduce(
      (sum, n) => sum + n,
      0,
    );
    const enough = await start();
    expect(await enough.miner.generate(20, ANYONE_CAN_SPEND, failures + 1)).toHaveLength(20);
    const short = await start();
    const made = (await short.miner.generate(20, ANYONE_CAN_SPEND, failures)).length;
    const last = Array.from({ length: 20 }, (_, i) => header(all, i + 1).nonce).findLastIndex(
      nonce => nonce > 0,
    );
    expect(made).toBe(last);
  });

  it('mines what is in the mempool', async () => {
    const node = await start();
    await node.miner.generate(101, ANYONE_CAN_SPEND);
    const tx = await spendCoinbase(node, 1, 5000);
    await node.pool.accept(tx);
    await node.miner.generate(1, ANYONE_CAN_SPEND);
    expect(node.pool.size).toBe(0);
    const block = await node.chain.readBlock(node.chain.tip);
    expect(block?.transactions.map(each => each.txidKey)).toContain(tx.txidKey);
    expect(block?.transactions[0]?.outputs[0]?.value).toBe(50 * COIN + 5000);
  });

  it('stops with the node', async () => {
    const node = await start();
    const mining = node.miner.generate(100_000, ANYONE_CAN_SPEND);
    await new Promise(resolve => setImmediate(resolve));
    await node.miner.stop();
    expect((await mining).length).toBeLessThan(100_000);
    expect(await node.miner.generate(1, ANYONE_CAN_SPEND)).toEqual([]);
  });
});

describe('a block of chosen transactions', () => {
  it('has them in the order given, and no fees', async () => {
    const node = await start();
    await node.miner.generate(102, ANYONE_CAN_SPEND);
    const txs = [await spendCoinbase(node, 1, 3000), await spendCoinbase(node, 2, 1000)];
    const block = await node.miner.generateBlock(ANYONE_CAN_SPEND, txs, true);
    expect(block.transactions.slice(1).map(tx => tx.txidKey)).toEqual(txs.map(tx => tx.txidKey));
    expect(block.transactions[0]?.outputs[0]?.value).toBe(50 * COIN);
    expect(header(node).hash).toEqual(block.hash);
  });

  it('may be left to the caller', async () => {
    const node = await start();
    const block = await node.miner.generateBlock(ANYONE_CAN_SPEND, [], false);
    expect(node.chain.height).toBe(0);
    expect(await node.miner.submit(block)).toEqual({ isNew: true });
    expect(await node.miner.submit(block)).toMatchObject({ isNew: false });
    expect(node.chain.height).toBe(1);
  });

  it('is refused when it breaks a rule', async () => {
    const node = await start();
    await node.miner.generate(2, ANYONE_CAN_SPEND);
    const immature = await spendCoinbase(node, 1, 1000);
    await expect(node.miner.generateBlock(ANYONE_CAN_SPEND, [immature], true)).rejects.toMatchObject({
      code: 'not-valid',

      message: expect.stringMatching(/^testBlockValidity failed: bad-txns-premature-spend-of-coinbase/),
    });
    const missing = buildSpend([{ txid: new Uint8Array(32).fill(9), vout: 0 }], []);
    await expect(node.miner.generateBlock(ANYONE_CAN_SPEND, [missing], true)).rejects.toMatchObject({
      message: expect.stringMatching(/^testBlockValidity failed: bad-txns-vout-empty/),
    });
  });
});

describe('a search that uses up all nonces', () => {
  it('goes on with an extra nonce in the coinbase', async () => {
    const node = await start();
    const template = await node.miner.template(ANYONE_CAN_SPEND);
    const { block } = await node.miner.solve(template, 100, undefined, 2 ** 32);
    const coinbase = block?.transactions[0];
    expect(toHex(coinbase?.inputs[0]?.scriptSig ?? ZERO_HASH)).toBe(`51${'08'}0100000000000000`);
    expect(coinbase?.outputs).toEqual(template.coinbase.outputs);
    expect(await node.miner.submit(block ?? templateBlock(template))).toEqual({ isNew: true });
    expect(node.chain.height).toBe(1);
  });

  it('crosses over in one call', async () => {
    const node = await start();
    const template = { ...(await node.miner.template(ANYONE_CAN_SPEND)), bits: 0x03000001 };
    expect(await node.miner.solve(template, 50, undefined, 2 ** 32 - 20)).toEqual({
      block: undefined,
      tries: 50,
    });
  });

  it('ends when aborted', async () => {
    const node = await start();
    const template = await node.miner.template(ANYONE_CAN_SPEND);
    expect(await node.miner.solve(template, 100, AbortSignal.abort())).toEqual({
      block: undefined,
      tries: 0,
    });
  });
});
