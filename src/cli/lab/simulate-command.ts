import { closeSync, openSync } from 'node:fs';
import type { Command } from 'commander';
import {
  CheckpointError,
  checkMetric,
  DEFAULT_SIMULATION,
  type Expectation,
  RecordingError,
  RunRecorder,
  readCheckpoint,
  Simulation,
  type SimulationOptions,
  simulationOptions,
} from '../../../regtest/index.js';
import { parseChance, parseExpect, parseHashPower, parseRelay, parseSeed } from './options.js';
import { positiveNumber, wholeNumber } from './parsers.js';
import { withProgress } from './progress.js';
import { SIMULATION_METRICS, type SimulateFiles, simulate } from './simulate.js';
import { type TerminalOptions, terminalFor } from './terminal.js';

const HELP = `
Blocks find their way through a network of nodes, event by event and in virtual time: nobody hashes, nothing is sent. Every
node keeps the node's own rule of the best chain, in a header tree that all share. Shown are the share of stale blocks
with its 99 % interval, beside what the measured delays make it by theory (1 − e^(−delay/interval)), how long blocks take
to reach 50, 90 and 99 % of the nodes, forks by their length, and how much of the time the nodes agree.

Where nodes are, how far apart and how fast their lines, is drawn from a table of six regions; --latency and --bandwidth
make all alike. The same options and seed give the same result on every machine.

With --checkpoint the state is written to a file now and then and on Ctrl-C; --resume goes on from there, bit for bit as if
nothing had happened. Options that are given with --resume must be those of the file.

Exit codes: 0, 1 when an expectation was not met or something failed, 2 for a command line that makes no sense.

Examples:
  $ blocksmith simulate
  $ blocksmith simulate --nodes 10000 --blocks 1008 --checkpoint run.json
  $ blocksmith simulate --resume run.json --csv blocks.csv
  $ blocksmith simulate --nodes 50 --blocks 100 --record run.jsonl
  $ blocksmith simulate --relay announce --block-size 4000000 --expect 'stale<0.05'
  $ blocksmith simulate --nodes 200 --interval 15 --hash 0.3,0.2,0.1 --json`;

/** Seconds of work that a crash of the machine may cost. */
const CHECKPOINT_SECONDS = 30;

interface Given extends SimulationOptions, TerminalOptions {
  readonly csv?: string;
  readonly record?: string;
  readonly checkpoint?: string;
  readonly checkpointEvery: number;
  readonly resume?: string;
  readonly expect?: readonly Expectation[];
}

/** Adds `simulate` to the lab's commands. */
export function addSimulate(program: Command): void {
  const command = program
    .command('simulate')
    .description('simulate a large network, and measure its stale blocks');
  addNetwork(command);
  command
    .option(
      '-s, --seed <number>',
      'seed of the network and of who finds which block',
      parseSeed,
      DEFAULT_SIMULATION.seed,
    )
    .option('--csv <file>', 'write one line for each block')
    .option('--record <file>', 'write every event, for blocksmith replay')
    .option('--checkpoint <file>', 'write the state to this file, now and then and on Ctrl-C')
    .option('--checkpoint-every <seconds>', 'how often', positiveNumber(86_400), CHECKPOINT_SECONDS)
    .option('--resume <file>', 'go on from a checkpoint')
    .option(
      '--expect <condition>',
      "end with exit code 1 unless it holds, such as 'stale<0.01' (any number)",
      parseExpect,
    )
    .option('--json', 'end with one JSON object');
  withProgress(command)
    .addHelpText('after', HELP)
    .action((given: Given) => run(given, command));
}

function addNetwork(command: Command): void {
  const defaults = DEFAULT_SIMULATION;
  // What lies outside of the ranges is refused with a sentence of its own.
  const whole = wholeNumber(0, Number.MAX_SAFE_INTEGER);
  const number = positiveNumber(Number.MAX_SAFE_INTEGER, true);
  command
    .option('-n, --nodes <count>', 'number of nodes', whole, defaults.nodes)
    .option('-b, --blocks <count>', 'blocks to find, stale ones included', whole, defaults.blocks)
    .option('--peers <count>', 'peers that each node chooses', whole, defaults.peers)
    .option('--interval <seconds>', 'mean time between blocks', number, defaults.interval)
    .option('--block-size <bytes>', 'size of a block', whole, defaults.blockSize)
    .option('--relay <name>', 'compact, or announce: header, request, block', parseRelay, defaults.relay)
    .option('--latency <milliseconds>', 'one way, the same for all (default: by region)', number)
    .option('--bandwidth <megabits>', 'of each node, a second; 0 for no limit (default: by region)', number)
    .option('--validation <milliseconds>', 'time to validate a block', number, defaults.validation)
    .option('--missing <chance>', 'that a compact block lacks transactions', parseChance, defaults.missing)
    .option(
      '--hash <shares>',
      'uniform, zipf, or shares of pools such as 0.3,0.2',
      parseHashPower,
      defaults.hash,
    )
    .option('--retarget <blocks>', 'adjust the difficulty so often (default: never)', whole);
}

const NETWORK_OPTIONS: readonly (keyof SimulationOptions)[] = [
  'nodes',
  'blocks',
  'peers',
  'interval',
  'blockSize',
  'relay',
  'latency',
  'bandwidth',
  'validation',
  'missing',
  'hash',
  'retarget',
  'seed',
];

interface Prepared {
  readonly simulation: Simulation;
  readonly recorder: RunRecorder | undefined;
}

async function run(given: Given, command: Command): Promise<void> {
  const { simulation, recorder } = usageErrors(command, () => {
    for (const expectation of given.expect ?? []) checkMetric(expectation, SIMULATION_METRICS);
    return prepare(given, command);
  });
  const files: SimulateFiles = {
    csv: given.csv,
    checkpoint: given.checkpoint ?? given.resume,
    checkpointEvery: given.checkpointEvery,
    recorder,
  };
  if (files.csv !== undefined) checkWritable(files.csv, command);
  await simulate(simulation, files, given.expect ?? [], terminalFor(given));
}

function prepare(given: Given, command: Command): Prepared {
  const names = NETWORK_OPTIONS.filter(
    name => given.resume === undefined || command.getOptionValueSource(name) === 'cli',
  );
  const options: Partial<SimulationOptions> = Object.fromEntries(names.map(name => [name, given[name]]));
  if (given.resume !== undefined) {
    if (given.record !== undefined)
      throw new RangeError('a recording begins where the run begins: not with --resume');
    return { simulation: readCheckpoint(given.resume, options), recorder: undefined };
  }
  const complete = simulationOptions(options);
  const { record } = given;
  if (record === undefined) return { simulation: new Simulation(complete), recorder: undefined };
  const recorder = RunRecorder.open(record, { kind: 'simulation', options: complete });
  return { simulation: new Simulation(complete, recorder.tape), recorder };
}

/** Options and files that make no sense are the caller's mistake. */
function usageErrors<T>(command: Command, action: () => T): T {
  try {
    return action();
  } catch (thrown) {
    const isUsage =
      thrown instanceof RangeError ||
      thrown instanceof CheckpointError ||
      thrown instanceof RecordingError ||
      isFileError(thrown);
    if (isUsage) command.error(`error: ${thrown.message}`);
    throw thrown;
  }
}

function isFileError(thrown: unknown): thrown is NodeJS.ErrnoException {
  return thrown instanceof Error && 'code' in thrown && 'path' in thrown;
}

/** Better now than after an hour. */
function checkWritable(path: string, command: Command): void {
  usageErrors(command, () => closeSync(openSync(path, 'a')));
}
