import type { Schedule } from './lab-store.js';

/**
 * Runs what is given to it soon, in a task of its own, and at least so many milliseconds after what it ran before. Give it the
 * next only when the last has run.
 */
export function paced(leastMs: number): Schedule {
  let ranAt = Number.NEGATIVE_INFINITY;
  return run => {
    globalThis.setTimeout(
      () => {
        ranAt = performance.now();
        run();
      },
      Math.max(0, ranAt + leastMs - performance.now()),
    );
  };
}
