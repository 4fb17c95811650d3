import { beforeAll, describe, expect, it } from 'vitest';
import { scriptsAssumedValid } from '../../../src/chain/fork-choice/assume-valid.js';
import { HeaderTree } from '../../../src/chain/header-tree.js';
import type { HeaderId } from '../../../src/consensus/chain-view.js';
import { chainParams } from '../../../src/consensus/networks.js';
import type { Block } from '../../../src/primitives/block.js';
import { type Hash256, ZERO_HASH } from '../../../src/primitives/bytes.js';
import { BlockHeader } from '../../../src/primitives/header.js';
import {
  buildBlock,
  buildEmptyBlocks,
  buildSpend,
  coinbaseOutPoint,
  NOBODY_CAN_SPEND,
  REGTEST,
  submit,
  testChain,
} from '../../support/chain-builder.js';

/** Two weeks of ten-minute blocks, all of the same difficulty. */
const TWO_WEEKS_OF_BLOCKS = 2016;
const LENGTH = TWO_WEEKS_OF_BLOCKS + 50;

/** Where the work of a chain of regtest's difficulty comes to after so many blocks: two hashes a block. */
const workOf = (height: number) => 2n * BigInt(height + 1);

describe('blocks whose scripts are taken as checked (-assumevalid)', () => {
  const tree = new HeaderTree();
  let ids: HeaderId[];
  /** A branch of one block, on top of block 9. */
  let stranger: HeaderId;

  const headerOn = (prevHash: Hash256, nonce: number) =>
    BlockHeader.from({
      version: 4,
      prevHash,
      merkleRoot: ZERO_HASH,
      time: REGTEST.genesis.header.time,
      bits: 0x207fffff,
      nonce,
    });

  beforeAll(() => {
    ids = [tree.add(REGTEST.genesis.header)];
    for (let height = 1; height < LENGTH; height++) {
      ids.push(tree.add(headerOn(tree.hash(ids[height - 1] as HeaderId), height)));
    }
    stranger = tree.add(headerOn(tree.hash(ids[9] as HeaderId), 0xffffff));
  });

  const at = (height: number) => ids[height] as HeaderId;
  const assumed = (
    id: HeaderId,
    settings: { best: HeaderId; valid?: Hash256; minimumChainWork?: bigint },
  ) => {
    const { best, valid = tree.hash(at(40)), minimumChainWork = 0n } = settings;
    const params = chainParams('regtest', { assumeValid: valid, minimumChainWork });
    return scriptsAssumedValid({ tree, bestHeader: best, params }, id);
  };

  it('are the named one and its ancestors, below more than two weeks of work', () => {
    const best = at(LENGTH - 1);
    expect([1, 40, 41].map(height => assumed(at(height), { best }))).toEqual([true, true, false]);
  });

  it('lie below more than two weeks: not one block less', () => {
    expect(assumed(at(10), { best: at(10 + TWO_WEEKS_OF_BLOCKS) })).toBe(false);
    expect(assumed(at(10), { best: at(10 + TWO_WEEKS_OF_BLOCKS + 1) })).toBe(true);
  });

  it('are not those of another branch, nor any when the best header is of another branch', () => {
    const best = at(LENGTH - 1);
    expect(assumed(stranger, { best })).toBe(false);
    expect(assumed(at(30), { best: stranger })).toBe(false);
  });

  it('are none while the named block is not known, or none is named', () => {
    const best = at(LENGTH - 1);
    expect(assumed(at(1), { best, valid: new Uint8Array(32).fill(3) })).toBe(false);
    expect(assumed(at(1), { best, valid: ZERO_HASH })).toBe(false);
  });

  it('are none in a chain with less work than the network is known to have', () => {
    const best = at(LENGTH - 1);
    expect(assumed(at(1), { best, minimumChainWork: workOf(LENGTH - 1) })).toBe(true);
    expect(assumed(at(1), { best, minimumChainWork: workOf(LENGTH - 1) + 1n })).toBe(false);
  });
});

describe('a chain with a script that fails, far down', () => {
  const BAD_HEIGHT = 103;
  let blocks: Block[];

  beforeAll(() => {
    const trunk = buildEmptyBlocks(REGTEST.genesis, 0, 101);
    const spend = buildSpend(
      [coinbaseOutPoint(trunk[0] as Block)],
      [{ value: 50e8, script: NOBODY_CAN_SPEND }],
    );
    const good = buildBlock({ prev: trunk[100] as Block, height: 102, transactions: [spend] });
    const theft = buildSpend([{ txid: spend.txid, vout: 0 }], [{ value: 50e8, script: NOBODY_CAN_SPEND }]);
    const bad = buildBlock({ prev: good, height: BAD_HEIGHT, transactions: [theft] });
    blocks = [...trunk, good, bad, ...buildEmptyBlocks(bad, BAD_HEIGHT, TWO_WEEKS_OF_BLOCKS + 1)];
  });

  /** Height that a node comes to which knows all headers and is given the first `count` blocks. */
  const heightWith = async (
    assumeValid: Hash256,
    headers: number,
    count = BAD_HEIGHT + 3,
  ): Promise<number> => {
    const params = chainParams('regtest', { assumeValid });
    const { chain } = testChain({ params, checkBlockIndex: 0 });
    await chain.start();
    chain.processHeaders(blocks.slice(0, headers).map(block => block.header));
    await submit(chain, blocks.slice(0, count));
    const { height } = chain;
    await chain.stop();
    return height;
  };

  it('is followed when it is assumed valid and buried deep enough, not otherwise', async () => {
    const bad = (blocks[BAD_HEIGHT - 1] as Block).hash;
    expect(await heightWith(bad, blocks.length)).toBe(BAD_HEIGHT + 3);
    expect(await heightWith(bad, blocks.length - 1)).toBe(BAD_HEIGHT - 1);
    expect(await heightWith(ZERO_HASH, blocks.length)).toBe(BAD_HEIGHT - 1);
    expect(await heightWith((blocks[BAD_HEIGHT - 2] as Block).hash, blocks.length)).toBe(BAD_HEIGHT - 1);
  });
});
