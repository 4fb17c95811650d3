import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { NETWORK_MODES, type NetworkMode } from '../regtest/fabric.js';
import { LabLoad } from './lab-load.js';
import { type LabMemory, LabProcess } from './lab-process.js';
import { launchPlain } from './plain-browser.js';
import { slope } from './slope.js';
import { TempFolder } from './temp-folder.js';
import { type LongTask, type PageMemory, WatchedPage } from './watched-page.js';

const USAGE = `Usage: node dist/bench/page.js [--minutes 30] [--nodes 8] [--mode process] [--blocks 1] [--payments 20] [--warmup 6] [--profile folder]

Shows a busy lab (blocks and payments a second) on the page, going from view to view. The lab is a process of its own,
driven through its control API. Prints a line a minute: pace, memory of page and lab, their processor time, and tasks of
the page's main thread that took long since the page was open, by the clock and of processor time: the first is longer on
a busy machine. At the end it tells how memory grows once the first minutes (--warmup) are over, when all that has a limit has reached it.
--profile writes processor profiles of both, of a minute in the middle. The page must be built.`;

/** How long each view is looked at. */
const LOOK_MS = 5_000;

const VIEWS = ['chain', 'network', 'mempool/0', 'node/1', 'time', 'attack'];

/** Longer tasks are noted, and longer ones than the second are felt. */
const NOTED_MS = 50;
const LONG_TASK_MS = 100;

interface Options {
  readonly minutes: number;
  readonly nodes: number;
  readonly mode: NetworkMode;
  readonly blocks: number;
  readonly payments: number;
  readonly warmup: number;
  readonly profile?: string | undefined;
}

/** A minute of the run. */
interface Sample {
  /** Since the start, at its end. */
  readonly minutes: number;
  readonly seconds: number;
  readonly blocks: number;
  readonly payments: number;
  readonly refused: number;
  readonly page: PageMemory & { readonly cpuSeconds: number };
  readonly lab: LabMemory & { readonly cpuSeconds: number };
  readonly tasks: readonly LongTask[];
}

async function soak(options: Options): Promise<void> {
  await using lab = await LabProcess.start(options.nodes, options.mode);
  const load = new LabLoad(lab.client, options.nodes, options.blocks, options.payments);
  await using folder = await TempFolder.make();
  const browser = await launchPlain(folder);
  try {
    const page = await WatchedPage.open(browser, lab.pageUrl);
    await load.start();
    const samples = await new Run(lab, page, load, options).go();
    await load.stop();
    report(samples, options.warmup, page.faults);
  } finally {
    await browser.close();
  }
}

/** Everything that is counted, at one moment. */
interface Counts {
  readonly at: number;
  readonly height: number;
  readonly sent: number;
  readonly refused: number;
  readonly pageCpu: number;
  readonly labCpu: number;
}

class Run {
  private looks = 0;

  constructor(
    private readonly lab: LabProcess,
    private readonly page: WatchedPage,
    private readonly load: LabLoad,
    private readonly options: Options,
  ) {}

  async go(): Promise<Sample[]> {
    const samples: Sample[] = [];
    const began = performance.now();
    console.log(HEAD.map(([name, width]) => name.padStart(width)).join(' '));
    let former = await this.counts();
    for (let minute = 1; minute <= this.options.minutes; minute++) {
      const isProfiled = this.options.profile !== undefined && minute === Math.ceil(this.options.minutes / 2);
      if (isProfiled) await this.startProfiles();
      while (performance.now() - began < minute * 60_000) await this.look();
      if (isProfiled) await this.writeProfiles(this.options.profile ?? '');
      const now = await this.counts();
      const sample: Sample = {
        minutes: (now.at - began) / 60_000,
        seconds: (now.at - former.at) / 1000,
        blocks: now.height - former.height,
        payments: now.sent - former.sent,
        refused: now.refused - former.refused,
        tasks: await this.page.takeLongTasks(),
        page: { ...(await this.page.memory()), cpuSeconds: now.pageCpu - former.pageCpu },
        lab: { ...(await this.lab.memory()), cpuSeconds: now.labCpu - former.labCpu },
      };
      samples.push(sample);
      console.log(line(sample));
      former = now;
    }
    return samples;
  }

  private async look(): Promise<void> {
    await this.page.show(VIEWS[this.looks++ % VIEWS.length] ?? '');
    await sleep(LOOK_MS);
  }

  private async counts(): Promise<Counts> {
    const height = await this.lab.client.call('rpc', { node: 0, method: 'getblockcount' });
    const { sent, refused } = this.load;
    const pageCpu = await this.page.cpuSeconds();
    return {
      at: performance.now(),
      height: Number(height),
      sent,
      refused,
      pageCpu,
      labCpu: this.lab.cpuSeconds,
    };
  }

  private async startProfiles(): Promise<void> {
    await Promise.all([this.page.startProfile(), this.lab.startProfile()]);
  }

  private async writeProfiles(folder: string): Promise<void> {
    await Promise.all([
      this.page.writeProfile(join(folder, 'page.cpuprofile')),
      this.lab.writeProfile(join(folder, 'lab.cpuprofile')),
    ]);
  }
}

