import { setImmediate } from 'node:timers/promises';
import type { Steps } from './steps.js';

/**
 * Does the work and gives the event loop a turn wherever it yields. What never yields is done when this returns: whoever has
 * little to do waits for nothing.
 */
export function inTurns<T>(steps: Steps<T>): T | Promise<T> {
  const first = steps.next();
  return first.done === true ? first.value : finish(steps);
}

async function finish<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    await setImmediate();
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
