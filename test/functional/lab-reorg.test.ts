import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureReorganization, RegtestNetwork, type RegtestNode } from '../../regtest/index.js';

interface Header {
  readonly time: number;
  readonly bits: string;
  readonly mediantime: number;
}

describe('a reorganisation by a competing branch', () => {
  let network: RegtestNetwork;
  let first: RegtestNode;
  let last: RegtestNode;

  beforeAll(async () => {
    network = await RegtestNetwork.create({ nodes: 4, topology: 'line', seed: 31, mode: 'inProcess' });
    [first, last] = [network.node(0), network.node(3)];
  });

  afterAll(() => network?.stop());

  const heights = () => Promise.all(network.nodes.map(({ rpc }) => rpc.call('getblockcount')));

  async function pay(): Promise<string> {
    const txid = await first.wallet().call('sendtoaddress', last.key.address, 0.1);
    await network.waitForMempool(txid);
    return txid;
  }

  async function mineEverywhere(node: RegtestNode, blocks = 1): Promise<readonly string[]> {
    const hashes = await node.mine(blocks, network.faucet.address);
    await network.waitForSync();
    return hashes;
  }

  it('takes out as many blocks as asked for on every node, and puts one more in', async () => {
    const mined = await mineEverywhere(last, 5);
    const formerTip = mined.at(-1) ?? '';
    const [height = 0] = await heights();
    const outcome = await network.reorg({ depth: 3 });
    expect(outcome).toMatchObject({
      forkHeight: height - 3,
      removed: mined.slice(2),
      reversed: [],
      lost: [],
    });
    expect(outcome.added).toHaveLength(4);
    expect(await network.waitForSync()).toBe(outcome.added.at(-1));
    for (const node of network.nodes) {
      expect(await measureReorganization(node, formerTip)).toEqual({ disconnected: 3, connected: 4 });
      const tips = await node.rpc.call('getchaintips');
      expect(tips.find(({ hash }) => hash === formerTip)?.status).toBe('valid-fork');
    }
  });

  it('has blocks with the times and targets of those in whose place they are', async () => {
    const removed = await mineEverywhere(first, 2);
    const { added } = await network.reorg({ depth: 2, node: last });
    const header = (hash = '') => first.rpc.request<Header>('getblockheader', hash);
    for (const [index, hash] of removed.entries()) {
      const [before, after] = [await header(hash), await header(added[index])];
      expect(after).toMatchObject({ time: before.time, bits: before.bits, mediantime: before.mediantime });
    }
    expect((await header(added[2])).bits).toBe('207fffff');
  });

  it('puts the payments of removed blocks back into the mempool, to be mined again', async () => {
    const txid = await pay();
    await mineEverywhere(last);
    await mineEverywhere(last, 2);
    const { reversed, lost } = await network.reorg({ depth: 3 });
    expect(reversed).toEqual([txid]);
    expect(lost).toEqual([]);
    expect(await last.wallet().call('gettransaction', txid)).toMatchObject({ confirmations: 0 });
    await network.waitForMempool(txid);
    await mineEverywhere(first);
    expect(await last.wallet().call('gettransaction', txid)).toMatchObject({ confirmations: 1 });
  });

  it('keeps them where they were when asked to, fees included', async () => {
    const txids = [await pay(), await pay()];
    await mineEverywhere(last);
    await mineEverywhere(last);
    const { reversed, added } = await network.reorg({ depth: 2, keepTransactions: true });
    expect(reversed).toEqual([]);
    for (const txid of txids) {
      const { confirmations, blockhash } = await last.wallet().call('gettransaction', txid);
      expect({ confirmations, blockhash }).toEqual({ confirmations: 3, blockhash: added[0] });
    }
    const { subsidy, totalfee } = await first.rpc.request<{
      readonly subsidy: number;
      readonly totalfee: number;
    }>('getblockstats', added[0]);
    const block = await first.rpc.request<{
      readonly tx: readonly { readonly vout: readonly { readonly value: number }[] }[];
    }>('getblock', added[0], 2);
    expect(totalfee).toBeGreaterThan(0);
    expect(Math.round((block.tx[0]?.vout[0]?.value ?? 0) * 1e8)).toBe(subsidy + totalfee);
  });

  it.each([false, true])(
    'undoes for good what came from a removed coinbase (keepTransactions %s)',
    async keepTransactions => {
      const forkHeight = await first.rpc.call('getblockcount');
      const [funded = ''] = await first.mine(1);
      await network.waitForSync();
      await mineEverywhere(last, 100);
      const { tx } = await first.rpc.call('getblock', funded);
      const value = (await first.rpc.request<{ readonly value: number }>('gettxout', tx[0], 0)).value;
      const unsigned = await first.rpc.call(
        'createrawtransaction',
        [{ txid: tx[0] ?? '', vout: 0 }],
        [{ [last.key.address]: value - 0.001 }],
      );
      const { hex } = await first.wallet().call('signrawtransactionwithwallet', unsigned);
      const child = await first.rpc.call('sendrawtransaction', hex);
      const bystander = await pay();
      await mineEverywhere(first);
      const depth = (await first.rpc.call('getblockcount')) - forkHeight;
      expect(depth).toBe(102);

      const { reversed, lost } = await network.reorg({ depth, keepTransactions });
      expect(lost).toEqual([child]);
      expect(new Set(reversed)).toEqual(new Set(keepTransactions ? [child] : [child, bystander]));
      await network.waitForSync();
      for (const { rpc } of network.nodes) expect(await rpc.call('getrawmempool')).not.toContain(child);
      await mineEverywhere(first);
      expect((await last.wallet().call('gettransaction', bystander)).confirmations).toBeGreaterThan(0);
    },
  );

  it('moves one side of a partition only', async () => {
    await network.partition([network.nodes.slice(0, 2), network.nodes.slice(2)]);
    const before = await heights();
    const { added } = await network.reorg({ depth: 2, node: last });
    expect(await heights()).toEqual(before.map((height, index) => (index < 2 ? height : height + 1)));
    await network.heal();
    expect(await network.waitForSync()).toBe(added.at(-1));
  });

  it('goes past another node of its side that is ahead', async () => {
    await network.disconnect(network.node(2), last);
    await last.mine(3);
    await network.link(network.node(2), last).set({ latencyMs: 100 });
    await network.connect(network.node(2), last);
    const { added } = await network.reorg({ depth: 1, node: first });
    expect(await network.waitForSync()).toBe(added.at(-1));
    await network.link(network.node(2), last).set({ latencyMs: 0 });
  });

  it('leaves out nodes that do not run', async () => {
    await last.kill();
    const { added } = await network.reorg({ depth: 2 });
    await last.restart();
    expect(await network.waitForSync()).toBe(added.at(-1));
  });

  it('comes through while blocks come by themselves', async () => {
    await network.mining.set({ kind: 'interval', seconds: 0.05 });
    for (let round = 0; round < 3; round++) {
      const { added } = await network.reorg({ depth: 4 });
      const { confirmations } = await last.rpc.call('getblockheader', added.at(-1) ?? '');
      expect(confirmations).toBeGreaterThan(0);
    }
    await network.mining.set({ kind: 'off' });
    await network.waitForSync();
  });

  it.each([0, -1, 1.5, Number.NaN, 100_000])('has no depth of %s', async depth => {
    await expect(network.reorg({ depth })).rejects.toThrow(
      /the depth of a reorganisation is a whole number from 1 to \d+/,
    );
  });
});

it('goes down to the first block, with one node', async () => {
  await using network = await RegtestNetwork.create({ nodes: 1, mode: 'inProcess' });
  const { forkHeight, added, lost } = await network.reorg({ depth: 101 });
  expect(forkHeight).toBe(0);
  expect(added).toHaveLength(102);
  // The accounts' coins came from the first coinbase.
  expect(lost).toHaveLength(1);
  expect(await network.node(0).rpc.call('getbestblockhash')).toBe(added.at(-1));
});

it('needs a block that can be taken out', async () => {
  await using network = await RegtestNetwork.create({ nodes: 1, mode: 'inProcess', fund: false });
  await expect(network.reorg({ depth: 1 })).rejects.toThrow(
    "node0's chain has no block that could be taken out",
  );
});
