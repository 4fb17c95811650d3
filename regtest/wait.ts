import { setTimeout as delay } from 'node:timers/promises';

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
  const { what, timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    signal?.throwIfAborted();
    const value = await condition();
    if (value !== false && value !== undefined) return value;
    if (performance.now() >= deadline) throw new WaitTimeout(`waited ${timeoutMs / 1000} s for ${what}`);
    await delay(pauseMs, undefined, { signal });
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
