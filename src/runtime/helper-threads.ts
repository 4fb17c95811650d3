import { readdirSync, readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { basename } from 'node:path';

/** So much nicer, in the system's terms, helpers are: there are four, and a machine may have two processors. */
export const STEP_BACK = 7;

/** The nicest that a thread can be. */
const NICEST = 19;

/**
 * Lets the threads on which V8 compiles and collects garbage step back behind the one that runs the program, which they slow
 * down when there are more of them than processors. They are there from the start of a process: call this before other threads
 * are started, which are not meant. Does nothing where threads have no priority of their own, which is everywhere but
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

/** So much nicer than the thread that runs the program is one of ours that works for it, and waits for no one. */
export const STEP_BACK_OF_WORKER = 3;

/** Lets the thread that calls this, a worker, step back behind the first one: that answers calls and peers while scripts are checked. */
export function stepBack(): void {
  if (process.platform !== 'linux') return;
  try {
    const thread = Number(basename(readlinkSync('/proc/thread-self')));
    setPriority(thread, Math.min(getPriority() + STEP_BACK_OF_WORKER, NICEST));
  } catch {
    // Not allowed here, or there is no /proc: it is as it would be without.
  }
}
