import { setTimeout as delay } from 'node:timers/promises';
import { hashToHex } from '../../src/primitives/bytes.js';
import { type FullBlocksChain, generateFullBlocks, LAST_COMMON_HEIGHT } from '../full-block-generator.js';
import { processUsage } from '../process-usage.js';
import { verifiesPerSecond } from '../references.js';
import type { Report } from '../report.js';
import { BenchDaemon, OURS, type Subject, subjects } from '../subjects.js';
import { TempFolder } from '../temp-folder.js';

/** Blocks of a megabyte each that are undone. There is one more on the branch that comes instead. */
const DEPTH = 100;

/** Each takes long, and what differs between them is small beside that. */
const RUNS = 3;

const POLL_MS = 5;

interface Reorg {
  readonly seconds: number;
  readonly peakMb: number;
}

/**
 * A daemon at the end of 100 full blocks has been given 100 others on top of the same one, with other payments of the same
 * coins. The time runs from handing over the next of those to the tip being that one.
 */
export async function reorg(report: Report): Promise<void> {
  await using folder = await TempFolder.make();
  const sources = { undone: folder.next('undone'), winning: folder.next('winning') };
  await generateFullBlocks(sources.undone, { fullBlocks: DEPTH, fee: 1000 });
  const branch = await generateFullBlocks(sources.winning, { fullBlocks: DEPTH + 1, fee: 1001 });
  report.note(`${DEPTH} full blocks undone, ${DEPTH + 1} connected, ${branch.signatures} signatures`);
  await using holder = await BenchDaemon.start(OURS, sources.winning);
  const reference = {
    name: `${branch.signatures} signature checks`,
    value: branch.signatures / verifiesPerSecond(),
  };
  for (const subject of subjects()) {
    const runs: Reorg[] = [];
    for (let run = 0; run < RUNS; run++)
      runs.push(await reorganise(subject, folder.copy(sources.undone), holder, branch));
    const values = (pick: (reorg: Reorg) => number) => runs.map(pick);
    report.add({ name: subject.name, unit: 's', values: values(({ seconds }) => seconds), reference });
    report.add({ name: `${subject.name}, peak memory`, unit: 'MB', values: values(({ peakMb }) => peakMb) });
  }
}

async function reorganise(
  subject: Subject,
  datadir: string,
  holder: BenchDaemon,
  branch: FullBlocksChain,
): Promise<Reorg> {
  await using daemon = await BenchDaemon.start(subject, datadir);
  // A connection of its own: the run before took so long that the daemon has closed one that was idle meanwhile.
  const rpc = await holder.connect();
  const blockAt = async (height: number) =>
    rpc.call<string>('getblock', await rpc.call('getblockhash', height), 0);
  for (let height = LAST_COMMON_HEIGHT + 1; height < branch.height; height++)
    await submit(daemon, await blockAt(height), 'inconclusive');
  const last = await blockAt(branch.height);
  rpc.close();
  const wanted = hashToHex(branch.tip);
  const started = performance.now();
  await submit(daemon, last, null);
  while ((await daemon.rpc.call('getbestblockhash')) !== wanted) await delay(POLL_MS);
  const seconds = (performance.now() - started) / 1000;
  const { peakRssBytes = 0 } = processUsage(daemon.pid);
  return { seconds, peakMb: peakRssBytes / 1e6 };
}

async function submit(daemon: BenchDaemon, block: string, verdict: string | null): Promise<void> {
  const said = await daemon.rpc.call('submitblock', block);
  if (said !== verdict) throw new Error(`a block of the branch: ${said}`);
}
