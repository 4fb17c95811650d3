import { errorMessage } from '../runtime/errors.js';
import { JobQueue } from '../runtime/queue.js';
import type { SharedState } from './chain-state.js';
import { ChainFailure, failChain, orFailSync } from './fatal.js';
import { checkInvariants } from './invariants.js';
import { StoreError } from './store/store-error.js';

/**
 * State changes and looks at a standing chain that may wait. Blocks are bounded by those who ask for them (16 in flight
 * for each peer), the rest are mempool and RPC requests of a few hundred bytes.
 */
const MAX_WAITING_CHANGES = 20_000;

/** Coins cannot be read, and must not be taken for spent. */
const READ_FAILED = 'Error reading from database, shutting down.';

/**
 * The one queue in which a chain changes, and what is asked of the chain, which may take many changes.
 *
 * What a change throws means that the chain cannot be trusted any more: all later ones are refused.
 */
export class ChangeQueue {
  private readonly queue = new JobQueue('chain', MAX_WAITING_CHANGES);
  /** Requests that are not done yet, over all the jobs they take. */
  private readonly requests = new Set<Promise<unknown>>();
  private changes = 0;

  /** @param checkEvery check the invariants at one in so many changes; 0 is never */
  constructor(
    private readonly shared: SharedState,
    private readonly checkEvery: number,
  ) {}

  /** Nothing is in the middle of a change. */
  get isIdle(): boolean {
    return this.queue.size === 0;
  }

  /** Runs one change, after those before it. @throws ChainFailure when the chain has failed, or does now */
  change<T>(job: () => Promise<T> | T): Promise<T> {
    return this.queue.push(async () => {
      const { shared } = this;
      if (shared.failure !== undefined) throw new ChainFailure(shared.failure);
      try {
        const result = await job();
        this.changed();
        return result;
      } catch (thrown) {
        throw thrown instanceof ChainFailure ? thrown : failChain(shared, failureMessage(thrown), thrown);
      }
    });
  }

  /** Runs a last change, which a failure before it does not keep from running. */
  changeAtEnd<T>(job: () => Promise<T>): Promise<T> {
    return this.queue.push(job);
  }

  /** Looks at the chain while it stands still. @throws ChainFailure when what is stored cannot be read */
  look<T>(work: () => T): Promise<T> {
    const job = () => orFailSync(this.shared, READ_FAILED, work);
    // Done when this returns: nobody has to wait for it.
    return this.isIdle ? this.queue.pushSync(job) : this.request(() => this.queue.push(job));
  }

  /** Something changed outside of the queue, as headers may: counts for the invariants. */
  changed(): void {
    if (this.checkEvery > 0 && ++this.changes % this.checkEvery === 0) checkInvariants(this.shared);
  }

  /** Notes what takes several changes, for {@link settled}. */
  request<T>(work: () => Promise<T>): Promise<T> {
    const request = work().finally(() => this.requests.delete(request));
    this.requests.add(request);
    return request;
  }

  /** Resolves when all that was asked for so far is done. */
  async settled(): Promise<void> {
    while (this.requests.size > 0) await Promise.allSettled(this.requests);
    await this.queue.drain();
  }

  close(): Promise<void> {
    return this.queue.close();
  }
}

function failureMessage(thrown: unknown): string {
  if (thrown instanceof StoreError && thrown.code === 'corrupt') return READ_FAILED;
  return `System error while changing the chain: ${errorMessage(thrown)}`;
}
