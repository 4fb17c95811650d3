import { setTimeout as delay } from 'node:timers/promises';
import { RUNS } from '../benchmark.js';
import { generateChain } from '../chain-generator.js';
import { processUsage } from '../process-usage.js';
import { bareRssMb, bareStartMs } from '../references.js';
import type { Report } from '../report.js';
import { BenchDaemon, type Subject, subjects } from '../subjects.js';
import { TempFolder } from '../temp-folder.js';

const CHAIN = { blocks: 2000, payments: 0 };

/** What a node does right after its start is over by then. */
const IDLE_AFTER_MS = 2000;

/** From starting a daemon to its first answer to a call, with nothing and with 2,000 blocks, and its memory when idle. */
export async function nodeStart(report: Report): Promise<void> {
  await using folder = await TempFolder.make();
  const bareStart = { name: 'node -e 0', value: bareStartMs() };
  const bareRss = { name: 'node -e 0', value: bareRssMb() };
  const filled = folder.next('filled');
  await generateChain(filled, CHAIN);
  for (const subject of subjects()) {
    const { name } = subject;
    // The first start makes what is missing.
    await startOnce(subject, filled, 0);
    const empty: number[] = [];
    const full: number[] = [];
    const rss: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      empty.push((await startOnce(subject, folder.next(name), 0)).startMs);
      const { startMs, rssMb } = await startOnce(subject, filled, IDLE_AFTER_MS);
      full.push(startMs);
      rss.push(rssMb);
    }
    report.add({ name: `${name}, empty`, unit: 'ms', values: empty, reference: bareStart });
    report.add({ name: `${name}, ${CHAIN.blocks} blocks`, unit: 'ms', values: full, reference: bareStart });
    report.add({ name: `${name}, idle memory`, unit: 'MB', values: rss, reference: bareRss });
  }
}

async function startOnce(subject: Subject, datadir: string, idleMs: number) {
  await using daemon = await BenchDaemon.start(subject, datadir);
  await delay(idleMs);
  return { startMs: daemon.startMs, rssMb: (processUsage(daemon.pid).rssBytes ?? 0) / 1e6 };
}
