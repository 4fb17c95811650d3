import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinedWith, linksOf, TOPOLOGIES } from '../../../regtest/topology.js';

describe('topologies', () => {
  it('a line joins each node to the next', () => {
    expect(linksOf('line', 4, 1)).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
  });

  it('a ring is closed, from three nodes on', () => {
    expect(linksOf('ring', 3, 1)).toEqual([
      [0, 1],
      [1, 2],
      [0, 2],
    ]);
    expect(linksOf('ring', 2, 1)).toEqual([[0, 1]]);
  });

  it('a mesh joins all', () => {
    expect(linksOf('mesh', 4, 1)).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 2],
      [1, 3],
      [2, 3],
    ]);
  });

  it('a star joins all to the first', () => {
    expect(linksOf('star', 4, 1)).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
    ]);
  });

  it('a random one joins each to two before it, by the seed', () => {
    expect(linksOf('random', 3, 1)).toHaveLength(3);
    expect(linksOf('random', 20, 1)).toEqual(linksOf('random', 20, 1));
    expect(linksOf('random', 20, 1)).not.toEqual(linksOf('random', 20, 2));
  });

  it('one node has nobody to be joined to', () => {
    for (const topology of TOPOLOGIES) expect(linksOf(topology, 1, 1)).toEqual([]);
  });

  it('all nodes hang together, and no two are joined twice', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...TOPOLOGIES),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(),
        (name, count, seed) => {
          const links = linksOf(name, count, seed);
          expect(joinedWith(count - 1, links).size).toBe(count);
          expect(new Set(links.map(String)).size).toBe(links.length);
          for (const [a, b] of links) expect(a).toBeLessThan(b);
        },
      ),
    );
  });

  it('what is cut off is not joined', () => {
    expect(
      joinedWith(2, [
        [0, 1],
        [2, 3],
        [3, 4],
      ]),
    ).toEqual(new Set([2, 3, 4]));
    expect(joinedWith(5, [[0, 1]])).toEqual(new Set([5]));
  });
});
