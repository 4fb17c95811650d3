import { MAX_SEED } from '../random.js';
import type { MiningPlan } from './plan.js';

/** Twenty blocks a second: nodes take them in and pass them on in less, and a lab is to do something else as well. */
export const MIN_BLOCK_SECONDS = 0.05;

/** A day: whoever wants blocks more rarely does better to ask for them. */
export const MAX_BLOCK_SECONDS = 86_400;

/** Shares are in any unit, up to here: sums and quotients of some hundreds stay far within what a number can hold. */
export const MAX_SHARE = 1e9;

/** Makes sure that a plan can be carried out by so many nodes. @throws RangeError that tells what is wrong */
export function checkPlan(plan: MiningPlan, nodes: number): void {
  if (plan.kind === 'interval') checkSeconds('seconds', plan.seconds);
  if (plan.kind === 'clocks') {
    checkSeconds('meanSeconds', plan.meanSeconds);
    const { seed } = plan;
    if (seed !== undefined && (!Number.isSafeInteger(seed) || seed < 0 || seed > MAX_SEED)) {
      throw new RangeError(`seed is a whole number from 0 to ${MAX_SEED}, not ${seed}`);
    }
  }
  if ('shares' in plan && plan.shares !== undefined) checkShares(plan.shares, nodes);
}

function checkSeconds(name: string, seconds: number): void {
  if (seconds >= MIN_BLOCK_SECONDS && seconds <= MAX_BLOCK_SECONDS) return;
  throw new RangeError(
    `${name} is from ${MIN_BLOCK_SECONDS} to ${MAX_BLOCK_SECONDS} a block, not ${seconds}`,
  );
}

function checkShares(shares: readonly number[], nodes: number): void {
  if (shares.length !== nodes) {
    throw new RangeError(`shares are one for each of the ${nodes} nodes, not ${shares.length}`);
  }
  if (!shares.every(share => share >= 0 && share <= MAX_SHARE) || !shares.some(share => share > 0)) {
    throw new RangeError(`shares are numbers from 0 to ${MAX_SHARE}, and one at least is not 0`);
  }
}

/** Shares of the nodes that add up to 1; all the same when none are told. */
export function sharesOf(shares: readonly number[] | undefined, nodes: number): readonly number[] {
  const all = shares ?? Array.from({ length: nodes }, () => 1);
  const sum = all.reduce((total, share) => total + share, 0);
  return all.map(share => share / sum);
}
