import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chainParams } from '../../../src/consensus/networks.js';
import { hashToHex } from '../../../src/primitives/bytes.js';
import { defined } from '../../../src/runtime/errors.js';
import { addressToScript } from '../../../src/script/address.js';
import { type MiningNode, miningNode } from '../../support/mining-node.js';

const PARAMS = chainParams('regtest');

/** Three keys of Core's functional tests, and the taproot output that anyone can spend. */
const ADDRESSES = [
  'mjTkW3DjgyZck4KbiRusZsqTgaYTxdSz6z',
  'msX6jQXvxiNhx3Q62PKeLPrhrqZQdSimTg',
  'mnonCMyH9TmAsSj3M59DsbH8H63U3RKoFP',
  'bcrt1p9yfmy5h72durp7zrhlw9lf7jpwjgvwdg0jr0lqmmjtgg83266lqsekaqka',
];

/**
 * The chain that Core's functional tests begin with, mined with the clock stopped at the time of the genesis block.
 * Several of them have hashes of it, or of what builds on it, written down.
 */
describe('the 199 blocks that Core’s functional tests begin with', () => {
  let node: MiningNode;

  beforeAll(async () => {
    node = await miningNode({ now: PARAMS.genesis.header.time });
    for (let round = 0; round < 8; round++) {
      const script = defined(
        addressToScript(ADDRESSES[round % 4] ?? '', PARAMS.address),
        'script of an address',
      );
      await node.miner.generate(round === 7 ? 24 : 25, script);
    }
  });

  afterAll(() => node.stop());

  const header = (height: number) => node.chain.headers.header(node.chain.at(height));

  it.each([
    [2, '36c56c5b5ebbaf90d76b0d1a074dcb32d42abab75b7ec6fa0ffd9b4fbce8f0f7'],
    [144, '45ec432a8983e6ced1816886a21bb64d654ebab0542208899ceec764f5d96714'],
    [199, '39455d83324a3dbbb15712ab63dd2f96b45a30f271617aa16c12483a561f721c'],
  ])('have at height %i the hash %s', (height, hash) => {
    expect(hashToHex(header(height).hash)).toBe(hash);
  });

  it('go on from the genesis block by a second above the median', () => {
    expect(node.chain.height).toBe(199);
    expect(header(1).time).toBe(PARAMS.genesis.header.time + 1);
    expect(header(199).time).toBe(node.chain.headers.medianTimePast(node.chain.at(198)) + 1);
  });

  it('signal the test deployment from the second period on', () => {
    expect(header(143).version).toBe(0x20000000);
    expect(header(144).version).toBe(0x30000000);
  });
});
