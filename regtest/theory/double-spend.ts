/**
 * What the mathematics of double spending says, to hold simulated and live races against.
 *
 * Throughout the theory, q is the attacker's share of the hash rate and p = 1 − q the honest share; z is the number of
 * honest blocks, the one with the payment included, that the merchant waits for. All sums here have positive terms only,
 * so that even chances of 1e-12 keep their leading digits.
 */
import { checkCount, checkShare } from './checks.js';
import { catchUp } from './gamblers-ruin.js';

/** Tails are summed until a term is this small a part of the sum. */
const RELATIVE_PRECISION = 1e-17;

/** A tail that is still growing after this many terms belongs to arguments that no caller has. */
const MAX_TAIL_TERMS = 1_000_000;

/**
 * The chance that an attacker with hash share q overtakes after z confirmations, as Nakamoto's paper has it (section
 * 11): the attacker's progress is taken as Poisson distributed, and drawing level counts as success.
 */
export function nakamoto(q: number, z: number): number {
  checkShare(q);
  checkCount('confirmations', z);
  if (q >= 0.5) return 1;
  const ratio = q / (1 - q);
  const mean = z * ratio;
  if (mean === 0) return 1;
  let logTerm = -mean;
  let sum = 0;
  for (let k = 0; k <= z; k++) {
    sum += Math.exp(logTerm + (z - k) * Math.log(ratio));
    logTerm += Math.log(mean / (k + 1));
  }
  return sum + sumTail(logTerm, z + 1, k => mean / (k + 1));
}

/**
 * The chance of success without the Poisson approximation (Rosenfeld, "Analysis of Hashrate-Based Double Spending",
 * 2014): drawing level counts as success, which is the same as getting ahead with one block mined beforehand.
 */
export function rosenfeld(q: number, z: number): number {
  return overtakes(q, z, 0);
}

/**
 * The chance that the attacker gets strictly ahead, with nothing mined beforehand. This is what real nodes show: they
 * stay with the branch they saw first until another has more work.
 */
export function strictlyLonger(q: number, z: number): number {
  return overtakes(q, z, 1);
}

/** The chance to get strictly ahead with `blocks` blocks mined before the payment: with one it is {@link rosenfeld}. */
export function preMined(q: number, z: number, blocks: number): number {
  checkCount('blocks mined beforehand', blocks);
  return overtakes(q, z, 1 - blocks);
}

/** The fewest confirmations for which `chance` is below `risk`. Only a share below one half has an answer. */
export function confirmationsForRisk(
  q: number,
  risk: number,
  chance: (q: number, z: number) => number = nakamoto,
): number {
  checkShare(q);
  if (q >= 0.5) throw new RangeError('no number of confirmations protects against half of the hash rate');
  let z = 0;
  while (chance(q, z) >= risk) z++;
  return z;
}

/**
 * While the honest miners find `z` blocks the attacker finds m with the chance C(m+z−1, m)·p^z·q^m; a deficit that is
 * left is then made up with (q/p)^deficit.
 *
 * @param lead how many more blocks than the honest ones he must find: 0 to draw level, 1 for more work
 */
function overtakes(q: number, z: number, lead: number): number {
  checkShare(q);
  checkCount('confirmations', z);
  const level = z + lead;
  if (q >= 0.5 || level <= 0) return 1;
  if (z === 0) return catchUp(q, lead);
  const p = 1 - q;
  const logRatio = Math.log(q / p);
  let logTerm = z * Math.log(p);
  let sum = 0;
  for (let m = 0; m < level; m++) {
    sum += Math.exp(logTerm + (level - m) * logRatio);
    logTerm += Math.log((q * (m + z)) / (m + 1));
  }
  return sum + sumTail(logTerm, level, m => (q * (m + z)) / (m + 1));
}

/** Sum of the terms from index `from` on, whose logarithm there is `logTerm`; `ratio` leads from a term to the next. */
function sumTail(logTerm: number, from: number, ratio: (index: number) => number): number {
  let log = logTerm;
  let sum = 0;
  for (let index = from; index < from + MAX_TAIL_TERMS; index++) {
    const term = Math.exp(log);
    sum += term;
    const factor = ratio(index);
    if (factor < 1 && term <= sum * RELATIVE_PRECISION) return sum;
    log += Math.log(factor);
  }
  return sum;
}
