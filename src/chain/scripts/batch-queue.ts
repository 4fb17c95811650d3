import type { ScriptFailure, ScriptJob } from '../scripts.js';
import type { Batch, BatchPart, BatchVerdict, InputRange } from './batch.js';

/** A batch that was taken, and who is to hear of it. */
export interface TakenBatch {
  readonly batch: Batch;
  readonly inputs: number;
  settle(verdict: BatchVerdict): void;
  /** It could not be checked. */
  fail(thrown: unknown): void;
}

/** Jobs that wait for threads, and are cut to batches in their order. */
export class BatchQueue {
  private readonly jobs: WaitingJob[] = [];
  private waiting = 0;

  /**
   * @param maxParts a transaction goes along whole with each part of its inputs, so that one with very many inputs is cut
   *   into no more than this, however large they are
   */
  constructor(private readonly maxParts: number) {}

  /** Inputs that are in no batch yet. */
  get inputs(): number {
    return this.waiting;
  }

  /** Resolves with the first failure, in block order, when that much of the job was checked. */
  add(job: ScriptJob, inputs: number): Promise<ScriptFailure | undefined> {
    this.waiting += inputs;
    return new Promise((resolve, reject) => {
      this.jobs.push(new WaitingJob(job, inputs, this.maxParts, resolve, reject));
    });
  }

  /** Takes about so many of the oldest inputs, all that there are if there are fewer; there must be some. */
  take(inputs: number): TakenBatch {
    const batch: BatchPart[] = [];
    const owners: WaitingJob[] = [];
    let taken = 0;
    for (let job = this.jobs[0]; job !== undefined && taken < inputs; job = this.jobs[0]) {
      const before = job.inputs;
      batch.push({ job: job.job, ranges: job.take(inputs - taken, inputs) });
      owners.push(job);
      taken += before - job.inputs;
      if (job.inputs === 0) this.jobs.shift();
    }
    this.waiting -= taken;
    return {
      batch,
      inputs: taken,
      settle: verdict => {
        for (const [part, job] of owners.entries()) if (job.settle(verdict?.[part])) this.drop(job);
      },
      fail: thrown => {
        for (const job of owners) {
          job.reject(thrown);
          this.drop(job);
        }
      },
    };
  }

  /** Refuses all that waits. */
  clear(thrown: unknown): void {
    for (const { reject } of this.jobs.splice(0)) reject(thrown);
    this.waiting = 0;
  }

  /** What is left of the job does not matter any more. */
  private drop(job: WaitingJob): void {
    const at = this.jobs.indexOf(job);
    if (at < 0) return;
    this.jobs.splice(at, 1);
    this.waiting -= job.inputs;
  }
}

/** A job with what is in no batch yet. */
class WaitingJob {
  /** The next input to be taken. */
  private txIndex = 0;
  private from = 0;
  private batches = 0;
  private failure: ScriptFailure | undefined;

  constructor(
    readonly job: ScriptJob,
    /** Inputs that are in no batch yet. */
    public inputs: number,
    private readonly maxParts: number,
    private readonly resolve: (failure: ScriptFailure | undefined) => void,
    readonly reject: (thrown: unknown) => void,
  ) {}

  /**
   * Takes `wanted` inputs or some more, all that are left if they are fewer.
   *
   * @param least inputs of a transaction that are not cut further
   */
  take(wanted: number, least: number): InputRange[] {
    const { transactions } = this.job;
    const ranges: InputRange[] = [];
    this.batches++;
    for (let taken = 0; taken < wanted && this.inputs > 0; ) {
      const { txIndex, from } = this;
      const count = transactions[txIndex]?.inputCount ?? 0;
      const to = Math.min(count, from + Math.max(Math.ceil(count / this.maxParts), least));
      this.from = to;
      if (to === count) {
        this.txIndex++;
        this.from = 0;
      }
      if (to === from) continue;
      ranges.push({ txIndex, from, to });
      taken += to - from;
      this.inputs -= to - from;
    }
    return ranges;
  }

  /** One of its batches is done. @returns whether it failed: what was not taken before lies after that. */
  settle(failure: ScriptFailure | undefined): boolean {
    this.batches--;
    if (failure !== undefined && (this.failure === undefined || isBefore(failure, this.failure))) {
      this.failure = failure;
    }
    const isDone = this.inputs === 0 || this.failure !== undefined;
    if (this.batches === 0 && isDone) this.resolve(this.failure);
    return this.failure !== undefined;
  }
}

function isBefore(a: ScriptFailure, b: ScriptFailure): boolean {
  return a.txIndex < b.txIndex || (a.txIndex === b.txIndex && a.inputIndex < b.inputIndex);
}
