import { describe, expect, it } from 'vitest';
import { witnessCommitment } from '../../../src/consensus/witness.js';
import { BlockContents, emptyContent } from '../../../src/miner/block-contents.js';
import { type SelectionLimits, selectPackages } from '../../../src/miner/package-selection.js';
import { coinOf, enter, fixture, spend } from '../../support/mempool-fixture.js';

const LIMITS: SelectionLimits = {
  maxWeight: 3_996_000,
  reservedWeight: 4000,
  reservedSigOpCost: 400,
  minFeeRate: 1000,
  height: 201,
  lockTimeCutoff: 1_600_000_000,
};

describe('what the next block holds', () => {
  it('is the best of the mempool, and commits to it', async () => {
    const f = await fixture();
    const parent = await enter(f, spend([f.chain.fund()]));
    const child = await enter(f, spend([coinOf(parent)], { fee: 5000 }));
    const content = new BlockContents(f.pool).choose(LIMITS);
    expect(content).toMatchObject(selectPackages(f.pool, LIMITS));
    expect(content.entries.map(entry => entry.tx)).toEqual([parent, child]);
    expect(content.witnessCommitment).toEqual(witnessCommitment([parent, child]));
  });

  it('without the mempool is nothing but the reserve', () => {
    expect(emptyContent(LIMITS)).toEqual({
      entries: [],
      fees: 0,
      weight: 4000,
      sigOpCost: 400,
      witnessCommitment: witnessCommitment([]),
    });
  });

  it('is chosen anew when the mempool, the fees in it, the chain or the limits have changed, and not before', async () => {
    const f = await fixture();
    const contents = new BlockContents(f.pool);
    let limits = LIMITS;
    let before = contents.choose(limits);
    const isNew = () => {
      const content = contents.choose(limits);
      expect(content).toMatchObject(selectPackages(f.pool, limits));
      const differs = content !== before;
      before = content;
      return differs;
    };
    expect(isNew()).toBe(false);
    const tx = await enter(f, spend([f.chain.fund()]));
    expect([isNew(), isNew()]).toEqual([true, false]);
    f.pool.prioritise(tx.txid, -100_000);
    expect([isNew(), before.entries.length, isNew()]).toEqual([true, 0, false]);
    f.pool.prioritise(tx.txid, 200_000);
    expect([isNew(), before.entries.length]).toEqual([true, 1]);
    f.chain.mine([tx]);
    expect([isNew(), before.entries.length, isNew()]).toEqual([true, 0, false]);
    f.chain.disconnect();
    f.chain.settle();
    expect([isNew(), before.entries.length]).toEqual([true, 1]);
    for (const change of [{ maxWeight: 4000 }, { minFeeRate: 0 }, { height: 202 }, { lockTimeCutoff: 0 }]) {
      limits = { ...LIMITS, ...change };
      expect([isNew(), isNew()]).toEqual([true, false]);
    }
  });
});
