import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkBlockHeader } from '../../../src/consensus/block-check.js';
import { chainParams } from '../../../src/consensus/networks.js';
import type { NetworkName } from '../../../src/consensus/params.js';
import { permittedDifficultyTransition } from '../../../src/consensus/pow.js';
import { BlockHeader, HEADER_SIZE } from '../../../src/primitives/header.js';
import { blockWork } from '../../../src/primitives/target.js';
import { hasShared, sharedPath } from '../../support/shared.js';

/** Blocks between two changes of the difficulty. */
const INTERVAL = 2016;

/** The first 2,016 blocks of mainnet and of signet all have the difficulty of genesis. */
const CHAINS: readonly (readonly [NetworkName, string, number])[] = [
  ['main', 'production', 436],
  ['test', 'test', 1792],
  ['signet', 'signet', 114],
];

interface Checkpoint {
  readonly work: bigint;
  readonly height: number;
  readonly header: BlockHeader;
}

/** Lines of base64 behind a head of three lines: work (12 bytes) and height, big-endian, and the header. */
function load(name: string): Checkpoint[] {
  const path = `vectors/bitcoinj/main/resources/org.bitcoin.${name}.checkpoints.txt`;
  const [, , count, ...lines] = readFileSync(sharedPath(path), 'utf8').trim().split('\n');
  expect(lines).toHaveLength(Number(count));
  return lines.map(line => {
    const bytes = Buffer.from(line, 'base64');
    const work = BigInt(`0x${bytes.subarray(0, 12).toString('hex')}`);
    return {
      work,
      height: bytes.readUInt32BE(12),
      header: new BlockHeader(bytes.subarray(16, 16 + HEADER_SIZE)),
    };
  });
}

describe.skipIf(!hasShared)('the difficulty of the public networks', () => {
  it.each(CHAINS)('%s: each change is permitted, and work adds up', (network, file, count) => {
    const { consensus, genesis } = chainParams(network);
    const checkpoints = load(file);
    expect(checkpoints).toHaveLength(count);
    let before: Checkpoint = { work: blockWork(genesis.header.bits), height: 0, header: genesis.header };
    for (const checkpoint of checkpoints) {
      const { work, height, header } = checkpoint;
      expect(height).toBe(before.height + INTERVAL);
      expect(checkBlockHeader(header, consensus), `height ${height}`).toBeUndefined();
      // On testnet any block may have had the least difficulty meanwhile.
      if (network === 'test') expect(work).toBeGreaterThan(before.work);
      else {
        const { bits } = before.header;
        expect(permittedDifficultyTransition(consensus, height, bits, header.bits), `${height}`).toBe(true);
        const meanwhile = BigInt(INTERVAL - 1) * blockWork(bits) + blockWork(header.bits);
        expect(work - before.work, `work up to ${height}`).toBe(meanwhile);
      }
      before = checkpoint;
    }
    console.log(`${file}: ${count} checkpoints up to height ${before.height}`);
  });
});
