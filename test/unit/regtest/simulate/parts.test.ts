import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../../regtest/random.js';
import { BlockSpreads, Progress } from '../../../../regtest/simulate/block-spread.js';
import { EventQueue } from '../../../../regtest/simulate/event-queue.js';
import { type PeerGraph, randomGraph } from '../../../../regtest/simulate/graph.js';
import { FinderLottery, hashShares } from '../../../../regtest/simulate/hash-power.js';
import { buildNetwork } from '../../../../regtest/simulate/network.js';
import { simulationOptions } from '../../../../regtest/simulate/options.js';
import { REGION_LATENCIES, REGIONS } from '../../../../regtest/simulate/regions.js';

describe('queue of events', () => {
  const times = fc.array(fc.oneof(fc.constantFrom(1, 2, 3), fc.double({ min: 0, max: 5, noNaN: true })), {
    maxLength: 300,
  });

  function drain(queue: EventQueue): number[] {
    const event = { time: 0, kind: 0, at: 0, block: 0 };
    const order: number[] = [];
    while (queue.pop(event)) order.push(event.at);
    return order;
  }

  it('gives them in order of time, and of arrival where times are equal', () => {
    fc.assert(
      fc.property(times, list => {
        const queue = new EventQueue();
        for (const [i, time] of list.entries()) queue.push(time, 1, i, 2);
        const sorted = list.map((time, i) => ({ time, i })).sort((a, b) => a.time - b.time || a.i - b.i);
        expect(drain(queue)).toEqual(sorted.map(({ i }) => i));
      }),
    );
  });

  it('keeps its order while events come and go, and through a checkpoint', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: 50 }), (list, taken) => {
        const [queue, other] = [new EventQueue(), new EventQueue()];
        for (const [i, time] of list.entries()) queue.push(time, 1, i, 2);
        const event = { time: 0, kind: 0, at: 0, block: 0 };
        for (let i = 0; i < taken; i++) if (queue.pop(event)) queue.push(event.time + 2, 1, 1000 + i, 3);
        other.restore(queue.save());
        queue.push(2, 1, 5000, 4);
        other.push(2, 1, 5000, 4);
        expect(drain(other)).toEqual(drain(queue));
      }),
    );
  });
});

describe('blocks on their way', () => {
  it('give their place to others when they are settled and nothing is to come', () => {
    const spreads = new BlockSpreads(3);
    const [first, second] = [spreads.start(1), spreads.start(2)];
    first.progress[1] = Progress.Accepted;
    second.pending = 1;
    spreads.drop(() => true);
    expect([...spreads.blocks()]).toEqual([2]);
    expect(spreads.get(1)).toBeUndefined();
    const third = spreads.start(3);
    expect(third.progress).toBe(first.progress);
    expect([...third.progress, ...third.news]).toEqual([0, 0, 0, Infinity, Infinity, Infinity]);
  });

  it('are no more than memory holds', () => {
    const spreads = new BlockSpreads(3, 6);
    spreads.start(1);
    spreads.start(2);
    expect(() => spreads.start(3)).toThrow(/the interval is too short/);
  });
});

