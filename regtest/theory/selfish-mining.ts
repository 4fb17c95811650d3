import { checkProbability, checkShare } from './checks.js';

/** Where selfish mining by SM1 stands in the long run, per block found by anybody. */
interface SelfishRates {
  /** The attacker's blocks that end up in the chain. */
  readonly attacker: number;
  /** The others' that do. */
  readonly honest: number;
}

/**
 * Eyal and Sirer's rates of revenue (2013, section 4): the chain of states by the attacker's lead has the chance
 * p0 = (q − 2q²) / (q(2q³ − 4q² + 1)) to have no hidden block.
 */
function ratesOf(q: number, gamma: number): SelfishRates {
  checkShare(q);
  checkProbability('gamma', gamma);
  if (q >= 0.5) throw new RangeError('selfish mining with half of the hash rate never comes to rest');
  const p = 1 - q;
  const none = (1 - 2 * q) / (2 * q ** 3 - 4 * q ** 2 + 1);
  const tie = p * q * none;
  const ahead2 = (q / p) * q * none;
  const aheadMore = (ahead2 * (q / p)) / (1 - q / p);
  return {
    attacker: tie * (2 * q + gamma * p) + 2 * p * ahead2 + p * aheadMore,
    honest: p * none + tie * (2 * (1 - gamma) * p + gamma * p),
  };
}

/**
 * The share of blocks that end up a selfish miner's (Eyal and Sirer, "Majority is not Enough", 2013, SM1), once the
 * difficulty has adjusted.
 *
 * @param gamma share of the honest hash rate that mines on his branch in a tie
 */
export function selfishMiningShare(q: number, gamma: number): number {
  checkShare(q);
  const honestTwice = q * (1 - q) ** 2 * (4 * q + gamma * (1 - 2 * q));
  return (honestTwice - q ** 3) / (1 - q * (1 + (2 - q) * q));
}

/** The hash share above which {@link selfishMiningShare} is more than fair. */
export function selfishMiningThreshold(gamma: number): number {
  return (1 - gamma) / (3 - 2 * gamma);
}

/** Nodes that choose between two branches of equal work by a fair coin make γ one half, whoever was first. */
export const RANDOM_TIE_BREAK_GAMMA = 0.5;

/** Blocks by which the chain grows for each block that is found: the others are stale. */
export function selfishMiningGrowth(q: number, gamma: number): number {
  const { attacker, honest } = ratesOf(q, gamma);
  return attacker + honest;
}

/**
 * The selfish miner's blocks in the chain per mean block time, while the difficulty is still that of a time when all
 * mined honestly. Less than q, whatever he does: he can make others lose blocks, but finds no more himself.
 */
export function selfishRevenueBeforeAdjustment(q: number, gamma: number): number {
  return ratesOf(q, gamma).attacker;
}

/**
 * The same after the difficulty has adjusted to the chain's slower growth: his share of the blocks, but for a small
 * error of the adjustment itself, which measures a period of N blocks by the N − 1 intervals between them and whose
 * measure is random: on average the chain then grows by (N − 2)/N blocks per intended time (exact for Poisson arrivals).
 *
 * @param period blocks from one adjustment to the next, more than 2
 */
export function selfishRevenueAfterAdjustment(q: number, gamma: number, period: number): number {
  return selfishMiningShare(q, gamma) * ((period - 2) / period);
}
