import { builtFile } from '../../src/runtime/built-file.js';
import { type ChainSpec, generateChain } from '../chain-generator.js';
import type { GeneratedChain } from '../chain-writer.js';
import { type FullBlocksSpec, generateFullBlocks } from '../full-block-generator.js';
import { explainPauses, type Pause, readRecording, recordingOptions, SHORTEST_PAUSE_MS } from '../pauses.js';
import type { Report } from '../report.js';
import { RpcLoad } from '../rpc-load.js';
import { quantile } from '../statistics.js';
import { BenchDaemon, OURS, type Subject } from '../subjects.js';
import { getChain } from '../sync-run.js';
import { TempFolder } from '../temp-folder.js';

const SMALL: ChainSpec = { blocks: 2000, payments: 20_000 };
const FULL: FullBlocksSpec = { fullBlocks: 200, fee: 1000 };

/** Mebibytes for coins: little enough that they are written in the middle. */
const DB_CACHE = 50;

/** Milliseconds between which pauses are counted, and no end. */
const CLASSES = [SHORTEST_PAUSE_MS, 10, 20, 50, 100, Number.POSITIVE_INFINITY];

/** What is not connecting a block is to take no longer without a turn of the event loop. */
const GOAL_MS = 50;

/** How many of the longest are told with what they are made of, and how much of that. */
const TOLD = 8;
const PARTS_TOLD = 3;

/**
 * How long the event loop of a daemon that gets its first blocks does not come round, while a client keeps asking about the
 * chain. A recorder that is loaded before the daemon's modules measures it (see `pause-recorder.ts`); the stacks that V8 takes
 * meanwhile tell connecting a block from all else. Processor time of a pause leaves out what it waited for a processor.
 */
export async function pauses(report: Report): Promise<void> {
  await using folder = await TempFolder.make();
  const small = folder.next('small');
  await measure(report, folder, 'small blocks', small, await generateChain(small, SMALL));
  const full = folder.next('full');
  await measure(report, folder, 'full blocks', full, await generateFullBlocks(full, FULL));
}

async function measure(
  report: Report,
  folder: TempFolder,
  name: string,
  source: string,
  chain: GeneratedChain,
): Promise<void> {
  const file = folder.next('recording');
  const { from, to, latencies } = await watchSync(file, folder.next('empty'), source, chain);
  const found = explainPauses(readRecording(file), from, to);
  tellHistogram(report, name, found, (to - from) / 1e6);
  tellLongest(report, found);
  const longest = (measure: Measure) => Math.max(0, ...found.map(measure));
  const tooLong = (measure: Measure) => found.filter(pause => measure(pause) > GOAL_MS).length;
  for (const [what, measure] of [
    ['', otherMs],
    [', processor', otherCpuMs],
  ] as const) {
    report.add({ name: `${name}, not connecting${what}, longest`, unit: 'ms', values: [longest(measure)] });
    report.add({
      name: `${name}, not connecting${what}, over ${GOAL_MS} ms`,
      unit: '',
      values: [tooLong(measure)],
    });
  }
  report.add({ name: `${name}, 99 % of calls answered in`, unit: 'ms', values: [quantile(latencies, 0.99)] });
}

interface WatchedSync {
  /** Microseconds on the monotonic clock: when the daemon was connected to one that has the chain, and had it. */
  readonly from: number;
  readonly to: number;
  /** Milliseconds that calls took meanwhile. */
  readonly latencies: readonly number[];
}

async function watchSync(
  file: string,
  datadir: string,
  source: string,
  chain: GeneratedChain,
): Promise<WatchedSync> {
  await using server = await BenchDaemon.start(OURS, source);
  await using daemon = await BenchDaemon.start(recorded(file), datadir, [`-dbcache=${DB_CACHE}`]);
  const load = new RpcLoad(await daemon.connect());
  const from = nowUs();
  await getChain(daemon, server, chain);
  const to = nowUs();
  await load.stop();
  return { from, to, latencies: load.latencies };
}

/** From the modules of the build: in the bundle the profile would not tell files. */
function recorded(file: string): Subject {
  const [program] = OURS.command;
  return {
    name: OURS.name,
    command: [program, ...recordingOptions(file), builtFile('src/cli/blocksmithd.js')],
  };
}

function tellHistogram(report: Report, name: string, found: readonly Pause[], seconds: number): void {
  report.note(`${name}: pauses within ${seconds.toFixed(1)} s`);
  report.note(row('', ['all', 'processor', 'other', 'processor']));
  for (const [index, from] of CLASSES.slice(0, -1).entries()) {
    const to = CLASSES[index + 1] as number;
    const count = (measure: Measure) =>
      found.filter(pause => measure(pause) >= from && measure(pause) < to).length;
    const range = to === Number.POSITIVE_INFINITY ? `${from} ms and more` : `${from} to ${to} ms`;
    report.note(
      row(
        range,
        [allMs, cpuMs, otherMs, otherCpuMs].map(measure => String(count(measure))),
      ),
    );
  }
}

function row(title: string, cells: readonly string[]): string {
  return title.padEnd(20) + cells.map(cell => cell.padStart(11)).join('');
}

function tellLongest(report: Report, found: readonly Pause[]): void {
  const longest = [...found].sort((a, b) => otherCpuMs(b) - otherCpuMs(a)).slice(0, TOLD);
  for (const pause of longest) {
    const parts = [...pause.others].sort(([, a], [, b]) => b - a).slice(0, PARTS_TOLD);
    const what = parts.map(([work, ms]) => `${ms.toFixed(0)} ${work}`).join(', ');
    const other = `${otherMs(pause).toFixed(0)} ms, ${otherCpuMs(pause).toFixed(0)} of the processor`;
    report.note(`not connecting ${other}: ${what}`);
  }
}

type Measure = (pause: Pause) => number;

function allMs({ ms }: Pause): number {
  return ms;
}

function cpuMs(pause: Pause): number {
  return Math.min(pause.ms, pause.cpuMs);
}

function otherMs(pause: Pause): number {
  return pause.otherMs;
}

/** As much of the processor time as the rest is of the pause. */
function otherCpuMs(pause: Pause): number {
  return (cpuMs(pause) * pause.otherMs) / pause.ms;
}

function nowUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
