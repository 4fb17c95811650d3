import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Block } from '../../../src/primitives/block.js';
import { type HashKey, hashKey } from '../../../src/primitives/bytes.js';
import type { BlockHeader } from '../../../src/primitives/header.js';
import { defined } from '../../../src/runtime/errors.js';
import { buildEmptyBlocks, REGTEST } from '../../support/chain-builder.js';
import { startNode, type TestNode, until } from '../../support/net-node.js';
import { TestListener, type TestPeer } from '../../support/net-peer.js';

const GENESIS = REGTEST.genesis;
/** More than the download window of 1024 and one peer's share. */
const LENGTH = 1100;
/** Enough for several rounds of requests. */
const SHORT = 200;

let blocks: Block[];
let byHash: Map<HashKey, Block>;
let node: TestNode;
const listeners: TestListener[] = [];

beforeAll(() => {
  blocks = buildEmptyBlocks(GENESIS, 0, LENGTH);
  byHash = new Map(blocks.map(block => [hashKey(block.hash), block]));
});

afterEach(async () => {
  await node.stop();
  await Promise.all(listeners.splice(0).map(listener => listener.close()));
});

function headersAfter(locator: readonly Uint8Array[], length: number): BlockHeader[] {
  const known = blocks.findIndex(block => hashKey(block.hash) === hashKey(locator[0] ?? GENESIS.hash));
  return blocks.slice(known + 1, length).map(({ header }) => header);
}

/** A peer that the node connects to. It serves all headers, and blocks as `serves` says, from `gate` on. */
async function source(
  serves: (asked: number) => boolean,
  length = LENGTH,
  gate = Promise.resolve(),
): Promise<TestPeer> {
  let asked = 0;
  const listener = await TestListener.open((peer, message) => {
    if (message.type === 'version') {
      peer.sendVersion({ startHeight: LENGTH });
      peer.send({ type: 'wtxidrelay' });
      peer.send({ type: 'verack' });
    } else if (message.type === 'getheaders') {
      peer.send({ type: 'headers', headers: headersAfter(message.locator, length) });
    } else if (message.type === 'ping') {
      peer.send({ type: 'pong', nonce: message.nonce, size: 8 });
    } else if (message.type === 'getdata') {
      void gate.then(() => {
        for (const { hash } of message.items) {
          if (serves(asked++))
            peer.send({ type: 'block', block: defined(byHash.get(hashKey(hash)), 'block') });
        }
      });
    }
  });
  listeners.push(listener);
  await node.net.tryNode(listener.address);
  return listener.accept();
}

const always = () => true;
const never = () => false;

describe('block download', () => {
  it('asks a peer for 16 blocks at a time, in order', async () => {
    node = await startNode();
    const peer = await source(never);
    const { items } = await peer.next('getdata');
    expect(items.map(({ hash }) => hashKey(hash))).toEqual(
      blocks.slice(0, 16).map(block => hashKey(block.hash)),
    );
    expect(node.net.peers()[0]?.inFlight).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
  });

  it('shares the blocks among peers and asks each only once', async () => {
    node = await startNode();
    let open = () => {};
    const gate = new Promise<void>(resolve => {
      open = resolve;
    });
    const [a, b] = [await source(always, SHORT, gate), await source(always, SHORT, gate)];
    await Promise.all([a.next('getdata'), b.next('getdata')]);
    open();
    await until('all blocks are there', () => node.chain.height === SHORT);
    const asked = [a, b].flatMap(peer => peer.all('getdata').flatMap(({ items }) => items));
    expect(asked).toHaveLength(SHORT);
    expect(new Set(asked.map(({ hash }) => hashKey(hash))).size).toBe(SHORT);
  });

  it('drops a peer that keeps the window from moving, and asks another one', async () => {
    node = await startNode();
    const slow = await source(never);
    await slow.next('getdata');
    const fast = await source(always);
    await until('the window is full', () => node.log.some(line => line === 'Stall started peer=0'));
    expect(node.chain.height).toBe(0);
    const asked = fast.all('getdata').flatMap(({ items }) => items).length;
    expect(asked).toBeLessThanOrEqual(1024);
    expect(slow.closed).toBe(false);
    node.pass(3);
    await slow.waitClosed();
    expect(node.log).toContain('Peer=0 is stalling block download, disconnecting');
    expect(node.log).toContain('Increased stalling timeout temporarily to 4 seconds');
    await until('the rest comes from the other', () => node.chain.height === LENGTH);
    expect(node.log).toContain('Decreased stalling timeout to 3 seconds');
  });

  it('drops a peer that does not send a block in time', async () => {
    node = await startNode();
    const slow = await source(never);
    await slow.next('getdata');
    node.pass(601);
    await slow.waitClosed();
    expect(node.log.some(line => line.startsWith('Timeout downloading block'))).toBe(true);
  });

  it('goes on where a peer that left had stopped', async () => {
    node = await startNode();
    const leaver = await source(asked => asked < 100, SHORT);
    await until('some blocks are there', () => node.chain.height === 100);
    leaver.close();
    await source(always, SHORT);
    await until('all blocks are there', () => node.chain.height === SHORT);
  });
});
