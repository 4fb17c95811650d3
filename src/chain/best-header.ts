import { type HeaderId, NO_HEADER } from '../consensus/chain-view.js';
import type { SharedState } from './chain-state.js';
import { BlockStatus } from './store/block-status.js';

/**
 * A header was added: it is the best one if it has more work than that.
 *
 * Effects: the best header.
 */
export function offerBestHeader(shared: SharedState, id: HeaderId): void {
  if (shared.bestHeader === NO_HEADER || shared.tree.compareWork(id, shared.bestHeader) > 0)
    shared.bestHeader = id;
}

/**
 * Looks through all headers for the best: after some were found to be invalid, or valid after all. The present one
 * stays unless it is invalid or beaten.
 *
 * Effects: the best header.
 */
export function findBestHeader(shared: SharedState): void {
  const { tree } = shared;
  const isValid = (id: HeaderId) => tree.isValid(id, BlockStatus.VALID_TREE);
  let best = shared.bestHeader !== NO_HEADER && isValid(shared.bestHeader) ? shared.bestHeader : NO_HEADER;
  for (let id = 0; id < tree.size; id++) {
    if (!isValid(id)) continue;
    if (best === NO_HEADER || tree.compareWork(id, best) > 0) best = id;
  }
  shared.bestHeader = best;
}

/** Tells listeners of a new best header. Returns whether there was one. */
export function announceBestHeader(shared: SharedState): boolean {
  if (shared.bestHeader === shared.notifiedHeader) return false;
  shared.notifiedHeader = shared.bestHeader;
  shared.events.emit('bestHeader', shared.bestHeader);
  return true;
}
