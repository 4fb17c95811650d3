import { RUNS } from '../benchmark.js';
import { type ChainSpec, generateChain } from '../chain-generator.js';
import { verifiesPerSecond } from '../references.js';
import type { Report } from '../report.js';
import { BenchDaemon, OURS, subjects } from '../subjects.js';
import { reportSyncs, runSync, type SyncRun } from '../sync-run.js';
import { TempFolder } from '../temp-folder.js';

const SPEC: ChainSpec = { blocks: 2000, payments: 20_000 };

/**
 * Initial block download: a daemon with 2,000 blocks and 22,000 transactions serves them to an empty one, whose time runs
 * from the start of its process to the tip. The one that serves is always this project's.
 */
export async function sync(report: Report): Promise<void> {
  await using folder = await TempFolder.make();
  const source = folder.next('source');
  const chain = await generateChain(source, SPEC);
  report.note(`${chain.height} blocks, ${chain.transactions} transactions`);
  await using server = await BenchDaemon.start(OURS, source);
  const reference = { name: `${SPEC.payments} signature checks`, value: SPEC.payments / verifiesPerSecond() };
  for (const subject of subjects()) {
    const runs: SyncRun[] = [];
    for (let run = 0; run < RUNS; run++)
      runs.push(await runSync(subject, folder.next(subject.name), server, chain));
    reportSyncs(report, subject.name, runs, reference);
  }
}
