/** Standard deviations on either side of the mean that hold 95 % of a normal distribution. */
const Z_95 = 1.959963984540054;

/** A range that holds the true value with a stated confidence. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Wilson's score interval for a proportion, with 95 % confidence. Unlike the textbook interval it stays between 0 and 1
 * and is right for rates close to either.
 */
export function wilsonInterval(successes: number, trials: number): Interval {
  if (trials <= 0) throw new RangeError('an interval needs at least one trial');
  const rate = successes / trials;
  const square = Z_95 ** 2 / trials;
  const center = (rate + square / 2) / (1 + square);
  const margin = (Z_95 / (1 + square)) * Math.sqrt((rate * (1 - rate)) / trials + square / (4 * trials));
  return { low: Math.max(0, center - margin), high: Math.min(1, center + margin) };
}
