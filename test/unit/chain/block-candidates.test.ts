import { beforeEach, describe, expect, it } from 'vitest';
import { ActiveChain } from '../../../src/chain/active-chain.js';
import { BlockCandidates } from '../../../src/chain/block-candidates.js';
import { BlockLinks } from '../../../src/chain/block-links.js';
import { HeaderTree } from '../../../src/chain/header-tree.js';
import { BlockStatus } from '../../../src/chain/store/block-status.js';
import { NO_HEADER } from '../../../src/consensus/chain-view.js';
import { ZERO_HASH } from '../../../src/primitives/bytes.js';
import { BlockHeader } from '../../../src/primitives/header.js';

/** Headers whose work is a matter of their number, on top of each other as told. */
class TestTree {
  readonly tree = new HeaderTree();
  readonly active = new ActiveChain(this.tree);
  readonly links = new BlockLinks(this.tree);
  readonly candidates = new BlockCandidates(this.tree, this.active, this.links);

  header(prev: number): number {
    const header = BlockHeader.from({
      version: 1,
      prevHash: prev === NO_HEADER ? ZERO_HASH : this.tree.hash(prev),
      merkleRoot: ZERO_HASH,
      time: this.tree.size,
      bits: 0x207fffff,
      nonce: this.tree.size,
    });
    const id = this.tree.add(header);
    this.tree.setStatus(id, BlockStatus.VALID_TREE);
    return id;
  }

  receive(id: number): void {
    this.tree.setData(id, { file: 0, offset: 8 });
    this.tree.setTxCount(id, 1);
    this.tree.raiseValidity(id, BlockStatus.VALID_TRANSACTIONS);
    this.links.received(id);
  }

  /** A header and its block. */
  block(prev: number): number {
    const id = this.header(prev);
    this.receive(id);
    return id;
  }

  prune(id: number): void {
    this.tree.clearData(id);
    this.links.dataRemoved(id);
  }

  /** The active chain moves to `id`. */
  moveTo(id: number): void {
    this.active.reset(id);
    this.candidates.prune();
  }
}

describe('block candidates', () => {
  let test: TestTree;
  let genesis: number;

  beforeEach(() => {
    test = new TestTree();
    genesis = test.block(NO_HEADER);
    test.moveTo(genesis);
  });

  it('are the best block whose whole branch was seen', () => {
    const a = test.header(genesis);
    const b = test.header(a);
    test.receive(b);
    expect(test.candidates.mostWork()).toBe(genesis);
    expect(test.links.isUnlinked(b)).toBe(true);
    test.receive(a);
    expect(test.candidates.mostWork()).toBe(b);
    expect(test.links.isUnlinked(b)).toBe(false);
    expect(test.tree.chainTxCount(b)).toBe(3);
  });

  it('forget what the tip has overtaken', () => {
    const a = test.block(genesis);
    const rival = test.block(genesis);
    const b = test.block(a);
    test.moveTo(b);
    expect(test.candidates.has(rival)).toBe(false);
    expect(test.candidates.size).toBe(1);
  });

  it('set a branch aside when data were pruned from it, and take it up when they come back', () => {
    const a = test.block(genesis);
    test.moveTo(test.block(a));
    const other = test.block(genesis);
    const middle = test.block(other);
    const top = test.block(test.block(middle));
    test.prune(middle);
    expect(test.candidates.mostWork()).toBe(test.active.tip);
    expect(test.candidates.has(top)).toBe(false);
    expect(test.links.isUnlinked(top)).toBe(true);
    test.receive(middle);
    expect(test.candidates.mostWork()).toBe(top);
  });

  it('have no invalid block among them, and know the invalid one with most work', () => {
    const a = test.block(genesis);
    const b = test.block(a);
    const late = test.header(b);
    test.links.fail(a);
    expect(test.candidates.mostWork()).toBe(genesis);
    expect(test.links.bestInvalid).toBe(late);
    expect([a, b, late].map(id => test.tree.isInvalid(id))).toEqual([true, true, true]);
    test.links.restore(late);
    expect(test.candidates.mostWork()).toBe(b);
    expect(test.links.bestInvalid).toBe(NO_HEADER);
  });

  it('keep branches invalid that broke a rule of their own', () => {
    const a = test.block(genesis);
    const left = test.block(a);
    const right = test.block(a);
    const onRight = test.block(right);
    test.links.fail(right);
    test.links.fail(a);
    test.links.restore(left);
    expect([a, left, right, onRight].map(id => test.tree.isInvalid(id))).toEqual([false, false, true, true]);
  });
});
