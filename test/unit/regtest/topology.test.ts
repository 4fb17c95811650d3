import { describe, expect, it } from 'vitest';
import { linksOf } from '../../../regtest/topology.js';

describe('topologies', () => {
  it('a line joins each node to the next', () => {
    expect(linksOf('line', 4)).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
  });

  it('a ring is closed, from three nodes on', () => {
    expect(linksOf('ring', 3)).toEqual([
      [0, 1],
      [1, 2],
      [0, 2],
    ]);
    expect(linksOf('ring', 2)).toEqual([[0, 1]]);
  });

  it('a mesh joins all', () => {
    expect(linksOf('mesh', 4)).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 2],
      [1, 3],
      [2, 3],
    ]);
  });

  it('one node has nobody to be joined to', () => {
    expect([linksOf('line', 1), linksOf('ring', 1), linksOf('mesh', 1)]).toEqual([[], [], []]);
  });
});
