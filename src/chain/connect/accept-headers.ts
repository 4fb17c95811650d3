import { NO_HEADER } from '../../consensus/chain-view.js';
import type { BlockHeader } from '../../primitives/header.js';
import { firstFound, type Steps } from '../../runtime/steps.js';
import { announceBestHeader } from '../best-header.js';
import type { ProcessHeadersResult } from '../chain.js';
import type { SharedState } from '../chain-state.js';
import { isInitialDownload } from '../initial-download.js';
import { acceptHeader } from './accept-header.js';

/** Headers that are added in one step: some milliseconds of work right after a start, when no code was compiled yet. */
export const HEADERS_PER_STEP = 200;

/**
 * Checks headers in order and adds them, up to the first that is refused. Between two steps those so far are in the tree, and
 * headers of others may come in between.
 *
 * Effects: tree, best header; at the end the event `bestHeader`.
 */
export function* acceptHeaders(
  shared: SharedState,
  headers: readonly BlockHeader[],
): Steps<ProcessHeadersResult> {
  let last = NO_HEADER;
  let added = 0;
  const rejection = yield* firstFound(headers, HEADERS_PER_STEP, header => {
    const accepted = acceptHeader(shared, header);
    if (accepted.rejection !== undefined) return accepted.rejection;
    last = accepted.id;
    if (accepted.isNew) added++;
    return undefined;
  });
  const isNews = announceBestHeader(shared);
  if (rejection !== undefined) return { last, added, rejection };
  if (isNews && last !== NO_HEADER) logProgress(shared, last);
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
