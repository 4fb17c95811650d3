import { NO_HEADER } from '../../consensus/chain-view.js';
import type { BlockHeader } from '../../primitives/header.js';
import { announceBestHeader } from '../best-header.js';
import type { ProcessHeadersResult } from '../chain.js';
import type { SharedState } from '../chain-state.js';
import { isInitialDownload } from '../initial-download.js';
import { acceptHeader } from './accept-header.js';

/**
 * Checks headers in order and adds them, up to the first that is refused.
 *
 * Effects: tree, best header, the event `bestHeader`.
 */
export function acceptHeaders(shared: SharedState, headers: readonly BlockHeader[]): ProcessHeadersResult {
  let last = NO_HEADER;
  let added = 0;
  for (const header of headers) {
    const { id, isNew, rejection } = acceptHeader(shared, header);
    if (rejection !== undefined) {
      announceBestHeader(shared);
      return { last, added, rejection };
    }
    last = id;
    if (isNew) added++;
  }
  if (announceBestHeader(shared) && last !== NO_HEADER) logProgress(shared, last);
  return { last, added };
}

function logProgress(shared: SharedState, last: number): void {
  if (!isInitialDownload(shared)) return;
  const { tree, clock, params, logger } = shared;
  const height = tree.height(last);
  const age = clock.now() - tree.time(last);
  const blocksLeft = Math.max(0, Math.trunc(age / params.consensus.powTargetSpacing));
  const progress = ((100 * height) / (height + blocksLeft || 1)).toFixed(2);
  logger.info(`Synchronizing blockheaders, height: ${height} (~${progress}%)`);
}