/** Columns of the table and their widths. */
const HEAD: readonly (readonly [name: string, width: number])[] = [
  ['minute', 6],
  ['blocks/s', 8],
  ['payments/s', 10],
  ['refused', 7],
  ['page MB', 7],
  ['nodes', 6],
  ['CPU %', 6],
  ['lab heap MB', 11],
  ['buffers', 7],
  ['RSS', 6],
  ['daemons', 7],
  ['CPU %', 6],
  ['tasks > 50 ms', 13],
  ['> 100', 5],
  ['longest', 7],
  ['CPU > 50 ms', 11],
  ['> 100', 5],
  ['longest', 7],
];

function line({ minutes, seconds, blocks, payments, refused, page, lab, tasks }: Sample): string {
  const cells = [
    minutes.toFixed(0),
    (blocks / seconds).toFixed(2),
    (payments / seconds).toFixed(1),
    String(refused),
    page.heap.toFixed(1),
    String(page.domNodes),
    ((100 * page.cpuSeconds) / seconds).toFixed(1),
    lab.heap.toFixed(1),
    lab.buffers.toFixed(1),
    lab.rss.toFixed(0),
    lab.daemons.toFixed(0),
    ((100 * lab.cpuSeconds) / seconds).toFixed(1),
    ...counted(tasks.map(({ ms }) => ms)),
    ...counted(tasks.map(({ cpuMs }) => cpuMs)),
  ];
  return cells.map((cell, column) => cell.padStart(HEAD[column]?.[1] ?? 0)).join(' ');
}

function report(samples: readonly Sample[], warmup: number, faults: readonly string[]): void {
  const settled = samples.filter(({ minutes }) => minutes > warmup);
  const perTenMinutes = (pick: (sample: Sample) => number) =>
    10 * slope(settled.map(sample => [sample.minutes, pick(sample)]));
  const sum = (of: readonly Sample[], pick: (sample: Sample) => number) =>
    of.reduce((total, sample) => total + pick(sample), 0);
  const seconds = sum(samples, sample => sample.seconds);
  const tasks = samples.flatMap(sample => sample.tasks);
  const labGrowth = perTenMinutes(({ lab }) => lab.heap + lab.buffers);
  const payments = (600 * sum(settled, sample => sample.payments)) / sum(settled, sample => sample.seconds);
  const figures: Readonly<Record<string, string>> = {
    'blocks a second': (sum(samples, sample => sample.blocks) / seconds).toFixed(3),
    'payments a second': (sum(samples, sample => sample.payments) / seconds).toFixed(2),
    'page heap, MB in 10 minutes': perTenMinutes(({ page }) => page.heap).toFixed(2),
    'page DOM nodes in 10 minutes': perTenMinutes(({ page }) => page.domNodes).toFixed(0),
    'lab heap, MB in 10 minutes': perTenMinutes(({ lab }) => lab.heap).toFixed(2),
    'lab buffers, MB in 10 minutes': perTenMinutes(({ lab }) => lab.buffers).toFixed(2),
    'daemons, MB in 10 minutes': perTenMinutes(({ lab }) => lab.daemons).toFixed(1),
    'lab, kB for each payment': ((1000 * labGrowth) / payments).toFixed(2),
    'tasks by the clock': toldTasks(tasks, ({ ms }) => ms),
    'tasks by processor time': toldTasks(tasks, ({ cpuMs }) => cpuMs),
    faults: faults.length === 0 ? 'none' : faults.join('; '),
  };
  console.log(`\nAfter ${warmup} minutes, by least squares of ${settled.length} samples:`);
  for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(32)}${value}`);
}

/** How many are long, how many are too long, and the longest. */
function counted(times: readonly number[]): readonly string[] {
  const over = (limit: number) => times.filter(ms => ms > limit).length;
  return [over(NOTED_MS), over(LONG_TASK_MS), Math.round(Math.max(0, ...times))].map(String);
}

function toldTasks(tasks: readonly LongTask[], time: (task: LongTask) => number): string {
  const [noted, long, longest] = counted(tasks.map(time));
  const which = tasks
    .filter(task => time(task) > LONG_TASK_MS)
    .map(task => `${task.view} ${Math.round(time(task))}`);
  return `${noted} over ${NOTED_MS} ms, ${long} over ${LONG_TASK_MS} ms, longest ${longest} ms ${which.join(', ')}`;
}

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    nodes: { type: 'string', default: '8' },
    mode: { type: 'string', default: 'process' },
    blocks: { type: 'string', default: '1' },
    payments: { type: 'string', default: '20' },
    warmup: { type: 'string', default: '6' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) console.log(USAGE);
else {
  const { minutes, nodes, blocks, payments, warmup, profile } = values;
  const mode = NETWORK_MODES.find(known => known === values.mode);
  if (mode === undefined) throw new RangeError(`--mode is ${NETWORK_MODES.join(' or ')}`);
  await soak({
    mode,
    minutes: Number(minutes),
    nodes: Number(nodes),
    blocks: Number(blocks),
    payments: Number(payments),
    warmup: Number(warmup),
    profile,
  });
}
