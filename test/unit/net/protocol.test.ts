import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseEndpoint } from '../../../src/net/address/endpoint.js';
import { NODE_NETWORK, NODE_WITNESS } from '../../../src/net/services.js';
import { MSG_BLOCK, MSG_CMPCT_BLOCK, MSG_WITNESS_BLOCK, MSG_WTX } from '../../../src/net/wire/inventory.js';
import { Block } from '../../../src/primitives/block.js';
import { bytesEqual, hashKey, hashToHex, ZERO_HASH } from '../../../src/primitives/bytes.js';
import { Writer } from '../../../src/primitives/codec.js';
import { BlockHeader } from '../../../src/primitives/header.js';
import { defined } from '../../../src/runtime/errors.js';
import {
  ANYONE_CAN_SPEND,
  buildBlock,
  buildEmptyBlocks,
  buildSpend,
  coinbaseOutPoint,
  REGTEST,
  submit,
} from '../../support/chain-builder.js';
import { startNode, type TestNode, until } from '../../support/net-node.js';
import { dial, type TestPeer } from '../../support/net-peer.js';

const GENESIS = REGTEST.genesis;
const BLOCKS = buildEmptyBlocks(GENESIS, 0, 110);
const TIP = defined(BLOCKS.at(-1), 'tip');

let node: TestNode;
const peers: TestPeer[] = [];

async function start(...args: Parameters<typeof startNode>): Promise<void> {
  await node?.stop();
  node = await startNode(...args);
}

async function peer(): Promise<TestPeer> {
  const dialled = await dial(node.port);
  peers.push(dialled);
  return dialled;
}

async function readyPeer(changes: Parameters<TestPeer['handshake']>[0] = {}): Promise<TestPeer> {
  return (await peer()).handshake(changes);
}

function logged(part: string): boolean {
  return node.log.some(line => line.includes(part));
}

beforeEach(async () => {
  node = await startNode({}, BLOCKS);
});

afterEach(async () => {
  for (const each of peers.splice(0)) each.close();
  await node.stop();
});

describe('handshake', () => {
  it('answers with version, features, verack, in this order, and nothing before', async () => {
    const it = await peer();
    await until('it is taken', () => node.net.connectionCounts().inbound === 1);
    expect(it.received).toEqual([]);
    it.sendVersion();
    await it.next('verack');
    expect(it.received.map(({ type }) => type)).toEqual(['version', 'wtxidrelay', 'sendaddrv2', 'verack']);
    const version = await it.next('version');
    expect(version).toMatchObject({
      version: 70016,
      startHeight: 110,
      relay: true,
      subVersion: '/Blocksmith:0.1.0/',
    });
  });

  it('asks old peers for no features', async () => {
    const it = await peer();
    it.sendVersion({ version: 70015 });
    await it.next('verack');
    expect(it.received.map(({ type }) => type)).toEqual(['version', 'verack']);
  });

  it('ends with obsolete versions', async () => {
    const it = await peer();
    it.sendVersion({ version: 31799 });
    await it.waitClosed();
    expect(logged('using obsolete version 31799; disconnecting')).toBe(true);
    expect(it.received).toEqual([]);
  });

  it('passes over everything before version, and most before verack', async () => {
    const it = await peer();
    it.send({ type: 'getheaders', locator: [GENESIS.hash], stop: ZERO_HASH });
    it.sendVersion();
    it.send({ type: 'getheaders', locator: [GENESIS.hash], stop: ZERO_HASH });
    await it.next('verack');
    it.send({ type: 'verack' });
    await it.sync();
    expect(it.all('headers')).toEqual([]);
    expect(logged('non-version message before version handshake. Message "getheaders"')).toBe(true);
    expect(logged('Unsupported message "getheaders" prior to verack')).toBe(true);
  });

  it.each(['wtxidrelay', 'sendaddrv2'] as const)('ends with a %s after verack', async type => {
    const it = await readyPeer();
    it.send({ type });
    await it.waitClosed();
    expect(logged(`${type} received after verack`)).toBe(true);
  });

  it('ignores a second version and verack', async () => {
    const it = await readyPeer();
    it.sendVersion({ version: 60000 });
    it.send({ type: 'verack' });
    await it.sync();
    expect(logged('redundant version message')).toBe(true);
    expect(logged('ignoring redundant verack')).toBe(true);
    expect(node.net.peers()[0]?.version).toBe(70016);
  });

  it('ends when it takes longer than the peer timeout', async () => {
    const [silent, half] = [await peer(), await peer()];
    half.sendVersion();
    await half.next('verack');
    await until('both are there', () => node.net.connectionCounts().inbound === 2);
    node.pass(61);
    await silent.waitClosed();
    await half.waitClosed();
    expect(logged('socket no message in first 60 seconds, 0 0 peer=')).toBe(true);
    expect(logged('version handshake timeout peer=')).toBe(true);
  });

  it('shows the user agent only sanitised', async () => {
    await readyPeer({ subVersion: '/bad\n"<agent>/' });
    expect(node.net.peers()[0]?.subVersion).toBe('/badagent/');
  });
});

