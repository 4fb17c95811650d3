import { readdirSync, readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { basename } from 'node:path';

/** So much nicer, in the system's terms, V8's helpers are: there are four, and a machine may have two processors. */
export const STEP_BACK_OF_HELPERS = 7;

/** So much nicer a thread of ours is that works for the first one, which answers calls and peers meanwhile. */
export const STEP_BACK_OF_WORKERS = 3;

/** The nicest that a thread can be. */
const NICEST = 19;

/**
 * Lets the threads on which V8 compiles and collects garbage step back behind the one that runs the program, which they slow
 * down when there are more of them than processors. They are there from the start of a process: call this before other threads
 * are started, which are not meant.
 */
export function stepHelpersBack(): void {
  stepBack(STEP_BACK_OF_HELPERS, () =>
    readdirSync('/proc/self/task')
      .map(Number)
      .filter(thread => thread !== process.pid),
  );
}

/** Lets the thread that calls this, a worker, step back behind the one that runs the program. */
export function stepWorkerBack(): void {
  stepBack(STEP_BACK_OF_WORKERS, () => [Number(basename(readlinkSync('/proc/thread-self')))]);
}

/** Does nothing where threads have no priority of their own, which is everywhere but on Linux. */
function stepBack(steps: number, threads: () => readonly number[]): void {
  if (process.platform !== 'linux') return;
  try {
    const niceness = Math.min(getPriority() + steps, NICEST);
    for (const thread of threads()) setPriority(thread, niceness);
  } catch {
    // Not allowed here, or a thread has ended meanwhile: it is as it would be without.
  }
}
