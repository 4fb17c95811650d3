import { defined } from '../../runtime/errors.js';
import { startThread } from '../../runtime/workers.js';
import { type BatchVerdict, packBatch } from './batch.js';
import type { TakenBatch } from './batch-queue.js';

/** Bytes of a piece of memory at first: a full batch of usual payments takes about as many. */
const USUAL_BATCH_SIZE = 64 << 10;

/**
 * Memory that this thread and another one see, for one batch after the other. Buffers that are handed over would lie in the other
 * thread until its garbage collector comes by, which knows of its own objects only.
 */
class SharedMemory {
  private bytes = new Uint8Array(new SharedArrayBuffer(USUAL_BATCH_SIZE));

  /** The memory, if need be a larger one than before. */
  ofSize(size: number): Uint8Array {
    let length = this.bytes.length;
    while (length < size) length *= 2;
    if (length > this.bytes.length) this.bytes = new Uint8Array(new SharedArrayBuffer(length));
    return this.bytes;
  }
}

interface PendingBatch {
  readonly taken: TakenBatch;
  readonly memory: SharedMemory;
}

/** A thread that checks batches one after the other. It does not keep the process from ending while it has none. */
export class ScriptThread {
  private readonly worker = startThread('bundle/workers/scripts.js');
  /** Handed over and not answered, the oldest first. */
  private readonly batches: PendingBatch[] = [];
  private readonly freeMemory: SharedMemory[] = [];

  /**
   * @param onAnswer called after each batch
   * @param onEnd called once, when the thread has ended, however that came about
   */
  constructor(onAnswer: () => void, onEnd: () => void) {
    this.worker.unref();
    this.worker.on('message', (verdict: BatchVerdict) => {
      const { taken, memory } = defined(this.batches.shift(), 'the batch of an answer');
      this.freeMemory.push(memory);
      if (this.batches.length === 0) this.worker.unref();
      taken.settle(verdict);
      onAnswer();
    });
    let failure: unknown = new Error('a script thread ended');
    this.worker.on('error', thrown => {
      failure = thrown;
    });
    this.worker.on('exit', () => {
      for (const { taken } of this.batches.splice(0)) taken.fail(failure);
      onEnd();
    });
  }

  /** Batches that it has, the one that it works on among them. */
  get load(): number {
    return this.batches.length;
  }

  run(taken: TakenBatch): void {
    const memory = this.freeMemory.pop() ?? new SharedMemory();
    const packed = packBatch(taken.batch, size => memory.ofSize(size));
    this.batches.push({ taken, memory });
    this.worker.ref();
    this.worker.postMessage(packed);
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }
}
