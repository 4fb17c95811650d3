import { checkCount, checkPositive, checkShare } from './checks.js';
import { poissonTable, skellam } from './poisson.js';

/**
 * The chance that the side with share `a` of the hash rate has its branch in the chain after a partition of `duration`
 * mean block times. The blocks of either side are Poisson distributed, so that their difference has Skellam's
 * distribution; a tie with blocks on both sides is decided by the next block, which is this side's with chance a.
 */
export function partitionWin(a: number, duration: number): number {
  checkShare(a);
  checkPositive('the duration', duration);
  const meanA = a * duration;
  const meanB = (1 - a) * duration;
  let more = 0;
  // Past this difference nothing is left that a double could hold.
  const last = poissonTable(meanA).length;
  for (let difference = 1; difference <= last; difference++) more += skellam(difference, meanA, meanB);
  const neither = Math.exp(-duration);
  return more + a * (skellam(0, meanA, meanB) - neither);
}

/**
 * The distribution of how many blocks the losing side undoes: entry d is the chance of exactly d. It undoes all that it
 * found, none if it found none.
 */
export function partitionDepths(a: number, duration: number): Float64Array {
  checkShare(a);
  checkPositive('the duration', duration);
  const sideA = poissonTable(a * duration);
  const sideB = poissonTable((1 - a) * duration);
  const moreThanA = tails(sideA);
  const moreThanB = tails(sideB);
  const length = Math.min(sideA.length, sideB.length);
  return Float64Array.from({ length }, (_, depth) => {
    const chanceA = sideA[depth] as number;
    const chanceB = sideB[depth] as number;
    return (
      chanceA * (moreThanB[depth] as number) + chanceB * (moreThanA[depth] as number) + chanceA * chanceB
    );
  });
}

/** Entry d is the sum of all entries above d. */
function tails(chances: Float64Array): Float64Array {
  const above = new Float64Array(chances.length);
  for (let i = chances.length - 2; i >= 0; i--)
    above[i] = (above[i + 1] as number) + (chances[i + 1] as number);
  return above;
}

/** Mean number of blocks that the losing side undoes. */
export function partitionMeanDepth(a: number, duration: number): number {
  return partitionDepths(a, duration).reduce((sum, chance, depth) => sum + chance * depth, 0);
}

/**
 * The chance that the network stays split for ever because the losing side would have to undo more than `limit` blocks
 * and its nodes refuse to.
 */
export function partitionSplit(a: number, duration: number, limit: number): number {
  checkCount('the limit', limit);
  return partitionDepths(a, duration).reduce((sum, chance, depth) => (depth > limit ? sum + chance : sum), 0);
}

/**
 * The chance of the side with share `a` when the partition lasts until each side has found `blocks` at least. It has more
 * when it has found more by the time the other gets its last one, a negative binomial number; as many on both sides are a
 * tie that the next block decides.
 */
export function partitionWinByBlocks(a: number, blocks: number): number {
  checkShare(a);
  checkCount('blocks of each side', blocks);
  if (blocks < 1) throw new RangeError('each side must find a block at least');
  // Logarithms: the first terms are too small for a double where there are many blocks.
  let log = blocks * Math.log1p(-a);
  let atMost = Math.exp(log);
  for (let k = 0; k < blocks; k++) {
    log += Math.log(((k + blocks) / (k + 1)) * a);
    atMost += Math.exp(log);
  }
  return 1 - atMost + a * 2 * Math.exp(log);
}
