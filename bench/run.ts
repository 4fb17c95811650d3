import { attackTrials } from './attack-trials.js';
import { ibd } from './ibd.js';
import { simulate } from './simulate.js';
import { snapshots } from './snapshots.js';
import { start } from './start.js';

/** A benchmark: prints what it measured and returns it for `--json`. */
export type Benchmark = () => Promise<Record<string, unknown>>;

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  start,
  ibd,
  simulate,
  snapshots,
  attacks: attackTrials,
};

const USAGE = `Usage: npm run bench -- [name…] [--json]

Runs all benchmarks, or those named: ${Object.keys(BENCHMARKS).join(', ')}.
With --json the last line is one object with all figures.`;

const args = process.argv.slice(2);
const names = args.filter(arg => !arg.startsWith('-'));
const unknown = names.find(name => BENCHMARKS[name] === undefined);
if (args.includes('--help') || unknown !== undefined) {
  if (unknown !== undefined) console.error(`error: there is no benchmark "${unknown}"`);
  console.log(USAGE);
  process.exit(unknown === undefined ? 0 : 1);
}

const results: Record<string, unknown> = {};
for (const [name, benchmark] of Object.entries(BENCHMARKS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  console.log(`# ${name}`);
  results[name] = await benchmark();
}
if (args.includes('--json')) console.log(JSON.stringify(results));
