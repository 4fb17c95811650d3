import { beforeAll, describe, expect, it } from 'vitest';
import { HeadersPresync } from '../../../src/net/peer/headers-presync.js';
import { makeRandom } from '../../../src/net/random.js';
import { bytesEqual, hashToHex } from '../../../src/primitives/bytes.js';
import { BlockHeader } from '../../../src/primitives/header.js';
import { blockWork } from '../../../src/primitives/target.js';
import { defined } from '../../../src/runtime/errors.js';
import { silentLogger } from '../../../src/runtime/logger.js';
import { atOnce } from '../../../src/runtime/steps.js';
import { REGTEST } from '../../support/chain-builder.js';

/** More than the buffer of the second pass, so that headers are released before its end. */
const LENGTH = 16_000;
const BATCH = 2000;
const GENESIS = REGTEST.genesis.header;
const WORK = blockWork(GENESIS.bits);

/** Headers that follow each other. Their proof of work is checked elsewhere. */
function makeChain(length: number, tag = 0): BlockHeader[] {
  const headers: BlockHeader[] = [];
  let previous = GENESIS;
  for (let i = 0; i < length; i++) {
    const { version, merkleRoot, bits } = GENESIS;
    const time = previous.time + 1;
    previous = BlockHeader.from({ version, merkleRoot, bits, time, prevHash: previous.hash, nonce: tag });
    headers.push(previous);
  }
  return headers;
}

let chain: BlockHeader[];

beforeAll(() => {
  chain = makeChain(LENGTH);
});

function setUp(minimumBlocks: number, params = REGTEST.consensus): HeadersPresync {
  const start = {
    height: 0,
    header: GENESIS,
    work: WORK,
    medianTimePast: GENESIS.time,
    locator: [GENESIS.hash],
  };
  const minimum = WORK * BigInt(minimumBlocks + 1);
  const now = GENESIS.time + 10 * 86_400;
  return new HeadersPresync(0, params, start, minimum, now, makeRandom(5), silentLogger);
}

/** Feeds what the sync asks for, from `first` in the first pass and `second` in the second. */
function run(sync: HeadersPresync, first: readonly BlockHeader[], second: readonly BlockHeader[]) {
  const released: BlockHeader[] = [];
  for (let rounds = 0; rounds < 100; rounds++) {
    const source = sync.state === 'presync' ? first : second;
    const [from] = sync.nextLocator();
    const known = source.findIndex(header => bytesEqual(header.hash, from ?? GENESIS.hash));
    const batch = source.slice(known + 1, known + 1 + BATCH);
    if (batch.length === 0) return { released, success: false };
    const result = atOnce(sync.process(batch, batch.length === BATCH));
    released.push(...result.headers);
    if (!result.success || !result.requestMore) return { released, success: result.success };
  }
  throw new Error('the sync does not end');
}

describe('two-pass header sync', () => {
  it('releases a chain with enough work, from its start', () => {
    const sync = setUp(15_500);
    const { released, success } = run(sync, chain, chain);
    expect(success).toBe(true);
    expect(sync.state).toBe('final');
    expect(released.length).toBe(LENGTH);
    expect(hashToHex(defined(released[0], 'header').hash)).toBe(hashToHex(defined(chain[0], 'header').hash));
  });

  it('releases nothing of a chain with too little work', () => {
    const { released } = run(setUp(LENGTH + 1), chain, chain);
    expect(released).toEqual([]);
  });

  it('finds out when the second chain is another one', () => {
    const { released, success } = run(setUp(15_500), chain, makeChain(LENGTH, 1));
    expect(success).toBe(false);
    // The chance that all of 23 bits are right is one in eight million.
    expect(released).toEqual([]);
  });

  it('stops at headers that do not follow each other', () => {
    const sync = setUp(15_500);
    expect(atOnce(sync.process(chain.slice(1, 10), true)).success).toBe(false);
    expect(sync.state).toBe('final');
  });

  it('stops at a difficulty that cannot be', () => {
    const { consensus } = REGTEST;
    const strict = { ...consensus, powAllowMinDifficultyBlocks: false, powNoRetargeting: false };
    const sync = setUp(15_500, strict);
    const [first] = chain;
    const { version, merkleRoot, time, prevHash, nonce } = defined(first, 'header');
    const easier = BlockHeader.from({ version, merkleRoot, time, prevHash, nonce, bits: 0x2000ffff });
    expect(atOnce(sync.process([easier], true)).success).toBe(false);
  });

  it('gives up when the peer stops in the first pass', () => {
    const sync = setUp(15_500);
    expect(atOnce(sync.process(chain.slice(0, 5), false))).toEqual({
      headers: [],
      requestMore: false,
      success: true,
    });
    expect(sync.state).toBe('final');
  });
});
