import { setTimeout as delay } from 'node:timers/promises';

/** Waits, and no longer than until the signal is aborted. Keeps no process alive. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await delay(Math.max(ms, 0), undefined, { signal, ref: false }).catch(() => {});
}
