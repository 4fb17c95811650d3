import { type HeaderId, NO_HEADER } from '../consensus/chain-view.js';
import type { ChainState } from './chain-state.js';
import { BlockStatus } from './store/block-status.js';

/**
 * A header was added: it is the best one if it has more work than that.
 *
 * Effects: the best header.
 */
export function offerBestHeader(state: ChainState, id: HeaderId): void {
  if (state.bestHeader === NO_HEADER || state.tree.compareWork(id, state.bestHeader) > 0)
    state.bestHeader = id;
}

/**
 * Looks through all headers for the best: after some were found to be invalid, or valid after all. The present one
 * stays unless it is invalid or beaten.
 *
 * Effects: the best header.
 */
export function findBestHeader(state: ChainState): void {
  const { tree } = state;
  const isValid = (id: HeaderId) => tree.isValid(id, BlockStatus.VALID_TREE);
  let best = state.bestHeader !== NO_HEADER && isValid(state.bestHeader) ? state.bestHeader : NO_HEADER;
  for (let id = 0; id < tree.size; id++) {
    if (!isValid(id)) continue;
    if (best === NO_HEADER || tree.compareWork(id, best) > 0) best = id;
  }
  state.bestHeader = best;
}

/** Tells listeners of a new best header. Returns whether there was one. */
export function announceBestHeader(state: ChainState): boolean {
  if (state.bestHeader === state.notifiedHeader) return false;
  state.notifiedHeader = state.bestHeader;
  state.events.emit('bestHeader', state.bestHeader);
  return true;
}
