import { Worker } from 'node:worker_threads';
import { builtFile } from '../../runtime/built-file.js';
import { THREAD_LIMITS } from '../../runtime/workers.js';
import { type BatchVerdict, packBatch } from './batch.js';
import type { TakenBatch } from './batch-queue.js';

/** A thread that checks batches one after the other. It does not keep the process from ending while it has none. */
export class ScriptThread {
  private readonly worker = new Worker(builtFile('bundle/workers/scripts.js'), {
    resourceLimits: THREAD_LIMITS,
  });
  /** Handed over and not answered, the oldest first. */
  private readonly batches: TakenBatch[] = [];

  /**
   * @param onAnswer called after each batch
   * @param onEnd called once, when the thread has ended, however that came about
   */
  constructor(onAnswer: () => void, onEnd: () => void) {
    this.worker.unref();
    this.worker.on('message', (verdict: BatchVerdict) => {
      const done = this.batches.shift();
      if (this.batches.length === 0) this.worker.unref();
      done?.settle(verdict);
      onAnswer();
    });
    let failure: unknown = new Error('a script thread ended');
    this.worker.on('error', thrown => {
      failure = thrown;
    });
    this.worker.on('exit', () => {
      for (const batch of this.batches.splice(0)) batch.fail(failure);
      onEnd();
    });
  }

  /** Batches that it has, the one that it works on among them. */
  get load(): number {
    return this.batches.length;
  }

  run(taken: TakenBatch): void {
    const packed = packBatch(taken.batch);
    this.batches.push(taken);
    this.worker.ref();
    this.worker.postMessage(packed, [packed.buffer]);
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }
}
