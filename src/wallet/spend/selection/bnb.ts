import { MAX_MONEY } from '../../../primitives/amount.js';
import type { CoinGroup } from './coin.js';
import { Selection, SelectionFailure, type SelectionOutcome, tooHeavy } from './result.js';

/** Steps of the search before the best so far is taken, as Core: 100000 take some milliseconds. */
const MAX_TRIES = 100_000;

/** Largest amount first; of equal amounts the less wasteful one. */
function byAmountThenWaste(a: CoinGroup, b: CoinGroup): number {
  return b.amount - a.amount || a.fee - a.longTermFee - (b.fee - b.longTermFee);
}

/**
 * Looks for coins that make change unnecessary: whose sum lies between the target and the target plus what change would
 * cost (branch and bound; Erhardt 2016). Of those found the least wasteful is taken. The search goes depth first through
 * taking or leaving each group, largest first, and cuts what cannot reach the range, is over it, or is worse already.
 *
 * @param pool groups of positive amount
 */
export function selectBranchAndBound(
  pool: readonly CoinGroup[],
  target: number,
  costOfChange: number,
  maxWeight: number,
): SelectionOutcome {
  const groups = [...pool].sort(byAmountThenWaste);
  const search = new Search(groups, target, costOfChange, maxWeight);
  const best = search.run();
  if (best === undefined) return search.sawTooHeavy ? tooHeavy() : new SelectionFailure();
  const coins = best.flatMap(index => groups[index]?.coins ?? []);
  return new Selection(coins, target, 'bnb', false);
}

class Search {
  sawTooHeavy = false;
  private readonly taken: number[] = [];
  private value = 0;
  private weight = 0;
  private waste = 0;
  /** Sum of the groups that were not decided on yet. */
  private ahead: number;
  private best: number[] | undefined;
  private bestWaste = MAX_MONEY;
  /** At a high feerate each further input adds waste, so a branch can be given up when it is worse than the best. */
  private readonly isFeeRateHigh: boolean;

  constructor(
    private readonly groups: readonly CoinGroup[],
    private readonly target: number,
    private readonly costOfChange: number,
    private readonly maxWeight: number,
  ) {
    this.ahead = groups.reduce((sum, group) => sum + group.amount, 0);
    const [first] = groups;
    this.isFeeRateHigh = first !== undefined && first.fee > first.longTermFee;
  }

  /** Indices of the best choice. */
  run(): number[] | undefined {
    if (this.ahead < this.target) return undefined;
    let at = 0;
    for (let tries = 0; tries < MAX_TRIES; tries++, at++) {
      if (!this.isDeadEnd()) {
        this.decide(at);
        continue;
      }
      const last = this.taken.pop();
      if (last === undefined) break;
      at = this.goBack(at, last);
    }
    return this.best;
  }

  /** True when nothing below the present choice is worth looking at; the choice itself may be the best one yet. */
  private isDeadEnd(): boolean {
    const { value, target } = this;
    if (value + this.ahead < target || value > target + this.costOfChange) return true;
    if (this.waste > this.bestWaste && this.isFeeRateHigh) return true;
    if (this.weight > this.maxWeight) {
      this.sawTooHeavy = true;
      return true;
    }
    if (value < target) return false;
    const waste = this.waste + value - target;
    if (waste <= this.bestWaste) {
      this.best = [...this.taken];
      this.bestWaste = waste;
    }
    return true;
  }

  /** Takes group `at`, unless one just like it was left out right before: that choice was looked at already. */
  private decide(at: number): void {
    const group = this.groups[at] as CoinGroup;
    this.ahead -= group.amount;
    const before = this.groups[at - 1];
    const isTwinOfLeftOut =
      this.taken.length > 0 &&
      this.taken.at(-1) !== at - 1 &&
      before?.amount === group.amount &&
      before.fee === group.fee;
    if (isTwinOfLeftOut) return;
    this.taken.push(at);
    this.value += group.amount;
    this.weight += group.weight;
    this.waste += group.fee - group.longTermFee;
  }

  /** Leaves out the group taken last; returns its index, from where the search goes on. */
  private goBack(at: number, last: number): number {
    for (let index = at - 1; index > last; index--) this.ahead += (this.groups[index] as CoinGroup).amount;
    const group = this.groups[last] as CoinGroup;
    this.value -= group.amount;
    this.weight -= group.weight;
    this.waste -= group.fee - group.longTermFee;
    return last;
  }
}
