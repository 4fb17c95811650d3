import { type Confidence, deviations, type Interval } from './wilson.js';

/** Fewer samples than this have no interval worth the name. */
const MIN_SAMPLES = 2;

/**
 * Quantile of Student's distribution for a two-sided interval, by the expansion of Cornish and Fisher in 1/freedom: its
 * error is below 1 % from five degrees on. Samples are few where each is a whole chain.
 */
export function studentDeviations(freedom: number, confidence: Confidence): number {
  const z = deviations(confidence);
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / freedom + second / freedom ** 2 + third / freedom ** 3;
}

/** An estimate with the range that holds the true value. */
export interface Estimate extends Interval {
  readonly value: number;
}

/**
 * The ratio of two means, from pairs that are independent of each other: revenue by time, blocks by rounds. Its interval
 * comes from the spread of x − ratio·y. With all y = 1 it is a plain mean.
 */
export class RatioSamples {
  private count = 0;
  private x = 0;
  private y = 0;
  private xx = 0;
  private xy = 0;
  private yy = 0;

  add(x: number, y = 1): void {
    this.count++;
    this.x += x;
    this.y += y;
    this.xx += x * x;
    this.xy += x * y;
    this.yy += y * y;
  }

  get samples(): number {
    return this.count;
  }

  /** Undefined where there are fewer than two samples, or nothing to divide by. */
  estimate(confidence: Confidence = 0.99): Estimate | undefined {
    if (this.y === 0 || this.count < MIN_SAMPLES) return undefined;
    const value = this.x / this.y;
    const freedom = this.count - 1;
    const spread = Math.max(0, this.xx - 2 * value * this.xy + value * value * this.yy);
    const margin =
      (studentDeviations(freedom, confidence) * Math.sqrt((spread * this.count) / freedom)) /
      Math.abs(this.y);
    return { value, low: value - margin, high: value + margin };
  }
}
