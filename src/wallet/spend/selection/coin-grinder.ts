import { MAX_MONEY } from '../../../primitives/amount.js';
import type { CoinGroup } from './coin.js';
import { Selection, SelectionFailure, type SelectionOutcome, tooHeavy } from './result.js';

/** Selections looked at before the best so far is taken, as Core. */
const MAX_TRIES = 100_000;

/**
 * Looks for the lightest inputs that cover the target and a change of `changeTarget`: for times of high feerates. Goes
 * depth first through taking or leaving each group, largest first and lightest first among equals, and cuts branches that
 * cannot reach the sum or cannot be lighter than the best found.
 *
 * @param pool groups of positive amount
 */
export function selectLightest(
  pool: readonly CoinGroup[],
  target: number,
  changeTarget: number,
  maxWeight: number,
  subtractFee: boolean,
): SelectionOutcome {
  const groups = [...pool].sort((a, b) => b.amount - a.amount || a.weight - b.weight);
  const search = new Grinder(groups, target + changeTarget, maxWeight);
  const best = search.run();
  if (best === undefined) return search.sawTooHeavy ? tooHeavy() : new SelectionFailure();
  const coins = best.flatMap(index => groups[index]?.coins ?? []);
  return new Selection(coins, target, 'cg', subtractFee);
}

/** What to do after looking at a selection. */
type Move = 'explore' | 'shift' | 'cut';

class Grinder {
  sawTooHeavy = false;
  private readonly taken: number[] = [];
  private amount = 0;
  private weight = 0;
  private best: number[] | undefined;
  private bestWeight: number;
  private bestAmount = MAX_MONEY;
  /** By index: sum of all groups behind it, and the weight of the lightest of them. */
  private readonly ahead: Float64Array;
  private readonly lightestAhead: Float64Array;

  constructor(
    private readonly groups: readonly CoinGroup[],
    private readonly wanted: number,
    private readonly maxWeight: number,
  ) {
    this.bestWeight = maxWeight;
    this.ahead = new Float64Array(groups.length);
    this.lightestAhead = new Float64Array(groups.length).fill(Number.POSITIVE_INFINITY);
    for (let i = groups.length - 2; i >= 0; i--) {
      const behind = groups[i + 1] as CoinGroup;
      this.ahead[i] = (this.ahead[i + 1] as number) + behind.amount;
      this.lightestAhead[i] = Math.min(this.lightestAhead[i + 1] as number, behind.weight);
    }
  }

  run(): number[] | undefined {
    const { groups } = this;
    const [first] = groups;
    if (first === undefined || (this.ahead[0] as number) + first.amount < this.wanted) return undefined;
    let next = 0;
    for (let tries = 1; ; tries++) {
      this.take(next++);
      let move = this.judge();
      if (tries >= MAX_TRIES) return this.best;
      if (next === groups.length) move = 'cut';
      if (move === 'explore') continue;
      if (move === 'cut') this.dropLast();
      const resumed = this.shift();
      if (resumed === undefined) return this.best;
      next = resumed;
    }
  }

  private take(index: number): void {
    const group = this.groups[index] as CoinGroup;
    this.taken.push(index);
    this.amount += group.amount;
    this.weight += group.weight;
  }

  private dropLast(): number | undefined {
    const last = this.taken.pop();
    if (last === undefined) return undefined;
    const group = this.groups[last] as CoinGroup;
    this.amount -= group.amount;
    this.weight -= group.weight;
    return last;
  }

  private judge(): Move {
    const tail = this.taken.at(-1) as number;
    const last = this.groups[tail] as CoinGroup;
    const lightest = this.lightestAhead[tail] as number;
    // Leaving out the last group pays only when a lighter one comes after it.
    const retreat: Move = last.weight <= lightest ? 'cut' : 'shift';
    if (this.amount + (this.ahead[tail] as number) < this.wanted) return 'cut';
    if (this.weight > this.bestWeight) {
      if (this.weight > this.maxWeight) this.sawTooHeavy = true;
      return retreat;
    }
    if (this.amount >= this.wanted) {
      this.keepIfBest();
      return 'shift';
    }
    const groupsMissing = Math.ceil((this.wanted - this.amount) / last.amount);
    const isHopeless = this.best !== undefined && this.weight + lightest * groupsMissing > this.bestWeight;
    return isHopeless ? retreat : 'explore';
  }

  private keepIfBest(): void {
    const isLighter = this.weight < this.bestWeight;
    if (!isLighter && (this.weight !== this.bestWeight || this.amount >= this.bestAmount)) return;
    this.best = [...this.taken];
    this.bestWeight = this.weight;
    this.bestAmount = this.amount;
  }

  /** Leaves out the group taken last; returns where to go on, behind groups just like it. Undefined when all was seen. */
  private shift(): number | undefined {
    const { groups } = this;
    for (;;) {
      const last = this.dropLast();
      if (last === undefined) return undefined;
      let next = last + 1;
      while (next < groups.length && groups[next]?.amount === groups[next - 1]?.amount) next++;
      if (next < groups.length) return next;
    }
  }
}
