import { LabError } from '../control/lab-error.js';

/** Commands that wait for their turn; each holds its parameters in memory. */
export const MAX_WAITING = 256;

interface Waiting {
  readonly alone: boolean;
  readonly start: () => void;
}

/**
 * Lets commands run beside each other, except those that want to be alone. Nobody is overtaken: a command that wants to be
 * alone waits for those before it, and those after it wait for it.
 */
export class Turns {
  private running = 0;
  private isAlone = false;
  private readonly waiting: Waiting[] = [];

  /** Runs `action` beside others that are shared. @throws LabError when too many wait */
  shared<T>(action: () => Promise<T>): Promise<T> {
    return this.take(false, action);
  }

  /** Runs `action` when nothing else runs. @throws LabError when too many wait */
  alone<T>(action: () => Promise<T>): Promise<T> {
    return this.take(true, action);
  }

  private async take<T>(alone: boolean, action: () => Promise<T>): Promise<T> {
    if (this.waiting.length >= MAX_WAITING)
      throw new LabError('limit', `${MAX_WAITING} commands wait already for those that run`);
    await new Promise<void>(start => {
      this.waiting.push({ alone, start });
      this.startNext();
    });
    try {
      return await action();
    } finally {
      this.running--;
      this.isAlone = false;
      this.startNext();
    }
  }

  private startNext(): void {
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      if (this.isAlone || (next.alone && this.running > 0)) return;
      this.waiting.shift();
      this.running++;
      this.isAlone = next.alone;
      next.start();
    }
  }
}
