/** How far back data count: short, medium and long memory. */
export type FeeHorizon = 'short' | 'medium' | 'long';

export const FEE_HORIZONS: readonly FeeHorizon[] = ['short', 'medium', 'long'];

/** A range of feerates with what became of its transactions; counts are moving averages. */
export interface BucketRange {
  /** Satoshis per 1000 vbytes; -1 for none. */
  readonly start: number;
  readonly end: number;
  /** Confirmed within the target. */
  readonly withinTarget: number;
  readonly totalConfirmed: number;
  /** Unconfirmed for at least the target. */
  readonly inMempool: number;
  /** Left unconfirmed after at least the target. */
  readonly leftMempool: number;
}

export const NO_RANGE: BucketRange = {
  start: -1,
  end: -1,
  withinTarget: 0,
  totalConfirmed: 0,
  inMempool: 0,
  leftMempool: 0,
};

/** Where an estimate comes from. */
export interface EstimateDetail {
  /** Median feerate in satoshis per 1000 vbytes, not rounded; -1 when there is none. */
  readonly median: number;
  /** The lowest range that was good enough. */
  readonly pass: BucketRange;
  /** The highest below it that was not. */
  readonly fail: BucketRange;
  readonly decay: number;
  /** Blocks of one period of counting. */
  readonly scale: number;
}

/** Which of its conditions decided a smart estimate: Core's words for it. */
export type FeeReason =
  | 'None'
  | 'Half Target 60% Threshold'
  | 'Target 85% Threshold'
  | 'Double Target 95% Threshold'
  | 'Conservative Double Target longer horizon';

export interface SmartEstimate {
  /** Satoshis per 1000 vbytes; 0 when there are not enough data. */
  readonly feeRate: number;
  /** The target that the estimate is for, in blocks: the data may not reach as far as was asked. */
  readonly target: number;
  readonly reason: FeeReason;
}

/** Estimates what feerate gets a transaction into one of the next blocks, from what happened to others. */
export interface FeeEstimates {
  /** Core's estimateSmartFee. @param target blocks, from 1; @param conservative ask for more certainty over longer times */
  estimateSmart(target: number, conservative: boolean): SmartEstimate;
  /**
   * Core's estimateRawFee: one horizon, one threshold. `feeRate` is 0 when there is no answer; undefined detail when
   * the horizon does not reach as far.
   */
  estimateRaw(
    target: number,
    threshold: number,
    horizon: FeeHorizon,
  ): { readonly feeRate: number; readonly detail: EstimateDetail | undefined };
  /** The longest target of a horizon, in blocks. */
  highestTarget(horizon: FeeHorizon): number;
}
