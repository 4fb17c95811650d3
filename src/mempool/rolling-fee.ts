import type { FeeRate } from '../primitives/feerate.js';
import type { Clock } from '../runtime/clock.js';
import { ROLLING_FEE_HALFLIFE } from './policy/limits.js';

/** Seconds between two steps of the decay. */
const DECAY_STEP = 10;

/**
 * The feerate that eviction has raised the entry to. It stays until a block comes, then halves every 12 hours (faster
 * in a mempool that is far from full), and ends at half the incremental feerate.
 */
export class RollingFee {
  private rate = 0;
  private lastUpdate: number;
  private blockSinceBump = false;

  constructor(
    private readonly incrementalFeeRate: FeeRate,
    private readonly clock: Clock,
  ) {
    this.lastUpdate = clock.now();
  }

  /** Something worth `rate` was evicted. */
  bump(rate: FeeRate): void {
    if (rate <= this.rate) return;
    this.rate = rate;
    this.blockSinceBump = false;
  }

  blockConnected(): void {
    this.lastUpdate = this.clock.now();
    this.blockSinceBump = true;
  }

  /** The feerate now; `usage` and `maxBytes` tell how full the mempool is. */
  current(usage: number, maxBytes: number): FeeRate {
    if (!this.blockSinceBump || this.rate === 0) return Math.round(this.rate);
    const elapsed = this.clock.now() - this.lastUpdate;
    if (elapsed > DECAY_STEP) {
      this.rate /= 2 ** (elapsed / halflife(usage, maxBytes));
      this.lastUpdate = this.clock.now();
      if (this.rate < this.incrementalFeeRate / 2) {
        this.rate = 0;
        return 0;
      }
    }
    return Math.max(Math.round(this.rate), this.incrementalFeeRate);
  }
}

function halflife(usage: number, maxBytes: number): number {
  if (usage < maxBytes / 4) return ROLLING_FEE_HALFLIFE / 4;
  return usage < maxBytes / 2 ? ROLLING_FEE_HALFLIFE / 2 : ROLLING_FEE_HALFLIFE;
}
