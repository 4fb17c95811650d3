import type { Logger } from '../../runtime/logger.js';

/** Offsets kept, and how many it takes before they say anything. */
const MAX_SAMPLES = 50;
const MIN_SAMPLES = 5;
/** Seconds from which on the user is told. */
const WARN_THRESHOLD = 10 * 60;

/** How much the clocks of outbound peers differ from ours. It is only shown, never used. */
export class TimeOffsets {
  private readonly samples: number[] = [];

  constructor(private readonly logger: Logger) {}

  add(seconds: number): void {
    if (this.samples.length >= MAX_SAMPLES) this.samples.shift();
    this.samples.push(seconds);
    const signed = seconds < 0 ? String(seconds) : `+${seconds}`;
    this.logger.debug('net', `Added time offset ${signed}s, total samples ${this.samples.length}`);
    if (Math.abs(this.median) > WARN_THRESHOLD) {
      this.logger.warn(
        `Your computer's date and time appear to be more than ${WARN_THRESHOLD / 60} minutes out of sync with the network, this may lead to consensus failure. After you've confirmed your computer's clock, this message should no longer appear when you restart your node.`,
      );
    }
  }

  /** Seconds; 0 while there are few samples. */
  get median(): number {
    if (this.samples.length < MIN_SAMPLES) return 0;
    const sorted = [...this.samples].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  }
}
