import { RUNS } from '../benchmark.js';
import { type FullBlocksSpec, generateFullBlocks } from '../full-block-generator.js';
import { verifiesPerSecond } from '../references.js';
import type { Report } from '../report.js';
import { BenchDaemon, OURS, subjects } from '../subjects.js';
import { reportSyncs, runSync, type SyncRun } from '../sync-run.js';
import { TempFolder } from '../temp-folder.js';

const SPEC: FullBlocksSpec = { fullBlocks: 200, fee: 1000 };

/** Mebibytes for coins: little enough that they are written in the middle, and read again. */
const DB_CACHE = 50;

/**
 * Initial block download of 200 blocks of a megabyte each, with payments of the usual kinds and little memory for coins. What
 * a node takes at most is to be no more than that and 200 MB.
 */
export async function largeBlocks(report: Report): Promise<void> {
  await using folder = await TempFolder.make();
  const source = folder.next('source');
  const chain = await generateFullBlocks(source, SPEC);
  const { fullBlocks } = SPEC;
  report.note(
    `${fullBlocks} full blocks, ${chain.transactions} transactions, ${chain.signatures} signatures`,
  );
  await using server = await BenchDaemon.start(OURS, source);
  const reference = {
    name: `${chain.signatures} signature checks`,
    value: chain.signatures / verifiesPerSecond(),
  };
  for (const subject of subjects()) {
    const runs: SyncRun[] = [];
    for (let run = 0; run < RUNS; run++)
      runs.push(await runSync(subject, folder.next(subject.name), server, chain, [`-dbcache=${DB_CACHE}`]));
    reportSyncs(report, subject.name, runs, reference);
  }
}
