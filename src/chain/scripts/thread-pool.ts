import { availableParallelism } from 'node:os';
import type { Piscina } from 'piscina';
import { startThreads } from '../../runtime/workers.js';
import type { ScriptFailure, ScriptJob, ScriptVerifier } from '../scripts.js';
import { packBatch, planBatches } from './batch.js';
import { verifyOnMainThread } from './main-thread.js';

/**
 * Jobs with fewer inputs are done on the main thread: at 60 µs a signature they take about a millisecond there, a
 * round trip to a thread with its packing is not much less, and small networks never start a thread.
 */
const MIN_POOLED_INPUTS = 16;

/**
 * Inputs of a batch. From 64 on the cost of handing a batch over (50–80 µs) is below two percent of checking it; above
 * 256 the last batches of a block keep one thread busy while the others have nothing left.
 */
const MIN_BATCH_INPUTS = 64;
const MAX_BATCH_INPUTS = 256;

/** Core's MAX_SCRIPTCHECK_THREADS. */
const MAX_THREADS = 15;

/** Threads for `-par=n`: 0 is one for each core, a negative number leaves that many cores free. 1 is none. */
export function scriptThreadCount(par: number, cores = availableParallelism()): number {
  const threads = par <= 0 ? cores + par : par;
  return threads <= 1 ? 0 : Math.min(threads, MAX_THREADS);
}

/**
 * Checks scripts on worker threads. They are started by the first block that has enough to check, and live until
 * {@link stop}.
 */
export class ScriptThreadPool implements ScriptVerifier {
  private pool: Promise<Piscina> | undefined;
  private stopped = false;

  /** @param threads 0 checks all on the main thread */
  constructor(readonly threads: number) {}

  async verify(job: ScriptJob): Promise<ScriptFailure | undefined> {
    const inputs = job.transactions.reduce((sum, tx) => sum + tx.inputCount, 0);
    if (this.threads === 0 || inputs < MIN_POOLED_INPUTS || this.stopped) return verifyOnMainThread(job);
    const pool = await this.startedPool();
    const batches = planBatches(job, this.batchInputs(inputs), this.threads).map(plan => {
      const packed = packBatch(job, plan);
      return pool.run(packed, { transferList: [packed.buffer] }) as Promise<ScriptFailure | undefined>;
    });
    const results = await Promise.all(batches);
    // Batches are in block order, and so are the inputs within each.
    return results.find(failure => failure !== undefined);
  }

  /** Ends the threads. What comes later is checked on the main thread. */
  async stop(): Promise<void> {
    this.stopped = true;
    const pool = await this.pool;
    this.pool = undefined;
    await pool?.destroy();
  }

  /** Two batches for each thread even out what scripts cost; never so small or large that a batch is a waste. */
  private batchInputs(inputs: number): number {
    const wanted = Math.ceil(inputs / (this.threads * 2));
    return Math.min(Math.max(wanted, MIN_BATCH_INPUTS), MAX_BATCH_INPUTS);
  }

  private startedPool(): Promise<Piscina> {
    this.pool ??= startThreads('chain/scripts/worker', this.threads);
    return this.pool;
  }
}
