import { afterEach, describe, expect, it } from 'vitest';
import { hashKey, hashToHex } from '../../../src/primitives/bytes.js';
import { defined } from '../../../src/runtime/errors.js';
import {
  ANYONE_CAN_SPEND,
  buildEmptyBlocks,
  buildSpend,
  coinbaseOutPoint,
  REGTEST,
  submit,
} from '../../support/chain-builder.js';
import { connectNodes, sameTip, startNode, type TestNode, until } from '../../support/net-node.js';

const GENESIS = REGTEST.genesis;
const running: TestNode[] = [];

async function node(...args: Parameters<typeof startNode>): Promise<TestNode> {
  const started = await startNode(...args);
  running.push(started);
  return started;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map(each => each.stop()));
});

describe('two nodes', () => {
  it('shake hands and see each other', async () => {
    const [a, b] = [await node({ uaComments: ['one'] }), await node()];
    await connectNodes(a, b);
    const [seenByA] = a.net.peers();
    const [seenByB] = b.net.peers();
    expect(seenByA).toMatchObject({
      connectionType: 'manual',
      inbound: false,
      addr: `127.0.0.1:${b.port}`,
      version: 70016,
      serviceNames: ['NETWORK', 'WITNESS', 'NETWORK_LIMITED'],
      transport: 'v1',
      network: 'not_publicly_routable',
      relayTxs: true,
    });
    expect(seenByB).toMatchObject({
      inbound: true,
      subVersion: '/Blocksmith:0.1.0(one)/',
      addr: seenByA?.addrBind,
    });
    expect(a.net.connectionCounts()).toEqual({ total: 1, inbound: 0, outbound: 1 });
  });

  it('sync a chain longer than the download window allows at once', async () => {
    const blocks = buildEmptyBlocks(GENESIS, 0, 120);
    const [a, b] = [await node({}, blocks), await node()];
    await connectNodes(b, a);
    await until('the chains are equal', () => sameTip(a, b));
    expect(b.chain.height).toBe(120);
    await until('b knows what it has in common with a', () => b.net.peers()[0]?.syncedBlocks === 120);
  });

  it('pass on a new block by header, and a reorganisation', async () => {
    const blocks = buildEmptyBlocks(GENESIS, 0, 10);
    const [a, b] = [await node({}, blocks), await node({}, blocks)];
    await connectNodes(a, b);
    await until('both have asked for headers', () => b.net.peers()[0]?.syncedHeaders === 10);
    const tip = defined(blocks.at(-1), 'tip');
    await submit(a.chain, buildEmptyBlocks(tip, 10, 1));
    await until('the block is relayed', () => sameTip(a, b));
    const fork = buildEmptyBlocks(defined(blocks[6], 'block'), 7, 6, 9);
    await submit(b.chain, fork);
    await until('the longer branch wins', () => sameTip(a, b));
    expect(a.chain.height).toBe(13);
    expect(hashToHex(a.tip())).toBe(hashToHex(defined(fork.at(-1), 'tip').hash));
  });

  it('sync in both directions through a third', async () => {
    const short = buildEmptyBlocks(GENESIS, 0, 5);
    const long = buildEmptyBlocks(GENESIS, 0, 8, 1);
    const [a, hub, c] = [await node({}, short), await node(), await node({}, long)];
    await connectNodes(hub, a);
    await connectNodes(c, hub);
    await until('all agree', () => sameTip(a, c) && sameTip(a, hub));
    expect(a.chain.height).toBe(8);
  });

  it('relay a transaction and keep it unbroadcast until it was asked for', async () => {
    const blocks = buildEmptyBlocks(GENESIS, 0, 110);
    const [a, b] = [await node({}, blocks), await node({}, blocks)];
    await connectNodes(a, b);
    await until('the first announcements are over', () => a.net.peers()[0]?.syncedHeaders === 110);
    const coin = coinbaseOutPoint(defined(blocks[0], 'block'));
    const half = { value: 2_400_000_000, script: ANYONE_CAN_SPEND };
    const tx = buildSpend([coin], [half, half]);
    expect(await a.pool.accept(tx)).toMatchObject({ accepted: true });
    a.pool.addUnbroadcast(tx.txid);
    a.net.broadcastTransaction(tx);
    expect(a.pool.unbroadcast.size).toBe(1);
    await until('it arrives', () => {
      a.pass(3);
      b.pass(3);
      return b.pool.has(hashKey(tx.txid));
    });
    expect(a.pool.unbroadcast.size).toBe(0);
    expect(b.net.peers()[0]?.lastTransaction).toBeGreaterThan(0);
  });

  it('refuse to be connected to themselves', async () => {
    const a = await node();
    await a.net.tryNode(`127.0.0.1:${a.port}`);
    await until('it is noticed', () => a.log.some(line => line.startsWith('connected to self at')));
    await until('the connection is gone', () => a.net.connectionCounts().total === 0);
  });

  it('keep connecting to an added node until it is removed', async () => {
    const [a, b] = [await node(), await node()];
    const address = `127.0.0.1:${b.port}`;
    expect(a.net.addNode(address)).toBe(true);
    expect(a.net.addNode(address)).toBe(false);
    await until('it is connected', () => a.net.addedNodes()[0]?.connection !== undefined);
    expect(a.net.removeNode(address)).toBe(true);
    expect(a.net.removeNode(address)).toBe(false);
    expect(a.net.disconnect({ address })).toBe(true);
    await until('it is gone', () => b.net.connectionCounts().total === 0);
  });

  it('drop all connections while the network is off', async () => {
    const [a, b] = [await node(), await node()];
    await connectNodes(a, b);
    a.net.setNetworkActive(false);
    await until('both sides see it', () => b.net.connectionCounts().total === 0);
    await b.net.tryNode(`127.0.0.1:${a.port}`);
    await until('nobody gets in', () => b.net.connectionCounts().total === 0);
    a.net.setNetworkActive(true);
    await connectNodes(b, a);
  });

  it('refuse a banned address', async () => {
    const [a, b] = [await node(), await node()];
    await connectNodes(b, a);
    expect(a.net.ban('127.0.0.0/24', 1000, false)).toBe('banned');
    expect(a.net.ban('127.0.0.0/24', 1000, false)).toBe('already-banned');
    await until('b is out', () => b.net.connectionCounts().total === 0);
    await b.net.tryNode(`127.0.0.1:${a.port}`);
    await until('b is refused', () => a.log.some(line => line.endsWith('dropped (banned)')));
    await until('b has noticed', () => b.net.connectionCounts().total === 0);
    expect(a.net.bannedList().map(({ subnet }) => subnet)).toEqual(['127.0.0.0/24']);
    expect(a.net.unban('127.0.0.0/24')).toBe('unbanned');
    await connectNodes(b, a);
  });
});
