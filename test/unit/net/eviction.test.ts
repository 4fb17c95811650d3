import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EvictionCandidate, protectByRatio, selectPeerToEvict } from '../../../src/net/eviction.js';

function candidate(id: number, changes: Partial<EvictionCandidate> = {}): EvictionCandidate {
  return {
    id,
    connected: 1000 + id,
    minPingMs: 100,
    lastBlock: 0,
    lastTransaction: 0,
    relevantServices: false,
    relaysTxs: true,
    bloomFilter: false,
    netGroup: 1n,
    preferEvict: false,
    isLocal: false,
    network: 'ipv4',
    ...changes,
  };
}

const many = (count: number, changes: (id: number) => Partial<EvictionCandidate> = () => ({})) =>
  Array.from({ length: count }, (_, id) => candidate(id, changes(id)));

describe('eviction', () => {
  it('spares the few', () => {
    expect(selectPeerToEvict([])).toBeUndefined();
    expect(selectPeerToEvict(many(16))).toBeUndefined();
  });

  it('takes the youngest of the largest group', () => {
    const peers = many(60, id => ({ netGroup: BigInt(id % 2 === 0 ? 7 : id) }));
    const chosen = selectPeerToEvict(peers);
    expect((chosen ?? 1) % 2).toBe(0);
  });

  it('takes a discouraged peer first', () => {
    const peers = many(60, id => ({ preferEvict: id === 40 }));
    expect(selectPeerToEvict(peers)).toBe(40);
  });

  it.each([
    ['fast', (id: number) => ({ minPingMs: id < 8 ? 1 : 100 }), 8],
    ['relays transactions', (id: number) => ({ lastTransaction: id < 4 ? 5 : 0 }), 4],
    ['relays blocks', (id: number) => ({ lastBlock: id < 4 ? 5 : 0 }), 4],
  ])('never takes a peer that is %s', (_, changes, count) => {
    fc.assert(
      fc.property(fc.shuffledSubarray(many(80, changes), { minLength: 80 }), peers => {
        expect(selectPeerToEvict(peers)).toBeGreaterThanOrEqual(count);
      }),
      { numRuns: 20 },
    );
  });

  it('keeps a quarter of the places for disadvantaged networks, and half by time connected', () => {
    const peers = many(40, id => ({ network: id >= 30 ? 'onion' : 'ipv4' }));
    const left = protectByRatio(peers);
    expect(left).toHaveLength(20);
    // The ten onion peers are the youngest, and all of them are spared.
    expect(left.filter(({ network }) => network === 'onion')).toEqual([]);
    expect(left.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, i) => 29 - i));
  });
});
