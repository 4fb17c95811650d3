import { describe, expect, it } from 'vitest';
import { MAX_VIEW_BLOCKS } from '../../../../regtest/control/protocol.js';
import { BlockTree, MAX_TREE_BLOCKS } from '../../../../regtest/events/block-tree.js';
import type { LabEvent, LabHappening } from '../../../../regtest/events/lab-event.js';

/** A hash that tells the block's height and branch. */
function hashOf(height: number, branch = 'a'): string {
  return `${height.toString(16)}${branch}`.padStart(64, '0');
}

function stored(node: number, height: number, branch = 'a'): LabHappening {
  const [hash, parent] = [hashOf(height, branch), hashOf(height - 1)];
  return { type: 'blockStored', node, hash, parent, height, time: height, txs: 1, bytes: 250 };
}

function found(node: number, height: number, isPrivate: boolean, branch = 'a'): LabHappening {
  return { type: 'blockFound', node, hash: hashOf(height, branch), height, isPrivate };
}

function treeOf(...happenings: readonly LabHappening[]): BlockTree {
  const tree = new BlockTree();
  happenings.forEach((what, index) => {
    const event: LabEvent = { seq: index + 1, atMs: 0, ...what };
    tree.apply(event);
  });
  return tree;
}

describe('the tree of blocks seen', () => {
  it('holds forks, who has each block and who found it', () => {
    const tree = treeOf(stored(0, 1), stored(2, 1), stored(1, 2), stored(0, 2, 'b'), found(0, 2, false, 'b'));
    expect(tree.page()).toMatchObject([
      { hash: hashOf(1), height: 1, seenBy: [0, 2], isPrivate: false },
      { hash: hashOf(2), parent: hashOf(1), seenBy: [1] },
      { hash: hashOf(2, 'b'), finder: 0, seenBy: [0] },
    ]);
  });

  it('takes a block for private until another node has it, in whatever order that is told', () => {
    expect(treeOf(stored(3, 1), found(3, 1, true)).page()).toMatchObject([{ finder: 3, isPrivate: true }]);
    expect(treeOf(found(3, 1, true), stored(3, 1)).page()).toMatchObject([{ finder: 3, isPrivate: true }]);
    const released = { finder: 3, seenBy: [0, 3], isPrivate: false };
    expect(treeOf(stored(3, 1), found(3, 1, true), stored(0, 1)).page()).toMatchObject([released]);
    expect(treeOf(stored(3, 1), stored(0, 1), found(3, 1, true)).page()).toMatchObject([released]);
  });

  it('takes a block for private as long as only those have it to whom it is shown', () => {
    const find = { ...found(3, 1, true), shownTo: [0] };
    const shown = { finder: 3, shownTo: [0], isPrivate: true };
    expect(treeOf(stored(3, 1), find, stored(0, 1)).page()).toMatchObject([shown]);
    expect(treeOf(stored(0, 1), find).page()).toMatchObject([shown]);
    expect(treeOf(stored(0, 1), find, stored(1, 1)).page()).toMatchObject([{ ...shown, isPrivate: false }]);
  });

  it('takes the node that has a block from no peer for its finder, unless the lab tells another', () => {
    const fromPeer = { ...stored(0, 1), from: 'node1' } as LabHappening;
    for (const order of [
      [fromPeer, stored(1, 1)],
      [stored(1, 1), fromPeer],
    ])
      expect(treeOf(...order).get(hashOf(1))).toMatchObject({ finder: 1, isPrivate: false });
    expect(treeOf(fromPeer).get(hashOf(1))?.finder).toBeUndefined();
    expect(treeOf(stored(1, 1), found(2, 1, true), stored(2, 1)).get(hashOf(1))?.finder).toBe(2);
  });

  it('goes on as another that was made of its pages', () => {
    const first = treeOf(
      stored(0, 1),
      stored(1, 2),
      found(1, 2, true),
      stored(0, 2, 'b'),
      found(0, 3, false),
    );
    const other = new BlockTree();
    other.addSightings(first.page());
    const copy = first.clone();
    const later = [stored(0, 2), stored(0, 3), found(0, 3, false)];
    for (const tree of [first, other])
      for (const [index, what] of later.entries()) tree.apply({ seq: 10 + index, atMs: 0, ...what });
    expect(other.page()).toEqual(first.page());
    expect(copy.page()).not.toEqual(first.page());
    expect(first.branch(hashOf(3))).toEqual(new Set([hashOf(1), hashOf(2), hashOf(3)]));
    expect(first.between(2, 9).map(({ hash }) => hash)).toEqual([hashOf(2), hashOf(2, 'b'), hashOf(3)]);
  });

  it('begins anew at a revert, but still knows who found what', () => {
    const tree = treeOf(stored(1, 1), found(1, 1, false), { type: 'revert', name: 'x' });
    expect(tree.page()).toEqual([]);
    tree.apply({ seq: 9, atMs: 0, ...stored(0, 1) });
    expect(tree.page()).toMatchObject([{ finder: 1, seenBy: [0] }]);
  });

  it('is given out in pages that hold whole heights and follow on each other', () => {
    const heights = MAX_VIEW_BLOCKS;
    const both = Array.from({ length: heights }, (_, height) => [stored(0, height), stored(0, height, 'b')]);
    const tree = treeOf(...both.flat());
    const pages = [];
    for (let below = Number.POSITIVE_INFINITY; below > 0; ) {
      const page = tree.page(below);
      expect(page.length).toBeLessThanOrEqual(MAX_VIEW_BLOCKS);
      pages.unshift(...page);
      below = page[0]?.height ?? 0;
    }
    expect(pages).toHaveLength(2 * heights);
    expect(new Set(pages.map(({ hash }) => hash)).size).toBe(2 * heights);
  });

  it('forgets the lowest blocks when there are too many', () => {
    const tree = new BlockTree();
    for (let height = 0; height <= MAX_TREE_BLOCKS; height++)
      tree.apply({ seq: height + 1, atMs: 0, ...stored(0, height) });
    expect(tree.bottom).toBe(1);
    expect(tree.page(1)).toEqual([]);
    expect(tree.page().at(-1)?.height).toBe(MAX_TREE_BLOCKS);
  });
});
