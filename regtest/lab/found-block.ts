import { letTipSpread } from '../branch/follow.js';
import type { RegtestNetwork } from '../network.js';
import type { RegtestNode } from '../node.js';

/** Time that others have for a block before the command that made it is done all the same. */
const SPREAD_MS = 3_000;

/**
 * Waits until the nodes that are connected with the finder have its tip, but not for long. Without this a command right
 * after another one would mine in a node that has not heard of the other's block, and fork the chain where nobody meant it.
 */
export function letOthersFollow(network: RegtestNetwork, finder: RegtestNode): Promise<void> {
  return letTipSpread(finder, () => network.sideOf(finder), { timeoutMs: SPREAD_MS });
}
