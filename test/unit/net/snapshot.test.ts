import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { NODE_NETWORK, NODE_NETWORK_LIMITED, NODE_WITNESS } from '../../../src/net/services.js';
import { MSG_WITNESS_BLOCK } from '../../../src/net/wire/inventory.js';
import type { Block } from '../../../src/primitives/block.js';
import { buildEmptyBlocks, REGTEST, submit } from '../../support/chain-builder.js';
import { connectNodes, startNode, type TestNode, until } from '../../support/net-node.js';
import { dial, type TestPeer } from '../../support/net-peer.js';
import { loadSnapshot, makeSnapshot } from '../../support/snapshot.js';

const BASE_HEIGHT = 400;
/** Further below the tip than a node with recent blocks serves any. */
const TOP_HEIGHT = 410;

const blocks = buildEmptyBlocks(REGTEST.genesis, 0, TOP_HEIGHT);
let snapshot: Awaited<ReturnType<typeof makeSnapshot>>;
const nodes: TestNode[] = [];

beforeAll(async () => {
  snapshot = await makeSnapshot(blocks.slice(0, BASE_HEIGHT));
});
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.stop();
});

async function started(own: readonly Block[]): Promise<TestNode> {
  const node = await startNode({}, own, { params: snapshot.params });
  nodes.push(node);
  return node;
}

/** A node that knows all headers and has loaded the snapshot. */
async function loaded(): Promise<TestNode> {
  const node = await started([]);
  node.chain.processHeaders(blocks.map(block => block.header));
  await loadSnapshot(node.chain, snapshot.bytes);
  return node;
}

/** A peer that connects, and has all blocks, or a branch of its own from height 399 on. */
async function sourceOf(node: TestNode, services: bigint, branch: readonly Block[] = []): Promise<TestPeer> {
  const peer = await dial(node.port);
  await peer.handshake({ services: services | NODE_WITNESS });
  const own = branch.length === 0 ? blocks : branch;
  peer.send({ type: 'headers', headers: own.map(block => block.header) });
  await peer.sync();
  return peer;
}

/** Heights of the blocks that the peer was asked for, in order. */
const askedFor = (peer: TestPeer, { chain: { headers } }: TestNode) =>
  peer.all('getdata').flatMap(({ items }) => items.map(({ hash }) => headers.height(headers.find(hash))));

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

const offersAll = (node: TestNode) => (node.net.localServices & NODE_NETWORK) !== 0n;

describe('a node that validates a snapshot', () => {
  it('fetches what comes after it and what lies below, and then offers old blocks again', async () => {
    const source = await started(blocks);
    const node = await loaded();
    expect(offersAll(source)).toBe(true);
    expect(offersAll(node)).toBe(false);
    expect(node.net.localServices & NODE_NETWORK_LIMITED).toBe(NODE_NETWORK_LIMITED);
    await connectNodes(node, source);
    await until('the tip is reached', () => node.chain.height === TOP_HEIGHT);
    await until('all is validated', () => !node.chain.isValidatingSnapshot);
    expect(offersAll(node)).toBe(true);
    expect(node.log).toContain('[snapshot] re-enabling NODE_NETWORK services');
    expect(node.chain.headers.isFullyValid(node.chain.at(1))).toBe(true);
    // Who comes now can have everything from here.
    const newcomer = await started([]);
    await connectNodes(newcomer, node);
    await until('another one is synced', () => newcomer.chain.height === TOP_HEIGHT);
  });

  it('asks for the blocks after it first', async () => {
    const node = await loaded();
    const peer = await sourceOf(node, NODE_NETWORK);
    await until('all that one peer is asked at a time is asked', () => askedFor(peer, node).length === 16);
    expect(askedFor(peer, node)).toEqual([...range(BASE_HEIGHT + 1, TOP_HEIGHT), ...range(1, 6)]);
  });

  it('does not ask for old blocks where only recent ones are', async () => {
    const node = await loaded();
    const peer = await sourceOf(node, NODE_NETWORK_LIMITED);
    await until('it is asked', () => askedFor(peer, node).length > 0);
    await peer.sync();
    expect(askedFor(peer, node)).toEqual(range(BASE_HEIGHT + 1, TOP_HEIGHT));
  });

  it('does not ask who follows a chain without its base', async () => {
    const node = await loaded();
    const branch = buildEmptyBlocks(blocks[BASE_HEIGHT - 2] as Block, BASE_HEIGHT - 1, 20, 5);
    // Old enough not to be fetched at once when it is announced.
    node.pass(100_000);
    const peer = await sourceOf(node, NODE_NETWORK, branch);
    await until('it is known why', () =>
      node.log.some(line => line.includes("which doesn't have the snapshot block in its best chain.")),
    );
    await peer.sync();
    expect(askedFor(peer, node)).toEqual([]);
  });

  it('lets go of a peer that asks for old blocks, which it did not offer', async () => {
    const node = await loaded();
    await submit(node.chain, blocks.slice(BASE_HEIGHT));
    const peer = await (await dial(node.port)).handshake();
    const hash = (blocks[0] as Block).hash;
    peer.send({ type: 'getdata', items: [{ type: MSG_WITNESS_BLOCK, hash }] });
    await peer.waitClosed();
    expect(node.log.some(line => line.includes('below NODE_NETWORK_LIMITED threshold'))).toBe(true);
  });
});
