import { chainParams } from '../src/consensus/networks.js';
import type { LabClock } from './clock/lab-clock.js';

/** Unix seconds at which the time of a chain with a pace begins: that of genesis. */
export const PACE_START = chainParams('regtest').genesis.header.time;

/**
 * How the time goes on in a network whose difficulty follows its blocks, so that blocks found within a second look as if
 * they had come when they should. The time is that of the network's clock, which stands still at genesis at first: whoever
 * moves it in another way moves the time from which this goes on.
 */
export class BlockPace {
  constructor(
    private readonly clock: Pick<LabClock, 'state' | 'advance' | 'step'>,
    /** Seconds between blocks that come as they should. */
    readonly spacing: number,
  ) {}

  /** Unix seconds. */
  get time(): number {
    return this.clock.state.time;
  }

  /** It is time for a block of connected nodes. A clock that runs by itself is left alone. */
  async letBlockCome(): Promise<void> {
    const { frozen } = this.clock.state;
    if (frozen) await this.clock.advance(this.spacing);
  }

  /** All nodes have this time from now on, without care for their connections. It does not go backwards. */
  moveTo(unixSeconds: number): Promise<void> {
    return this.clock.step(unixSeconds);
  }

  /** It is time for the next block of nodes that are apart. */
  next(): Promise<void> {
    return this.moveTo(this.time + this.spacing);
  }
}
