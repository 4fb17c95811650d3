import type { CoinGroup } from './coin.js';
import { type RandomSource, shuffled } from './random.js';
import { Selection, SelectionFailure, type SelectionOutcome, tooHeavy } from './result.js';

/** Least change that selection aims for, so that no tiny coins come about. */
export const CHANGE_LOWER = 50_000;

/**
 * Draws groups at random until they cover the target and a change of at least {@link CHANGE_LOWER} (single random draw).
 * When they get too heavy, the least valuable ones drawn are put back.
 *
 * @param pool groups of positive amount
 */
export function selectRandomDraw(
  pool: readonly CoinGroup[],
  target: number,
  changeFee: number,
  maxWeight: number,
  random: RandomSource,
  subtractFee: boolean,
): SelectionOutcome {
  const wanted = target + CHANGE_LOWER + changeFee;
  // Kept sorted by amount, largest first.
  const drawn: CoinGroup[] = [];
  let amount = 0;
  let weight = 0;
  let sawTooHeavy = false;
  for (const group of shuffled(pool, random)) {
    const place = drawn.findIndex(other => other.amount < group.amount);
    drawn.splice(place < 0 ? drawn.length : place, 0, group);
    amount += group.amount;
    weight += group.weight;
    while (weight > maxWeight) {
      const least = drawn.pop();
      if (least === undefined) break;
      sawTooHeavy = true;
      amount -= least.amount;
      weight -= least.weight;
    }
    if (amount >= wanted) {
      return new Selection(
        drawn.flatMap(one => one.coins),
        target,
        'srd',
        subtractFee,
      );
    }
  }
  return sawTooHeavy ? tooHeavy() : new SelectionFailure();
}
