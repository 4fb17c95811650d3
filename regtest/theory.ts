/**
 * What the mathematics of double spending says, to hold simulated and live races against.
 *
 * Throughout, q is the attacker's share of the hash rate and p = 1 − q the honest share; z is the number of honest
 * blocks, the one with the payment included, that the merchant waits for. All sums have positive terms only, so that
 * even chances of 1e-12 keep their leading digits.
 */

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
 * The chance to make up a deficit of `deficit` blocks before it has grown to `giveUp` (the gambler's ruin); with
 * `giveUp` infinite, to make it up ever.
 */
export function catchUp(q: number, deficit: number, giveUp = Number.POSITIVE_INFINITY): number {
  checkShare(q);
  if (deficit <= 0) return 1;
  if (deficit >= giveUp) return 0;
  if (giveUp === Number.POSITIVE_INFINITY) return q >= 0.5 ? 1 : (q / (1 - q)) ** deficit;
  if (q === 0.5) return (giveUp - deficit) / giveUp;
  if (q > 0.5) {
    const r = (1 - q) / q;
    return (1 - r ** (giveUp - deficit)) / (1 - r ** giveUp);
  }
  // The same with numerator and denominator divided by (p/q)^giveUp, which would overflow.
  const s = q / (1 - q);
  return (s ** deficit * (1 - s ** (giveUp - deficit))) / (1 - s ** giveUp);
}

/** Blocks that a majority attacker is expected to need, the honest ones included, to make up a deficit. */
export function expectedBlocksToCatchUp(q: number, deficit: number): number {
  checkShare(q);
  return q > 0.5 ? deficit / (2 * q - 1) : Number.POSITIVE_INFINITY;
}

/** Where a race stands and what ends it. */
export interface RaceState {
  /** Honest blocks on top of the last common one. */
  readonly honest: number;
  /** The attacker's blocks on top of it. */
  readonly attacker: number;
  /** Honest blocks that must be there before the attacker releases his branch. */
  readonly depth: number;
  /** He gives up when the honest branch leads by this many blocks. */
  readonly giveUp: number;
}

/**
 * The chance that the attacker, from here, ends with strictly more blocks than an honest branch of at least `depth`,
 * before he is `giveUp` behind. From 0:0 with no giving up this is {@link strictlyLonger} of `depth`.
 */
export function raceChance(q: number, state: RaceState): number {
  checkShare(q);
  const { depth, giveUp } = state;
  const start = Math.min(state.attacker, Math.max(depth, state.honest) + 1);
  if (state.honest - state.attacker >= giveUp) return 0;
  // Chance of each number of attacker's blocks, while the honest branch grows to `depth`. More than depth + 1 are as good.
  let chances = new Float64Array(Math.max(depth, state.honest) + 2);
  chances[start] = 1;
  let honest = state.honest;
  for (; honest < depth; honest++) chances = afterHonestBlock(q, chances, honest, giveUp);
  let total = 0;
  for (let attacker = 0; attacker < chances.length; attacker++) {
    total += (chances[attacker] as number) * catchUp(q, honest + 1 - attacker, giveUp + 1);
  }
  return Math.min(total, 1);
}

/** Attackers mine any number of blocks, then the honest miners one, and some attackers give up. */
function afterHonestBlock(
  q: number,
  before: Float64Array<ArrayBuffer>,
  honest: number,
  giveUp: number,
): Float64Array<ArrayBuffer> {
  const last = before.length - 1;
  const after = new Float64Array(before.length);
  let racing = 0;
  for (let attacker = 0; attacker < last; attacker++) {
    racing = racing * q + (before[attacker] as number);
    if (honest + 1 - attacker < giveUp) after[attacker] = racing * (1 - q);
  }
  after[last] = racing * q + (before[last] as number);
  return after;
}

/**
 * The least deficit to give up at that leaves the attacker all but `tolerance` of his chance, `limit` at most: close to
 * half of the hash rate no reasonable number does.
 */
export function giveUpForTolerance(q: number, depth: number, tolerance: number, limit: number): number {
  const best = overtakes(q, depth, 1);
  let giveUp = 1;
  while (giveUp < limit && best - raceChance(q, { honest: 0, attacker: 0, depth, giveUp }) > tolerance)
    giveUp++;
  return giveUp;
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

/**
 * While the honest miners find `z` blocks the attacker finds m with the chance C(m+z−1, m)·p^z·q^m; a deficit that is
 * left is then made up with (q/p)^deficit.
 *
 * @param lead how far ahead he must get: 0 to draw level, 1 for more work
 */
function overtakes(q: number, z: number, lead: number): number {
  checkShare(q);
  checkCount('confirmations', z);
  if (q >= 0.5) return 1;
  if (z === 0) return catchUp(q, lead);
  const p = 1 - q;
  const logRatio = Math.log(q / p);
  const level = z + lead;
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

function checkShare(q: number): void {
  if (!(q > 0 && q < 1)) throw new RangeError('the share of the hash rate must lie between 0 and 1');
}

function checkCount(what: string, count: number): void {
  if (!Number.isSafeInteger(count) || count < 0)
    throw new RangeError(`${what} must be a whole number, not negative`);
}
