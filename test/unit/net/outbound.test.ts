import { afterEach, describe, expect, it } from 'vitest';
import { parseEndpoint } from '../../../src/net/address/endpoint.js';
import { NODE_NETWORK, NODE_WITNESS } from '../../../src/net/services.js';
import { defined } from '../../../src/runtime/errors.js';
import { buildEmptyBlocks, REGTEST, submit } from '../../support/chain-builder.js';
import { startNode, type TestNode, until } from '../../support/net-node.js';
import { TestListener } from '../../support/net-peer.js';

let node: TestNode;
const listeners: TestListener[] = [];

afterEach(async () => {
  await node.stop();
  await Promise.all(listeners.splice(0).map(listener => listener.close()));
});

async function listen(): Promise<TestListener> {
  const listener = await TestListener.open((peer, message) => {
    if (message.type === 'ping') peer.send({ type: 'pong', nonce: message.nonce, size: 8 });
  });
  listeners.push(listener);
  return listener;
}

type AutomaticType = Parameters<TestNode['net']['addConnection']>[1];

async function connected(type: AutomaticType, services = NODE_NETWORK | NODE_WITNESS) {
  const listener = await listen();
  const done = node.net.addConnection(listener.address, type);
  const peer = await listener.accept();
  expect(await done).toBe(true);
  const version = await peer.next('version');
  peer.sendVersion({ services });
  peer.send({ type: 'verack' });
  return { peer, version };
}

describe('outbound connections', () => {
  it('that relay everything ask for addresses', async () => {
    node = await startNode();
    const { peer, version } = await connected('outbound-full-relay');
    expect(version.relay).toBe(true);
    await peer.next('getaddr');
    await peer.sync();
    expect(node.net.peers()[0]).toMatchObject({
      connectionType: 'outbound-full-relay',
      addrRelayEnabled: true,
    });
  });

  it('that relay only blocks take neither transactions nor addresses', async () => {
    node = await startNode();
    const { peer, version } = await connected('block-relay-only');
    expect(version.relay).toBe(false);
    await peer.sync();
    expect(peer.all('getaddr')).toEqual([]);
    expect(node.net.peers()[0]).toMatchObject({ relayTxs: false, addrRelayEnabled: false });
  });

  it('that only test an address end after the version', async () => {
    node = await startNode();
    const { peer } = await connected('feeler');
    await peer.waitClosed();
    expect(node.log).toContain('feeler connection completed peer=0; disconnecting');
  });

  it('for addresses end when some have come', async () => {
    node = await startNode();
    const { peer } = await connected('addr-fetch');
    await peer.next('getaddr');
    const addresses = ['8.8.8.8', '9.9.9.9'].map(host => ({
      endpoint: defined(parseEndpoint(host, 8333), host),
      services: NODE_NETWORK | NODE_WITNESS,
      time: node.clock.mockTime,
    }));
    peer.send({ type: 'addr', addresses });
    await peer.waitClosed();
    expect(node.net.addressCounts().new).toBe(2);
  });

  it('need peers that have blocks and witnesses', async () => {
    node = await startNode();
    const { peer } = await connected('outbound-full-relay', NODE_NETWORK);
    await peer.waitClosed();
    const offer = '(00000001 offered, 00000009 expected)';
    expect(node.log).toContain(`peer=0 does not offer the expected services ${offer}; disconnecting`);
  });

  it('are limited by kind', async () => {
    node = await startNode();
    await connected('block-relay-only');
    await connected('block-relay-only');
    expect(await node.net.addConnection('127.0.0.1:1', 'block-relay-only')).toBe(false);
    expect(await node.net.addConnection('127.0.0.1:1', 'outbound-full-relay')).toBe(true);
    expect(node.net.connectionCounts()).toEqual({ total: 2, inbound: 0, outbound: 2 });
  });

  it('of -connect are made again when they end', async () => {
    const listener = await listen();
    node = await startNode({ connect: [listener.address] });
    const first = await listener.accept();
    first.close();
    await until('it comes again', () => listener.peers.length === 2);
    expect(node.net.peers().every(({ connectionType }) => connectionType === 'manual')).toBe(true);
  });

  it('are dropped when they have a worse chain for too long', async () => {
    node = await startNode();
    await submit(node.chain, buildEmptyBlocks(REGTEST.genesis, 0, 3));
    const { peer } = await connected('outbound-full-relay');
    await peer.next('getheaders');
    peer.send({ type: 'headers', headers: [] });
    await peer.sync();
    node.pass(20 * 60 - 5);
    await peer.sync();
    node.pass(10);
    await until('it is asked once more', () => peer.all('getheaders').length > 1);
    node.pass(2 * 60 + 1);
    await peer.waitClosed();
    expect(node.log).toContain('Disconnecting outbound peer 0 for old chain, best known block = <none>');
  });
});
