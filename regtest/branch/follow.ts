import { ifAnswering } from '../answering.js';
import type { RegtestNode } from '../node.js';
import { type WaitOptions, waitAtMost, waitFor } from '../wait.js';

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

type Side = () => readonly RegtestNode[];

/** Waits until a block is in the active chain of all nodes of a side of the network, as far as they run. */
export async function waitForBlock(
  side: Side,
  place: BlockPlace,
  options: Omit<WaitOptions, 'what'> = {},
): Promise<void> {
  await waitFor(() => isInAllChains(side(), place), waitingFor(place, options));
}

/**
 * Waits until a side of the network has the tip of one of its nodes, or for as long as is told: links may be slow, and nodes
 * stay with a branch of their own when it has as much work. Nothing happens when the node does not answer.
 */
export async function letTipSpread(
  finder: RegtestNode,
  side: Side,
  options: Omit<WaitOptions, 'what'>,
): Promise<void> {
  const tip = await ifAnswering(finder, () => tipOf(finder));
  if (tip !== undefined) await waitAtMost(() => isInAllChains(side(), tip), waitingFor(tip, options));
}

/** True when the block is in the active chain of all these nodes, as far as they answer. */
export async function isInAllChains(nodes: readonly RegtestNode[], place: BlockPlace): Promise<boolean> {
  const follow = await Promise.all(nodes.map(node => ifAnswering(node, () => hasInChain(node, place))));
  return !follow.includes(false);
}

function waitingFor({ hash }: BlockPlace, options: Omit<WaitOptions, 'what'>): WaitOptions {
  return { ...options, what: `all connected nodes to have block ${hash} in their chain` };
}
