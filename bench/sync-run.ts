import { setTimeout as delay } from 'node:timers/promises';
import { hashToHex } from '../src/primitives/bytes.js';
import type { GeneratedChain } from './chain-writer.js';
import { processUsage } from './process-usage.js';
import type { Reference, Report } from './report.js';
import { BenchDaemon, type Subject } from './subjects.js';

const POLL_MS = 5;
const TIMEOUT_MS = 300_000;

export interface SyncRun {
  /** From the start of the process to the tip. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
}

/** An empty daemon gets a chain from one that has it. @param args more options for the empty one */
export async function runSync(
  subject: Subject,
  datadir: string,
  server: BenchDaemon,
  chain: GeneratedChain,
  args: readonly string[] = [],
): Promise<SyncRun> {
  const started = performance.now();
  await using daemon = await BenchDaemon.start(subject, datadir, args);
  await getChain(daemon, server, chain);
  const seconds = (performance.now() - started) / 1000;
  const { cpuSeconds, peakRssBytes = 0 } = processUsage(daemon.pid);
  return { seconds, cpuSeconds, peakMb: peakRssBytes / 1e6 };
}

/** Connects a daemon to one that has a chain, and waits for the tip. */
export async function getChain(
  daemon: BenchDaemon,
  server: BenchDaemon,
  { tip }: GeneratedChain,
): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  await daemon.rpc.call('addnode', `127.0.0.1:${server.p2pPort}`, 'onetry');
  const wanted = hashToHex(tip);
  while ((await daemon.rpc.call('getbestblockhash')) !== wanted) {
    if (performance.now() > deadline) throw new Error('a daemon does not reach the tip');
    await delay(POLL_MS);
  }
}

/** Adds time, processor time and memory of some runs. */
export function reportSyncs(
  report: Report,
  name: string,
  runs: readonly SyncRun[],
  reference: Reference,
): void {
  const values = (pick: (run: SyncRun) => number) => runs.map(pick);
  report.add({ name, unit: 's', values: values(({ seconds }) => seconds), reference });
  report.add({
    name: `${name}, processor time`,
    unit: 's',
    values: values(({ cpuSeconds }) => cpuSeconds),
    reference,
  });
  report.add({ name: `${name}, peak memory`, unit: 'MB', values: values(({ peakMb }) => peakMb) });
}
