import { MAX_BLOCK_SERIALIZED_SIZE } from '../../consensus/limits.js';
import type { Clock } from '../../runtime/clock.js';
import type { NetTotals } from '../api.js';

/** Seconds over which -maxuploadtarget is measured. */
const TIMEFRAME = 24 * 60 * 60;
/** Seconds between blocks: a block's worth of bytes is kept back for each still to come in the timeframe. */
const BLOCK_INTERVAL = 10 * 60;

/** Counts bytes over all connections and tells when the upload target is reached. */
export class Bandwidth {
  private received = 0;
  private sent = 0;
  private cycleStart = 0;
  private sentInCycle = 0;

  /** @param target bytes in 24 hours, 0 for no limit */
  constructor(
    private readonly target: number,
    private readonly clock: Clock,
  ) {}

  add(received: number, sent: number): void {
    this.received += received;
    if (sent === 0) return;
    this.sent += sent;
    const now = this.clock.now();
    if (this.cycleStart + TIMEFRAME < now) {
      this.cycleStart = now;
      this.sentInCycle = 0;
    }
    this.sentInCycle += sent;
  }

  /** With `historical`, whether old blocks are not to be served any more, so that new ones still can be. */
  targetReached(historical: boolean): boolean {
    if (this.target === 0) return false;
    if (!historical) return this.sentInCycle >= this.target;
    const buffer = Math.floor(this.timeLeft() / BLOCK_INTERVAL) * MAX_BLOCK_SERIALIZED_SIZE;
    return buffer >= this.target || this.sentInCycle >= this.target - buffer;
  }

  totals(): NetTotals {
    return {
      bytesReceived: this.received,
      bytesSent: this.sent,
      uploadTarget: {
        timeframe: TIMEFRAME,
        target: this.target,
        targetReached: this.targetReached(false),
        serveHistoricalBlocks: !this.targetReached(true),
        bytesLeftInCycle: this.target === 0 ? 0 : Math.max(0, this.target - this.sentInCycle),
        timeLeftInCycle: this.timeLeft(),
      },
    };
  }

  private timeLeft(): number {
    if (this.target === 0) return 0;
    if (this.cycleStart === 0) return TIMEFRAME;
    return Math.max(0, this.cycleStart + TIMEFRAME - this.clock.now());
  }
}
