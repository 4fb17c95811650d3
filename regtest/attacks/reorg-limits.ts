import type { RegtestNetwork } from '../network.js';
import type { RegtestNode } from '../node.js';
import { RpcCallError } from '../rpc/caller.js';

/** In hexadecimal digits. */
const HEADER_DIGITS = 160;

/** Nodes have their rules from their start. @throws RangeError when they differ from what an attack asks for */
export function checkReorgLimit({ rules }: RegtestNetwork, wanted: number | undefined): void {
  const { maxReorg } = rules;
  if (maxReorg === wanted) return;
  const has = maxReorg === undefined ? 'no reorg limit' : `a reorg limit of ${maxReorg} blocks`;
  const asked = wanted === undefined ? 'without one' : `with maxReorg ${wanted}`;
  throw new RangeError(`the nodes of this network have ${has}: the attack needs a network created ${asked}`);
}

/**
 * Somebody whom all operators obey has fixed the other branch: each node is shown the first header of this one and told
 * that it is invalid, the attacker's last, who goes back to the branch of the others.
 */
export async function fixBranch(
  nodes: readonly RegtestNode[],
  attacker: RegtestNode,
  first: string,
): Promise<void> {
  const block = await attacker.rpc.call('getblock', first, 0);
  for (const { rpc } of nodes) {
    await rpc.call('submitheader', block.slice(0, HEADER_DIGITS));
    await rpc.call('invalidateblock', first);
  }
}

/** A node has seen the branch, and holds a block of it to be invalid. */
export async function hasRefused(node: RegtestNode, branch: readonly string[]): Promise<boolean> {
  const tips = await node.rpc.call('getchaintips');
  for (const { hash, status } of tips) {
    if (status === 'invalid' && (await leadsThrough(node, hash, branch))) return true;
  }
  return false;
}

/** Walks down from a tip outside of the chain until it meets the branch or the chain. */
async function leadsThrough(node: RegtestNode, tip: string, branch: readonly string[]): Promise<boolean> {
  const members = new Set(branch);
  for (let hash: string | undefined = tip; hash !== undefined; ) {
    if (members.has(hash)) return true;
    const header = await headerOf(node, hash);
    if (header === undefined || header.confirmations >= 0) return false;
    hash = header.previousblockhash;
  }
  return false;
}

async function headerOf(node: RegtestNode, hash: string) {
  try {
    return await node.rpc.call('getblockheader', hash);
  } catch (thrown) {
    if (thrown instanceof RpcCallError) return undefined;
    throw thrown;
  }
}
