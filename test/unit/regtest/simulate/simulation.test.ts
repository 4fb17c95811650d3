import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLines } from '../../../../regtest/simulate/csv.js';
import { type SimulationOptions, simulationOptions } from '../../../../regtest/simulate/options.js';
import { chainOf, reportOf } from '../../../../regtest/simulate/report.js';
import { runSimulation } from '../../../../regtest/simulate/run.js';
import { Simulation } from '../../../../regtest/simulate/simulation.js';
import { effectiveDelay, meanTieChance, staleRateOfManyMiners } from '../../../../regtest/theory/index.js';

/** Nothing takes time but the way itself, which takes a second. */
const BARE = { latency: 1000, blockSize: 0, validation: 0, missing: 0, bandwidth: 0 };

function simulated(options: Partial<SimulationOptions>): Simulation {
  const simulation = new Simulation(simulationOptions(options));
  while (simulation.advance(1e6));
  return simulation;
}

/**
 * The rules of relay written down again for nodes that are all joined, a second apart: what a find builds on, by block.
 * Blocks without data take a second; those below one that was passed over have to be asked for, which takes two more.
 */
function replay(
  nodes: number,
  finds: readonly { readonly time: number; readonly finder: number }[],
): number[] {
  const previous = [0];
  const heights = [0];
  const tips = Array.from({ length: nodes }, () => 0);
  const known = tips.map(() => new Set([0]));
  const asked = tips.map(() => new Set<number>());
  const here = tips.map(() => new Set<number>());
  const events = finds.map(({ time, finder }, i) => ({ time, node: finder, block: i + 1, kind: 'find' }));
  const later = (time: number, node: number, block: number, kind: string) => {
    let at = events.length;
    while (at > 0 && (events[at - 1]?.time ?? 0) > time) at--;
    events.splice(at, 0, { time, node, block, kind });
  };
  const height = (block: number) => heights[block] ?? 0;
  const accept = (node: number, block: number) => {
    if (!known[node]?.has(previous[block] ?? 0)) return;
    known[node]?.add(block);
    if (height(block) > height(tips[node] ?? 0)) tips[node] = block;
    for (const child of here[node] ?? [])
      if (previous[child] === block && !known[node]?.has(child)) accept(node, child);
  };
  const arrived = (node: number, block: number) => {
    here[node]?.add(block);
    accept(node, block);
  };
  for (let event = events.shift(); event !== undefined; event = events.shift()) {
    const { time, node, block, kind } = event;
    if (kind === 'find') {
      previous[block] = tips[node] ?? 0;
      heights[block] = height(tips[node] ?? 0) + 1;
      arrived(node, block);
      for (let other = 0; other < nodes; other++) if (other !== node) later(time + 1, other, block, 'hear');
    } else if (kind === 'hear') {
      if (known[node]?.has(block) || asked[node]?.has(block) || height(block) < height(tips[node] ?? 0))
        continue;
      const missing: number[] = [];
      for (let below = previous[block] ?? 0; !known[node]?.has(below) && !asked[node]?.has(below); )
        below = previous[missing[missing.push(below) - 1] ?? 0] ?? 0;
      for (const id of [block, ...missing]) asked[node]?.add(id);
      if (missing.length === 0) arrived(node, block);
      else for (const id of [...missing.reverse(), block]) later(time + 2, node, id, 'arrive');
    } else arrived(node, block);
  }
  return previous.slice(1);
}