describe('random graph', () => {
  function componentOf(graph: PeerGraph, nodes: number): number {
    const seen = new Set([0]);
    const queue = [0];
    for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
      for (let link = graph.start[node] ?? 0; link < (graph.start[node + 1] ?? 0); link++) {
        const peer = graph.to[link] ?? 0;
        if (!seen.has(peer)) queue.push(peer);
        seen.add(peer);
      }
    }
    expect(seen.size).toBeLessThanOrEqual(nodes);
    return seen.size;
  }

  it('is whole, its links work both ways, and nobody is joined to himself or to anybody twice', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 80 }),
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 0, max: 1000 }),
        (nodes, peers, seed) => {
          const graph = randomGraph(nodes, peers, new Random(seed));
          const links = new Set<string>();
          for (let link = 0; link < graph.to.length; link++)
            links.add(`${graph.from[link]} ${graph.to[link]}`);
          expect(links.size).toBe(graph.to.length);
          for (const link of links) {
            const [a, b] = link.split(' ');
            expect(a).not.toBe(b);
            expect(links.has(`${b} ${a}`)).toBe(true);
          }
          for (let node = 0; node < nodes; node++) {
            const degree = (graph.start[node + 1] ?? 0) - (graph.start[node] ?? 0);
            expect(degree).toBeGreaterThanOrEqual(Math.min(peers, nodes - 1));
          }
          expect(componentOf(graph, nodes)).toBe(nodes);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('hash power', () => {
  const sum = (shares: Float64Array) => shares.reduce((total, share) => total + share, 0);

  it('adds up to 1', () => {
    for (const hash of ['uniform', 'zipf', [0.3, 0.2], [0.5, 0.5]] as const)
      expect(sum(hashShares(hash, 20, new Random(1)))).toBeCloseTo(1, 12);
  });

  it('is what was asked for', () => {
    const sorted = (shares: Float64Array) => [...shares].sort((a, b) => b - a);
    const pools = sorted(hashShares([0.3, 0.2], 7, new Random(1)));
    for (const [i, share] of [0.3, 0.2, 0.1, 0.1].entries()) expect(pools[i]).toBeCloseTo(share, 12);
    const zipf = sorted(hashShares('zipf', 100, new Random(1)));
    expect((zipf[0] ?? 0) / (zipf[9] ?? 1)).toBeCloseTo(10, 10);
  });

  it('finds blocks in proportion', () => {
    const lottery = new FinderLottery(Float64Array.of(0.1, 0, 0.6, 0.3));
    const random = new Random(2);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 20_000; i++) {
      const node = lottery.draw(random);
      counts[node] = (counts[node] ?? 0) + 1;
    }
    expect(counts[1]).toBe(0);
    expect((counts[0] ?? 0) / 20_000).toBeCloseTo(0.1, 1);
    expect((counts[2] ?? 0) / 20_000).toBeCloseTo(0.6, 1);
  });
});

describe('network', () => {
  it('has regions whose shares add up, and a latency between any two, the same both ways', () => {
    expect(REGIONS.reduce((total, { share }) => total + share, 0)).toBeCloseTo(1, 12);
    for (const [a, row] of REGION_LATENCIES.entries()) {
      expect(row).toHaveLength(REGIONS.length);
      for (const [b, latency] of row.entries()) expect(latency).toBe(REGION_LATENCIES[b]?.[a]);
    }
  });

  it('has links that are as slow in one direction as in the other', () => {
    const { graph, latency, region } = buildNetwork(simulationOptions({ nodes: 200 }), new Random(3));
    const of = new Map<string, number>();
    for (let link = 0; link < graph.to.length; link++)
      of.set(`${graph.from[link]} ${graph.to[link]}`, latency[link] ?? 0);
    for (let link = 0; link < graph.to.length; link++) {
      const [a = 0, b = 0] = [graph.from[link], graph.to[link]];
      expect(of.get(`${b} ${a}`)).toBe(latency[link]);
      const base = REGION_LATENCIES[region[a] ?? 0]?.[region[b] ?? 0] ?? 0;
      expect((latency[link] ?? 0) / (base / 1000)).toBeGreaterThan(0.79);
      expect((latency[link] ?? 0) / (base / 1000)).toBeLessThan(1.21);
    }
  });
});

describe('options', () => {
  it.each([
    [{ nodes: 1 }, /nodes: a whole number from 2/],
    [{ nodes: 1e9 }, /nodes: a whole number/],
    [{ blocks: 0 }, /blocks/],
    [{ blocks: 1.5 }, /blocks/],
    [{ interval: 0 }, /the interval/],
    [{ interval: Number.NaN }, /the interval/],
    [{ blockSize: 1e9 }, /block size/],
    [{ latency: -1 }, /latency/],
    [{ bandwidth: 1e9 }, /bandwidth/],
    [{ missing: 2 }, /compact blocks/],
    [{ retarget: 2 }, /retarget/],
    [{ nodes: 100_000, peers: 125 }, /nodes × peers/],
    [{ hash: [0.7, 0.7] }, /add up to 1.4, more than 1/],
    [{ nodes: 2, hash: [0.1, 0.2] }, /less than 1/],
    [{ nodes: 2, hash: [0.1, 0.2, 0.7] }, /3 pools, but only 2 nodes/],
  ])('%o are refused', (options, message) => {
    expect(() => simulationOptions(options)).toThrow(RangeError);
    expect(() => simulationOptions(options)).toThrow(message);
  });
});
