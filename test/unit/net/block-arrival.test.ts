import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Block } from '../../../src/primitives/block.js';
import { hashKey } from '../../../src/primitives/bytes.js';
import { defined } from '../../../src/runtime/errors.js';
import {
  ANYONE_CAN_SPEND,
  buildBlock,
  buildEmptyBlocks,
  buildSpend,
  coinbaseOutPoint,
  REGTEST,
} from '../../support/chain-builder.js';
import { HeldVerifier } from '../../support/held-verifier.js';
import { startNode, type TestNode, until } from '../../support/net-node.js';
import { dial, TestListener, type TestPeer } from '../../support/net-peer.js';

const TRUNK_HEIGHT = 105;
/** Blocks with a script, that the peer sends; it has headers of more. */
const SENT = 6;

let trunk: Block[];
let spending: Block[];
let headers: Block['header'][];

beforeAll(() => {
  trunk = buildEmptyBlocks(REGTEST.genesis, 0, TRUNK_HEIGHT);
  spending = [];
  for (let index = 0; index < SENT; index++) {
    const prev = defined(spending.at(-1) ?? trunk.at(-1), 'predecessor');
    const coin = coinbaseOutPoint(defined(trunk[index], 'block of the trunk'));
    const spend = buildSpend([coin], [{ value: 1000, script: ANYONE_CAN_SPEND }]);
    spending.push(buildBlock({ prev, height: TRUNK_HEIGHT + 1 + index, transactions: [spend] }));
  }
  const above = buildEmptyBlocks(defined(spending.at(-1), 'last block'), TRUNK_HEIGHT + SENT, 3);
  headers = [...spending, ...above].map(({ header }) => header);
});

describe('blocks of a peer in the initial download', () => {
  const verifier = new HeldVerifier();
  let node: TestNode;
  let listener: TestListener;

  afterEach(async () => {
    verifier.open();
    await node.stop();
    await listener.close();
  });

  /** Serves the headers, and the blocks that it has. */
  async function source(): Promise<TestPeer> {
    const blocks = new Map(spending.map(block => [hashKey(block.hash), block]));
    listener = await TestListener.open((peer, message) => {
      if (message.type === 'version') {
        peer.sendVersion({ startHeight: TRUNK_HEIGHT + headers.length });
        peer.send({ type: 'wtxidrelay' });
        peer.send({ type: 'verack' });
      } else if (message.type === 'getheaders') {
        peer.send({ type: 'headers', headers });
      } else if (message.type === 'getdata') {
        for (const { hash } of message.items) {
          const block = blocks.get(hashKey(hash));
          if (block !== undefined) peer.send({ type: 'block', block });
        }
      }
    });
    await node.net.tryNode(listener.address);
    return listener.accept();
  }

  it('are taken before the scripts of those before them are checked; all else it sends comes after them', async () => {
    const now = REGTEST.genesis.header.time + 10 * 365 * 86_400;
    node = await startNode({}, trunk, { now, modules: { scriptVerifier: verifier } });
    const peer = await source();
    await until('the scripts of all blocks wait', () => verifier.jobs.length === SENT);
    expect(node.chain.height).toBe(TRUNK_HEIGHT);
    peer.send({ type: 'ping', nonce: 77n });
    const other = await (await dial(node.port)).handshake();
    await until('the ping has come', () => node.net.peers()[0]?.bytesRecvPerMessage.has('ping') === true);
    await other.sync();
    const answered = () => peer.all('pong').some(({ nonce }) => nonce === 77n);
    expect(answered()).toBe(false);
    verifier.release();
    await peer.next('pong', ({ nonce }) => nonce === 77n);
    expect(node.chain.height).toBe(TRUNK_HEIGHT + SENT);
  });
});
