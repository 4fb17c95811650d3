/** How sure an interval is. */
export type Confidence = 0.95 | 0.99;

/** Standard deviations on either side of the mean that hold 95 and 99 % of a normal distribution. */
const DEVIATIONS: Readonly<Record<Confidence, number>> = {
  0.95: 1.959963984540054,
  0.99: 2.5758293035489004,
};

/** Quantile of the normal distribution for a two-sided interval. */
export function deviations(confidence: Confidence): number {
  return DEVIATIONS[confidence];
}

/** A range that holds the true value with a stated confidence. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Wilson's score interval for a proportion. Unlike the textbook interval it stays between 0 and 1 and is right for rates
 * close to either.
 */
export function wilsonInterval(successes: number, trials: number, confidence: Confidence = 0.95): Interval {
  if (trials <= 0) throw new RangeError('an interval needs at least one trial');
  const z = deviations(confidence);
  const rate = successes / trials;
  const square = z ** 2 / trials;
  const center = (rate + square / 2) / (1 + square);
  const margin = (z / (1 + square)) * Math.sqrt((rate * (1 - rate)) / trials + square / (4 * trials));
  // At either end the bound is exact, and rounding would miss it.
  return {
    low: successes === 0 ? 0 : Math.max(0, center - margin),
    high: successes === trials ? 1 : Math.min(1, center + margin),
  };
}
