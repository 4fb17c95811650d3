import type { ChainState } from './chain-state.js';
import { orFail } from './fatal.js';
import { findFilesToPrune, type PruneRequest } from './prune/find-files.js';
import { removeFiles } from './prune/remove-files.js';
import { writeFailed, writeIndex } from './write-index.js';

/** The block index is written this often, so that not much must be downloaded again after a crash. */
const INDEX_WRITE_INTERVAL_MS = 60 * 60 * 1000;
/** The coins are written this often even if the cache has room: it works best when left alone. */
const COINS_FLUSH_INTERVAL_MS = 24 * 60 * 60 * 1000;
/** Coins of a block take at most so much; when no more room is left between blocks, now is the time to write. */
const MAX_BLOCK_COINS_BYTES = 10 * 1024 * 1024;
/**
 * A cache that is small beside that is written when it is full so far. Core has 0.9 here, and may go beyond what `-dbcache` says;
 * this leaves room for the coins of blocks that are tried ahead.
 */
const SMALL_CACHE_FULL = 0.75;

/**
 * - `none`: only for what is to be pruned;
 * - `if-needed`: in the middle of connecting blocks; only a full cache is written;
 * - `periodic`: between blocks; a nearly full cache is written, and what has not been for long;
 * - `always`: all is written.
 */
export type FlushMode = 'none' | 'if-needed' | 'periodic' | 'always';

/**
 * Writes what is due and removes what is pruned, in the order that makes a crash at any moment harmless: block and undo
 * files, then the index that names places in them, then the coins, whose tip must be in the index. Only then, when
 * nothing that is pruned is needed to finish a write of coins, the index that does not know of it, and the files. (Core
 * removes the files before it writes coins.)
 *
 * Effects: files and databases; the cache is emptied when that is what it was written for; tree and candidates for what
 * is pruned.
 *
 * @throws ChainFailure when something cannot be written
 */
export async function flushState(
  state: ChainState,
  mode: FlushMode,
  prune: PruneRequest = 'if-grown',
): Promise<void> {
  const { shared } = state;
  const pruned = findFilesToPrune(state, prune);
  const now = state.clock.steadyMs();
  const room = cacheRoom(state);
  const cacheLarge = mode === 'periodic' && room !== 'plenty';
  const cacheCritical = mode === 'if-needed' && room === 'none';
  const coinsDue = mode === 'periodic' && now > state.lastCoinsFlush + COINS_FLUSH_INTERVAL_MS;
  const indexDue = mode === 'periodic' && now > shared.lastIndexWrite + INDEX_WRITE_INTERVAL_MS;
  const writeCoins = mode === 'always' || cacheLarge || cacheCritical || coinsDue || pruned.length > 0;
  if (!writeCoins && !indexDue) return;
  await writeIndex(shared);
  shared.lastIndexWrite = now;
  if (!writeCoins || state.active.height < 0) return;
  await writeCoinsToDisk(state, cacheLarge || cacheCritical);
  state.lastCoinsFlush = now;
  await removeFiles(shared, pruned);
}

async function writeCoinsToDisk(state: ChainState, empty: boolean): Promise<void> {
  const { coins, coinsStore, tree, active, logger, clock } = state;
  const start = clock.steadyMs();
  const what = `write coins cache to disk (${coins.size} coins, ${(coins.bytes / 1000).toFixed(2)}kB)`;
  await orFail(state.shared, writeFailed, () => {
    coinsStore.requireRoomFor(coins.dirtyCount);
    return coins.flush(tree.hash(active.tip), { empty });
  });
  logger.debug('bench', `FlushStateToDisk: ${what} completed (${(clock.steadyMs() - start).toFixed(2)}ms)`);
}

function cacheRoom({ coins, cacheBytes: total, logger }: ChainState): 'plenty' | 'little' | 'none' {
  if (coins.bytes > total) {
    logger.info(`Cache size (${coins.bytes}) exceeds total space (${total})`);
    return 'none';
  }
  return coins.bytes > Math.max(SMALL_CACHE_FULL * total, total - MAX_BLOCK_COINS_BYTES)
    ? 'little'
    : 'plenty';
}