describe('hostile bytes', () => {
  it('of an encrypted connection end it at once, without an answer', async () => {
    const it = await peer();
    it.socket.write(new Uint8Array(64).fill(0x5a));
    await it.waitClosed();
    expect(it.bytesReceived).toBe(0);
  });

  it('that are no message are passed over', async () => {
    const it = await readyPeer();
    for (const type of ['inv', 'headers', 'block', 'tx', 'addrv2', 'cmpctblock', 'getheaders', 'ping']) {
      it.sendRaw(type, Uint8Array.of(1));
    }
    it.sendRaw('nonsense', new Uint8Array(3));
    await it.sync();
    expect(logged('ProcessMessages(block, 1 bytes): Exception')).toBe(true);
    expect(logged('Unknown command "nonsense"')).toBe(true);
    expect(node.net.peers()[0]?.bytesRecvPerMessage.get('*other*')).toBe(27);
  });

  it('that hold too much are misbehaviour', async () => {
    const it = await readyPeer();
    it.sendRaw('inv', new Writer().compactSize(50_001).finish());
    await it.waitClosed();
    expect(logged('Misbehaving: peer=0: inv message size = 50001')).toBe(true);
    expect(logged('disconnecting but not discouraging local peer 0')).toBe(true);
  });

  it('that hold too long a locator end the connection', async () => {
    const it = await readyPeer();
    it.sendRaw('getheaders', new Writer().u32(0).compactSize(102).finish());
    await it.waitClosed();
    expect(logged('getheaders locator size 102 > 101, disconnect peer=0')).toBe(true);
  });

  it('do not disconnect a peer that may not be banned', async () => {
    await start({ whitelist: ['noban@127.0.0.1'] }, BLOCKS);
    const it = await readyPeer();
    it.sendRaw('inv', new Writer().compactSize(50_001).finish());
    await it.sync();
    await until('it is forgiven', () => logged('Warning: not punishing noban peer 0!'));
    expect(node.net.peers()[0]?.permissions).toEqual(['noban', 'download']);
  });

  it('cannot make a peer hold more messages than its receive buffer', async () => {
    await start({ maxReceiveBuffer: 1000 }, BLOCKS);
    const it = await readyPeer();
    for (let i = 0; i < 200; i++) it.sendRaw('nothing', new Uint8Array(100));
    await it.sync();
    expect(it.closed).toBe(false);
  });
});

