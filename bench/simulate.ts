import { simulationOptions } from '../regtest/simulate/options.js';
import { Simulation } from '../regtest/simulate/simulation.js';
import { processUsage } from './process-usage.js';

/** A thousand nodes for a week of blocks. */
const OPTIONS = simulationOptions({ nodes: 1000, blocks: 1008 });

const EVENTS_PER_STEP = 1_000_000;

/** Simulation of block propagation: events a second, and memory of the whole process. */
export async function simulate(): Promise<Record<string, unknown>> {
  const simulation = new Simulation(OPTIONS);
  const started = performance.now();
  while (simulation.advance(EVENTS_PER_STEP));
  const seconds = (performance.now() - started) / 1000;
  const { peakRssBytes } = processUsage(process.pid);
  const result = {
    nodes: OPTIONS.nodes,
    blocks: OPTIONS.blocks,
    events: simulation.events,
    seconds: Math.round(seconds * 100) / 100,
    eventsPerSecond: Math.round(simulation.events / seconds),
    peakRssMB: peakRssBytes === undefined ? undefined : Math.round(peakRssBytes / 1e6),
  };
  for (const [name, value] of Object.entries(result)) console.log(`${name.padEnd(22)}${value ?? 'unknown'}`);
  return result;
}
