/** A pending timer of a {@link Clock}; `cancel` may be called at any time, any number of times. */
export interface Timer {
  cancel(): void;
}

/**
 * The node's one clock. Everything that asks the time or sets a timer asks it.
 *
 * `now*` and `setTimer` follow the mocked time when one is set (RPC `setmocktime`); `steadyMs` and `every` follow
 * the machine, as Core's message handler does: it wakes every 100 ms of real time and compares mocked deadlines.
 */
export interface Clock {
  /** Unix time in whole seconds. */
  now(): number;
  /** Unix time in milliseconds. */
  nowMs(): number;
  /** Monotonic machine time in milliseconds; never mocked. */
  steadyMs(): number;
  /** Calls `fn` once, when the clock has passed `delayMs` from now. Fires during `setMockTime` when that passes it. */
  setTimer(delayMs: number, fn: () => void): Timer;
  /** Calls `fn` every `periodMs` of machine time, and when the mocked scheduler is moved (`advanceScheduler`). */
  every(periodMs: number, fn: () => void): Timer;
}

interface PendingTimer extends Timer {
  readonly dueMs: number;
  readonly fn: () => void;
  handle: NodeJS.Timeout | undefined;
}

interface Periodic extends Timer {
  readonly periodMs: number;
  readonly fn: () => void;
  handle: NodeJS.Timeout;
}

/** setTimeout's delay is a signed 32-bit number of milliseconds; longer waits are re-armed. */
const MAX_NATIVE_DELAY_MS = 0x7fffffff;

/** The clock used by daemon and tests alike: machine time until mocked. */
export class NodeClock implements Clock {
  private mockedMs = 0;
  private readonly timers = new Set<PendingTimer>();
  private readonly periodics = new Set<Periodic>();

  now(): number {
    return Math.floor(this.nowMs() / 1000);
  }

  nowMs(): number {
    return this.mockedMs === 0 ? Date.now() : this.mockedMs;
  }

  steadyMs(): number {
    return performance.now();
  }

  setTimer(delayMs: number, fn: () => void): Timer {
    const timer: PendingTimer = {
      dueMs: this.nowMs() + delayMs,
      fn,
      handle: undefined,
      cancel: () => {
        clearTimeout(timer.handle);
        this.timers.delete(timer);
      },
    };
    this.timers.add(timer);
    this.arm(timer);
    return timer;
  }

  every(periodMs: number, fn: () => void): Timer {
    const periodic: Periodic = {
      periodMs,
      fn,
      handle: setInterval(fn, Math.min(periodMs, MAX_NATIVE_DELAY_MS)).unref(),
      cancel: () => {
        clearInterval(periodic.handle);
        this.periodics.delete(periodic);
      },
    };
    this.periodics.add(periodic);
    return periodic;
  }

  /** The mocked time in seconds, 0 when the clock runs freely. */
  get mockTime(): number {
    return Math.floor(this.mockedMs / 1000);
  }

  /** Stops the clock at `seconds` since the epoch, or lets it run again with 0. Timers passed by it fire now. */
  setMockTime(seconds: number): void {
    this.mockedMs = seconds * 1000;
    const nowMs = this.nowMs();
    const due = [...this.timers].filter(timer => timer.dueMs <= nowMs).sort((a, b) => a.dueMs - b.dueMs);
    for (const timer of due) if (this.timers.has(timer)) this.fire(timer);
    for (const timer of this.timers) this.arm(timer);
  }

  /** RPC `mockscheduler`: lets periodic work whose period lies within `seconds` run once, without moving the time. */
  advanceScheduler(seconds: number): void {
    for (const periodic of [...this.periodics]) {
      if (periodic.periodMs <= seconds * 1000 && this.periodics.has(periodic)) periodic.fn();
    }
  }

  /** Cancels everything that is pending. */
  stop(): void {
    for (const timer of [...this.timers]) timer.cancel();
    for (const periodic of [...this.periodics]) periodic.cancel();
  }

  private arm(timer: PendingTimer): void {
    clearTimeout(timer.handle);
    timer.handle = undefined;
    const nowMs = this.nowMs();
    // A stopped clock reaches no time but its own; what is due at that time must not wait for it to be moved.
    if (this.mockedMs !== 0 && timer.dueMs > nowMs) return;
    const delayMs = Math.min(Math.max(timer.dueMs - nowMs, 0), MAX_NATIVE_DELAY_MS);
    timer.handle = setTimeout(() => {
      if (timer.dueMs <= this.nowMs()) this.fire(timer);
      else this.arm(timer);
    }, delayMs).unref();
  }

  private fire(timer: PendingTimer): void {
    timer.cancel();
    timer.fn();
  }
}
