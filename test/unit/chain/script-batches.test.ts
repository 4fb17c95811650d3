import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packBatch, verifyBatch } from '../../../src/chain/scripts/batch.js';
import { BatchQueue, type TakenBatch } from '../../../src/chain/scripts/batch-queue.js';
import { BoundedExecutionCache } from '../../../src/chain/scripts/execution-cache.js';
import { verifyOnMainThread } from '../../../src/chain/scripts/main-thread.js';
import { ScriptThreadPool, scriptThreadCount } from '../../../src/chain/scripts/thread-pool.js';
import type { ScriptJob } from '../../../src/chain/scripts.js';
import { buildPath } from '../../../src/runtime/built-file.js';
import { MANDATORY_SCRIPT_FLAGS, ScriptFlag } from '../../../src/script/flags.js';
import { ANYONE_CAN_SPEND, buildSpend, NOBODY_CAN_SPEND } from '../../support/chain-builder.js';

/** A job whose inputs pass or fail as told: one list for each transaction. */
function makeJob(plan: readonly (readonly boolean[])[]): ScriptJob {
  const transactions = plan.map((inputs, txIndex) =>
    buildSpend(
      inputs.map((_, vout) => ({ txid: Buffer.alloc(32, txIndex + 1), vout })),
      [{ value: 1, script: ANYONE_CAN_SPEND }],
    ),
  );
  const spent = plan.map(inputs =>
    inputs.map(passes => ({
      value: 1,
      script: passes ? ANYONE_CAN_SPEND : NOBODY_CAN_SPEND,
      height: 1,
      coinbase: false,
    })),
  );
  return { transactions, spent, flags: MANDATORY_SCRIPT_FLAGS };
}

function firstFailure(plan: readonly (readonly boolean[])[]) {
  const txIndex = plan.findIndex(inputs => inputs.includes(false));
  if (txIndex < 0) return undefined;
  return { txIndex, inputIndex: plan[txIndex]?.indexOf(false), error: 'EVAL_FALSE' };
}

const plans = fc.array(
  fc.array(
    fc.nat(30).map(n => n > 0),
    { minLength: 1, maxLength: 40 },
  ),
  { minLength: 1, maxLength: 20 },
);

const sizes = fc.integer({ min: 1, max: 50 });
const parts = fc.integer({ min: 1, max: 4 });

const isBuilt = existsSync(buildPath('bundle/workers/scripts.js'));

function inputsOf(job: ScriptJob): number {
  return job.transactions.reduce((sum, tx) => sum + tx.inputCount, 0);
}

/** Takes all batches of so many inputs. */
function* takeAll(queue: BatchQueue, size: number): Generator<TakenBatch> {
  while (queue.inputs > 0) yield queue.take(size);
}