describe('ping', () => {
  it('is answered after all that came before it', async () => {
    const it = await readyPeer();
    const [block] = buildEmptyBlocks(TIP, 110, 1);
    it.send({ type: 'block', block: defined(block, 'block') });
    await it.sync();
    expect(node.chain.height).toBe(111);
  });

  it('is sent every two minutes, and its answer is timed', async () => {
    const it = await readyPeer();
    const first = await it.next('ping');
    node.pass(5);
    it.send({ type: 'pong', nonce: first.nonce, size: 8 });
    await it.sync();
    expect(node.net.peers()[0]).toMatchObject({ pingTimeMs: 5000, minPingMs: 5000 });
    node.pass(120);
    const second = await it.next('ping', ({ nonce }) => nonce !== first.nonce);
    node.pass(2);
    expect(node.net.peers()[0]?.pingWaitMs).toBe(2000);
    it.send({ type: 'pong', nonce: 1n, size: 8 });
    it.send({ type: 'pong', nonce: second.nonce, size: 8 });
    await it.sync();
    expect(logged('Nonce mismatch')).toBe(true);
    expect(node.net.peers()[0]).toMatchObject({ pingTimeMs: 2000, minPingMs: 2000 });
  });

  it('that is not answered for 20 minutes ends the connection', async () => {
    const it = await readyPeer();
    await it.next('ping');
    for (let minute = 0; minute < 21; minute++) {
      node.pass(60);
      it.send({ type: 'sendheaders' });
      await new Promise(resolve => setImmediate(resolve));
    }
    await it.waitClosed();
  });
});

describe('headers', () => {
  it('are always answered, even with none', async () => {
    const it = await readyPeer();
    it.send({ type: 'getheaders', locator: [TIP.hash], stop: ZERO_HASH });
    expect((await it.next('headers')).headers).toEqual([]);
  });

  it('are served after the last common block, up to the stop', async () => {
    const it = await readyPeer();
    const stop = defined(BLOCKS[20], 'block');
    it.send({ type: 'getheaders', locator: [ZERO_HASH, defined(BLOCKS[9], 'block').hash], stop: stop.hash });
    const { headers } = await it.next('headers');
    expect(headers.map(header => hashToHex(header.hash))).toEqual(
      BLOCKS.slice(10, 21).map(block => hashToHex(block.hash)),
    );
  });

  it('that do not connect are asked for from our best', async () => {
    const it = await readyPeer();
    const far = buildEmptyBlocks(TIP, 110, 5);
    const asked = it.all('getheaders').length;
    it.send({ type: 'headers', headers: [] });
    it.send({ type: 'headers', headers: [defined(far[4], 'block').header] });
    await it.sync();
    expect(it.all('getheaders')).toHaveLength(asked + 1);
    expect(logged('missing prev block')).toBe(true);
    expect(it.closed).toBe(false);
  });

  it('without proof of work are misbehaviour', async () => {
    const it = await readyPeer();
    const { version, merkleRoot, time, bits } = TIP.header;
    const make = (nonce: number) =>
      BlockHeader.from({ version, prevHash: TIP.hash, merkleRoot, time: time + 1, bits, nonce });
    const nonce = Array.from({ length: 100 }, (_, i) => i).find(i => ((make(i).hash[31] ?? 0) & 0x80) !== 0);
    it.send({ type: 'headers', headers: [make(defined(nonce, 'bad nonce'))] });
    await it.waitClosed();
    expect(logged('Misbehaving: peer=0: header with invalid proof of work')).toBe(true);
  });

  it('that do not follow each other are misbehaviour', async () => {
    const it = await readyPeer();
    const some = buildEmptyBlocks(TIP, 110, 3);
    it.send({ type: 'headers', headers: [0, 2].map(i => defined(some[i], 'block').header) });
    await it.waitClosed();
    expect(logged('non-continuous headers sequence')).toBe(true);
  });

  it('of a chain with little work are not kept', async () => {
    const it = await readyPeer();
    await submit(node.chain, buildEmptyBlocks(TIP, 110, 100));
    const weak = buildEmptyBlocks(GENESIS, 0, 3, 5);
    it.send({ type: 'headers', headers: weak.map(({ header }) => header) });
    await it.sync();
    expect(logged('Ignoring low-work chain (height=3) from peer=0')).toBe(true);
    expect(node.chain.headers.find(defined(weak[0], 'block').hash)).toBe(-1);
  });

  it('announce blocks, which are fetched at once', async () => {
    const it = await readyPeer();
    const some = buildEmptyBlocks(TIP, 110, 3);
    it.send({ type: 'headers', headers: some.map(({ header }) => header) });
    const { items } = await it.next('getdata');
    expect(items.map(({ type }) => type)).toEqual(Array(3).fill(MSG_WITNESS_BLOCK));
    expect(node.net.peers()[0]?.inFlight).toEqual([111, 112, 113]);
    for (const block of some) it.send({ type: 'block', block });
    await it.sync();
    expect(node.chain.height).toBe(113);
    expect(node.net.peers()[0]).toMatchObject({ inFlight: [], syncedHeaders: 113 });
  });
});

