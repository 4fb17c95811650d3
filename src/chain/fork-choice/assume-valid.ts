import { type HeaderId, NO_HEADER } from '../../consensus/chain-view.js';
import { blockWork } from '../../primitives/target.js';
import type { SharedState } from '../chain-state.js';

/**
 * Scripts are only taken as checked below so many seconds of work: a chain made up to be assumed valid would cost that
 * much, and a recent block is checked whatever the setting says.
 */
const BURIED_SECONDS = 60 * 60 * 24 * 7 * 2;

/**
 * Whether the scripts of block `id` need not be run: it is an ancestor of the block that the operator, or the release,
 * vouches for; the best header builds on it, has the work the network is known to have, and buries it by two weeks.
 */
export function scriptsAssumedValid(
  { tree, bestHeader, params }: Pick<SharedState, 'tree' | 'bestHeader' | 'params'>,
  id: HeaderId,
): boolean {
  const { assumeValid, minimumChainWork, powTargetSpacing } = params.consensus;
  const assumed = tree.find(assumeValid);
  if (assumed === NO_HEADER || bestHeader === NO_HEADER) return false;
  if (!tree.descends(assumed, id) || !tree.descends(bestHeader, id)) return false;
  const bestWork = tree.chainWork(bestHeader);
  if (bestWork < minimumChainWork) return false;
  const workOnTop = bestWork - tree.chainWork(id);
  const seconds = (workOnTop * BigInt(powTargetSpacing)) / blockWork(tree.bits(bestHeader));
  return seconds > BigInt(BURIED_SECONDS);
}
