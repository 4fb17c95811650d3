import { afterEach, describe, expect, it } from 'vitest';
import { ContinuousMiner } from '../../../src/miner/continuous.js';
import { silentLogger } from '../../../src/runtime/logger.js';
import { ANYONE_CAN_SPEND } from '../../support/chain-builder.js';
import { type MiningNode, miningNode } from '../../support/mining-node.js';

interface Setup {
  readonly node: MiningNode;
  readonly mining: ContinuousMiner;
  readonly errors: string[];
}

let setups: Setup[] = [];
afterEach(async () => {
  for (const { node, mining } of setups) {
    await mining.stop();
    await node.stop();
  }
  setups = [];
});

async function start(): Promise<Setup> {
  const node = await miningNode();
  const errors: string[] = [];
  const logger = { ...silentLogger, error: (text: string) => errors.push(text) };
  const modules = { chain: node.chain, mempool: node.pool, clock: node.clock, logger };
  const setup = { node, mining: new ContinuousMiner(node.miner, modules), errors };
  setups.push(setup);
  return setup;
}

/** Resolves at the height, by way of the event loop: a miner that never yields to it fails the test. */
async function reach(node: MiningNode, height: number): Promise<void> {
  while (node.chain.height < height) await new Promise(resolve => setImmediate(resolve));
}

describe('continuous mining', () => {
  it('makes block after block, without holding up everything else, until stopped', async () => {
    const { node, mining } = await start();
    await mining.start({ payTo: ANYONE_CAN_SPEND, hashRate: undefined });
    expect(mining.status).toMatchObject({ running: true, hashRate: undefined });
    await reach(node, 20);
    await mining.stop();
    const { height, headers, tip } = node.chain;
    expect(mining.status).toMatchObject({ running: false, blocks: height });
    expect(mining.status.hashes).toBeGreaterThanOrEqual(height);
    expect(mining.lastBlock).toEqual(headers.hash(tip));
    await new Promise(resolve => setImmediate(resolve));
    expect(node.chain.height).toBe(height);
  });

  it('keeps to a hash rate', async () => {
    const { node, mining } = await start();
    const began = performance.now();
    await mining.start({ payTo: ANYONE_CAN_SPEND, hashRate: 100 });
    await reach(node, 5);
    await mining.stop();
    const seconds = (performance.now() - began) / 1000;
    expect(mining.status.hashes).toBeLessThanOrEqual(100 * seconds + 1);
    expect(mining.status.hashes).toBeGreaterThanOrEqual(5);
  });

  it('goes on with another address when started again', async () => {
    const { node, mining } = await start();
    await mining.start({ payTo: ANYONE_CAN_SPEND, hashRate: undefined });
    await reach(node, 3);
    const other = Uint8Array.of(0x52);
    await mining.start({ payTo: other, hashRate: undefined });
    const { height } = node.chain;
    await reach(node, height + 1);
    await mining.stop();
    const block = await node.chain.readBlock(node.chain.tip);
    expect(block?.transactions[0]?.outputs[0]?.script).toEqual(other);
  });

  it('begins anew on a block that somebody else finds', async () => {
    const { node, mining } = await start();
    await mining.start({ payTo: ANYONE_CAN_SPEND, hashRate: 20 });
    const [found] = await node.miner.generate(1, Uint8Array.of(0x52));
    await reach(node, 2);
    await mining.stop();
    expect(node.chain.headers.hash(node.chain.at(1))).toEqual(found);
    expect(node.chain.at(2)).not.toBe(-1);
  });

  it('says so when it cannot go on, and is not running then', async () => {
    const { node, mining, errors } = await start();
    const template = node.miner.template;
    node.miner.template = () => Promise.reject(new Error('out of ideas'));
    await mining.start({ payTo: ANYONE_CAN_SPEND, hashRate: undefined });
    while (mining.status.running) await new Promise(resolve => setImmediate(resolve));
    expect(errors).toEqual(['Continuous mining stopped: out of ideas']);
    node.miner.template = template;
    await mining.start({ payTo: ANYONE_CAN_SPEND, hashRate: undefined });
    await reach(node, 1);
  });
});
