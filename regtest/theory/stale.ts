import { checkPositive, checkProbability } from './checks.js';

/**
 * The chance that a block gets a rival at its height, when it takes `delay` until the others mine on it: they find blocks
 * at the rate 1/interval meanwhile, so none with the chance e^(−delay/interval). `delay` is an effective one: see
 * {@link effectiveDelay}.
 */
export function staleRate(delay: number, interval: number): number {
  checkDelay(delay, interval);
  return -Math.expm1(-delay / interval);
}

/** The effective delay that explains a rate of stale blocks. */
export function delayForStaleRate(rate: number, interval: number): number {
  checkProbability('the rate', rate);
  return -Math.log1p(-rate) * interval;
}

/**
 * The chance that a block of a miner with the given share meets a rival before it has reached the others, all of them
 * after the same delay: his own hash rate does not compete with him.
 */
export function tieChance(share: number, delay: number, interval: number): number {
  checkProbability('the share', share);
  return staleRate((1 - share) * delay, interval);
}

/** The same for a block of whoever finds it. */
export function meanTieChance(shares: readonly number[], delay: number, interval: number): number {
  return shares.reduce((sum, share) => sum + share * tieChance(share, delay, interval), 0);
}

/**
 * Hash-weighted mean time until a block has reached the rest of the hash rate: over finders by their share, and over
 * the hash rate that it takes the block time to get to. While a block is on its way to miner j, that miner's share
 * works on its predecessor; the expected number of rivals is the sum of share × time over all miners, divided by the
 * interval, and the number of rivals is Poisson distributed.
 *
 * @param delayTo time that a block of miner i takes to miner j
 */
export function effectiveDelay(shares: readonly number[], delayTo: (i: number, j: number) => number): number {
  let mean = 0;
  for (const [i, finder] of shares.entries())
    for (const [j, other] of shares.entries()) if (i !== j) mean += finder * other * delayTo(i, j);
  return mean;
}

/**
 * Share of stale blocks among those found by very many small miners to whom every block takes the same time: the chain
 * grows by a block once in interval + delay, exactly, since whatever is found within the delay has no new height.
 */
export function staleRateOfManyMiners(delay: number, interval: number): number {
  checkDelay(delay, interval);
  return delay / (interval + delay);
}

function checkDelay(delay: number, interval: number): void {
  checkPositive('the interval', interval);
  if (!(delay >= 0)) throw new RangeError('a delay is not negative');
}
