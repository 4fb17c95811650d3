import { RUNS } from '../benchmark.js';
import { Payer } from '../payer.js';
import { hashesPerSecond } from '../references.js';
import type { Report } from '../report.js';
import { BenchDaemon, type Subject, subjects } from '../subjects.js';
import { TempFolder } from '../temp-folder.js';

const BLOCKS = 200;

/** 200 blocks by one call of generatetoaddress, by a daemon that has just started. */
export async function generate(report: Report): Promise<void> {
  await using folder = await TempFolder.make();
  // Regtest takes two attempts for a block on average.
  const hashing = { name: `${2 * BLOCKS} hashes`, value: (2 * BLOCKS * 1000) / hashesPerSecond() };
  for (const subject of subjects()) {
    const values: number[] = [];
    for (let run = 0; run < RUNS; run++) values.push(await generateOnce(subject, folder.next(subject.name)));
    report.add({ name: `${subject.name}, ${BLOCKS} blocks`, unit: 'ms', values, reference: hashing });
  }
}

async function generateOnce(subject: Subject, datadir: string): Promise<number> {
  await using daemon = await BenchDaemon.start(subject, datadir);
  const { address } = new Payer();
  const started = performance.now();
  await daemon.rpc.call('generatetoaddress', BLOCKS, address);
  return performance.now() - started;
}
