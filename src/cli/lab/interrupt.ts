/** Signals that ask a command to end. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Signals that follow each other within this time are one: npm hands on what the terminal has sent to all already. */
const SAME_SIGNAL_MS = 500;

/** The user, or the system, asked the command to end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor(readonly signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
  }
}

/**
 * Runs `action` with a signal that is aborted by Ctrl-C and SIGTERM, so that it can clean up. The second one ends the
 * process at once; nodes do not outlive it in any case.
 */
export async function interruptible<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let abortedAt = 0;
  const interrupt = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) {
      if (performance.now() - abortedAt > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    abortedAt = performance.now();
    controller.abort(new Interrupted(signal));
  };
  for (const name of SIGNALS) process.on(name, interrupt);
  try {
    return await action(controller.signal);
  } catch (thrown) {
    // What went wrong after the signal went wrong because of it: Ctrl-C reaches the nodes as well.
    throw controller.signal.aborted ? controller.signal.reason : thrown;
  } finally {
    for (const name of SIGNALS) process.off(name, interrupt);
  }
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return signal.aborted
    ? Promise.resolve()
    : new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }));
}
