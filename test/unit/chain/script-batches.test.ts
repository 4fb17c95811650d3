import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packBatch, planBatches, verifyBatch } from '../../../src/chain/scripts/batch.js';
import { BoundedExecutionCache } from '../../../src/chain/scripts/execution-cache.js';
import { verifyOnMainThread } from '../../../src/chain/scripts/main-thread.js';
import { ScriptThreadPool, scriptThreadCount } from '../../../src/chain/scripts/thread-pool.js';
import type { ScriptJob } from '../../../src/chain/scripts.js';
import { workerFile } from '../../../src/runtime/workers.js';
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

const isBuilt = (() => {
  try {
    return existsSync(workerFile('chain/scripts/worker'));
  } catch {
    return false;
  }
})();

describe('packed script checks', () => {
  it('cover each input once, in order, and leave no small batch but the last', () => {
    fc.assert(
      fc.property(plans, sizes, parts, (plan, size, maxParts) => {
        const batches = planBatches(makeJob(plan), size, maxParts);
        const inputs = batches
          .flat()
          .flatMap(({ txIndex, from, to }) =>
            Array.from({ length: to - from }, (_, i) => `${txIndex}:${from + i}`),
          );
        expect(inputs).toEqual(
          plan.flatMap((list, txIndex) => list.map((_, input) => `${txIndex}:${input}`)),
        );
        for (const batch of batches.slice(0, -1)) {
          expect(batch.reduce((sum, { from, to }) => sum + to - from, 0)).toBeGreaterThanOrEqual(size);
        }
        for (const [txIndex] of plan.entries()) {
          const ranges = batches.flat().filter(range => range.txIndex === txIndex);
          expect(ranges.length).toBeLessThanOrEqual(maxParts);
        }
      }),
    );
  });

  it('find the first failure', async () => {
    await fc.assert(
      fc.asyncProperty(plans, sizes, parts, async (plan, size, maxParts) => {
        const job = makeJob(plan);
        const results = planBatches(job, size, maxParts).map(batch => verifyBatch(packBatch(job, batch)));
        expect(results.find(failure => failure !== undefined)).toEqual(firstFailure(plan));
        expect(await verifyOnMainThread(job)).toEqual(firstFailure(plan));
      }),
    );
  });

  it('fit a buffer of their own, so that it can be transferred', () => {
    const packed = packBatch(makeJob([[true]]), [{ txIndex: 0, from: 0, to: 1 }]);
    expect(packed.byteLength).toBe(packed.buffer.byteLength);
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