describe('blocks', () => {
  it('are served with and without witness, and whole where a compact one is asked for', async () => {
    const it = await readyPeer();
    const { hash } = TIP;
    for (const type of [MSG_WITNESS_BLOCK, MSG_CMPCT_BLOCK, MSG_BLOCK]) {
      it.send({ type: 'getdata', items: [{ type, hash }] });
    }
    await it.sync();
    expect(it.all('block').map(({ block }) => hashToHex(block.hash))).toEqual(Array(3).fill(hashToHex(hash)));
  });

  it('are listed for getblocks, and the tip again after the last one was fetched', async () => {
    const more = buildEmptyBlocks(TIP, 110, 450);
    await submit(node.chain, more);
    const it = await readyPeer();
    it.send({ type: 'getblocks', locator: [GENESIS.hash], stop: ZERO_HASH });
    const { items } = await it.next('inv', inv => inv.items.length === 500);
    const last = defined(items.at(-1), 'item');
    it.send({ type: 'getdata', items: [last] });
    await it.next('block');
    const tip = defined(more.at(-1), 'tip').hash;
    await it.next('inv', inv => inv.items.length === 1 && bytesEqual(inv.items[0]?.hash ?? ZERO_HASH, tip));
  });

  it('that break a rule are misbehaviour of who sent them', async () => {
    const it = await readyPeer();
    const bad = buildBlock({ prev: TIP, height: 111, reward: 60e8 });
    it.send({ type: 'block', block: bad });
    await it.waitClosed();
    expect(logged('Misbehaving: peer=0')).toBe(true);
    expect(node.chain.height).toBe(110);
  });

  it('with foreign transactions are misbehaviour, and the real block is still taken', async () => {
    const it = await readyPeer();
    const block = buildBlock({ prev: TIP, height: 111 });
    const other = buildBlock({ prev: TIP, height: 111, tag: 1 });
    it.send({ type: 'block', block: Block.from(block.header, other.transactions) });
    await it.waitClosed();
    expect(logged('Misbehaving: peer=0: mutated block')).toBe(true);
    const second = await readyPeer();
    second.send({ type: 'block', block });
    await second.sync();
    expect(node.chain.height).toBe(111);
  });

  it('without a known predecessor are misbehaviour', async () => {
    const it = await readyPeer();
    const some = buildEmptyBlocks(TIP, 110, 2);
    it.send({ type: 'block', block: defined(some[1], 'block') });
    await it.waitClosed();
  });

  it('with little work that nobody asked for are passed over', async () => {
    await submit(node.chain, buildEmptyBlocks(TIP, 110, 100));
    const it = await readyPeer();
    const weak = buildBlock({ prev: GENESIS, height: 1, tag: 3 });
    it.send({ type: 'block', block: weak });
    await it.sync();
    expect(node.chain.headers.find(weak.hash)).toBe(-1);
  });

  it('that are new are announced by inv, and by header to those who ask for that', async () => {
    const [byInv, byHeader] = [await readyPeer(), await readyPeer()];
    byHeader.send({ type: 'sendheaders' });
    // It tells us that it knows our tip, so that it can connect what follows.
    byHeader.send({ type: 'headers', headers: [TIP.header] });
    await byHeader.sync();
    const [block] = buildEmptyBlocks(TIP, 110, 1);
    const { hash } = defined(block, 'block');
    await submit(node.chain, [defined(block, 'block')]);
    const inv = await byInv.next('inv');
    expect(inv.items).toEqual([{ type: MSG_BLOCK, hash: Buffer.from(hash) }]);
    const { headers } = await byHeader.next('headers', message => message.headers.length > 0);
    expect(headers.map(header => hashToHex(header.hash))).toEqual([hashToHex(hash)]);
    expect(byHeader.all('inv')).toEqual([]);
  });

  it('of a reorganisation are announced by inv when the peer cannot connect them', async () => {
    const it = await readyPeer();
    it.send({ type: 'sendheaders' });
    it.send({ type: 'headers', headers: [TIP.header] });
    await it.sync();
    const fork = buildEmptyBlocks(defined(BLOCKS[98], 'block'), 99, 12, 4);
    await submit(node.chain, fork);
    const { items } = await it.next('inv');
    expect(items.map(({ hash }) => hashToHex(hash))).toEqual([hashToHex(defined(fork.at(-1), 'tip').hash)]);
  });
});

