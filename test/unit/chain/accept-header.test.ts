import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlockChain } from '../../../src/chain/chainstate.js';
import { HEADERS_PER_STEP } from '../../../src/chain/connect/accept-headers.js';
import { hashToHex } from '../../../src/primitives/bytes.js';
import { BlockHeader, type HeaderFields } from '../../../src/primitives/header.js';
import { defined } from '../../../src/runtime/errors.js';
import { silentLogger } from '../../../src/runtime/logger.js';
import { atOnce } from '../../../src/runtime/steps.js';
import {
  buildBlock,
  buildEmptyBlocks,
  mine,
  REGTEST,
  submit,
  testChain,
} from '../../support/chain-builder.js';

const { genesis } = REGTEST;

describe('a refused header', () => {
  let chain: BlockChain;
  let lines: string[];

  beforeEach(async () => {
    const debug = (_category: string, line: string) => void lines.push(line);
    lines = [];
    ({ chain } = testChain({ modules: { logger: { ...silentLogger, debug } } }));
    await chain.start();
  });

  afterEach(() => chain.stop());

  /** A header on genesis, with changes. */
  const headerOf = (changes: Partial<HeaderFields>) => {
    const { version, prevHash, merkleRoot, time, bits } = buildBlock({ prev: genesis, height: 1 }).header;
    const fields = { version, prevHash, merkleRoot, time, bits, nonce: 0, ...changes };
    return mine(BlockHeader.from(fields), []).header;
  };

  const expectLine = (header: BlockHeader, line: string) => {
    lines = [];
    chain.processHeaders([header]);
    expect(lines).toEqual([line]);
  };

  it('is told of with the check that it failed', () => {
    const header = headerOf({ version: 1 });
    const told = 'bad-version(0x00000001), rejected nVersion=0x00000001 block';
    const hash = hashToHex(header.hash);
    expectLine(header, `AcceptBlockHeader: Consensus::ContextualCheckBlockHeader: ${hash}, ${told}`);
  });

  it('is told of with the unknown header before it', () => {
    const header = headerOf({ prevHash: new Uint8Array(32).fill(7) });
    const hash = hashToHex(header.hash);
    expectLine(header, `header ${hash} has prev block not found: ${'07'.repeat(32)}`);
  });

  it('is told of with the invalid header before it', async () => {
    const bad = buildBlock({ prev: genesis, height: 1, reward: 51e8 });
    await submit(chain, [bad]);
    const header = headerOf({ prevHash: bad.hash });
    const [hash, before] = [header.hash, bad.hash].map(hashToHex);
    expectLine(header, `header ${hash} has prev block invalid: ${before}`);
  });

  it('is told of with its missing work', () => {
    // Genesis with other nonces, until one misses the target.
    const raw = Buffer.from(genesis.header.raw);
    let header: BlockHeader;
    do {
      raw.writeUInt32LE(raw.readUInt32LE(76) + 1, 76);
      header = new BlockHeader(Buffer.from(raw));
    } while (((header.hash[31] ?? 0) & 0x80) === 0);
    const told = 'high-hash, proof of work failed';
    expectLine(header, `AcceptBlockHeader: Consensus::CheckBlockHeader: ${hashToHex(header.hash)}, ${told}`);
  });
});

describe('many headers', () => {
  const COUNT = 2 * HEADERS_PER_STEP + 1;
  const headersOf = (tag: number) => buildEmptyBlocks(genesis, 0, COUNT, tag).map(({ header }) => header);
  let chain: BlockChain;
  let best: number[];

  beforeEach(async () => {
    ({ chain } = testChain({ checkBlockIndex: 0 }));
    await chain.start();
    best = [];
    chain.events.on('bestHeader', id => void best.push(chain.headers.height(id)));
  });

  afterEach(() => chain.stop());

  it('are added in steps, and told of at the end', () => {
    const steps = chain.headerSteps(headersOf(0));
    const heights: number[] = [];
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) heights.push(chain.headers.height(chain.bestHeader));
    expect(heights).toEqual([HEADERS_PER_STEP, 2 * HEADERS_PER_STEP]);
    expect(step.value).toMatchObject({ last: COUNT, added: COUNT });
    expect(best).toEqual([COUNT]);
    chain.checkInvariants();
  });

  it('of two who send them at the same time are both added', () => {
    const [first, second] = [0, 1].map(tag => chain.headerSteps(headersOf(tag)));
    const left = new Set([first, second].map(steps => defined(steps, 'steps')));
    while (left.size > 0) for (const steps of left) if (steps.next().done === true) left.delete(steps);
    expect(chain.headers.size).toBe(1 + 2 * COUNT);
    expect(best.at(-1)).toBe(COUNT);
    chain.checkInvariants();
  });

  it('that are known by the time of their step are not added again', () => {
    const headers = headersOf(0);
    const steps = chain.headerSteps(headers);
    steps.next();
    expect(chain.processHeaders(headers)).toMatchObject({ last: COUNT, added: COUNT - HEADERS_PER_STEP });
    expect(atOnce(steps)).toMatchObject({ last: COUNT, added: HEADERS_PER_STEP });
    expect(best).toEqual([COUNT]);
  });
});
