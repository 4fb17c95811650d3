import { setTimeout as delay } from 'node:timers/promises';
import { deferred } from '../src/runtime/queue.js';

/** A condition did not come true in time. */
export class WaitTimeout extends Error {
  override readonly name = 'WaitTimeout';
}

export interface WaitOptions {
  /** What is waited for, for the error: "nodes to agree on the tip". */
  readonly what: string;
  /** Milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait early, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Rung when what is waited for may have come: until then looks are few. */
  readonly bell?: Bell | undefined;
}

/** Ends the pauses of one who waits, as soon as something happens that may be what is waited for. */
export class Bell {
  private hasRung = false;
  private wake = (): void => {};

  ring(): void {
    this.hasRung = true;
    this.wake();
  }

  /** Resolves when it has rung since the last time, or after `pauseMs`. @returns whether it has rung */
  async pause(pauseMs: number): Promise<boolean> {
    if (!this.hasRung) {
      const { promise, resolve } = deferred();
      const timer = setTimeout(resolve, pauseMs);
      this.wake = resolve;
      await promise;
      clearTimeout(timer);
    }
    const { hasRung } = this;
    this.hasRung = false;
    return hasRung;
  }
}

/** Long enough for a machine that is busy with much else; nothing waits that long when all is well. */
export const DEFAULT_TIMEOUT_MS = 60_000;

/** The first looks come quickly, as most conditions are true after a few milliseconds; later ones cost little. */
const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 50;

/**
 * Looks again and again until `condition` gives something else than false or undefined, and returns that. What it
 * throws ends the wait.
 *
 * @throws WaitTimeout
 */
export async function waitFor<T>(
  condition: () => Promise<T | false | undefined> | T | false | undefined,
  options: WaitOptions,
): Promise<T> {
  const { what, timeoutMs = DEFAULT_TIMEOUT_MS, signal, bell } = options;
  const deadline = performance.now() + timeoutMs;
  let pauseMs = bell === undefined ? FIRST_PAUSE_MS : LONGEST_PAUSE_MS;
  for (;;) {
    signal?.throwIfAborted();
    const value = await condition();
    if (value !== false && value !== undefined) return value;
    if (performance.now() >= deadline) throw new WaitTimeout(`waited ${timeoutMs / 1000} s for ${what}`);
    const next = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    if (bell === undefined) await delay(pauseMs, undefined, { signal });
    // What it told of may take a moment to be seen everywhere.
    pauseMs = (await bell?.pause(pauseMs)) === true ? FIRST_PAUSE_MS : next;
  }
}

/** Waits as {@link waitFor} does, but goes on when the condition does not come true in time. @returns whether it did */
export async function waitAtMost(condition: () => Promise<boolean>, options: WaitOptions): Promise<boolean> {
  try {
    return await waitFor(condition, options);
  } catch (thrown) {
    if (thrown instanceof WaitTimeout) return false;
    throw thrown;
  }
}
