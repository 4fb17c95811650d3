import { readdirSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/** So much nicer, in the system's terms, helpers are: there are four, and a machine may have two processors. */
export const STEP_BACK = 7;

/** The nicest that a thread can be. */
const NICEST = 19;

/**
 * Lets the threads on which V8 compiles and collects garbage step back behind the one that runs the program, which they slow
 * down when there are more of them than processors. They are there from the start of a process: call this before other threads
 * are started, which are to stay as they are. Does nothing where threads have no priority of their own, which is everywhere but
 * on Linux.
 */
export function stepHelpersBack(): void {
  if (process.platform !== 'linux') return;
  try {
    const niceness = Math.min(getPriority() + STEP_BACK, NICEST);
    for (const name of readdirSync('/proc/self/task')) {
      const thread = Number(name);
      if (thread !== process.pid) setPriority(thread, niceness);
    }
  } catch {
    // Not allowed here, or a thread has ended meanwhile: it is as it would be without.
  }
}
