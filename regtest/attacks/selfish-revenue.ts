import type { RegtestNode } from '../node.js';
import type { RevenueSpan } from './attack-outcome.js';

/** A block that somebody has found. */
export interface ChainBlock {
  readonly hash: string;
  readonly isAttackers: boolean;
  /** In mean block times at the first difficulty. */
  readonly time: number;
}

/**
 * What the attacker got of a chain, from one adjustment of the difficulty to the next.
 *
 * @param chain blocks above the fork, oldest first
 */
export async function revenueSpans(
  node: RegtestNode,
  chain: readonly ChainBlock[],
  forkHeight: number,
  period: number,
): Promise<RevenueSpan[]> {
  const spans: RevenueSpan[] = [];
  let firstDifficulty: number | undefined;
  for (let from = 0; from < chain.length; ) {
    const height = forkHeight + 1 + from;
    const to = Math.min(from + period - (height % period), chain.length);
    const blocks = chain.slice(from, to);
    const { difficulty } = await node.rpc.call('getblockheader', blocks[0]?.hash ?? '');
    firstDifficulty ??= difficulty;
    spans.push({
      from: height,
      to: forkHeight + to,
      difficulty: difficulty / firstDifficulty,
      attacker: blocks.filter(({ isAttackers }) => isAttackers).length,
      time: (blocks.at(-1)?.time ?? 0) - (chain[from - 1]?.time ?? 0),
    });
    from = to;
  }
  return spans;
}

/** Several stretches as one; `revenue` is the attacker's blocks per mean block time. */
export function totalOf(spans: readonly RevenueSpan[]): {
  readonly attacker: number;
  readonly time: number;
  readonly revenue: number;
} {
  const attacker = spans.reduce((sum, span) => sum + span.attacker, 0);
  const time = spans.reduce((sum, span) => sum + span.time, 0);
  return { attacker, time, revenue: time === 0 ? 0 : attacker / time };
}
