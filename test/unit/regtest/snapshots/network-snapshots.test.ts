import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stateOf } from '../../../../bench/network-state.js';
import { RegtestNetwork } from '../../../../regtest/network.js';
import type { Signed } from '../../../../regtest/rpc/methods/index.js';
import { type NetworkSnapshot, SnapshotGone } from '../../../../regtest/snapshots/network-snapshot.js';

describe('a snapshot of a network in one process', () => {
  let network: RegtestNetwork;
  let funded: NetworkSnapshot;

  beforeAll(async () => {
    network = await RegtestNetwork.create({ nodes: 3, mode: 'inProcess' });
    funded = await network.snapshot();
  });

  afterAll(() => network.stop());

  let snapshot: NetworkSnapshot;

  beforeEach(async () => {
    await network.revert(funded);
    snapshot = await network.snapshot();
  });

  afterEach(() => network.drop(snapshot).catch(() => {}));

  const pay = (from: number, to: number, amount = 1) =>
    network.node(from).wallet().call('sendtoaddress', network.node(to).key.address, amount);

  it('tells the tips and when it was taken', async () => {
    const hash = await network.node(0).rpc.call('getbestblockhash');
    expect(snapshot.tips).toEqual(Array.from({ length: 3 }, () => ({ hash, height: 101 })));
    expect(snapshot.bytes).toBeGreaterThan(10_000);
  });

  it('brings everything back, as often as wanted', async () => {
    const txid = await pay(0, 2);
    await network.waitForMempool(txid);
    const withPayment = await network.snapshot();
    const before = await stateOf(network);
    for (let round = 0; round < 3; round++) {
      await network.node(round).mine(1 + round);
      await network.waitForSync();
      expect(await stateOf(network)).not.toBe(before);
      await network.revert(withPayment);
      expect(await stateOf(network)).toBe(before);
    }
    await network.drop(withPayment);
  });

  it('brings the time back, with all nodes at it', async () => {
    const noon = network.clock.state.time + 86_400;
    await network.clock.set(noon, { freeze: true });
    const atNoon = await network.snapshot();
    await network.clock.advance(3_600);
    await network.revert(atNoon);
    expect(network.clock.state).toMatchObject({ time: noon, frozen: true });
    const [hash] = await network.node(2).mine();
    await network.waitForSync();
    const header = await network.node(0).rpc.request<{ time: number }>('getblockheader', hash);
    expect(header.time).toBe(noon);
    await network.revert(funded);
    expect(network.clock.state).toMatchObject({ offset: 0, frozen: false });
    await network.drop(atNoon);
  });

  it('can be one of several, in any order', async () => {
    const states = [await stateOf(network)];
    const snapshots = [snapshot];
    for (const node of network.nodes) {
      await node.mine();
      await network.waitForSync();
      snapshots.push(await network.snapshot());
      states.push(await stateOf(network));
    }
    for (const at of [1, 3, 0, 2, 2, 3]) {
      await network.revert(snapshots[at] ?? snapshot);
      expect(await stateOf(network)).toBe(states[at]);
    }
    for (const taken of snapshots.slice(1)) await network.drop(taken);
  });

  it('leaves a chain that grows, forks and is reorganised', async () => {
    await network.node(0).mine(3);
    await network.waitForSync();
    await network.revert(snapshot);
    const [a, b, c] = network.nodes;
    if (a === undefined || b === undefined || c === undefined) throw new Error('three nodes');
    await network.partition([[a], [b, c]]);
    const lost = await a.mine(2);
    await b.mine(3);
    await network.heal();
    const tip = await network.waitForSync();
    expect(lost).not.toContain(tip);
    expect(await a.rpc.call('getchaintips')).toHaveLength(2);
    expect(await a.rpc.call('getblockcount')).toBe(104);
  });

  it('knows who was cut off from whom, and how slow the links were', async () => {
    const [a, b, c] = network.nodes;
    if (a === undefined || b === undefined || c === undefined) throw new Error('three nodes');
    await network.partition([[a], [b, c]]);
    await network.link(b, c).set({ latencyMs: 1 });
    const split = await network.snapshot();
    const before = await stateOf(network);
    await network.revert(snapshot);
    expect(network.link(b, c).conditions.latencyMs).toBe(0);
    expect(await a.rpc.call('getpeerinfo')).toHaveLength(2);
    await network.revert(split);
    expect(network.link(b, c).conditions.latencyMs).toBe(1);
    expect(await stateOf(network)).toBe(before);
    await network.heal();
    expect(await a.rpc.call('getpeerinfo')).toHaveLength(2);
    await network.drop(split);
  });

  it('keeps it that a link is down', async () => {
    const [a, b] = network.nodes;
    if (a === undefined || b === undefined) throw new Error('two nodes');
    await network.link(a, b).set({ down: true });
    const cut = await network.snapshot();
    await network.revert(snapshot);
    expect(await b.rpc.call('getpeerinfo')).toHaveLength(2);
    await network.revert(cut);
    expect(await b.rpc.call('getpeerinfo')).toHaveLength(1);
    await network.link(a, b).set({ down: false });
    expect(await b.rpc.call('getpeerinfo')).toHaveLength(2);
    await network.drop(cut);
  });

  it('keeps it that a node does not run', async () => {
    await network.node(1).host.stop();
    const stopped = await network.snapshot();
    expect(stopped.tips[1]).toBeUndefined();
    await network.revert(snapshot);
    expect(network.node(1).isRunning).toBe(true);
    await network.node(1).mine(2);
    await network.revert(stopped);
    expect(network.node(1).isRunning).toBe(false);
    await network.node(1).restart();
    expect(await network.node(1).rpc.call('getblockcount')).toBe(101);
    await network.drop(stopped);
  });

  it('has the wallets that were loaded, and those that were made later are gone', async () => {
    const { rpc } = network.node(0);
    await rpc.request('createwallet', 'savings');
    const both = await network.snapshot();
    await network.revert(snapshot);
    expect(await rpc.call('listwallets')).toEqual(['lab']);
    expect((await rpc.call('listwalletdir')).wallets.map(({ name }) => name)).toEqual(['lab']);
    await network.revert(both);
    expect(await rpc.call('listwallets')).toEqual(['lab', 'savings']);
    await network.drop(both);
  });

  it('keeps transactions that came in only as a package', async () => {
    const { rpc, key } = network.node(0);
    const wallet = network.node(0).wallet();
    const spend = async (txid: string, vout: number, amount: number, prevouts: readonly object[]) => {
      const outputs = [{ [key.address]: amount }];
      const raw = await rpc.call('createrawtransaction', [{ txid, vout }], outputs);
      // Version 3: without a fee of its own it may be paid for by a child.
      const unsigned = raw.replace(/^02/, '03');
      return (await wallet.request<Signed>('signrawtransactionwithwallet', unsigned, prevouts)).hex;
    };
    const [coin] = await wallet.call('listunspent');
    if (coin === undefined) throw new Error('a coin');
    const parent = await spend(coin.txid, coin.vout, coin.amount, []);
    const { txid } = await rpc.call('decoderawtransaction', parent);
    const { scriptPubKey } = await rpc.request<{ readonly scriptPubKey: string }>(
      'validateaddress',
      key.address,
    );
    const child = await spend(txid, 0, coin.amount - 0.01, [
      { txid, vout: 0, amount: coin.amount, scriptPubKey },
    ]);
    const accepted = await rpc.request('submitpackage', [parent, child], 0, 0);
    expect(accepted).toMatchObject({ package_msg: 'success' });
    const withPackage = await network.snapshot();
    await network.revert(withPackage);
    expect(await rpc.call('getrawmempool')).toHaveLength(2);
    await network.drop(withPackage);
  });

  it('is of one moment on each node while blocks and payments are on their way', async () => {
    const mining = network.node(0).mine(5);
    const paying = pay(1, 2);
    const taken = await network.snapshot();
    await Promise.all([mining, paying]);
    await network.revert(taken);
    for (const { rpc } of network.nodes) expect(await rpc.request('verifychain', 4, 0)).toBe(true);
    await network.node(0).mine();
    await network.waitForSync();
    await network.drop(taken);
  });

  it('is gone when it was dropped, and is no other network’s', async () => {
    await network.drop(snapshot);
    await expect(network.revert(snapshot)).rejects.toThrow(SnapshotGone);
    await expect(network.drop(snapshot)).rejects.toThrow(SnapshotGone);
    await using other = await RegtestNetwork.create({ nodes: 1, mode: 'inProcess', fund: false });
    await expect(other.revert(funded)).rejects.toThrow(SnapshotGone);
  });
});
