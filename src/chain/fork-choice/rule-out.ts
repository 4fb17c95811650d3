import type { HeaderId } from '../../consensus/chain-view.js';
import { findBestHeader } from '../best-header.js';
import type { SharedState } from '../chain-state.js';

/**
 * `id`, which is not in the active chain, breaks a rule: neither it nor what builds on it will be the tip.
 *
 * Effects: tree, candidates, best header.
 */
export function ruleOutBlock(shared: SharedState, id: HeaderId): void {
  shared.links.fail(id);
  shared.recent.take(id);
  if (shared.tree.isInvalid(shared.bestHeader)) findBestHeader(shared);
}
