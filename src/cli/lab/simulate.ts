import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import {
  csvLines,
  type Expectation,
  type RunRecorder,
  reportOf,
  runSimulation,
  type Simulation,
  type SimulationResult,
} from '../../../regtest/index.js';
import { checkExpectations } from './expect.js';
import { interruptible } from './interrupt.js';
import { shareDone, tellingProgress } from './progress.js';
import { summarizeSimulation } from './tell-simulation.js';
import { count, type Terminal } from './terminal.js';

export interface SimulateFiles {
  readonly csv: string | undefined;
  readonly checkpoint: string | undefined;
  /** Seconds. */
  readonly checkpointEvery: number;
  readonly recorder: RunRecorder | undefined;
}

/** Names of what a simulation measures, for expectations. */
export const SIMULATION_METRICS = [
  'stale',
  'low',
  'high',
  'theory',
  'ties',
  'delay',
  'p50',
  'p90',
  'p99',
  'height',
  'unanimous',
  'agreement',
  'reorg',
] as const;

/** Runs a simulation, new or resumed, and tells what came out. */
export async function simulate(
  simulation: Simulation,
  files: SimulateFiles,
  expectations: readonly Expectation[],
  terminal: Terminal,
): Promise<void> {
  const { nodes, blocks } = simulation.options;
  const startedAt = performance.now();
  terminal.say(`${count(nodes, 'node')}, ${count(blocks, 'block')}, seed ${simulation.options.seed} …`);
  await interruptible(async signal => {
    // The run ends between two slices, and the checkpoint is written by then.
    signal.addEventListener('abort', () => tellResume(files.checkpoint, terminal));
    const checkpoint =
      files.checkpoint === undefined
        ? undefined
        : { path: files.checkpoint, everyMs: files.checkpointEvery * 1000 };
    await tellingProgress(
      terminal,
      () => runSimulation(simulation, { signal, checkpoint }),
      () => shareDone(simulation.ledger.found, blocks, 'blocks'),
    );
  });
  files.recorder?.close();
  const wallSeconds = (performance.now() - startedAt) / 1000;
  const result = reportOf(simulation);
  for (const line of summarizeSimulation(result, wallSeconds)) terminal.say(line);
  if (files.csv !== undefined) await writeCsv(files.csv, simulation);
  checkExpectations(expectations, figuresOf(result), terminal);
  terminal.json({ ...result, wallSeconds });
}

function tellResume(checkpoint: string | undefined, terminal: Terminal): void {
  terminal.note(
    checkpoint === undefined
      ? 'Stopped. With --checkpoint <file> a run can be resumed.'
      : `Stopped. To go on: blocksmith simulate --resume ${checkpoint}`,
  );
}

function figuresOf(
  result: SimulationResult,
): Record<(typeof SIMULATION_METRICS)[number], number | undefined> {
  const reached = (share: number) => result.propagation.find(one => one.share === share)?.value;
  return {
    stale: result.stale.rate,
    low: result.stale.low,
    high: result.stale.high,
    theory: result.stale.theory,
    ties: result.ties?.rate,
    delay: result.effectiveDelay?.value,
    p50: reached(0.5),
    p90: reached(0.9),
    p99: reached(0.99),
    height: result.height,
    unanimous: result.agreement.unanimous,
    agreement: result.agreement.mostCommon,
    reorg: Math.max(0, result.reorgs.length - 1),
  };
}

async function writeCsv(path: string, simulation: Simulation): Promise<void> {
  const file = createWriteStream(path);
  for (const line of csvLines(simulation)) if (!file.write(`${line}\n`)) await once(file, 'drain');
  file.end();
  await once(file, 'finish');
}
