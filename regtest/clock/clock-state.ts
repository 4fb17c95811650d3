/** What time it is for the nodes of a network. */
export interface ClockState {
  /** Unix seconds. */
  readonly time: number;
  /** Ahead of (or, negative, behind) the machine's clock, in whole seconds. 0: the nodes have the machine's time. */
  readonly offset: number;
  /** The time stands still until it is moved. */
  readonly frozen: boolean;
}

/**
 * The time of all nodes, kept by `setmocktime` with them. It can be moved; unless frozen it runs on from there.
 * Time never goes so far back that blocks could not be mined: it stays above the median time past of every node's tip.
 */
export interface NetworkClock {
  readonly state: ClockState;
  /** Moves the time forward by so many seconds, at most 10 years. */
  advance(seconds: number): Promise<ClockState>;
  /**
   * Moves the time to a moment, from which it runs on or, with `freeze`, at which it stands still; as before when not told.
   *
   * @throws RangeError at or below the median time past of a node's tip, more than two hours before the tip's own time, or
   * above what a header's time can hold
   */
  set(unixSeconds: number, options?: { readonly freeze?: boolean }): Promise<ClockState>;
  /** The time stands still. `set` with `freeze: false` lets it run again. */
  freeze(): Promise<ClockState>;
  /** The machine's time again. @throws RangeError when a node's tip is more than two hours ahead of it */
  release(): Promise<ClockState>;
}
