import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HEADERS_PER_STEP } from '../../../src/chain/connect/accept-headers.js';
import { NO_HEADER } from '../../../src/consensus/chain-view.js';
import { MAX_HEADERS_RESULTS } from '../../../src/net/wire/limits.js';
import { bytesEqual, type Hash256, hashToHex } from '../../../src/primitives/bytes.js';
import { BlockHeader } from '../../../src/primitives/header.js';
import { blockWork } from '../../../src/primitives/target.js';
import { defined } from '../../../src/runtime/errors.js';
import { buildEmptyBlocks, mine, REGTEST } from '../../support/chain-builder.js';
import { startNode, type TestNode, until } from '../../support/net-node.js';
import { dial, type TestPeer } from '../../support/net-peer.js';

/** A full message, and a part of one. */
const LENGTH = MAX_HEADERS_RESULTS + 500;

/** Messages that nobody wants, of 20 MB. */
const FLOOD = 200;
const FLOOD_BYTES = 100_000;

let headers: BlockHeader[];
let node: TestNode;
const peers: TestPeer[] = [];

beforeAll(() => {
  headers = buildEmptyBlocks(REGTEST.genesis, 0, LENGTH).map(({ header }) => header);
});

afterEach(async () => {
  for (const each of peers.splice(0)) each.close();
  await node.stop();
});

async function readyPeer(): Promise<TestPeer> {
  const dialled = await dial(node.port);
  peers.push(dialled);
  return dialled.handshake();
}

function bestHeight({ chain }: TestNode): number {
  return chain.headers.height(chain.bestHeader);
}

/** Keeps headers from being added until the function that is returned is called. */
function holdHeaders(): () => void {
  const { chain } = node;
  const addAll = chain.headerSteps.bind(chain);
  let isOpen = false;
  chain.headerSteps = function* (received) {
    while (!isOpen) yield;
    return yield* addAll(received);
  };
  return () => {
    isOpen = true;
  };
}

/** Calls `look` at each turn of the event loop until it is told to stop. */
function eachTurn(look: () => void): () => void {
  let isOver = false;
  const turn = () => {
    if (isOver) return;
    look();
    setImmediate(turn);
  };
  setImmediate(turn);
  return () => {
    isOver = true;
  };
}

/** The headers that a locator asks for. */
function headersAfter(locator: readonly Hash256[]): BlockHeader[] {
  const known = locator.map(hash => headers.findIndex(header => bytesEqual(header.hash, hash)));
  const from = (known.find(index => index >= 0) ?? -1) + 1;
  return headers.slice(from, from + MAX_HEADERS_RESULTS);
}

