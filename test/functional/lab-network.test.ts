import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  measureReorganization,
  NETWORK_MODES,
  RegtestDaemon,
  RegtestNetwork,
  type RegtestNode,
} from '../../regtest/index.js';

async function balance(node: RegtestNode): Promise<number> {
  return (await node.wallet().call('getbalances')).mine.trusted;
}

describe.each(NETWORK_MODES)('a network of real nodes (%s)', mode => {
  let network: RegtestNetwork;
  let nodes: readonly RegtestNode[];
  let first: RegtestNode;
  let middle: RegtestNode;
  let last: RegtestNode;

  beforeAll(async () => {
    network = await RegtestNetwork.create({ nodes: 3, topology: 'line', seed: 11, mode });
    nodes = network.nodes;
    [first, middle, last] = [network.node(0), network.node(1), network.node(2)];
  });

  afterAll(() => network?.stop());

  async function peerCounts(): Promise<number[]> {
    return Promise.all(nodes.map(async ({ rpc }) => (await rpc.call('getpeerinfo')).length));
  }

  it('starts at height 101, joined as asked', async () => {
    expect(await Promise.all(nodes.map(({ rpc }) => rpc.call('getblockcount')))).toEqual([101, 101, 101]);
    expect(await peerCounts()).toEqual([1, 2, 1]);
  });

  it('has a spendable coin on every node, controlled by the known key', async () => {
    for (const node of nodes) {
      expect(await balance(node)).toBe(4);
      const [coin] = await node.wallet().call('listunspent', 1);
      expect(coin).toMatchObject({ address: node.key.address, amount: 4 });
      const inputs = [{ txid: coin?.txid ?? '', vout: coin?.vout ?? 0 }];
      const unsigned = await node.rpc.call('createrawtransaction', inputs, [{ [node.key.address]: 3.9 }]);
      const signed = await node.rpc.call('signrawtransactionwithkey', unsigned, [node.key.wif]);
      expect(signed.complete).toBe(true);
    }
  });

  it('relays a payment and its block from end to end', async () => {
    const address = await last.wallet().call('getnewaddress');
    const txid = await first.wallet().call('sendtoaddress', address, 1.25);
    await network.waitForMempool(txid);
    await middle.mine();
    await network.waitForSync();
    expect(await last.wallet().call('gettransaction', txid)).toMatchObject({ confirmations: 1 });
    expect(await balance(last)).toBe(5.25);
  });

  it('splits into branches, and reorganises to the longer one when healed', async () => {
    const fork = await network.waitForSync();
    await network.partition([[first, middle], [last]]);
    expect(await peerCounts()).toEqual([1, 1, 0]);
    await first.mine(2);
    const shorter = await network.waitForSync([first, middle]);
    const longer = (await last.mine(3)).at(-1) ?? '';
    expect(await first.rpc.call('getbestblockhash')).toBe(shorter);

    await network.heal();
    expect(await network.waitForSync()).toBe(longer);
    expect(await measureReorganization(first, shorter)).toEqual({ disconnected: 2, connected: 3 });
    expect(await measureReorganization(last, fork)).toEqual({ disconnected: 0, connected: 3 });
    expect(await peerCounts()).toEqual([1, 2, 1]);
  });

  it('stays with the first of two branches that are equally long', async () => {
    await network.disconnect(middle, last);
    const [ours = ''] = await first.mine();
    const [theirs = ''] = await last.mine();
    await network.waitForSync([first, middle]);
    await network.connect(middle, last);
    await network.waitFor(
      async () => (await middle.rpc.call('getchaintips')).some(({ hash }) => hash === theirs),
      'the other branch to be known',
    );
    expect(await middle.rpc.call('getbestblockhash')).toBe(ours);
    expect(await last.rpc.call('getbestblockhash')).toBe(theirs);
    await first.mine();
    await network.waitForSync();
  });

  it('gets a node back after kill -9, with its chain, wallet and connections', async () => {
    const tip = await network.waitForSync();
    const before = await balance(middle);
    await middle.kill();
    expect(middle.isRunning).toBe(false);
    await middle.restart();
    await network.waitForSync();
    expect(await middle.rpc.call('getbestblockhash')).toBe(tip);
    expect(await balance(middle)).toBe(before);
    expect(await peerCounts()).toEqual([1, 2, 1]);
    expect(middle.logTail(5).split('\n')).toHaveLength(5);
  });

  it('feels what its links are like, at once', async () => {
    const link = network.link(first, middle);
    await link.set({ latencyMs: 150 });
    const start = performance.now();
    const [hash = ''] = await first.mine();
    await network.waitForSync([first, middle]);
    // The block is announced, asked for and sent.
    expect(performance.now() - start).toBeGreaterThanOrEqual(150);
    expect(await middle.rpc.call('getbestblockhash')).toBe(hash);
    await link.set({ latencyMs: 0, down: true });
    await network.waitFor(async () => (await peerCounts())[0] === 0, 'the connection to break');
    await link.set({ down: false });
    expect(await peerCounts()).toEqual([1, 2, 1]);
    await network.waitForSync();
  });
});

it('a network that keeps its data goes on where it was', async () => {
  const datadir = await mkdtemp(join(tmpdir(), 'blocksmith-kept-'));
  try {
    const former = await RegtestNetwork.create({ nodes: 1, datadir });
    const [tip = ''] = await former.node(0).mine();
    await former.stop();
    const again = await RegtestNetwork.create({ nodes: 1, datadir });
    expect(await again.waitForSync()).toBe(tip);
    expect(await balance(again.node(0))).toBe(4);
    await again.stop();
  } finally {
    await rm(datadir, { recursive: true });
  }
});

it.each(['p2pPort', 'rpcPort'] as const)('a node whose %s was taken meanwhile takes others', async port => {
  const datadir = await mkdtemp(join(tmpdir(), 'blocksmith-ports-'));
  const daemon = new RegtestDaemon({ name: 'node', datadir });
  const taker = createServer();
  try {
    await daemon.start();
    await daemon.stop();
    const former = daemon[port];
    await once(taker.listen(former, '127.0.0.1'), 'listening');
    await daemon.start();
    expect(await daemon.rpc.call('getblockcount')).toBe(0);
    expect(daemon[port]).not.toBe(former);
  } finally {
    taker.close();
    await daemon.stop();
    await rm(datadir, { recursive: true });
  }
});

it('a node that cannot start says why', async () => {
  const started = RegtestNetwork.create({ nodes: 1, args: ['-nosuchoption=1'] });
  await expect(started).rejects.toThrow('nosuchoption');
});

it('nodes in one process have no directory to keep', async () => {
  const asked = RegtestNetwork.create({ mode: 'inProcess', datadir: join(tmpdir(), 'nowhere') });
  await expect(asked).rejects.toThrow('they have no datadir');
});

it('tells how many nodes are up while it starts', async () => {
  const up: number[] = [];
  await using network = await RegtestNetwork.create({
    nodes: 3,
    mode: 'inProcess',
    onNodeUp: count => up.push(count),
  });
  expect(up).toEqual(network.nodes.map(({ index }) => index + 1));
});
