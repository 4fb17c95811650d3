import { parseArgs } from 'node:util';
import type { CDPSession, Page } from 'playwright-core';
import { launch, openPage } from '../test/browser/support/browser.js';
import { ServedLab } from '../test/browser/support/served-lab.js';

const USAGE = `Usage: node dist/bench/page.js [--minutes 30] [--nodes 8] [--blocks 1] [--payments 20]

Shows a busy lab (blocks and payments a second) on the page for some minutes, going from view to view, and prints
the memory of both and the page's long tasks. The page must be built.`;

/** How long each view is looked at, and how often memory is measured. */
const LOOK_MS = 5000;

const VIEWS = ['chain', 'network', 'mempool/0', 'node/1', 'time', 'attack'];

/** Longer tasks are felt; the browser tells of those over 50 ms. */
const LONG_TASK_MS = 100;

const PAYMENT = 0.0001;

/** The view that was shown, and milliseconds. */
type LongTask = readonly [view: string, duration: number];

interface Sample {
  readonly seconds: number;
  readonly pageHeapMB: number;
  readonly pageNodes: number;
  readonly labHeapMB: number;
  readonly labRssMB: number;
  readonly height: number;
}

async function soak(minutes: number, nodes: number, blocks: number, payments: number): Promise<void> {
  await using lab = await ServedLab.start({ nodes, seed: 1 });
  const load = new Load(lab, blocks, payments);
  const browser = await launch();
  try {
    const { page, faults } = await openPage(browser, lab.server);
    await page.evaluate(WATCH_TASKS);
    const session = await page.context().newCDPSession(page);
    load.start();
    const samples = await lookAround(page, session, lab, minutes * 60_000);
    await load.stop();
    const tasks = (await page.evaluate('globalThis.longTasks')) as readonly LongTask[];
    report(samples, tasks, load, faults);
  } finally {
    await load.stop();
    await browser.close();
  }
}

/** Collections of garbage that measuring asks for are no work of the page's. */
const WATCH_TASKS = `
  globalThis.longTasks = [];
  globalThis.collections = [];
  new PerformanceObserver(list => {
    for (const { startTime, duration } of list.getEntries()) {
      const isOurs = globalThis.collections.some(([begin, end]) => startTime + duration > begin && startTime < end);
      if (!isOurs) globalThis.longTasks.push([location.hash.slice(2), Math.round(duration)]);
    }
  }).observe({ type: 'longtask' });
`;

async function lookAround(page: Page, session: CDPSession, lab: ServedLab, forMs: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  const began = performance.now();
  for (let turn = 0; performance.now() - began < forMs; turn++) {
    await page.evaluate(`location.hash = '#/${VIEWS[turn % VIEWS.length]}'`);
    await page.waitForTimeout(LOOK_MS);
    await page.evaluate('globalThis.collections.push([performance.now(), Infinity])');
    await session.send('HeapProfiler.collectGarbage');
    await page.evaluate('globalThis.collections.at(-1)[1] = performance.now()');
    globalThis.gc?.();
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    const { nodes } = await session.send('Memory.getDOMCounters');
    const { heapUsed, rss } = process.memoryUsage();
    const sample = {
      seconds: Math.round((performance.now() - began) / 1000),
      pageHeapMB: megabytes(usedSize),
      pageNodes: nodes,
      labHeapMB: megabytes(heapUsed),
      labRssMB: megabytes(rss),
      height: await lab.network.node(0).rpc.call('getblockcount'),
    };
    samples.push(sample);
    console.log(JSON.stringify({ view: VIEWS[turn % VIEWS.length], ...sample }));
  }
  return samples;
}

/** Blocks and payments at an even pace, from one node after the other. */
class Load {
  sent = 0;
  refused = 0;
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(
    private readonly lab: ServedLab,
    private readonly blocks: number,
    private readonly payments: number,
  ) {}

  start(): void {
    const { nodes } = this.lab.network;
    let turn = 0;
    this.every(1000 / this.blocks, () => this.lab.network.node(turn++ % nodes.length).mine());
    this.every(1000 / this.payments, () => this.pay(turn++));
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await Promise.allSettled(this.underWay);
  }

  private async pay(turn: number): Promise<void> {
    const { nodes } = this.lab.network;
    const [from, to] = [turn % nodes.length, (turn + 1) % nodes.length];
    const { address } = this.lab.network.node(to).key;
    try {
      await this.lab.network.node(from).wallet().call('sendtoaddress', address, PAYMENT);
      this.sent++;
    } catch {
      // A wallet has run out of coins that may be spent before the next block.
      this.refused++;
    }
  }

  private every(milliseconds: number, action: () => Promise<unknown>): void {
    const run = (): void => {
      const work = action().finally(() => this.underWay.delete(work));
      this.underWay.add(work);
    };
    this.timers.push(setInterval(run, milliseconds));
  }
}

function report(
  samples: readonly Sample[],
  tasks: readonly LongTask[],
  load: Load,
  faults: readonly string[],
): void {
  const rounds = Math.max(1, Math.floor(samples.length / VIEWS.length));
  // Once every view was seen and every list has reached its length.
  const settled = samples.slice(Math.min(samples.length - 1, VIEWS.length * Math.ceil(rounds / 4)));
  const span = (pick: (sample: Sample) => number) =>
    `${Math.min(...settled.map(pick))} to ${Math.max(...settled.map(pick))}, last ${pick(settled.at(-1) ?? firstOf(samples))}`;
  const figures: Readonly<Record<string, string | number>> = {
    seconds: samples.at(-1)?.seconds ?? 0,
    height: samples.at(-1)?.height ?? 0,
    payments: load.sent,
    'payments refused': load.refused,
    'page heap, MB': span(sample => sample.pageHeapMB),
    'page DOM nodes': span(sample => sample.pageNodes),
    'lab heap, MB': span(sample => sample.labHeapMB),
    'lab and bench RSS, MB': span(sample => sample.labRssMB),
    'long tasks over 50 ms': tasks.length,
    [`long tasks over ${LONG_TASK_MS} ms`]: textOf(tasks.filter(([, duration]) => duration > LONG_TASK_MS)),
    'longest task, ms': Math.max(0, ...tasks.map(([, duration]) => duration)),
    faults: faults.length === 0 ? 'none' : faults.join('; '),
  };
  for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(24)}${value}`);
}

function textOf(tasks: readonly LongTask[]): string {
  return `${tasks.length} ${tasks.map(([view, duration]) => `${view} ${duration}`).join(', ')}`;
}

function firstOf(samples: readonly Sample[]): Sample {
  const [first] = samples;
  if (first === undefined) throw new RangeError('too short to measure anything');
  return first;
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e5) / 10;
}

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    nodes: { type: 'string', default: '8' },
    blocks: { type: 'string', default: '1' },
    payments: { type: 'string', default: '20' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) console.log(USAGE);
else await soak(Number(values.minutes), Number(values.nodes), Number(values.blocks), Number(values.payments));
