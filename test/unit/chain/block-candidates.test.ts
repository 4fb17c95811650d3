import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { ActiveChain } from '../../../src/chain/active-chain.js';
import { BlockCandidates } from '../../../src/chain/block-candidates.js';
import { BlockLinks } from '../../../src/chain/block-links.js';
import { HeaderTree } from '../../../src/chain/header-tree.js';
import { BlockStatus } from '../../../src/chain/store/block-status.js';
import { NO_HEADER } from '../../../src/consensus/chain-view.js';
import { ZERO_HASH } from '../../../src/primitives/bytes.js';
import { BlockHeader } from '../../../src/primitives/header.js';
import { blockWork } from '../../../src/primitives/target.js';
import { defined } from '../../../src/runtime/errors.js';
import { ForkChoiceModel, type ModelBlock } from '../../support/fork-choice-model.js';

/** Headers whose work is a matter of their number, on top of each other as told. */
class TestTree {
  readonly tree = new HeaderTree();
  readonly active = new ActiveChain(this.tree);
  readonly links = new BlockLinks(this.tree);
  readonly candidates = new BlockCandidates(this.tree, this.active, this.links);

  header(prev: number, bits = 0x207fffff): number {
    const header = BlockHeader.from({
      version: 1,
      prevHash: prev === NO_HEADER ? ZERO_HASH : this.tree.hash(prev),
      merkleRoot: ZERO_HASH,
      time: this.tree.size,
      bits,
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

/** Targets whose works are in the ratios of 1, 2, 4 and 6. */
const BITS = [0x207fffff, 0x203fffff, 0x201fffff, 0x20155555];

interface Plan {
  /** How far back the predecessor is, by number. */
  readonly back: number;
  readonly bits: number;
  readonly broken: boolean;
}

type Step = { readonly kind: 'receive' | 'invalidate' | 'reconsider' | 'precious'; readonly pick: number };

/** Chains of any shape: header 0 is the root, and block n of the model is header n + 1. */
class PlannedTree {
  readonly test = new TestTree();
  readonly blocks: ModelBlock[] = [];

  constructor(plans: readonly Plan[]) {
    const root = this.test.block(NO_HEADER);
    this.test.moveTo(root);
    plans.forEach(({ back, bits, broken }, index) => {
      const parent = Math.max(index - 1 - back, -1);
      this.test.header(parent + 1, bits);
      const work = (this.blocks[parent]?.work ?? 0n) + blockWork(bits);
      this.blocks.push({ parent, work, broken });
    });
  }

  isInvalid(index: number): boolean {
    return this.test.tree.isInvalid(index + 1);
  }

  receive(index: number): void {
    const id = index + 1;
    if (!this.test.tree.hasData(id)) this.test.receive(id);
  }

  invalidate(index: number): void {
    const { active, tree, candidates, links } = this.test;
    const wasActive = active.contains(index + 1);
    if (wasActive) active.reset(tree.prev(index + 1));
    links.fail(index + 1);
    if (wasActive) candidates.considerAll();
  }

  reconsider(index: number): void {
    this.test.links.restore(index + 1);
  }

  precious(index: number): void {
    this.test.candidates.prefer(index + 1);
  }

  /** Connects blocks as long as there is a better tip, and finds out which are broken. */
  settle(): void {
    const { active, tree, candidates, links } = this.test;
    for (let best = candidates.mostWork(); best !== active.tip; best = candidates.mostWork()) {
      active.reset(active.fork(best));
      while (active.tip !== best) {
        const next = tree.ancestor(best, active.height + 1);
        if (defined(this.blocks[next - 1], 'block').broken) {
          links.fail(next);
          break;
        }
        this.test.moveTo(next);
      }
    }
  }

  get tip(): number {
    return this.test.active.tip - 1;
  }
}

describe('the best tip of any tree', () => {
  const plans = fc.array(
    fc.record({
      back: fc.oneof(fc.constant(0), fc.nat(4), fc.nat(40)),
      bits: fc.constantFrom(...BITS),
      broken: fc.integer({ min: 0, max: 9 }).map(number => number === 0),
    }),
    { minLength: 1, maxLength: 40 },
  );
  const kinds = fc.constantFrom<Step['kind'][]>(
    ...Array.from({ length: 8 }, () => 'receive' as const),
    'invalidate',
    'reconsider',
    'precious',
  );
  const steps: fc.Arbitrary<Step[]> = fc.array(fc.record({ kind: kinds, pick: fc.nat() }), { maxLength: 80 });

  it('is that of the model: most work, not invalid, preferred, seen first', () => {
    fc.assert(
      fc.property(plans, steps, (shape, sequence) => {
        const planned = new PlannedTree(shape);
        const model = new ForkChoiceModel(planned.blocks);
        for (const { kind, pick } of sequence) {
          const index = pick % shape.length;
          // No block is taken on top of a header that is known to be invalid.
          if (kind === 'receive' && planned.isInvalid(index)) continue;
          planned[kind](index);
          if (kind === 'precious') model.prefer(index);
          else model[kind](index);
          planned.settle();
          expect([planned.tip]).toEqual(model.bestTips());
          model.tip = planned.tip;
        }
      }),
      { numRuns: 300 },
    );
  });
});
