import { MiningClocks, type Random } from '../random.js';
import type { Miners } from './miners.js';
import { pause } from './pause.js';

/** What is needed of {@link Miners} here. */
export type TimedMiners = Pick<Miners, 'isRunning' | 'mine'>;

/** Blocks at regular times. Who finds one is drawn among the nodes that run, in proportion to their shares. */
export async function mineAtIntervals(
  miners: TimedMiners,
  seconds: number,
  shares: readonly number[],
  random: Random,
  signal: AbortSignal,
): Promise<void> {
  const timeline = new Timeline();
  for (;;) {
    await timeline.wait(seconds, signal);
    if (signal.aborted) return;
    const running = shares.map((share, index) => (miners.isRunning(index) ? share : 0));
    const finder = pickBy(running, random.fraction());
    if (finder !== undefined) await miners.mine(finder);
  }
}

/** Blocks when each node's exponential clock rings. What a node finds that does not run is no block. */
export async function mineByClocks(
  miners: TimedMiners,
  meanSeconds: number,
  shares: readonly number[],
  random: Random,
  signal: AbortSignal,
): Promise<void> {
  const timeline = new Timeline();
  const clocks = new MiningClocks(shares, random);
  let former = 0;
  for (;;) {
    const { miner, time } = clocks.next();
    await timeline.wait((time - former) * meanSeconds, signal);
    if (signal.aborted) return;
    former = time;
    await miners.mine(miner);
  }
}

/** Index of the share in which a fraction of their sum lies; undefined when all are 0. */
export function pickBy(shares: readonly number[], fraction: number): number | undefined {
  let left = fraction * shares.reduce((sum, share) => sum + share, 0);
  let last: number | undefined;
  for (const [index, share] of shares.entries()) {
    if (share === 0) continue;
    if (left < share) return index;
    left -= share;
    last = index;
  }
  // Rounding can leave a little over.
  return last;
}

/** Moments at given distances. The time that passes between waits counts; what is missed is not made up for. */
class Timeline {
  private due = performance.now();

  async wait(seconds: number, signal: AbortSignal): Promise<void> {
    const now = performance.now();
    this.due = Math.max(this.due + seconds * 1000, now);
    await pause(this.due - now, signal);
  }
}
