import { ifAnswering } from '../answering.js';
import { tipOf } from '../branch/follow.js';
import type { RegtestNode } from '../node.js';
import { waitFor } from '../wait.js';

/** Blocks made in one wait: others mine as well, but not that often at the very same height. */
const MAX_BLOCKS = 20;

export interface FaucetSide {
  /** The node that the faucet mines with. */
  readonly node: RegtestNode;
  /** Address that rewards go to. */
  readonly payTo: string;
  /** The running nodes that are connected with the node, directly or not, and itself. */
  readonly sideOf: (node: RegtestNode) => readonly RegtestNode[];
}

/**
 * Waits until something holds on all nodes of a side. Where they stay on branches of the same length, as when two of them
 * have found a block at once, the faucet's node gets one more: nobody else might, as the lab's own miners wait for the faucet.
 *
 * @param holds gives something else than false or undefined once it does
 * @throws WaitTimeout
 */
export async function waitOnSide<T>(
  side: FaucetSide,
  holds: () => Promise<T | false | undefined>,
  what: string,
): Promise<T> {
  for (let blocks = 0; blocks <= MAX_BLOCKS; blocks++) {
    const found = await waitFor(
      async () => {
        const value = await holds();
        if (value !== false && value !== undefined) return { value };
        return (await isTied(side)) && 'tied';
      },
      { what },
    );
    if (found !== 'tied') return found.value;
    await side.node.mineWith([], side.payTo);
  }
  throw new Error(`${side.node.name}: others made blocks faster than the faucet could get ahead of them`);
}

/** Waits until all nodes of a side have the same tip. */
export async function waitForAgreement(side: FaucetSide): Promise<void> {
  await waitOnSide(
    side,
    async () => {
      const tips = await tipsOn(side);
      return new Set(tips.map(({ hash }) => hash)).size === 1;
    },
    'connected nodes to have the same tip',
  );
}

/** Nodes are on different branches, and none is longer than that of the faucet's node. */
async function isTied(side: FaucetSide): Promise<boolean> {
  const own = await tipOf(side.node);
  const tips = await tipsOn(side);
  const isLongest = tips.every(({ height }) => height <= own.height);
  return isLongest && tips.some(({ height, hash }) => height === own.height && hash !== own.hash);
}

/** Of the nodes that answer. */
async function tipsOn({ node, sideOf }: FaucetSide) {
  const tips = await Promise.all(sideOf(node).map(one => ifAnswering(one, () => tipOf(one))));
  return tips.filter(tip => tip !== undefined);
}
