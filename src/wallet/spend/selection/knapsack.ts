import { type CoinGroup, sumOf } from './coin.js';
import { type RandomSource, shuffled } from './random.js';
import { Selection, SelectionFailure, type SelectionOutcome, tooHeavy } from './result.js';

/** Random subsets tried for a close sum, as Core. */
const ITERATIONS = 1000;

/**
 * Looks for a sum that hits the target exactly, or else one that leaves some change: the smallest single group that is
 * large enough, or smaller ones that come closer (Core's first algorithm). Groups of no worth may be among them.
 */
export function selectKnapsack(
  pool: readonly CoinGroup[],
  target: number,
  changeTarget: number,
  maxWeight: number,
  random: RandomSource,
  subtractFee: boolean,
): SelectionOutcome {
  const done = (...groups: CoinGroup[]) =>
    new Selection(
      groups.flatMap(group => group.coins),
      target,
      'knapsack',
      subtractFee,
    );
  let sawTooHeavy = false;
  let smallestLarger: CoinGroup | undefined;
  const smaller: CoinGroup[] = [];
  for (const group of shuffled(pool, random)) {
    if (group.weight > maxWeight) sawTooHeavy = true;
    else if (group.amount === target) return done(group);
    else if (group.amount < target + changeTarget) smaller.push(group);
    else if (smallestLarger === undefined || group.amount < smallestLarger.amount) smallestLarger = group;
  }
  const total = sumOf(smaller, group => group.amount);
  if (total === target && smaller.length > 0) {
    if (weightOf(smaller) <= maxWeight) return done(...smaller);
    sawTooHeavy = true;
  }
  if (total < target || smaller.length === 0) {
    if (smallestLarger !== undefined) return done(smallestLarger);
    return sawTooHeavy ? tooHeavy() : new SelectionFailure();
  }
  smaller.sort((a, b) => b.amount - a.amount || a.fee - a.longTermFee - (b.fee - b.longTermFee));
  let best = approximateSubset(smaller, total, target, maxWeight, random);
  if (best.sum !== target && total >= target + changeTarget) {
    best = approximateSubset(smaller, total, target + changeTarget, maxWeight, random);
  }
  const leavesTooLittle = best.sum !== target && best.sum < target + changeTarget;
  if (smallestLarger !== undefined && (leavesTooLittle || smallestLarger.amount <= best.sum)) {
    return done(smallestLarger);
  }
  const chosen = smaller.filter((_, index) => best.included[index] === 1);
  if (weightOf(chosen) <= maxWeight) return done(...chosen);
  return smallestLarger === undefined ? tooHeavy() : done(smallestLarger);
}

function weightOf(groups: readonly CoinGroup[]): number {
  return sumOf(groups, group => group.weight);
}

interface Subset {
  readonly included: Uint8Array;
  readonly sum: number;
}

/** The least sum of at least `target` among random subsets; all groups when none is better. */
function approximateSubset(
  groups: readonly CoinGroup[],
  total: number,
  target: number,
  maxWeight: number,
  random: RandomSource,
): Subset {
  const count = groups.length;
  // With many coins this is most of the time that a payment takes.
  const amounts = Float64Array.from(groups, group => group.amount);
  const weights = Float64Array.from(groups, group => group.weight);
  const coin = new CoinFlips(random);
  const included = new Uint8Array(count);
  let best: Subset = { included: new Uint8Array(count).fill(1), sum: total };
  for (let round = 0; round < ITERATIONS && best.sum !== target; round++) {
    included.fill(0);
    let sum = 0;
    let weight = 0;
    let reached = false;
    // First a random half, then, if that is not enough, the rest in order.
    for (let pass = 0; pass < 2 && !reached; pass++) {
      for (let index = 0; index < count; index++) {
        if (pass === 0 ? !coin.flip() : included[index] === 1) continue;
        sum += amounts[index] as number;
        weight += weights[index] as number;
        included[index] = 1;
        if (sum < target || weight > maxWeight) continue;
        reached = true;
        if (sum < best.sum) best = { included: included.slice(), sum };
        sum -= amounts[index] as number;
        weight -= weights[index] as number;
        included[index] = 0;
      }
    }
  }
  return best;
}

/** Heads or tails, many of them from one draw. */
class CoinFlips {
  private bits = 0;
  private left = 0;

  constructor(private readonly random: RandomSource) {}

  flip(): boolean {
    if (this.left === 0) {
      this.bits = this.random.below(2 ** FLIPS);
      this.left = FLIPS;
    }
    const isHeads = (this.bits & 1) === 1;
    this.bits >>>= 1;
    this.left--;
    return isHeads;
  }
}

/** Bits that bit operations work on without a sign. */
const FLIPS = 31;
