import type { HeaderId } from '../../consensus/chain-view.js';
import { findBestHeader } from '../best-header.js';
import type { ChainState } from '../chain-state.js';

/**
 * `id`, which is not in the active chain, breaks a rule: neither it nor what builds on it will be the tip.
 *
 * Effects: tree, candidates, best header.
 */
export function ruleOutBlock(state: ChainState, id: HeaderId): void {
  state.candidates.fail(id);
  state.recent.take(id);
  if (state.tree.isInvalid(state.bestHeader)) findBestHeader(state);
}
