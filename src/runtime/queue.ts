import { errorMessage } from './errors.js';

/** Thrown by {@link JobQueue.push} when the queue is full or closed. */
export class QueueError extends Error {
  override readonly name = 'QueueError';
  constructor(
    readonly code: 'full' | 'closed',
    queue: string,
  ) {
    super(`queue ${queue} is ${code}`);
  }
}

/**
 * Runs jobs one after the other, in order of arrival. One queue guards one resource; it is bounded so that a flood of
 * requests is refused instead of held.
 */
export class JobQueue {
  private tail: Promise<unknown> = Promise.resolve();
  private pending = 0;
  private closed = false;

  constructor(
    private readonly name: string,
    private readonly maxPending: number,
  ) {}

  /** Jobs waiting or running. */
  get size(): number {
    return this.pending;
  }

  /** Runs `job` after all jobs pushed before; resolves or rejects as it does. A failed job does not stop the queue. */
  push<T>(job: () => Promise<T> | T): Promise<T> {
    if (this.closed) return Promise.reject(new QueueError('closed', this.name));
    if (this.pending >= this.maxPending) return Promise.reject(new QueueError('full', this.name));
    this.pending++;
    const run = this.tail.then(job).finally(() => {
      this.pending--;
    });
    this.tail = run.catch(() => {});
    return run;
  }

  /** As {@link push}, for a job without waits: when no other is there it runs before the call returns. */
  pushSync<T>(job: () => T): Promise<T> {
    if (this.closed || this.pending > 0) return this.push(job);
    this.pending++;
    try {
      return Promise.resolve(job());
    } catch (thrown) {
      return Promise.reject(thrown);
    } finally {
      this.pending--;
    }
  }

  /** Resolves when all jobs pushed so far are done. */
  async drain(): Promise<void> {
    await this.tail;
  }

  /** Refuses new jobs and resolves when the running ones are done. */
  async close(): Promise<void> {
    this.closed = true;
    await this.tail;
  }
}

/** Runs a promise that nobody awaits; its failure goes to `onError` instead of vanishing. */
export function runDetached(work: Promise<unknown>, onError: (message: string) => void): void {
  work.catch((thrown: unknown) => onError(errorMessage(thrown)));
}

/** A promise that somebody else resolves. */
export interface Deferred {
  readonly promise: Promise<void>;
  /** May be called more than once. */
  resolve(): void;
}

export function deferred(): Deferred {
  let resolve = () => {};
  const promise = new Promise<void>(done => {
    resolve = done;
  });
  return { promise, resolve: () => resolve() };
}
