import { Command } from 'commander';
import { compare, type Results, readBaseline, thisMachine, writeBaseline } from './baseline.js';
import type { Benchmark } from './benchmark.js';
import { Report, type Summary } from './report.js';
import { attackTrials } from './scenarios/attack-trials.js';
import { generate } from './scenarios/generate.js';
import { hash } from './scenarios/hash.js';
import { headers } from './scenarios/headers.js';
import { labStart } from './scenarios/lab-start.js';
import { largeBlocks } from './scenarios/large-blocks.js';
import { memory } from './scenarios/memory.js';
import { mempool } from './scenarios/mempool.js';
import { nodeStart } from './scenarios/node-start.js';
import { pauses } from './scenarios/pauses.js';
import { propagation } from './scenarios/propagation.js';
import { reorg } from './scenarios/reorg.js';
import { rpc } from './scenarios/rpc.js';
import { scripts } from './scenarios/scripts.js';
import { signatures } from './scenarios/signatures.js';
import { simulate } from './scenarios/simulate.js';
import { snapshots } from './scenarios/snapshots.js';
import { sync } from './scenarios/sync.js';

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  'node-start': nodeStart,
  generate,
  rpc,
  mempool,
  hash,
  sync,
  'large-blocks': largeBlocks,
  reorg,
  pauses,
  headers,
  propagation,
  scripts,
  signatures,
  memory,
  'lab-start': labStart,
  snapshots,
  simulate,
  attacks: attackTrials,
};

const HELP = `
Benchmarks: ${Object.keys(BENCHMARKS).join(', ')}.

Each figure is the median of several runs, with the least and the largest of them, and as a multiple of something
simple that was measured in the same run. Set BITCOIND to the path of a bitcoind to have it measured beside.`;

interface Options {
  readonly json: boolean;
  readonly compare: boolean;
  readonly save: boolean;
}

async function run(names: readonly string[], options: Options): Promise<void> {
  const benchmarks: Record<string, Readonly<Record<string, Summary>>> = {};
  for (const [name, benchmark] of Object.entries(BENCHMARKS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    console.log(name);
    const report = new Report(line => console.log(line));
    await benchmark(report);
    benchmarks[name] = report.figures;
  }
  const results: Results = { machine: thisMachine(), benchmarks };
  if (options.compare) tellComparison(results);
  if (options.save) writeBaseline(results);
  if (options.json) console.log(JSON.stringify(results));
}

function tellComparison(results: Results): void {
  const before = readBaseline();
  if (before === undefined) {
    console.log('There is no baseline to compare with.');
    return;
  }
  console.log('Against the baseline:');
  for (const { benchmark, name, change, verdict } of compare(results, before)) {
    const percent = `${change >= 0 ? '+' : '−'}${Math.abs(change * 100).toFixed(0)} %`;
    console.log(`  ${verdict.padEnd(10)}${percent.padStart(7)}  ${benchmark}: ${name}`);
  }
}

const program = new Command('npm run bench --')
  .description('Measures how fast the project is.')
  .argument('[name...]', 'benchmarks to run; all unless told')
  .option('--json', 'end with one line of JSON that has all figures', false)
  .option('--compare', 'tell what is slower or faster than the stored baseline by more than the noise', false)
  .option('--save', 'store the figures as the baseline', false)
  .addHelpText('after', HELP)
  .action(async (names: readonly string[], options: Options) => {
    const unknown = names.find(name => BENCHMARKS[name] === undefined);
    if (unknown !== undefined) program.error(`error: there is no benchmark "${unknown}" (see --help)`);
    await run(names, options);
  });
await program.parseAsync();
