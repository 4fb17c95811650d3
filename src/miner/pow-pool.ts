import { availableParallelism } from 'node:os';
import type { Piscina } from 'piscina';
import { ScalarScanner } from '../crypto/sha256/scalar-scanner.js';
import { BITS_AT } from '../primitives/header.js';
import { decodeCompact } from '../primitives/target.js';
import { startThreads } from '../runtime/workers.js';
import { SearchControl, searchRange } from './search-control.js';

/**
 * Nonces tried on the main thread before threads are asked: 2 ms of work. On regtest every other nonce is good, so
 * blocks on demand never pay for a thread.
 */
const INLINE_NONCES = 4096;

/** Nonces of one task: 0.15 seconds at 7 million hashes a second, so handing tasks out costs nothing. */
const RANGE = 1 << 20;

const NONCE_COUNT = 2 ** 32;

export interface SearchResult {
  /** The lowest good nonce; undefined when none was found within the tries or the search was stopped. */
  readonly nonce: number | undefined;
  /** Hashes done. */
  readonly tries: number;
}

/** Searches nonces on a Piscina pool. Threads start with the first search that needs them and live until {@link stop}. */
export class PowPool {
  private pool: Piscina | undefined;
  private isStopped = false;
  /** Searches in threads, with what ends them. */
  private readonly running = new Map<SearchControl, Promise<unknown>>();

  constructor(private readonly threads = availableParallelism()) {}

  /** True when the threads are running. */
  get isStarted(): boolean {
    return this.pool !== undefined;
  }

  /**
   * Looks for the lowest nonce from `start` that makes the header meet its own target.
   *
   * @param header 80 bytes
   * @param maxTries hashes to do at most
   * @param signal ends the search at once when aborted, as {@link stop} does
   */
  async search(
    header: Uint8Array,
    start: number,
    maxTries: number,
    signal?: AbortSignal,
  ): Promise<SearchResult> {
    if (this.isStopped || signal?.aborted) return { nonce: undefined, tries: 0 };
    const bits = new DataView(header.buffer, header.byteOffset, header.length).getUint32(BITS_AT, true);
    const target = targetBytes(bits);
    const end = Math.min(start + maxTries, NONCE_COUNT);
    const control = new SearchControl();
    control.reset();
    const afterInline = Math.min(start + INLINE_NONCES, end);
    const scanner = new ScalarScanner(header, target);
    const inlineTries = searchRange(scanner, start, afterInline - start, control);
    if (control.found !== undefined || afterInline === end) {
      return { nonce: control.found, tries: inlineTries };
    }
    const stop = () => control.stop();
    signal?.addEventListener('abort', stop);
    const work = this.searchInThreads(header, target, afterInline, end, control);
    this.running.set(control, work);
    try {
      const tries = inlineTries + (await work);
      return { nonce: control.found, tries };
    } finally {
      signal?.removeEventListener('abort', stop);
      this.running.delete(control);
    }
  }

  /** Ends every search, then the threads. Searches asked for later find nothing. */
  async stop(): Promise<void> {
    this.isStopped = true;
    for (const control of this.running.keys()) control.stop();
    // Threads look at the control every few milliseconds; killing them meanwhile would fail the searches.
    await Promise.allSettled(this.running.values());
    const { pool } = this;
    this.pool = undefined;
    await pool?.destroy();
  }

  /** Each thread takes the next range when it is done with one, until a nonce is found or the ranges are used up. */
  private async searchInThreads(
    header: Uint8Array,
    target: Uint8Array,
    start: number,
    end: number,
    control: SearchControl,
  ): Promise<number> {
    const pool = this.startedPool();
    const shared = { header: Uint8Array.from(header), target, control: control.memory };
    let next = start;
    let tries = 0;
    const lane = async () => {
      while (next < end && control.isWanted(next)) {
        const from = next;
        next += RANGE;
        const task = { ...shared, start: from, count: Math.min(RANGE, end - from) };
        const done: number = await pool.run(task);
        tries += done;
      }
    };
    await Promise.all(Array.from({ length: this.threads }, lane));
    return tries;
  }

  private startedPool(): Piscina {
    this.pool ??= startThreads('miner/pow-worker', this.threads);
    return this.pool;
  }
}

/** The target of `bits` as 32 bytes in the byte order of hashes; all zero for one that no hash can meet. */
function targetBytes(bits: number): Uint8Array {
  const { target, negative, overflow } = decodeCompact(bits);
  const value = negative || overflow ? 0n : target;
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse();
}
