import { setTimeout as delay } from 'node:timers/promises';
import { hashToHex } from '../../src/primitives/bytes.js';
import { RUNS } from '../benchmark.js';
import { type ChainSpec, type GeneratedChain, generateChain } from '../chain-generator.js';
import { processUsage } from '../process-usage.js';
import { verifiesPerSecond } from '../references.js';
import type { Report } from '../report.js';
import { BenchDaemon, type Subject, subjects } from '../subjects.js';
import { TempFolder } from '../temp-folder.js';

const SPEC: ChainSpec = { blocks: 2000, payments: 20_000 };

const POLL_MS = 5;
const TIMEOUT_MS = 300_000;

interface Sync {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
}

/**
 * Initial block download: a daemon with 2,000 blocks and 22,000 transactions serves them to an empty one, whose time runs
 * from the start of its process to the tip. The one that serves is always this project's.
 */
export async function sync(report: Report): Promise<void> {
  await using folder = await TempFolder.make();
  const source = folder.next('source');
  const chain = await generateChain(source, SPEC);
  report.note(`${chain.height} blocks, ${chain.transactions} transactions`);
  const [ours] = subjects();
  if (ours === undefined) return;
  await using server = await BenchDaemon.start(ours, source);
  const reference = { name: `${SPEC.payments} signature checks`, value: SPEC.payments / verifiesPerSecond() };
  for (const subject of subjects()) {
    const runs: Sync[] = [];
    for (let run = 0; run < RUNS; run++)
      runs.push(await syncOnce(subject, folder.next(subject.name), server, chain));
    const values = (pick: (sync: Sync) => number) => runs.map(pick);
    report.add({ name: subject.name, unit: 's', values: values(({ seconds }) => seconds), reference });
    report.add({
      name: `${subject.name}, processor time`,
      unit: 's',
      values: values(({ cpuSeconds }) => cpuSeconds),
      reference,
    });
    report.add({
      name: `${subject.name}, peak memory`,
      unit: 'MB',
      values: values(({ peakMb }) => peakMb),
    });
  }
}

async function syncOnce(
  subject: Subject,
  datadir: string,
  server: BenchDaemon,
  { tip }: GeneratedChain,
): Promise<Sync> {
  const started = performance.now();
  await using daemon = await BenchDaemon.start(subject, datadir);
  await daemon.rpc.call('addnode', `127.0.0.1:${server.p2pPort}`, 'onetry');
  const wanted = hashToHex(tip);
  while ((await daemon.rpc.call('getbestblockhash')) !== wanted) {
    if (performance.now() - started > TIMEOUT_MS) throw new Error(`${subject.name} does not reach the tip`);
    await delay(POLL_MS);
  }
  const seconds = (performance.now() - started) / 1000;
  const { cpuSeconds, peakRssBytes = 0 } = processUsage(daemon.pid);
  return { seconds, cpuSeconds, peakMb: peakRssBytes / 1e6 };
}