describe('script checks in batches', () => {
  it('cover each input of each job once, in order, and leave no small batch but the last', () => {
    fc.assert(
      fc.property(fc.array(plans, { minLength: 1, maxLength: 4 }), sizes, parts, (list, size, maxParts) => {
        const jobs = list.map(makeJob);
        const queue = new BatchQueue(maxParts);
        for (const job of jobs) void queue.add(job, inputsOf(job));
        expect(queue.inputs).toBe(jobs.reduce((sum, job) => sum + inputsOf(job), 0));
        const batches = [...takeAll(queue, size)];
        const ranges = batches.flatMap(({ batch }) =>
          batch.flatMap(part => part.ranges.map(range => ({ ...range, job: jobs.indexOf(part.job) }))),
        );
        expect(
          ranges.flatMap(({ job, txIndex, from, to }) =>
            Array.from({ length: to - from }, (_, i) => `${job}:${txIndex}:${from + i}`),
          ),
        ).toEqual(
          list.flatMap((plan, job) =>
            plan.flatMap((inputs, txIndex) => inputs.map((_, input) => `${job}:${txIndex}:${input}`)),
          ),
        );
        for (const { inputs } of batches.slice(0, -1)) expect(inputs).toBeGreaterThanOrEqual(size);
        for (const [job, plan] of list.entries()) {
          for (const txIndex of plan.keys()) {
            const own = ranges.filter(range => range.job === job && range.txIndex === txIndex);
            expect(own.length).toBeLessThanOrEqual(maxParts);
          }
        }
      }),
    );
  });

  it('find the first failure of each job, whichever batch is done first', async () => {
    const lists = fc.array(plans, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(lists, sizes, parts, fc.nat(), async (list, size, maxParts, first) => {
        const jobs = list.map(makeJob);
        const queue = new BatchQueue(maxParts);
        const verdicts = jobs.map(job => queue.add(job, inputsOf(job)));
        const batches = [...takeAll(queue, size)];
        const from = first % batches.length;
        for (const taken of [...batches.slice(from), ...batches.slice(0, from)]) {
          taken.settle(verifyBatch(packBatch(taken.batch)));
        }
        expect(await Promise.all(verdicts)).toEqual(list.map(firstFailure));
        for (const [index, job] of jobs.entries()) {
          expect(await verifyOnMainThread(job)).toEqual(firstFailure(list[index] ?? []));
        }
      }),
    );
  });

  it('end with the first failure: what is left of a job is not taken any more', async () => {
    const queue = new BatchQueue(1);
    const bad = makeJob([[false], [true], [true]]);
    const good = makeJob([[true]]);
    const verdicts = [queue.add(bad, 3), queue.add(good, 1)];
    const taken = queue.take(1);
    taken.settle(verifyBatch(packBatch(taken.batch)));
    expect(queue.inputs).toBe(1);
    expect(await verdicts[0]).toEqual({ txIndex: 0, inputIndex: 0, error: 'EVAL_FALSE' });
    expect(queue.take(9).batch.map(({ job }) => job)).toEqual([good]);
  });

  it('are refused when the threads end', async () => {
    const queue = new BatchQueue(1);
    const [taken, waiting] = [makeJob([[true]]), makeJob([[true]])].map(job => queue.add(job, 1));
    queue.take(1).fail(new Error('ended'));
    queue.clear(new Error('closed'));
    await expect(taken).rejects.toThrow('ended');
    await expect(waiting).rejects.toThrow('closed');
    expect(queue.inputs).toBe(0);
  });

  it('fit the room that is asked for exactly', () => {
    fc.assert(
      fc.property(plans, plan => {
        const job = makeJob(plan);
        const ranges = job.transactions.map((tx, txIndex) => ({ txIndex, from: 0, to: tx.inputCount }));
        let room = new Uint8Array(0);
        const packed = packBatch([{ job, ranges }], size => {
          room = new Uint8Array(size);
          return room;
        });
        expect(packed.buffer).toBe(room.buffer);
        expect(packed.length).toBe(room.length);
      }),
    );
  });

  it.skipIf(!isBuilt)('are done by threads one after the other in the same memory', async () => {
    const pool = new ScriptThreadPool(1);
    // Shorter after longer ones, and longer ones than there was room for.
    for (const size of [400, 20, 3000, 16, 700]) {
      const inputs = (passes: boolean) => Array.from({ length: size }, () => passes);
      expect(await pool.verify(makeJob([inputs(true), inputs(true)]))).toBeUndefined();
      const failure = await pool.verify(makeJob([inputs(true), [...inputs(true), false]]));
      expect(failure).toEqual({ txIndex: 1, inputIndex: size, error: 'EVAL_FALSE' });
    }
    await pool.stop();
  });

  it.skipIf(!isBuilt)('are done by threads with the same result', async () => {
    const pool = new ScriptThreadPool(2);
    const inputs = (passes: boolean) => Array.from({ length: 100 }, () => passes);
    const good = [inputs(true), inputs(true), inputs(true)];
    expect(await pool.verify(makeJob(good))).toBeUndefined();
    const bad = [inputs(true), [...inputs(true), false], inputs(false)];
    expect(await pool.verify(makeJob(bad))).toEqual({ txIndex: 1, inputIndex: 100, error: 'EVAL_FALSE' });
    await pool.stop();
    expect(await pool.verify(makeJob(bad))).toEqual({ txIndex: 1, inputIndex: 100, error: 'EVAL_FALSE' });
  });

  it.skipIf(!isBuilt)('are gathered from small jobs, and each gets its own result', async () => {
    const pool = new ScriptThreadPool(2);
    const list = Array.from({ length: 40 }, (_, index) => [[true, true], [true], [index % 7 !== 3, true]]);
    const verdicts = list.map(plan => pool.verify(makeJob(plan), true));
    expect(await Promise.all(verdicts)).toEqual(list.map(firstFailure));
    // Too few for a thread, with nobody else to wait for.
    expect(await new ScriptThreadPool(2).verify(makeJob([[true], [false]]), true)).toEqual(
      firstFailure([[true], [false]]),
    );
    await pool.stop();
  });
});

describe('-par', () => {
  it('is a number of threads, or of cores left free', () => {
    expect(scriptThreadCount(0, 4)).toBe(4);
    expect(scriptThreadCount(1, 4)).toBe(0);
    expect(scriptThreadCount(3, 4)).toBe(3);
    expect(scriptThreadCount(-1, 4)).toBe(3);
    expect(scriptThreadCount(-3, 4)).toBe(0);
    expect(scriptThreadCount(-9, 4)).toBe(0);
    expect(scriptThreadCount(0, 64)).toBe(15);
    expect(scriptThreadCount(0, 1)).toBe(0);
  });
});

describe('script execution cache', () => {
  const [tx] = makeJob([[true]]).transactions;
  if (tx === undefined) throw new Error('a job has a transaction');

  it('knows a transaction under the flags it passed under, and no others', () => {
    const cache = new BoundedExecutionCache(1 << 12);
    expect(cache.has(tx, MANDATORY_SCRIPT_FLAGS)).toBe(false);
    cache.add(tx, MANDATORY_SCRIPT_FLAGS);
    expect(cache.has(tx, MANDATORY_SCRIPT_FLAGS)).toBe(true);
    expect(cache.has(tx, MANDATORY_SCRIPT_FLAGS | ScriptFlag.LOW_S)).toBe(false);
  });

  it('is bounded', () => {
    expect(new BoundedExecutionCache(1 << 12).capacity).toBe(128);
  });
});
