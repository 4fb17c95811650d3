import { type HeaderId, NO_HEADER } from '../consensus/chain-view.js';
import { MAX_FUTURE_BLOCK_TIME } from '../consensus/limits.js';
import type { Chain } from './chain.js';

/**
 * First block of the active chain whose time is at least `time` (Core's FindEarliestAtLeast): what a search for things
 * from after that time begins with. NO_HEADER when there is none.
 *
 * @param time Unix seconds
 */
export function firstAtOrAfter(chain: Chain, time: number): HeaderId {
  const { headers } = chain;
  let found = NO_HEADER;
  for (let height = chain.height; height >= 0; height--) {
    const id = chain.at(height);
    if (headers.time(id) >= time) found = id;
    // Times of a block's successors lie above its median time, so nothing older can still be late enough.
    else if (headers.medianTimePast(id) + MAX_FUTURE_BLOCK_TIME < time) break;
  }
  return found;
}