describe('closed forms', () => {
  const shares = [0.3, 0.7];

  it.each([
    ['compact', 1],
    ['announce', 3],
  ] as const)('two nodes, %s relay: ties come with the exact chance for %d s of delay', (relay, delay) => {
    const options = { ...BARE, nodes: 2, blocks: 30_000, interval: 10, hash: shares, relay };
    const { ties, propagation } = reportOf(simulated(options));
    const exact = meanTieChance(shares, delay, options.interval);
    expect(ties?.low).toBeLessThanOrEqual(exact);
    expect(ties?.high).toBeGreaterThanOrEqual(exact);
    expect(propagation.find(({ share }) => share === 0.99)?.value).toBeCloseTo(delay, 1);
  });

  it('two nodes, blocks far apart: the delay is the effective one, and stale blocks come with it', () => {
    const { stale, effectiveDelay: delay } = reportOf(
      simulated({ ...BARE, nodes: 2, blocks: 30_000, interval: 50, hash: shares }),
    );
    const exact = effectiveDelay(shares, () => 1);
    expect(delay?.low).toBeLessThanOrEqual(exact);
    expect(delay?.high).toBeGreaterThanOrEqual(exact);
    expect(stale.low).toBeLessThanOrEqual(stale.theory);
    expect(stale.high).toBeGreaterThanOrEqual(stale.theory);
  });

  it('many alike, all a second apart: the chain grows once in interval + delay', () => {
    const { stale } = reportOf(simulated({ ...BARE, nodes: 80, peers: 79, blocks: 4000, interval: 5 }));
    const exact = staleRateOfManyMiners(1, 5);
    expect(stale.low).toBeLessThanOrEqual(exact);
    expect(stale.high).toBeGreaterThanOrEqual(exact);
  });

  it.each([2, 3, 6])('%d nodes, all a second apart: every block builds on what its finder knew', nodes => {
    const { ledger } = simulated({ ...BARE, nodes, peers: nodes, blocks: 2500, interval: 1.5, seed: nodes });
    const finds = Array.from({ length: ledger.found }, (_, i) => ({
      time: ledger.foundAt[i + 1] ?? 0,
      finder: ledger.finder[i + 1] ?? 0,
    }));
    const previous = Array.from({ length: ledger.found }, (_, i) => ledger.tree.prev(i + 1));
    expect(previous).toEqual(replay(nodes, finds));
  });

  it('bytes take their time on the line, one block after the other', () => {
    // A line of 8 megabits a second carries a megabyte in a second; three peers are served in turn.
    const { propagation } = reportOf(
      simulated({
        ...BARE,
        nodes: 4,
        peers: 3,
        blocks: 200,
        interval: 1000,
        relay: 'announce',
        blockSize: 1_000_000,
        bandwidth: 8,
        hash: [1],
      }),
    );
    // The header, the request and the block take a second each, the lines of those served before add 1 and 2.
    expect(propagation.at(-1)?.value).toBeCloseTo(3 + 3, 6);
  });

  it('validation takes its time at every hop', () => {
    const [without, with_] = [0, 400].map(validation => {
      const { propagation } = reportOf(
        simulated({
          ...BARE,
          nodes: 2,
          blocks: 50,
          interval: 1000,
          relay: 'announce',
          validation,
          hash: [1],
        }),
      );
      return propagation.at(-1)?.value ?? 0;
    });
    expect((with_ ?? 0) - (without ?? 0)).toBeCloseTo(0.4, 6);
  });
});

