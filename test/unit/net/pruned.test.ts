import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { memoryStores } from '../../../src/chain/stores.js';
import { NO_HEADER } from '../../../src/consensus/chain-view.js';
import { chainParams } from '../../../src/consensus/networks.js';
import { NODE_NETWORK_LIMITED, NODE_WITNESS } from '../../../src/net/services.js';
import { MSG_BLOCK } from '../../../src/net/wire/inventory.js';
import { bytesEqual, ZERO_HASH } from '../../../src/primitives/bytes.js';
import { defined } from '../../../src/runtime/errors.js';
import { buildEmptyBlocks, submit } from '../../support/chain-builder.js';
import { connectNodes, startNode, type TestNode, until } from '../../support/net-node.js';
import { dial, type TestPeer } from '../../support/net-peer.js';

const PARAMS = chainParams('regtest', { fastPrune: true });
const HEIGHT = 330;
/** Some fifteen blocks in a file. */
const BLOCKS = buildEmptyBlocks(PARAMS.genesis, 0, HEIGHT, 0, 4000);
const blockAt = (height: number) => defined(BLOCKS[height - 1], 'block');

let node: TestNode;
const running: TestNode[] = [];
const peers: TestPeer[] = [];

async function prunedNode(options: Parameters<typeof startNode>[0] = {}): Promise<TestNode> {
  const stores = memoryStores(PARAMS.magic, true);
  const node = await startNode({ pruned: true, ...options }, BLOCKS, {
    params: PARAMS,
    stores,
    prune: 'manual',
  });
  running.push(node);
  return node;
}

async function peerOf(node: TestNode): Promise<TestPeer> {
  const peer = await dial(node.port);
  peers.push(peer);
  return peer.handshake();
}

const ask = (peer: TestPeer, height: number) =>
  peer.send({ type: 'getdata', items: [{ type: MSG_BLOCK, hash: blockAt(height).hash }] });

beforeAll(async () => {
  node = await prunedNode();
});

afterEach(() => {
  for (const peer of peers.splice(0)) peer.close();
});

afterAll(() => Promise.all(running.map(each => each.stop())));

describe('a pruned node', () => {
  it('offers recent blocks only', async () => {
    const peer = await peerOf(node);
    expect(peer.all('version')[0]?.services).toBe(NODE_NETWORK_LIMITED | NODE_WITNESS);
    expect(node.net.localServiceNames).toEqual(['WITNESS', 'NETWORK_LIMITED']);
  });

  it('serves 290 blocks below its tip, and ends the connection of who asks for more', async () => {
    const peer = await peerOf(node);
    ask(peer, HEIGHT - 290);
    await peer.next('block');
    ask(peer, HEIGHT - 291);
    await peer.waitClosed();
    expect(node.log).toContainEqual(
      expect.stringMatching(/^Ignore block request below NODE_NETWORK_LIMITED threshold, disconnect peer=/),
    );
  });

  it('serves what it has to a friend, and nothing for what it has not', async () => {
    const generous = await prunedNode({ whitelist: ['noban@127.0.0.1'] });
    await generous.chain.prune(HEIGHT);
    const lowest = (generous.chain.prunedHeight ?? 0) + 1;
    expect(lowest).toBeGreaterThan(HEIGHT - 288 - 20);
    const peer = await peerOf(generous);
    ask(peer, lowest - 1);
    ask(peer, lowest);
    await peer.next('block');
    await peer.sync();
    expect(peer.all('block')).toHaveLength(1);
    expect(peer.closed).toBe(false);
  });

  it('announces no blocks that may be gone before they are asked for', async () => {
    const peer = await peerOf(node);
    const askAfter = (height: number) =>
      peer.send({ type: 'getblocks', locator: [blockAt(height).hash], stop: ZERO_HASH });
    askAfter(HEIGHT - 283);
    await peer.sync();
    expect(peer.all('inv')).toEqual([]);
    askAfter(HEIGHT - 282);
    const wanted = blockAt(HEIGHT - 281).hash;
    await peer.next('inv', ({ items }) => items.some(({ hash }) => bytesEqual(hash, wanted)));
  });

  it('is asked for its last blocks, and for none below them', async () => {
    // It has left the first download behind, since its clock is that of the first blocks.
    const behind = await startNode({}, BLOCKS.slice(0, 10), { params: PARAMS });
    running.push(behind);
    await connectNodes(behind, node);
    const has = (height: number) => {
      const id = behind.chain.headers.find(blockAt(height).hash);
      return id !== NO_HEADER && behind.chain.headers.hasData(id);
    };
    await until('the tip has come', () => has(HEIGHT));
    await until('the oldest that may be asked for has come', () => has(HEIGHT - 285));
    expect(has(HEIGHT - 286)).toBe(false);
    expect(behind.chain.height).toBe(10);
    // With what lies between it moves to the tip at once.
    await submit(behind.chain, BLOCKS.slice(10, HEIGHT - 286));
    expect(behind.chain.height).toBe(HEIGHT);
  });
});
