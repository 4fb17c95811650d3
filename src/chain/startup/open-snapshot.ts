import { type HeaderId, NO_HEADER } from '../../consensus/chain-view.js';
import type { SnapshotFacts } from '../../consensus/params.js';
import { bytesEqual, hashToHex } from '../../primitives/bytes.js';
import { StartError, UnusableDataError } from '../../runtime/errors.js';
import type { ChainState, SharedState } from '../chain-state.js';
import type { ChainOptions, ChainStores } from '../options.js';
import { describeState, rebalanceCaches } from '../rebalance-caches.js';
import { compareCoins, isAtBase, rejectSnapshot } from '../snapshot/complete-validation.js';
import type { KeyValueStore } from '../store/kv.js';
import { loadTips } from './load-tip.js';

/** Makes a chain state whose coins are in an open database. */
export type MakeState = (coins: KeyValueStore, base?: HeaderId) => ChainState;

const FATAL = 'A fatal internal error occurred, see debug.log for details:';

/** A snapshot that was in use when the last run ended. */
export interface FoundSnapshot {
  readonly facts: SnapshotFacts;
  /** Puts its chain state in front of the other, once the headers are known. */
  readonly start: (makeState: MakeState) => Promise<void>;
}

/**
 * Looks for a snapshot in use. A reindex does away with it: what was built on it is to be built anew.
 *
 * Effects: with a reindex, its data are removed.
 *
 * @throws StartError when the network's parameters do not know it
 */
export async function openSnapshot(
  shared: SharedState,
  { snapshot }: ChainStores,
  { reindex, reindexChainstate }: ChainOptions,
): Promise<FoundSnapshot | undefined> {
  const { logger, params, states, tree } = shared;
  const hash = snapshot.base();
  if (hash === undefined) return undefined;
  logger.info(`[snapshot] detected active snapshot chainstate (${snapshot.coins.location}) - loading`);
  if (reindex === true || reindexChainstate === true) {
    logger.info('[snapshot] deleting snapshot chainstate due to reindexing');
    await snapshot.discard();
    return undefined;
  }
  const facts = params.snapshots.find(({ blockHash }) => bytesEqual(blockHash, hash));
  if (facts === undefined) {
    const what = `Assumeutxo data not found for the given blockhash '${hashToHex(hash)}'.`;
    logger.error(what);
    throw new StartError(`${FATAL} ${what}`);
  }
  const start = async (makeState: MakeState) => {
    const base = tree.find(hash);
    if (base === NO_HEADER) throw new UnusableDataError('Error loading block database');
    await snapshot.coins.open();
    const state = makeState(snapshot.coins, base);
    logger.info(`[snapshot] switching active chainstate to ${describeState(state)}`);
    states.push(state);
  };
  return { facts, start };
}

/**
 * If the validation came to the base of the snapshot in the last run, ends it: here, where the databases can be moved, and
 * not while the node was running.
 *
 * Effects: one chain state is left, at the snapshot's tip, with the coins in their usual place.
 *
 * @throws StartError when the snapshot turns out to be wrong, which is not in use any more then
 */
export async function settleSnapshot(
  shared: SharedState,
  stores: ChainStores,
  makeState: MakeState,
): Promise<void> {
  const { logger, states, links, blocks } = shared;
  if (!isAtBase(shared)) return;
  const comparison = await compareCoins(shared);
  if (comparison === 'interrupted') return;
  if (comparison === 'different') {
    throw new StartError(`${FATAL} ${await rejectSnapshot(shared, stores.snapshot)}`);
  }
  logger.info('[snapshot] cleaning up unneeded background chainstate, then reinitializing');
  for (const state of states.splice(0)) state.candidates.close();
  await stores.snapshot.promote(stores.coins);
  links.clearBase();
  blocks.setSnapshotHeight(undefined);
  states.push(makeState(stores.coins));
  await loadTips(shared);
  await rebalanceCaches(shared);
}
