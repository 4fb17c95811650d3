import type { RunObserver } from '../headers/run-observer.js';

/** Trials between two breaks in which timers, signals and progress get their turn. */
const TRIALS_PER_SLICE = 500;

/** Called now and then with the number of trials run. */
export type OnProgress = (done: number, trials: number) => void;

export interface SlicedRun {
  readonly trials: number;
  readonly onProgress?: OnProgress | undefined;
  readonly observer?: RunObserver | undefined;
}

/** Runs `trial` so many times, one after the other: slicing changes nothing in what they draw. */
export async function runInSlices(
  trial: () => void,
  { trials, onProgress, observer }: SlicedRun,
): Promise<void> {
  for (let done = 0; done < trials; ) {
    const end = Math.min(done + TRIALS_PER_SLICE, trials);
    for (; done < end; done++) {
      observer?.trial();
      trial();
    }
    onProgress?.(done, trials);
    await new Promise(resolve => setImmediate(resolve));
  }
}
