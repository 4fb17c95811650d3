import { waitForBlock } from '../branch/follow.js';
import type { RegtestNetwork } from '../network.js';
import type { RegtestNode } from '../node.js';
import { WaitTimeout } from '../wait.js';

/**
 * Time that others have for a block before the command that made it is done all the same: links may be slow, and nodes stay
 * with a branch of their own when it has as much work.
 */
const SPREAD_MS = 3_000;

/**
 * Waits until the nodes that are connected with the finder have its tip, but not for long. Without this a command right
 * after another one would mine in a node that has not heard of the other's block, and fork the chain where nobody meant it.
 */
export async function letTipSpread(network: RegtestNetwork, finder: RegtestNode): Promise<void> {
  const hash = await finder.rpc.call('getbestblockhash');
  const { height } = await finder.rpc.call('getblockheader', hash);
  try {
    await waitForBlock(() => network.sideOf(finder), { hash, height }, { timeoutMs: SPREAD_MS });
  } catch (thrown) {
    if (!(thrown instanceof WaitTimeout)) throw thrown;
  }
}
