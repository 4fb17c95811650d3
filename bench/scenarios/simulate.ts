import { simulationOptions } from '../../regtest/simulate/options.js';
import { Simulation } from '../../regtest/simulate/simulation.js';
import { RUNS } from '../benchmark.js';
import { hashesPerSecond } from '../references.js';
import type { Report } from '../report.js';

/** A week of blocks. */
const BLOCKS = 1008;

const SIZES: readonly (readonly [nodes: number, runs: number])[] = [
  [1000, RUNS],
  [10_000, 1],
];

const EVENTS_PER_STEP = 1_000_000;

/** Simulation of how a week of blocks goes around: time, and events a second. */
export async function simulate(report: Report): Promise<void> {
  const reference = { name: 'hashes of headers', value: hashesPerSecond() };
  for (const [nodes, runs] of SIZES) {
    const seconds: number[] = [];
    const rates: number[] = [];
    for (let run = 0; run < runs; run++) {
      const simulation = new Simulation(simulationOptions({ nodes, blocks: BLOCKS }));
      const started = performance.now();
      while (simulation.advance(EVENTS_PER_STEP));
      const took = (performance.now() - started) / 1000;
      seconds.push(took);
      rates.push(simulation.events / took);
    }
    report.add({ name: `${nodes} nodes, ${BLOCKS} blocks`, unit: 's', values: seconds });
    report.add({ name: `${nodes} nodes, events`, unit: '/s', values: rates, reference });
  }
}
