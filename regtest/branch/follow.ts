import { ifAnswering } from '../answering.js';
import type { RegtestNode } from '../node.js';
import { type WaitOptions, waitFor } from '../wait.js';

/** A block by its place. */
export interface BlockPlace {
  readonly hash: string;
  readonly height: number;
}

/** The last block of the node's active chain. */
export async function tipOf({ rpc }: RegtestNode): Promise<BlockPlace> {
  const { bestblockhash: hash, blocks: height } = await rpc.call('getblockchaininfo');
  return { hash, height };
}

/** True when the block is in the node's active chain. */
export async function hasInChain({ rpc }: RegtestNode, { hash, height }: BlockPlace): Promise<boolean> {
  if ((await rpc.call('getblockcount')) < height) return false;
  return (await rpc.call('getblockhash', height)) === hash;
}

/** Waits until a block is in the active chain of all nodes of a side of the network, as far as they run. */
export async function waitForBlock(
  side: () => readonly RegtestNode[],
  place: BlockPlace,
  options: Omit<WaitOptions, 'what'> = {},
): Promise<void> {
  await waitFor(
    async () => {
      const follow = await Promise.all(side().map(node => ifAnswering(node, () => hasInChain(node, place))));
      return !follow.includes(false);
    },
    { ...options, what: `all connected nodes to have block ${place.hash} in their chain` },
  );
}