describe('transactions', () => {
  const value = 2_400_000_000;
  const outputs = [
    { value, script: ANYONE_CAN_SPEND },
    { value, script: ANYONE_CAN_SPEND },
  ];
  const parent = buildSpend([coinbaseOutPoint(defined(BLOCKS[0], 'block'))], outputs);
  const child = buildSpend(
    [{ txid: parent.txid, vout: 0 }],
    [
      { value: 1_100_000_000, script: ANYONE_CAN_SPEND },
      { value: 1_100_000_000, script: ANYONE_CAN_SPEND },
    ],
  );

  it('are asked for after two seconds, and for outbound peers at once', async () => {
    const it = await readyPeer();
    it.send({ type: 'inv', items: [{ type: MSG_WTX, hash: parent.wtxid }] });
    await it.sync();
    expect(it.all('getdata')).toEqual([]);
    node.pass(3);
    const { items } = await it.next('getdata');
    expect(items).toEqual([{ type: MSG_WTX, hash: Buffer.from(parent.wtxid) }]);
    it.send({ type: 'tx', tx: parent });
    await it.sync();
    expect(node.pool.has(hashKey(parent.txid))).toBe(true);
  });

  it('are kept as orphans until their parents come', async () => {
    const it = await readyPeer();
    it.send({ type: 'tx', tx: child });
    await it.sync();
    expect(node.net.orphanTransactions().map(({ tx, from }) => [hashToHex(tx.txid), from])).toEqual([
      [hashToHex(child.txid), 0],
    ]);
    node.pass(5);
    const { items } = await it.next('getdata');
    expect(items.map(({ hash }) => hashToHex(hash))).toEqual([hashToHex(parent.txid)]);
    it.send({ type: 'tx', tx: parent });
    await until('the child gets in', () => node.pool.has(hashKey(child.txid)));
    expect(node.net.orphanTransactions()).toEqual([]);
  });

  it('are served only after they were announced', async () => {
    await start({ whitelist: ['relay@127.0.0.1'] }, BLOCKS);
    const it = await readyPeer();
    await node.pool.accept(parent);
    const item = { type: MSG_WTX, hash: parent.wtxid };
    it.send({ type: 'getdata', items: [item] });
    await it.next('notfound');
    node.net.broadcastTransaction(parent);
    await until('it is announced', () => {
      node.pass(10);
      return it.all('inv').length > 0;
    });
    it.send({ type: 'getdata', items: [item] });
    const { tx } = await it.next('tx');
    expect(hashToHex(tx.txid)).toBe(hashToHex(parent.txid));
  });

  it('are not announced below the fee filter', async () => {
    const it = await readyPeer();
    it.send({ type: 'feefilter', feeRate: 50e8 });
    await it.sync();
    await node.pool.accept(parent);
    node.net.broadcastTransaction(parent);
    for (let i = 0; i < 5; i++) {
      node.pass(10);
      await it.sync();
    }
    expect(it.all('inv')).toEqual([]);
    expect(node.net.peers()[0]?.minFeeFilter).toBe(50e8);
  });

  it('that break a consensus rule are misbehaviour, others are not', async () => {
    const it = await readyPeer();
    const unspendable = buildSpend([coinbaseOutPoint(TIP)], outputs);
    it.send({ type: 'tx', tx: unspendable });
    await it.sync();
    expect(logged('was not accepted: bad-txns-premature-spend-of-coinbase')).toBe(true);
    const doubled = buildSpend(Array(2).fill(coinbaseOutPoint(defined(BLOCKS[0], 'block'))), outputs);
    it.send({ type: 'tx', tx: doubled });
    await it.waitClosed();
    expect(logged('was not accepted: bad-txns-inputs-duplicate')).toBe(true);
  });

  it('are not taken with -blocksonly', async () => {
    await start({ blocksOnly: true }, BLOCKS);
    const it = await readyPeer();
    expect((await it.next('version')).relay).toBe(false);
    it.send({ type: 'tx', tx: parent });
    await it.waitClosed();
    expect(logged('transaction sent in violation of protocol peer=0')).toBe(true);
  });
});

