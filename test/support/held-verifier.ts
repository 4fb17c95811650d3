import { verifyOnMainThread } from '../../src/chain/scripts/main-thread.js';
import type { ScriptFailure, ScriptJob, ScriptVerifier } from '../../src/chain/scripts.js';

/** Checks no scripts until it is told to. */
export class HeldVerifier implements ScriptVerifier {
  /** What lets each of the jobs that wait go on, in the order in which they came. */
  readonly jobs: (() => void)[] = [];
  private isOpen = false;

  async verify(job: ScriptJob): Promise<ScriptFailure | undefined> {
    if (!this.isOpen) await new Promise<void>(resolve => this.jobs.push(resolve));
    return verifyOnMainThread(job);
  }

  /** Lets those of these numbers go on, all of them by default. */
  release(numbers: readonly number[] = [...this.jobs.keys()]): void {
    for (const number of numbers) this.jobs[number]?.();
  }

  /** Lets all go on, and holds none from now on. */
  open(): void {
    this.isOpen = true;
    this.release();
  }
}
