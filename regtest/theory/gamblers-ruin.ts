import { checkCount, checkShare } from './checks.js';

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

/**
 * Time until a majority attacker has made up a deficit. All miners together find one block an interval, whichever
 * branch they mine on, until the difficulty adjusts.
 *
 * @param interval mean time between blocks, in the unit that the answer is wanted in
 */
export function expectedTimeToCatchUp(q: number, deficit: number, interval: number): number {
  return expectedBlocksToCatchUp(q, deficit) * interval;
}

/**
 * What the hash rate costs that a majority attacker uses up while he makes up a deficit.
 *
 * @param blockCost what it costs to compute as many hashes as one block takes on average, in any currency
 */
export function expectedCostToCatchUp(q: number, deficit: number, blockCost: number): number {
  return q * expectedBlocksToCatchUp(q, deficit) * blockCost;
}

/** How a walk between two ends goes on from each starting point; index 0 is the end where it is won. */
export interface RuinTable {
  /** Chance to end at 0. */
  readonly win: Float64Array;
  /** Mean number of steps until either end. */
  readonly steps: Float64Array;
  /** Mean number of steps, counted as nothing when the walk is lost. */
  readonly stepsOfWins: Float64Array;
}

/**
 * The gambler's ruin from every deficit at once: each block lowers the deficit by one (the attacker's, with chance q) or
 * raises it by one, until it is 0 or `giveUp`.
 */
export function ruinTable(q: number, giveUp: number): RuinTable {
  checkShare(q);
  checkCount('the deficit to give up at', giveUp);
  const win = new Float64Array(giveUp + 1);
  for (let deficit = 0; deficit <= giveUp; deficit++) win[deficit] = catchUp(q, deficit, giveUp);
  const steps = solveWalk(q, giveUp, () => 1);
  const stepsOfWins = solveWalk(q, giveUp, deficit => win[deficit] as number);
  return { win, steps, stepsOfWins };
}

/** Solves x(d) = gain(d) + q·x(d−1) + p·x(d+1) with x = 0 at both ends, by elimination from the top down. */
function solveWalk(q: number, giveUp: number, gain: (deficit: number) => number): Float64Array {
  const p = 1 - q;
  const slope = new Float64Array(giveUp + 1);
  const offset = new Float64Array(giveUp + 1);
  // x(d) = slope(d)·x(d−1) + offset(d), from x(giveUp) = 0 downwards.
  for (let deficit = giveUp - 1; deficit > 0; deficit--) {
    const left = 1 - p * (slope[deficit + 1] as number);
    slope[deficit] = q / left;
    offset[deficit] = (gain(deficit) + p * (offset[deficit + 1] as number)) / left;
  }
  const x = new Float64Array(giveUp + 1);
  for (let deficit = 1; deficit < giveUp; deficit++)
    x[deficit] = (slope[deficit] as number) * (x[deficit - 1] as number) + (offset[deficit] as number);
  return x;
}
