import type { RpcContext } from './context.js';

/** Resolves after `ms` of machine time, or at once when `signal` aborts. */
export function pause({ clock }: Pick<RpcContext, 'clock'>, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal?.aborted === true) return resolve();
    const finish = () => {
      timer.cancel();
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = clock.every(Math.max(ms, 1), finish);
    signal?.addEventListener('abort', finish);
  });
}

/**
 * Waits until `done` holds, asking it again whenever the tip has changed.
 *
 * @param timeoutMs machine time to wait at most; 0 for ever
 * @param signal ends the wait when it aborts
 */
export function waitForTip(
  { chain, clock }: Pick<RpcContext, 'chain' | 'clock'>,
  done: () => boolean,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise(resolve => {
    if (done() || signal.aborted || timeoutMs < 0) return resolve();
    const finish = () => {
      chain.events.off('tip', check);
      signal.removeEventListener('abort', finish);
      timer?.cancel();
      resolve();
    };
    const check = () => {
      if (done()) finish();
    };
    const timer = timeoutMs === 0 ? undefined : clock.every(timeoutMs, finish);
    chain.events.on('tip', check);
    signal.addEventListener('abort', finish);
  });
}
