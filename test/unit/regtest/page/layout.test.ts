import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TreeBlock } from '../../../../regtest/events/block-tree.js';
import { layoutChain } from '../../../../regtest/page/layout/chain-layout.js';
import { circle, discRadius } from '../../../../regtest/page/layout/network-layout.js';

/** A tree in which block i + 1 is on one of the blocks before it; entry i says on which, counted from the end. */
function treeOf(steps: readonly number[]): TreeBlock[] {
  const blocks = [blockOn(undefined, 0)];
  for (const step of steps) blocks.push(blockOn(blocks.at(-1 - (step % blocks.length)), blocks.length));
  return blocks.sort((a, b) => a.height - b.height);
}

function blockOn(parent: TreeBlock | undefined, number: number): TreeBlock {
  return {
    hash: `block ${number}`,
    parent: parent?.hash ?? '',
    height: (parent?.height ?? -1) + 1,
    time: 0,
    txs: 1,
    bytes: 250,
    finder: undefined,
    seenBy: new Set(),
    shownTo: undefined,
    isPrivate: false,
  };
}

const trees = fc.array(fc.nat(5), { maxLength: 60 }).map(treeOf);

describe('places of blocks', () => {
  it('are all different', () => {
    fc.assert(
      fc.property(trees, fc.nat(), (blocks, choice) => {
        const main = blocks[choice % blocks.length]?.hash;
        const { blocks: placed, lanes } = layoutChain(blocks, main);
        const places = placed.map(({ block, lane }) => `${block.height} ${lane}`);
        expect(new Set(places).size).toBe(blocks.length);
        expect(Math.max(...placed.map(({ lane }) => lane))).toBeLessThan(lanes);
      }),
    );
  });

  it('put the main chain in the first lane, down to the first block, and nothing else beside it', () => {
    fc.assert(
      fc.property(trees, fc.nat(), (blocks, choice) => {
        const byHash = new Map(blocks.map(block => [block.hash, block]));
        const main = new Set<string>();
        let at = blocks[choice % blocks.length];
        const tip = at?.hash;
        for (; at !== undefined; at = byHash.get(at.parent)) main.add(at.hash);
        for (const { block, lane } of layoutChain(blocks, tip).blocks) {
          expect(lane === 0).toBe(main.has(block.hash));
        }
      }),
    );
  });

  it('are those of nothing for no block', () => {
    expect(layoutChain([], undefined)).toEqual({ blocks: [], lanes: 1 });
  });
});

describe('nodes on a circle', () => {
  it.each([1, 2, 3, 8, 50])('do not touch each other: %i of them', count => {
    const points = circle(count);
    const radius = discRadius(count);
    points.forEach((a, index) => {
      for (const b of points.slice(index + 1)) {
        expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(2 * radius);
      }
    });
  });
});
