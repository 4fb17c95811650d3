import type { Clock, Timer } from '../../runtime/clock.js';

/** Sleeps of machine time that all end when it is stopped. */
export class Sleeper {
  private readonly sleeping = new Set<() => void>();
  private stopped = false;

  constructor(private readonly clock: Clock) {}

  get isStopped(): boolean {
    return this.stopped;
  }

  /** Resolves to true after `ms`, to false at once when stopped. */
  sleep(ms: number): Promise<boolean> {
    if (this.stopped) return Promise.resolve(false);
    return new Promise(resolve => {
      let timer: Timer | undefined;
      const wake = () => {
        timer?.cancel();
        this.sleeping.delete(wake);
        resolve(!this.stopped);
      };
      this.sleeping.add(wake);
      timer = this.clock.every(ms, wake);
    });
  }

  stop(): void {
    this.stopped = true;
    for (const wake of [...this.sleeping]) wake();
  }
}