describe('whatever the network', () => {
  const networks = fc.record({
    nodes: fc.integer({ min: 2, max: 25 }),
    peers: fc.integer({ min: 1, max: 5 }),
    blocks: fc.integer({ min: 1, max: 60 }),
    interval: fc.constantFrom(0.5, 3, 20, 600),
    relay: fc.constantFrom('announce', 'compact'),
    hash: fc.constantFrom('uniform', 'zipf', [0.6, 0.4]),
    missing: fc.constantFrom(0, 0.5, 1),
    blockSize: fc.constantFrom(0, 100_000, 4_000_000),
    retarget: fc.constantFrom(undefined, 10),
    seed: fc.integer({ min: 0, max: 1e6 }),
  }) as fc.Arbitrary<Partial<SimulationOptions>>;

  it('blocks are conserved, everybody has the best chain, and forks add up', () => {
    fc.assert(
      fc.property(networks, options => {
        const simulation = simulated(options);
        const { ledger, tips } = simulation;
        const { tree } = ledger;
        const result = reportOf(simulation);
        const inChain = chainOf(simulation);
        expect(result.found).toBe(options.blocks);
        expect(result.height + result.stale.count).toBe(result.found);
        const best = Math.max(...Array.from({ length: tree.size }, (_, id) => tree.height(id)));
        for (let node = 0; node < simulation.options.nodes; node++)
          if (options.retarget === undefined) expect(tree.height(tips.of(node))).toBe(best);
          else expect(tree.compareWork(tips.of(node), tips.of(0))).toBe(0);
        for (let id = 1; id <= result.found; id++) {
          expect(ledger.accepted[id]).toBeGreaterThanOrEqual(1);
          expect(ledger.accepted[id]).toBeLessThanOrEqual(simulation.options.nodes);
          expect(ledger.foundAt[id]).toBeGreaterThan(ledger.foundAt[tree.prev(id)] ?? 0);
          // A predecessor of a block of the chain is in it, and everybody has what lies below the last fork.
          if (inChain[id] === 1) expect(inChain[tree.prev(id)]).toBe(1);
        }
        const settled = tips.settled();
        for (let id = settled; id > 0; id = tree.prev(id))
          expect(ledger.accepted[id]).toBe(simulation.options.nodes);
        const branches = result.forks.reduce((sum, count) => sum + count, 0);
        expect(branches).toBeLessThanOrEqual(result.stale.count);
        expect(branches > 0).toBe(result.stale.count > 0);
        expect(result.agreement.unanimous).toBeLessThanOrEqual(result.agreement.mostCommon + 1e-9);
        expect(result.agreement.mostCommon).toBeLessThanOrEqual(1 + 1e-9);
      }),
      { numRuns: 80 },
    );
  });

  it('the same options give the same run however it is sliced, and another seed another one', async () => {
    const options = simulationOptions({ nodes: 40, blocks: 60, interval: 5 });
    const [whole, sliced] = [new Simulation(options), new Simulation(options)];
    while (whole.advance(1e9));
    while (sliced.advance(7));
    expect(reportOf(sliced)).toEqual(reportOf(whole));
    expect([...csvLines(sliced)]).toEqual([...csvLines(whole)]);
    const ran = new Simulation(options);
    await runSimulation(ran);
    expect(reportOf(ran)).toEqual(reportOf(whole));
    expect(reportOf(simulated({ ...options, seed: 2 }))).not.toEqual(reportOf(whole));
  });

  it('who finds blocks when does not depend on how they are passed on', () => {
    const finds = (options: Partial<SimulationOptions>) => {
      const { ledger } = simulated({ nodes: 30, blocks: 50, interval: 5, ...options });
      return [...ledger.foundAt].map((time, id) => [time, ledger.finder[id]]);
    };
    expect(finds({ relay: 'announce' })).toEqual(finds({ relay: 'compact' }));
    expect(finds({ blockSize: 4_000_000 })).toEqual(finds({}));
  });
});

describe('difficulty', () => {
  it('adjusts, so that the chain grows at the intended pace though blocks go stale', () => {
    const options = { ...BARE, nodes: 30, peers: 29, blocks: 12_000, interval: 4, latency: 2000 };
    const pace = (result: ReturnType<typeof reportOf>) => result.seconds / result.height / options.interval;
    const fixed = reportOf(simulated(options));
    const adjusting = reportOf(simulated({ ...options, retarget: 100 }));
    expect(pace(fixed)).toBeGreaterThan(1.4);
    expect(pace(adjusting)).toBeGreaterThan(0.97);
    expect(pace(adjusting)).toBeLessThan(1.06);
    expect(adjusting.stale.rate).toBeGreaterThan(fixed.stale.rate);
  });
});
