import type { Random } from '../random.js';
import type { HashPower } from './options.js';

/** Each node's share of the hash rate; they add up to 1. Which nodes are the large miners is drawn. */
export function hashShares(hash: HashPower, nodes: number, random: Random): Float64Array {
  const shares = new Float64Array(nodes);
  if (hash === 'uniform') return shares.fill(1 / nodes);
  const order = shuffled(nodes, random);
  const weights = hash === 'zipf' ? zipfWeights(nodes) : poolWeights(hash, nodes);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  for (const [rank, weight] of weights.entries()) shares[order[rank] as number] = weight / sum;
  return shares;
}

function zipfWeights(nodes: number): number[] {
  return Array.from({ length: nodes }, (_, rank) => 1 / (rank + 1));
}

function poolWeights(pools: readonly number[], nodes: number): number[] {
  const rest = 1 - pools.reduce((sum, share) => sum + share, 0);
  const others = nodes - pools.length;
  return [...pools, ...Array.from({ length: others }, () => Math.max(rest, 0) / others)];
}

function shuffled(count: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
  return order;
}

/** Draws nodes in proportion to their shares. */
export class FinderLottery {
  private readonly sums: Float64Array;

  constructor(shares: Float64Array) {
    let sum = 0;
    this.sums = shares.map(share => {
      sum += share;
      return sum;
    });
  }

  draw(random: Random): number {
    const { sums } = this;
    const ticket = random.fraction() * (sums[sums.length - 1] as number);
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sums[middle] as number) > ticket) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