describe('addresses', () => {
  it('are sent for getaddr, once, after a while', async () => {
    for (let i = 0; i < 60; i++) node.net.addPeerAddress(`8.${i}.1.1`, 8333, false);
    expect(node.net.addressCounts()).toMatchObject({ total: 60 });
    const it = await readyPeer();
    it.send({ type: 'getaddr' });
    it.send({ type: 'getaddr' });
    await it.sync();
    node.pass(1000);
    const { addresses } = await it.next('addr');
    // 23 % of 60.
    expect(addresses).toHaveLength(13);
    expect(logged('Ignoring repeated "getaddr"')).toBe(true);
  });

  it('that a peer tells are kept, a tenth each second', async () => {
    const it = await readyPeer();
    const time = node.clock.mockTime;
    const addresses = Array.from({ length: 20 }, (_, i) => ({
      endpoint: defined(parseEndpoint(`9.${i}.1.1`, 8333), 'endpoint'),
      services: NODE_NETWORK | NODE_WITNESS,
      time,
    }));
    node.pass(100);
    it.send({ type: 'addr', addresses });
    await it.sync();
    // One token from the start, ten for a hundred seconds.
    expect(node.net.peers()[0]).toMatchObject({ addrProcessed: 11, addrRateLimited: 9 });
    expect(node.net.addressCounts().total).toBe(11);
  });

  it('of networks that we do not reach are told on, and not kept', async () => {
    const onion = 'pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion';
    const teller = await readyPeer();
    const hearer = await peer();
    hearer.sendVersion();
    await hearer.next('verack');
    hearer.send({ type: 'sendaddrv2' });
    hearer.send({ type: 'verack' });
    hearer.send({ type: 'getaddr' });
    await hearer.sync();
    const endpoint = defined(parseEndpoint(onion, 8333), 'endpoint');
    const services = NODE_NETWORK | NODE_WITNESS;
    teller.send({ type: 'addrv2', addresses: [{ endpoint, services, time: node.clock.mockTime }] });
    await teller.sync();
    node.pass(1000);
    const { addresses } = await hearer.next('addrv2');
    expect(addresses.map(told => told.endpoint.address.kind)).toEqual(['onion']);
    expect(node.net.addressCounts().total).toBe(0);
  });
});
