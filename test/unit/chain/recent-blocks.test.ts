import { describe, expect, it } from 'vitest';
import { RecentBlocks } from '../../../src/chain/recent-blocks.js';
import { Block } from '../../../src/primitives/block.js';
import { BlockHeader } from '../../../src/primitives/header.js';
import { output, transaction } from '../../support/transactions.js';

const MIB = 1 << 20;
const header = new BlockHeader(new Uint8Array(80));
/** A block of about half a mebibyte. */
const block = Block.from(header, [transaction({ outputs: [output(1, new Uint8Array(MIB / 2))] })]);

function keptOf(coinBytes: number): number {
  const recent = new RecentBlocks(coinBytes);
  for (let id = 0; id < 20; id++) recent.keep(id, block);
  return Array.from({ length: 20 }, (_, id) => recent.get(id)).filter(kept => kept !== undefined).length;
}

describe('blocks that were just stored', () => {
  it('are kept up to four mebibytes, the last ones', () => {
    expect(keptOf(450 * MIB)).toBe(7);
    const recent = new RecentBlocks(450 * MIB);
    for (let id = 0; id < 20; id++) recent.keep(id, block);
    expect(recent.get(12)).toBeUndefined();
    expect(recent.take(13)).toBe(block);
    expect(recent.take(13)).toBeUndefined();
  });

  it('are fewer where there is little room for coins', () => {
    expect(keptOf(32 * MIB)).toBe(3);
    expect(keptOf(4 * MIB)).toBe(0);
  });
});
