import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BlockChain } from '../../../src/chain/chainstate.js';
import type { ChainOptions } from '../../../src/chain/options.js';
import { BoundedExecutionCache } from '../../../src/chain/scripts/execution-cache.js';
import { chainParams } from '../../../src/consensus/networks.js';
import type { NetworkName } from '../../../src/consensus/params.js';
import { hashToHex } from '../../../src/primitives/bytes.js';
import { BlockHeader } from '../../../src/primitives/header.js';
import { NodeClock } from '../../../src/runtime/clock.js';
import { silentLogger } from '../../../src/runtime/logger.js';
import { splitHeaders } from '../../support/header-chain.js';
import { hasShared, sharedPath } from '../../support/shared.js';

/** Network, file, and the height of its last header. */
const CHAINS: readonly (readonly [NetworkName, string, number])[] = [
  ['main', 'main-000000-032260.bin', 32_260],
  ['test', 'test3-000000-035141.bin', 35_141],
  ['signet', 'signet-000000-002015.bin', 2015],
];

/** As many as one message brings. */
const HEADERS_AT_ONCE = 2000;

/** Fields of a header, with where they start and how long they are, in bits. */
const FIELDS: readonly (readonly [name: string, start: number, length: number])[] = [
  ['version', 0, 32],
  ['previous block', 32, 256],
  ['merkle root', 288, 256],
  ['time', 544, 32],
  ['bits', 576, 32],
  ['nonce', 608, 32],
];

function load(file: string): BlockHeader[] {
  return hasShared ? splitHeaders(readFileSync(sharedPath(`vectors/headers/${file}`))) : [];
}

/** A chain at a time at which no header is from the future. */
async function headerChain(
  network: NetworkName,
  now: number,
  more: Partial<ChainOptions> = {},
): Promise<BlockChain> {
  const clock = new NodeClock();
  clock.setMockTime(now);
  const options = { params: chainParams(network), storage: 'memory', scriptThreads: 1, ...more } as const;
  const modules = { clock, logger: silentLogger, executionCache: new BoundedExecutionCache(1 << 16) };
  const chain = new BlockChain(options, modules);
  await chain.start();
  return chain;
}

function flipped(header: BlockHeader, bit: number): BlockHeader {
  const raw = Uint8Array.from(header.raw);
  raw[bit >> 3] = (raw[bit >> 3] as number) ^ (1 << (bit & 7));
  return new BlockHeader(raw);
}

describe.skipIf(!hasShared).each(CHAINS)('headers of %s', (network, file, height) => {
  const headers = load(file);
  const last = headers.at(-1) as BlockHeader;

  it(`are accepted up to ${height}, as peers send them`, async () => {
    const chain = await headerChain(network, last.time);
    for (let at = 1; at < headers.length; at += HEADERS_AT_ONCE) {
      const some = headers.slice(at, at + HEADERS_AT_ONCE);
      const result = chain.processHeaders(some);
      expect(result.rejection).toBeUndefined();
      expect(result.added).toBe(some.length);
    }
    expect(chain.headers.height(chain.bestHeader)).toBe(height);
    expect(hashToHex(chain.headers.hash(chain.bestHeader))).toBe(hashToHex(last.hash));
    await chain.stop();
  });

  it('are refused with one bit flipped, whatever the field', async () => {
    const chain = await headerChain(network, last.time);
    const refused = new Map<string, number>();
    for (const [at, header] of headers.entries()) {
      if (at === 0) continue;
      for (const [name, start, length] of FIELDS) {
        // Another bit at each height: each of a field's is flipped many times over.
        const { rejection } = chain.processHeaders([flipped(header, start + (at % length))]);
        // A header that passes by itself is found out by the next one, which builds on another.
        const found = rejection ?? chain.processHeaders(headers.slice(at + 1, at + 2)).rejection;
        if (found === undefined) throw new Error(`height ${at} is accepted with another ${name}`);
        refused.set(name, (refused.get(name) ?? 0) + 1);
      }
      const { rejection, added } = chain.processHeaders([header]);
      if (rejection !== undefined || added !== 1) throw new Error(`height ${at}: ${rejection?.reason}`);
    }
    // Nothing but the true headers is left.
    expect(chain.headers.size).toBe(headers.length);
    expect(refused).toEqual(new Map(FIELDS.map(([name]) => [name, height])));
    console.log(`${file}: ${height} headers accepted, ${height * FIELDS.length} with a flipped bit refused`);
    await chain.stop();
  }, 120_000);
});

describe.skipIf(!hasShared)(
  "headers of testnet that fork off before a checkpoint (Core's blockheader_testnet3.hex)",
  () => {
    const FORK = 'fork:';
    const lines = hasShared
      ? readFileSync(sharedPath('vectors/core/functional/blockheader_testnet3.hex'), 'utf8')
          .trim()
          .split('\n')
      : [];
    const parse = (line: string) => new BlockHeader(Buffer.from(line.replace(FORK, '').trim(), 'hex'));
    const straight = lines.filter(line => !line.startsWith(FORK) && line !== '').map(parse);
    const forking = lines.filter(line => line.startsWith(FORK)).map(parse);
    const now = Math.max(...[...straight, ...forking].map(({ time }) => time));

    it('are refused once the checkpoint was seen, and only then', async () => {
      expect([straight.length, forking.length]).toEqual([546, 2]);
      for (const checkpoints of [true, false]) {
        const chain = await headerChain('test', now, { checkpoints });
        expect(chain.processHeaders(straight).added).toBe(straight.length);
        const { rejection, added } = chain.processHeaders(forking);
        expect([rejection?.reason, added]).toEqual(
          checkpoints ? ['bad-fork-prior-to-checkpoint', 0] : [undefined, forking.length],
        );
        await chain.stop();
      }
    });
  },
);
