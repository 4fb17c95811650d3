import { Piscina } from 'piscina';
import { ScriptThreadPool } from '../../src/chain/scripts/thread-pool.js';
import { builtFile } from '../../src/runtime/built-file.js';
import { assert } from '../../src/runtime/errors.js';
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
  const raw = await rawSeconds(checks);
  const reference = { name: `the checks alone on ${THREADS} threads`, value: median(raw) };
  report.add({ name: 'signature checks alone', unit: 's', values: raw });
  const values = await blockSeconds(blocks);
  report.add({ name: 'scripts of all blocks', unit: 's', values, reference });
  report.add({
    name: 'share of the raw rate',
    unit: '%',
    values: values.map(seconds => (100 * median(raw)) / seconds),
  });
}

async function blockSeconds(blocks: readonly KnownBlock[]): Promise<number[]> {
  const pool = new ScriptThreadPool(THREADS);
  const check = async ({ job, name }: KnownBlock) => {
    const failure = await pool.verify(job);
    assert(failure === undefined, `scripts of ${name} are good`);
  };
  const once = async () => {
    const ahead: Promise<void>[] = [];
    for (const block of blocks) {
      ahead.push(check(block));
      if (ahead.length > BLOCKS_AHEAD) await ahead.shift();
    }
    await Promise.all(ahead);
  };
  try {
    return await timed(once);
  } finally {
    await pool.stop();
  }
}

async function rawSeconds(checks: readonly SignatureCheck[]): Promise<number[]> {
  const pools = Array.from(
    { length: THREADS },
    () => new Piscina({ filename: builtFile('bench/signature-checks.js'), minThreads: 1, maxThreads: 1 }),
  );
  try {
    await Promise.all(
      pools.map((pool, thread) => pool.run(checks.filter((_, index) => index % THREADS === thread))),
    );
    return await timed(() => Promise.all(pools.map(pool => pool.run('check'))));
  } finally {
    await Promise.all(pools.map(pool => pool.destroy()));
  }
}

/** Seconds of several runs, after one that warms up. */
async function timed(action: () => Promise<unknown>): Promise<number[]> {
  await action();
  const values: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const started = performance.now();
    await action();
    values.push((performance.now() - started) / 1000);
  }
  return values;
}
