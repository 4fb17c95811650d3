import type { RegtestNode } from './node.js';

/** A block that a node has, as `submitblock` takes it. */
const AS_HEX = 0;

/** Hands blocks of one node to others directly, in this order: when it returns, all have decided about their tips. */
export async function deliverBlocks(
  hashes: readonly string[],
  from: RegtestNode,
  to: readonly RegtestNode[],
): Promise<void> {
  for (const hash of hashes) {
    const hex = await from.rpc.call('getblock', hash, AS_HEX);
    await Promise.all(to.map(({ rpc }) => rpc.call('submitblock', hex)));
  }
}

/** Tip of each node, in their order. */
export function tipsOf(nodes: readonly RegtestNode[]): Promise<string[]> {
  return Promise.all(nodes.map(({ rpc }) => rpc.call('getbestblockhash')));
}
