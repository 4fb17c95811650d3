import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkBlockHeader, contextualCheckHeader } from '../../../src/consensus/block-check.js';
import { NO_HEADER } from '../../../src/consensus/chain-view.js';
import { chainParams } from '../../../src/consensus/networks.js';
import type { NetworkName } from '../../../src/consensus/params.js';
import { nextWorkRequired, permittedDifficultyTransition } from '../../../src/consensus/pow.js';
import { bytesEqual } from '../../../src/primitives/bytes.js';
import { BlockHeader } from '../../../src/primitives/header.js';
import { splitHeaders, TestHeaders } from '../../support/header-chain.js';
import { hasShared, sharedPath } from '../../support/shared.js';

const CHAINS: [NetworkName, string, number][] = [
  ['main', 'main-000000-032260.bin', 32261],
  ['test', 'test3-000000-035141.bin', 35142],
  ['signet', 'signet-000000-002015.bin', 2016],
];

describe.skipIf(!hasShared)('headers of the public networks', () => {
  it.each(CHAINS)('%s: every header in %s passes, and none with a flipped bit', (name, file, count) => {
    const headers = splitHeaders(readFileSync(sharedPath(`vectors/headers/${file}`)));
    expect(headers).toHaveLength(count);
    const { consensus, genesis } = chainParams(name);
    expect(bytesEqual(headers[0]?.raw ?? genesis.hash, genesis.header.raw)).toBe(true);
    const view = new TestHeaders();
    let prev = NO_HEADER;
    for (const [height, header] of headers.entries()) {
      const now = header.time;
      if (prev !== NO_HEADER) {
        if (!bytesEqual(header.prevHash, view.hash(prev))) throw new Error(`height ${height}: no chain`);
        const rejection =
          checkBlockHeader(header, consensus) ?? contextualCheckHeader(header, prev, view, consensus, now);
        if (rejection !== undefined) throw new Error(`height ${height}: ${rejection.reason}`);
        if (!permittedDifficultyTransition(consensus, height, view.bits(prev), header.bits)) {
          throw new Error(`height ${height}: transition`);
        }
      }
      // One bit in 640 is enough of a sample: one other bit of each header.
      const raw = Uint8Array.from(header.raw);
      const bit = (height * 7) % 640;
      raw[bit >> 3] = (raw[bit >> 3] as number) ^ (1 << (bit & 7));
      if (checkBlockHeader(new BlockHeader(raw), consensus) === undefined) {
        throw new Error(`height ${height}: passes with bit ${bit} flipped`);
      }
      prev = view.addHeader(prev, header);
    }
  });

  it('mainnet retargets for the first time at height 32256', () => {
    const headers = splitHeaders(readFileSync(sharedPath('vectors/headers/main-000000-032260.bin')));
    const { consensus } = chainParams('main');
    const view = new TestHeaders();
    let prev = NO_HEADER;
    for (const header of headers.slice(0, 32256)) prev = view.addHeader(prev, header);
    expect(view.bits(prev)).toBe(0x1d00ffff);
    expect(nextWorkRequired(prev, 0, view, consensus)).toBe(0x1d00d86a);
  });

  it('testnet3 has late blocks with the easiest target after its difficulty had risen', () => {
    const headers = splitHeaders(readFileSync(sharedPath('vectors/headers/test3-000000-035141.bin')));
    const easy = headers.filter((header, height) => height > 32256 && header.bits === 0x1d00ffff);
    const hard = headers.filter((header, height) => height > 32256 && header.bits !== 0x1d00ffff);
    expect(easy.length).toBeGreaterThan(0);
    expect(hard.length).toBeGreaterThan(0);
  });
});
