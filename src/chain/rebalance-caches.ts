import { NO_HEADER } from '../consensus/chain-view.js';
import { hashToHex } from '../primitives/bytes.js';
import type { ChainState, SharedState } from './chain-state.js';
import { flushState } from './flush-state.js';
import { isInitialDownload } from './initial-download.js';

/** While two chain states are in use, the one that has more to do gets all but this share of the cache. */
const SMALL_SHARE = 0.05;

/**
 * Divides the room for cached coins (Core's MaybeRebalanceCaches): to catch up with the network comes first, then to
 * validate what lies below the snapshot.
 *
 * Effects: the sizes of the caches; coins of one that shrinks are written and forgotten.
 */
export async function rebalanceCaches(shared: SharedState): Promise<void> {
  const { current, background, limits, logger } = shared;
  const total = limits.dbCacheBytes;
  if (background === undefined) {
    if (current.base !== NO_HEADER) logger.info('[snapshot] allocating all cache to the snapshot chainstate');
    await resize(current, total);
    return;
  }
  const [large, small] = isInitialDownload(shared) ? [current, background] : [background, current];
  await resize(small, Math.floor(total * SMALL_SHARE));
  await resize(large, Math.floor(total * (1 - SMALL_SHARE)));
}

async function resize(state: ChainState, bytes: number): Promise<void> {
  const { cacheBytes, logger, coins } = state;
  if (bytes === cacheBytes) return;
  state.cacheBytes = bytes;
  const mebibytes = (bytes / (1 << 20)).toFixed(1);
  logger.info(`[${describeState(state)}] resized coinstip cache to ${mebibytes} MiB`);
  const grows = bytes > cacheBytes;
  await flushState(state, grows ? 'if-needed' : 'always');
  if (!grows) coins.shrink(bytes);
}

/** A chain state as Core's log has it. */
export function describeState({ base, active, tree }: ChainState): string {
  const kind = base === NO_HEADER ? 'ibd' : 'snapshot';
  const tip = active.height < 0 ? 'null' : hashToHex(tree.hash(active.tip));
  return `Chainstate [${kind}] @ height ${active.height} (${tip})`;
}
