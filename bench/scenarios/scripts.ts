import { Piscina } from 'piscina';
import { ScriptThreadPool } from '../../src/chain/scripts/thread-pool.js';
import { builtFile } from '../../src/runtime/built-file.js';
import { assert, defined } from '../../src/runtime/errors.js';
import { RUNS } from '../benchmark.js';
import { type KnownBlock, knownBlocks } from '../known-blocks.js';
import type { Report } from '../report.js';
import { type SignatureCheck, signatureChecks } from '../signature-checks.js';
import { median } from '../statistics.js';

const THREADS = 2;

/** As in a node: above a large block whose scripts are being checked one more is tried. */
const BLOCKS_AHEAD = 1;

/**
 * All scripts of real blocks on two threads, against two threads that make the same signature checks and nothing else.
 * Skips without the conformance data.
 */
export async function scripts(report: Report): Promise<void> {
  const blocks = knownBlocks();
  if (blocks.length === 0) {
    report.note('skipped: no real blocks here (BLOCKSMITH_SHARED)');
    return;
  }
  const checks = blocks.flatMap(({ job }) => signatureChecks(job));
  const inputs = blocks.reduce((sum, { job }) => sum + job.spent.flat().length, 0);
  report.note(`${blocks.length} blocks, ${inputs} inputs, ${checks.length} signature checks`);
  await using rawPool = await RawPool.start(checks);
  await using blockPool = new BlockPool(blocks);
  const raw: number[] = [];
  const whole: number[] = [];
  // The first of each warms up. By turns: the machine may be faster at one time than at another.
  for (let run = -1; run < RUNS; run++) {
    const rawSeconds = await secondsOf(() => rawPool.run());
    const seconds = await secondsOf(() => blockPool.run());
    if (run < 0) continue;
    raw.push(rawSeconds);
    whole.push(seconds);
  }
  const reference = { name: `the checks alone on ${THREADS} threads`, value: median(raw) };
  report.add({ name: 'signature checks alone', unit: 's', values: raw });
  report.add({ name: 'scripts of all blocks', unit: 's', values: whole, reference });
  report.add({
    name: 'share of the raw rate',
    unit: '%',
    values: whole.map((seconds, run) => (100 * defined(raw[run], 'raw seconds of a run')) / seconds),
  });
}

async function secondsOf(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return (performance.now() - started) / 1000;
}

/** The node's own threads, for all scripts. */
class BlockPool implements AsyncDisposable {
  private readonly pool = new ScriptThreadPool(THREADS);

  constructor(private readonly blocks: readonly KnownBlock[]) {}

  async run(): Promise<void> {
    const ahead: Promise<void>[] = [];
    for (const block of this.blocks) {
      ahead.push(this.check(block));
      if (ahead.length > BLOCKS_AHEAD) await ahead.shift();
    }
    await Promise.all(ahead);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.pool.stop();
  }

  private async check({ job, name }: KnownBlock): Promise<void> {
    const failure = await this.pool.verify(job);
    assert(failure === undefined, `scripts of ${name} are good`);
  }
}

/** Threads that make signature checks and nothing else, each its share. */
class RawPool implements AsyncDisposable {
  private constructor(private readonly pools: readonly Piscina[]) {}

  static async start(checks: readonly SignatureCheck[]): Promise<RawPool> {
    const pools = Array.from(
      { length: THREADS },
      () => new Piscina({ filename: builtFile('bench/signature-checks.js'), minThreads: 1, maxThreads: 1 }),
    );
    await Promise.all(
      pools.map((pool, thread) => pool.run(checks.filter((_, index) => index % THREADS === thread))),
    );
    return new RawPool(pools);
  }

  async run(): Promise<void> {
    await Promise.all(this.pools.map(pool => pool.run('check')));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.pools.map(pool => pool.destroy()));
  }
}
