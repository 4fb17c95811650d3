import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlockChain } from '../../../src/chain/chainstate.js';
import { NO_HEADER } from '../../../src/consensus/chain-view.js';
import type { Block } from '../../../src/primitives/block.js';
import { defined } from '../../../src/runtime/errors.js';
import {
  buildBlock,
  buildEmptyBlocks,
  buildSpend,
  coinbaseOutPoint,
  REGTEST,
  submit,
  testChain,
} from '../../support/chain-builder.js';

const BASE_HEIGHT = 103;
const REQUESTED = { requested: true };

describe('a block that takes long to look at', () => {
  let chain: BlockChain;
  let large: Block;

  beforeEach(async () => {
    const base = buildEmptyBlocks(REGTEST.genesis, 0, BASE_HEIGHT);
    const transactions = base.slice(0, 3).map(block => {
      const script = new Uint8Array(150_000).fill(0x51);
      return buildSpend([coinbaseOutPoint(block)], [{ value: 1000, script }]);
    });
    large = buildBlock({ prev: defined(base.at(-1), 'tip'), height: BASE_HEIGHT + 1, transactions });
    ({ chain } = testChain());
    await chain.start();
    await submit(chain, base);
  });

  afterEach(() => chain.stop());

  it('lets the event loop come round before it is taken in', async () => {
    const work = chain.processBlock(large, REQUESTED);
    const isKnown = await new Promise<boolean>(resolve => {
      setImmediate(() => resolve(chain.headers.find(large.hash) !== NO_HEADER));
    });
    expect(isKnown).toBe(false);
    expect(await work).toMatchObject({ accepted: true, isNew: true });
    expect(chain.isActive(chain.headers.find(large.hash))).toBe(true);
  });

  it('is taken in before one that was given after it', async () => {
    const next = buildBlock({ prev: large, height: BASE_HEIGHT + 2 });
    const both = [large, next].map(block => chain.processBlock(block, REQUESTED));
    for (const { rejection } of await Promise.all(both)) expect(rejection).toBeUndefined();
    expect(chain.height).toBe(BASE_HEIGHT + 2);
  });
});
