import { chainParams } from '../src/consensus/networks.js';
import type { RegtestNode } from './node.js';

/** When the first block of a chain with a pace may come: after genesis. */
const START = chainParams('regtest').genesis.header.time;

/**
 * The time of a network whose difficulty follows its blocks: it goes on when the lab says so, from the time of genesis, so
 * that blocks found within a second look as if they had come when they should.
 */
export class BlockPace {
  private unixSeconds = START;

  constructor(
    private readonly nodes: readonly RegtestNode[],
    /** Seconds between blocks that come as they should. */
    readonly spacing: number,
  ) {}

  /** Unix seconds. */
  get time(): number {
    return this.unixSeconds;
  }

  /** All nodes have this time from now on. It does not go backwards. */
  async moveTo(unixSeconds: number): Promise<void> {
    this.unixSeconds = Math.max(this.unixSeconds, unixSeconds);
    await Promise.all(this.nodes.map(({ rpc }) => rpc.request('setmocktime', this.unixSeconds)));
  }

  /** It is time for the next block. */
  next(): Promise<void> {
    return this.moveTo(this.unixSeconds + this.spacing);
  }
}
