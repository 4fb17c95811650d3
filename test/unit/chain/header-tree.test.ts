import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActiveChain } from '../../../src/chain/active-chain.js';
import { HeaderTree } from '../../../src/chain/header-tree.js';
import { CandidateSet } from '../../../src/chain/headers/candidate-set.js';
import { HeaderColumns } from '../../../src/chain/headers/columns.js';
import { findLocatorFork, makeLocator } from '../../../src/chain/headers/locator.js';
import { BlockStatus } from '../../../src/chain/store/block-status.js';
import { NO_HEADER } from '../../../src/consensus/chain-view.js';
import { ZERO_HASH } from '../../../src/primitives/bytes.js';
import { BlockHeader } from '../../../src/primitives/header.js';
import { blockWork } from '../../../src/primitives/target.js';
import { defined } from '../../../src/runtime/errors.js';

interface NaiveHeader {
  readonly header: BlockHeader;
  readonly prev: number;
  readonly height: number;
  readonly work: bigint;
}

/** The tree as objects with pointers, walked step by step. */
class NaiveTree {
  readonly headers: NaiveHeader[] = [];

  add(prev: number, time: number, bits: number): BlockHeader {
    const parent = this.headers[prev];
    const header = BlockHeader.from({
      version: 1,
      prevHash: parent?.header.hash ?? ZERO_HASH,
      merkleRoot: ZERO_HASH,
      time,
      bits,
      nonce: this.headers.length,
    });
    const work = (parent?.work ?? 0n) + blockWork(bits);
    this.headers.push({ header, prev, height: (parent?.height ?? -1) + 1, work });
    return header;
  }

  path(id: number): number[] {
    const path: number[] = [];
    for (let walk = id; walk >= 0; walk = this.at(walk).prev) path.unshift(walk);
    return path;
  }

  at(id: number): NaiveHeader {
    return defined(this.headers[id], 'header');
  }

  medianTime(id: number): number {
    const times = this.path(id)
      .slice(-11)
      .map(walk => this.at(walk).header.time)
      .sort((a, b) => a - b);
    return times[Math.floor(times.length / 2)] as number;
  }
}

/** Random trees: each header builds on one of the last few, or on any. */
const shapes = fc.array(
  fc.record({
    back: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(1000)),
    time: fc.nat(0xffffffff),
    bits: fc.constantFrom(0x207fffff, 0x1d00ffff, 0x170bef93),
  }),
  { minLength: 1, maxLength: 120 },
);

function grow(shape: readonly { back: number; time: number; bits: number }[]): {
  tree: HeaderTree;
  naive: NaiveTree;
} {
  const tree = new HeaderTree();
  const naive = new NaiveTree();
  shape.forEach(({ back, time, bits }, index) => {
    const prev = index === 0 ? NO_HEADER : Math.max(index - 1 - back, 0);
    tree.add(naive.add(prev, time, bits));
  });
  return { tree, naive };
}

