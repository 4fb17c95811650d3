import { type HeaderId, NO_HEADER } from '../../consensus/chain-view.js';
import type { ChainState } from '../chain-state.js';
import { logInvalidChain } from '../log-lines.js';
import { ruleOutBlock } from './rule-out.js';

/**
 * Rules a branch out that forks off deeper below the tip than the node is told to undo (`-labmaxreorg`). A chain that is
 * validated in the background undoes nothing. Core has no such limit; a node with one may be left alone on a branch that
 * nobody else follows.
 *
 * Effects: when the result is true, tree, candidates, best header.
 */
export function ruleOutDeepBranch(state: ChainState, target: HeaderId, fork: HeaderId): boolean {
  const { tree, active, shared, logger } = state;
  const { maxReorgDepth } = shared.limits;
  if (maxReorgDepth === undefined || fork === NO_HEADER) return false;
  const depth = active.height - tree.height(fork);
  if (depth <= maxReorgDepth) return false;
  const first = tree.ancestor(target, tree.height(fork) + 1);
  logger.info(`Refusing to undo ${depth} blocks: the limit is ${maxReorgDepth} (-labmaxreorg)`);
  ruleOutBlock(shared, first);
  logInvalidChain(state, first);
  return true;
}
