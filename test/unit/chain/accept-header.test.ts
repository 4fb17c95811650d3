import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlockChain } from '../../../src/chain/chainstate.js';
import { hashToHex } from '../../../src/primitives/bytes.js';
import { BlockHeader, type HeaderFields } from '../../../src/primitives/header.js';
import { silentLogger } from '../../../src/runtime/logger.js';
import { buildBlock, mine, REGTEST, submit, testChain } from '../../support/chain-builder.js';

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
