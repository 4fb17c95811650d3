import { availableParallelism } from 'node:os';
import { QueueError } from '../../runtime/queue.js';
import type { ScriptFailure, ScriptJob, ScriptVerifier } from '../scripts.js';
import { packBatch, verifyBatch } from './batch.js';
import { BatchQueue } from './batch-queue.js';
import { verifyOnMainThread } from './main-thread.js';
import { ScriptThread } from './script-thread.js';

/**
 * Jobs with fewer inputs are done on the main thread, unless they are gathered: at 60 µs a signature they take about a
 * millisecond there, a round trip to a thread with its packing is not much less, and small networks never start a thread.
 */
const MIN_POOLED_INPUTS = 16;

/**
 * Inputs of a batch. From 64 on the cost of handing a batch over (50–80 µs) is below two percent of checking it; above
 * 256 the last batches of a block keep one thread busy while the others have nothing left.
 */
const MIN_BATCH_INPUTS = 64;
const MAX_BATCH_INPUTS = 256;

/** Small jobs wait for others for so long, in milliseconds: a peer sends its blocks at shorter intervals. */
const GATHER_MS = 3;

/** One batch that a thread works on, and one that lies ready: it need not wait until the main thread has time for it. */
const BATCHES_PER_THREAD = 2;

/** Inputs that wait while all threads are busy before another one is started, which takes about as long as they do. */
const START_THREAD_INPUTS = 256;

/** Core's MAX_SCRIPTCHECK_THREADS. */
const MAX_THREADS = 15;

/** Threads for `-par=n`: 0 is one for each core, a negative number leaves that many cores free. 1 is none. */
export function scriptThreadCount(par: number, cores = availableParallelism()): number {
  const threads = par <= 0 ? cores + par : par;
  return threads <= 1 ? 0 : Math.min(threads, MAX_THREADS);
}

/**
 * Checks scripts on worker threads. They are started by the first jobs that have enough to check, as many as these keep
 * busy, and live until {@link stop}.
 */
export class ScriptThreadPool implements ScriptVerifier {
  private readonly waiting: BatchQueue;
  private readonly running = new Set<ScriptThread>();
  /** Of what waits, some may not wait for more to come. */
  private isUrgent = false;
  /** Until then the others may. */
  private gathering: NodeJS.Timeout | undefined;
  private stopped = false;

  /** @param threads 0 checks all on the main thread */
  constructor(readonly threads: number) {
    this.waiting = new BatchQueue(Math.max(threads, 1));
  }

  async verify(job: ScriptJob, mayGather = false): Promise<ScriptFailure | undefined> {
    const inputs = job.transactions.reduce((sum, tx) => sum + tx.inputCount, 0);
    const { waiting } = this;
    const isSmall = !mayGather && waiting.inputs + inputs < MIN_POOLED_INPUTS;
    if (this.threads === 0 || this.stopped || isSmall) return verifyOnMainThread(job);
    const verdict = waiting.add(job, inputs);
    if (!mayGather) this.isUrgent = true;
    this.handOut();
    return verdict;
  }

  prepare(): void {
    if (this.threads > 0 && !this.stopped && this.running.size === 0) this.startThread();
  }

  /** Ends the threads. What comes later is checked on the main thread; what was not checked yet is refused. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.gathering);
    this.waiting.clear(new QueueError('closed', 'scripts'));
    await Promise.all([...this.running].map(thread => thread.stop()));
  }

  /** Gives threads that have room what waits, but for what is to be gathered. */
  private handOut(): void {
    const { waiting } = this;
    while (waiting.inputs >= MIN_BATCH_INPUTS || (this.isUrgent && waiting.inputs > 0)) {
      const thread = this.freeThread();
      if (thread === undefined) return;
      thread.run(waiting.take(this.batchInputs()));
    }
    this.isUrgent = false;
    if (waiting.inputs > 0) this.gathering ??= setTimeout(() => this.endGathering(), GATHER_MS);
  }

  private endGathering(): void {
    this.gathering = undefined;
    const { waiting } = this;
    if (this.running.size > 0 || waiting.inputs >= MIN_POOLED_INPUTS) {
      this.isUrgent = waiting.inputs > 0;
      this.handOut();
    } else if (waiting.inputs > 0) {
      const few = waiting.take(waiting.inputs);
      few.settle(verifyBatch(packBatch(few.batch)));
    }
  }

  /** The thread that has least to do; undefined when all have enough. */
  private freeThread(): ScriptThread | undefined {
    let best: ScriptThread | undefined;
    for (const thread of this.running) if (best === undefined || thread.load < best.load) best = thread;
    if (best?.load === 0) return best;
    const isTooMuch = best === undefined || this.waiting.inputs >= START_THREAD_INPUTS;
    if (isTooMuch && this.running.size < this.threads) return this.startThread();
    return best !== undefined && best.load < BATCHES_PER_THREAD ? best : undefined;
  }

  private startThread(): ScriptThread {
    const thread: ScriptThread = new ScriptThread(
      () => this.handOut(),
      () => this.running.delete(thread),
    );
    this.running.add(thread);
    return thread;
  }

  /** Two batches for each thread even out what scripts cost; never so small or large that a batch is a waste. */
  private batchInputs(): number {
    const wanted = Math.ceil(this.waiting.inputs / (this.threads * BATCHES_PER_THREAD));
    return Math.min(Math.max(wanted, MIN_BATCH_INPUTS), MAX_BATCH_INPUTS);
  }
}