describe('header tree', () => {
  it('answers as a tree of objects does', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), fc.nat(), (shape, a, b) => {
        const { tree, naive } = grow(shape);
        const one = a % shape.length;
        const other = b % shape.length;
        const expected = naive.at(one);
        const path = naive.path(one);
        expect(tree.find(expected.header.hash)).toBe(one);
        expect(tree.height(one)).toBe(expected.height);
        expect(tree.prev(one)).toBe(expected.prev);
        expect(tree.chainWork(one)).toBe(expected.work);
        expect(tree.time(one)).toBe(expected.header.time);
        expect(tree.bits(one)).toBe(expected.header.bits);
        expect(tree.medianTimePast(one)).toBe(naive.medianTime(one));
        for (let height = 0; height <= expected.height; height++)
          expect(tree.ancestor(one, height)).toBe(path[height]);
        expect(tree.ancestor(one, expected.height + 1)).toBe(NO_HEADER);
        const shared = naive.path(other).filter(id => path.includes(id));
        expect(tree.commonAncestor(one, other)).toBe(shared.at(-1));
        const order = expected.work - naive.at(other).work;
        expect(Math.sign(tree.compareWork(one, other))).toBe(order > 0n ? 1 : order < 0n ? -1 : 0);
      }),
    );
  });

  it('knows leaves and descendants', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, pick) => {
        const { tree, naive } = grow(shape);
        const ids = shape.map((_, id) => id);
        const root = pick % shape.length;
        const found: number[] = [];
        tree.forEachDescendant(root, id => found.push(id));
        expect(found).toEqual(ids.filter(id => id !== root && naive.path(id).includes(root)));
        expect(tree.leaves()).toEqual(ids.filter(id => !naive.headers.some(header => header.prev === id)));
      }),
    );
  });

  it('keeps what it holds when its columns grow', () => {
    const tree = new HeaderTree();
    const naive = new NaiveTree();
    for (let i = 0; i < 3000; i++) {
      const id = tree.add(naive.add(i - 1, i, 0x207fffff));
      tree.setTxCount(id, i);
      tree.setData(id, { file: i, offset: i + 8 });
    }
    for (let id = 0; id < 3000; id++) {
      expect(tree.find(naive.at(id).header.hash)).toBe(id);
      expect(tree.txCount(id)).toBe(id);
      expect(tree.dataPosition(id)).toEqual({ file: id, offset: id + 8 });
    }
    expect(tree.ancestor(2999, 1234)).toBe(1234);
    expect(tree.find(ZERO_HASH)).toBe(NO_HEADER);
  });

  it('knows nothing of a header that is none', () => {
    const { tree } = grow([{ back: 0, time: 1, bits: 0x207fffff }]);
    expect([tree.hasData(NO_HEADER), tree.hasUndo(NO_HEADER), tree.isInvalid(NO_HEADER)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('takes no more than 250 bytes for each of many headers', () => {
    const columns = new HeaderColumns();
    for (let i = 0; i < 20_000; i++) columns.addRow();
    const page = Object.values(columns.page(0))
      .filter(column => ArrayBuffer.isView(column))
      .reduce((sum, column) => sum + column.byteLength, 0);
    expect(columns.bytes).toBe(Math.ceil(20_000 / 512) * page);
    // A slot of the index is 8 bytes, and between 3/8 and 3/4 of the slots are in use.
    expect(columns.bytes / columns.count + 8 / 0.375).toBeLessThan(250);
  });

  it('notes each changed row once, until it is taken', () => {
    const { tree } = grow([
      { back: 0, time: 1, bits: 0x207fffff },
      { back: 0, time: 2, bits: 0x207fffff },
    ]);
    tree.setStatus(1, BlockStatus.VALID_TREE);
    tree.raiseValidity(1, BlockStatus.VALID_TRANSACTIONS);
    expect(tree.status(1)).toBe(BlockStatus.VALID_TRANSACTIONS);
    expect(tree.takeDirty()).toEqual([1]);
    expect(tree.takeDirty()).toEqual([]);
    expect(tree.status(1)).toBe(BlockStatus.VALID_TRANSACTIONS);
  });
});

describe('locator', () => {
  it('is dense near the tip, sparse below, and ends at genesis', () => {
    const tree = new HeaderTree();
    const naive = new NaiveTree();
    for (let i = 0; i < 200; i++) tree.add(naive.add(i - 1, i, 0x207fffff));
    const heights = makeLocator(tree, 199).map(hash => tree.height(tree.find(hash)));
    expect(heights).toEqual([
      199, 198, 197, 196, 195, 194, 193, 192, 191, 190, 189, 188, 186, 182, 174, 158, 126, 62, 0,
    ]);
  });

  it('finds the last block of the active chain that it names', () => {
    const tree = new HeaderTree();
    const naive = new NaiveTree();
    for (let i = 0; i < 50; i++) tree.add(naive.add(i - 1, i, 0x207fffff));
    for (let i = 0; i < 20; i++) tree.add(naive.add(i === 0 ? 29 : 49 + i, 1000 + i, 0x207fffff));
    const active = new ActiveChain(tree);
    active.reset(49);
    const fork = findLocatorFork(tree, active, makeLocator(tree, 69));
    expect(tree.descends(69, fork)).toBe(true);
    expect(fork).toBeLessThanOrEqual(29);
    expect(findLocatorFork(tree, active, makeLocator(tree, 40))).toBe(40);
    expect(findLocatorFork(tree, active, [Buffer.alloc(32, 7)])).toBe(0);
  });
});

describe('candidate set', () => {
  it('keeps what a sorted list would', () => {
    const operations = fc.array(
      fc.tuple(fc.constantFrom('add', 'add', 'delete', 'dropWorseThan'), fc.nat(40)),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(operations, steps => {
        const set = new CandidateSet((a, b) => a - b);
        let list: number[] = [];
        for (const [step, id] of steps) {
          set[step as 'add' | 'delete' | 'dropWorseThan'](id);
          if (step === 'dropWorseThan') list = list.filter(other => other >= id);
          else list = list.filter(other => other !== id);
          if (step === 'add') list.push(id);
          list.sort((a, b) => a - b);
          expect([...set]).toEqual(list);
          expect(set.best).toBe(list.at(-1) ?? NO_HEADER);
          expect(set.size).toBe(list.length);
          expect(set.has(id)).toBe(list.includes(id));
        }
      }),
    );
  });
});