describe('a message of many headers', () => {
  const full = () => headers.slice(0, MAX_HEADERS_RESULTS);

  it('is taken in lots, with turns of the event loop in between', async () => {
    node = await startNode();
    const it = await readyPeer();
    const heights = new Set<number>();
    const stop = eachTurn(() => heights.add(bestHeight(node)));
    it.send({ type: 'headers', headers: full() });
    await it.sync();
    stop();
    for (let height = 0; height < MAX_HEADERS_RESULTS; height += HEADERS_PER_STEP)
      expect(heights).toContain(height);
    expect(bestHeight(node)).toBe(MAX_HEADERS_RESULTS);
  });

  it('is done before what the peer sends next; others need not wait, and the peer is not read without end', async () => {
    node = await startNode({ maxReceiveBuffer: 1000 });
    const open = holdHeaders();
    const [it, other] = [await readyPeer(), await readyPeer()];
    it.send({ type: 'headers', headers: full() });
    it.send({ type: 'headers', headers: headers.slice(MAX_HEADERS_RESULTS) });
    it.send({ type: 'ping', nonce: 77n });
    for (let i = 0; i < FLOOD; i++) it.sendRaw('nothing', new Uint8Array(FLOOD_BYTES));
    for (let i = 0; i < 3; i++) await other.sync();
    expect(it.all('pong').some(({ nonce }) => nonce === 77n)).toBe(false);
    expect(bestHeight(node)).toBe(0);
    expect(node.net.peers()[0]?.bytesRecv).toBeLessThan((FLOOD * FLOOD_BYTES) / 2);
    open();
    await it.next('pong', ({ nonce }) => nonce === 77n);
    expect(bestHeight(node)).toBe(LENGTH);
    await it.sync();
  });

  it('is followed by a request for more, once', async () => {
    node = await startNode();
    const it = await readyPeer();
    it.send({ type: 'headers', headers: full() });
    await it.sync();
    const asked = it.all('getheaders').filter(({ locator: [first] }) => {
      return first !== undefined && bytesEqual(first, defined(full().at(-1), 'last header').hash);
    });
    expect(asked).toHaveLength(1);
    expect(node.net.peers()[0]?.syncedHeaders).toBe(MAX_HEADERS_RESULTS);
  });

  it('counts up to the first that is bad, for which the peer is to blame even when it leaves', async () => {
    node = await startNode();
    const it = await readyPeer();
    const early = withTooEarlyLast(full());
    const stop = eachTurn(() => {
      if (bestHeight(node) > 0) it.close();
    });
    it.send({ type: 'headers', headers: early });
    await until('the peer is forgotten', () => node.log.includes('Cleared nodestate for peer=0'));
    stop();
    expect(bestHeight(node)).toBe(MAX_HEADERS_RESULTS - 1);
    expect(node.log).toContain('Misbehaving: peer=0: invalid header received');
    expect(node.log).toContain('Warning: disconnecting but not discouraging local peer 0!');
  });

  it('without proof of work at its end adds none', async () => {
    node = await startNode();
    const it = await readyPeer();
    it.send({ type: 'headers', headers: [...full().slice(0, -1), withoutWork(full())] });
    await it.waitClosed();
    expect(node.log).toContain('Misbehaving: peer=0: header with invalid proof of work');
    expect(bestHeight(node)).toBe(0);
  });

  it('whose work is not enough yet is downloaded again', async () => {
    const minimumChainWork = blockWork(REGTEST.genesis.header.bits) * BigInt(LENGTH);
    const consensus = { ...REGTEST.consensus, minimumChainWork };
    node = await startNode({}, [], { params: { ...REGTEST, consensus } });
    const it = await readyPeer();
    const asked: string[] = [];
    const answer = (locator: readonly Hash256[]) => {
      asked.push(hashToHex(defined(locator[0], 'hash')));
      it.send({ type: 'headers', headers: headersAfter(locator) });
    };
    it.onMessage = message => {
      if (message.type === 'getheaders') answer(message.locator);
    };
    answer([REGTEST.genesis.hash]);
    await until('all headers are there', () => bestHeight(node) === LENGTH);
    const hashes = [REGTEST.genesis.header, defined(full().at(-1), 'header')].map(({ hash }) =>
      hashToHex(hash),
    );
    expect(asked).toEqual([...hashes, ...hashes]);
    expect(node.chain.headers.find(defined(headers.at(-1), 'last').hash)).not.toBe(NO_HEADER);
  });
});

/** The last header comes before the median of those before it. */
function withTooEarlyLast(chain: readonly BlockHeader[]): BlockHeader[] {
  const { version, prevHash, merkleRoot, bits } = defined(chain.at(-1), 'last header');
  const fields = { version, prevHash, merkleRoot, bits, time: REGTEST.genesis.header.time, nonce: 0 };
  return [...chain.slice(0, -1), mine(BlockHeader.from(fields), []).header];
}

/** The last header with a nonce that is none. */
function withoutWork(chain: readonly BlockHeader[]): BlockHeader {
  const { version, prevHash, merkleRoot, time, bits } = defined(chain.at(-1), 'last header');
  for (let nonce = 0; ; nonce++) {
    const header = BlockHeader.from({ version, prevHash, merkleRoot, time, bits, nonce });
    if (((header.hash[31] ?? 0) & 0x80) !== 0) return header;
  }
}
