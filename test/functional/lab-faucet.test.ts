import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type BitcoinAmount,
  FaucetEmpty,
  type FundResult,
  RegtestNetwork,
  type RegtestNode,
} from '../../regtest/index.js';

describe('the faucet', () => {
  let network: RegtestNetwork;
  let first: RegtestNode;
  let last: RegtestNode;

  beforeAll(async () => {
    network = await RegtestNetwork.create({ nodes: 3, topology: 'line', seed: 51, mode: 'inProcess' });
    [first, last] = [network.node(0), network.node(2)];
  });

  afterAll(() => network?.stop());

  const balance = async (node: RegtestNode) => (await node.wallet().call('getbalances')).mine.trusted;

  it('gives a node what was asked for, in a block that all have', async () => {
    const before = await balance(last);
    const { txid, block } = await last.fund(0.5);
    expect(await balance(last)).toBe(before + 0.5);
    for (const { rpc } of network.nodes) expect((await rpc.call('getblock', block ?? '')).tx).toContain(txid);
  });

  it('mines when it has not enough, and confirms nothing else by that', async () => {
    const waiting = await first.wallet().call('sendtoaddress', last.key.address, 0.1);
    await network.waitForMempool(waiting);
    const address = await last.wallet().call('getnewaddress');
    await network.fund(address, '160.00000001');
    expect(await last.wallet().request('getreceivedbyaddress', address)).toBe(160.00000001);
    for (const { rpc } of network.nodes) expect(await rpc.call('getrawmempool')).toEqual([waiting]);
    await first.mine(1, network.faucet.address);
    await network.waitForSync();
  });

  it('leaves the payment in the mempools when asked to', async () => {
    const { txid, block } = await network.fund(first, 0.25, { confirm: false });
    expect(block).toBeUndefined();
    for (const { rpc } of network.nodes) expect(await rpc.call('getrawmempool')).toContain(txid);
    await last.mine(1, network.faucet.address);
    await network.waitForSync();
    expect(await first.wallet().call('gettransaction', txid)).toMatchObject({ confirmations: 1 });
  });

  it('never spends a coin twice, however many ask at once', async () => {
    const before = await balance(first);
    const asked = Array.from({ length: 12 }, (_, i) =>
      network.fund(i % 2 === 0 ? first : last, 1 + i / 100, { confirm: i % 3 !== 0 }),
    );
    const txids = (await Promise.all(asked)).map(({ txid }) => txid);
    expect(new Set(txids).size).toBe(12);
    await first.mine(1, network.faucet.address);
    await network.waitForSync();
    for (const [i, txid] of txids.entries()) {
      const { confirmations } = await (i % 2 === 0 ? first : last).wallet().call('gettransaction', txid);
      expect(confirmations).toBeGreaterThan(0);
    }
    expect(await balance(first)).toBeCloseTo(before + 6 + 0.3, 8);
  });

  it('looks at the chain anew after a reorganisation and a partition', async () => {
    await network.fund(first, 3);
    await network.reorg({ depth: 2 });
    expect(await first.fund(2)).toHaveProperty('block');
    await network.partition([[first], [network.node(1), last]]);
    await first.fund(1);
    await last.fund(1);
    await last.fund(1);
    await network.heal();
    await network.waitForSync();
    expect(await first.fund(1)).toHaveProperty('block');
    await network.waitForSync();
  });

  it('says when subsidies do not give so much, and mines nothing then', async () => {
    const height = await first.rpc.call('getblockcount');
    await expect(network.fund(first, 20_000)).rejects.toThrow(FaucetEmpty);
    expect(await first.rpc.call('getblockcount')).toBe(height);
  });

  it.each<[string, () => string, BitcoinAmount, string]>([
    ['no amount', () => first.key.address, 0, 'an amount is more than 0 bitcoins'],
    [
      'dust',
      () => first.key.address,
      0.00000293,
      '0.00000294 bitcoins or more, not 0.00000293: less is dust',
    ],
    ['more than there can be', () => first.key.address, 3e7, 'an amount is at most 21000000.00 bitcoins'],
    [
      'an address of another network',
      () => 'bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu',
      1,
      'is no address of regtest',
    ],
    ['its own address', () => network.faucet.address, 1, 'does not pay itself'],
  ])('refuses %s', async (_what, address, amount, message) => {
    const asked = network.fund(address(), amount);
    await expect(asked).rejects.toThrow(RangeError);
    await expect(asked).rejects.toThrow(message);
  });
});

describe('the faucet beside others who make blocks', () => {
  const CALLS = 30;
  const LANES = 4;

  it.each<[string, (network: RegtestNetwork) => Promise<unknown>]>([
    ['a mining plan', async () => {}],
    [
      'a mining plan and somebody who mines by hand',
      async network => {
        for (let block = 0; block < 20; block++) await network.node(block % 3).mine();
      },
    ],
  ])('pays everybody who asks while blocks come from %s', async (_what, others) => {
    await using network = await RegtestNetwork.create({ nodes: 3, seed: 52, mode: 'inProcess' });
    await network.mining.set({ kind: 'interval', seconds: 0.05 });
    const ask = (call: number) =>
      network.fund(network.node(call % 3), 0.1 + call / 1000, { confirm: call % 4 !== 0 });
    // Several who ask again as soon as they have got something: blocks of others come in between.
    const askOnAndOn = async (lane: number) => {
      const paid: FundResult[] = [];
      for (let call = lane; call < CALLS; call += LANES) paid.push(await ask(call));
      return paid;
    };
    const lanes = Promise.all(Array.from({ length: LANES }, (_, lane) => askOnAndOn(lane)));
    const [byLane] = await Promise.all([lanes, others(network)]);
    const paid = Array.from({ length: CALLS }, (_, call) => byLane[call % LANES]?.[Math.floor(call / LANES)]);
    await network.mining.set({ kind: 'off' });
    // The last blocks may have been found at once, on branches of the same length: one more ends that.
    await network.fund(network.node(0), 0.1);
    await network.waitForSync();
    // For payments that were to wait.
    await network.node(0).mine();
    await network.waitForSync();
    expect(new Set(paid.map(result => result?.txid)).size).toBe(CALLS);
    for (const [call, { txid, block } = { txid: '' }] of paid.entries()) {
      const { confirmations } = await network
        .node(call % 3)
        .wallet()
        .call('gettransaction', txid);
      expect(confirmations).toBeGreaterThan(0);
      if (block === undefined) continue;
      expect((await network.node(0).rpc.call('getblockheader', block)).confirmations).toBeGreaterThan(0);
    }
  });
});
