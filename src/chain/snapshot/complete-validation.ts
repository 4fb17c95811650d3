import { bytesEqual, type Hash256, hashToHex } from '../../primitives/bytes.js';
import { defined, errorMessage } from '../../runtime/errors.js';
import type { SharedState } from '../chain-state.js';
import { countCoins, Interrupted } from '../coins/utxo-stats.js';
import { flushState } from '../flush-state.js';
import type { SnapshotStorage } from './snapshot-storage.js';

/** What the comparison with the snapshot came to; `interrupted` when the node is to stop. */
export type Comparison = 'same' | 'different' | 'interrupted';

/** The chain that is validated in the background has come to the base of the snapshot. */
export function isAtBase({ background, current }: SharedState): boolean {
  return background !== undefined && background.active.tip === current.base;
}

/**
 * Whether the coins that the chain validated in the background came to, which were written, are those that the snapshot
 * promised. Takes minutes on a large chain, and needs nothing but that this chain stands still.
 *
 * Effects: none.
 */
export async function compareCoins(shared: SharedState): Promise<Comparison> {
  const { logger, params, current, shouldStop } = shared;
  const background = defined(shared.background, 'background chain state');
  logger.info(
    '[snapshot] computing UTXO stats for background chainstate to validate snapshot - this could take a few minutes',
  );
  const expected = params.snapshots.find(({ height }) => height === shared.tree.height(current.base));
  let actual: Hash256 | undefined;
  try {
    ({ hash: actual } = await countCoins(background.coinsStore, 'hash_serialized_3', shouldStop));
  } catch (thrown) {
    if (thrown instanceof Interrupted) return 'interrupted';
    throw thrown;
  }
  const [found, wanted] = [defined(actual, 'hash'), defined(expected, 'snapshot').hashSerialized];
  if (bytesEqual(found, wanted)) {
    const base = hashToHex(shared.tree.hash(current.base));
    logger.info(`[snapshot] snapshot beginning at ${base} has been fully validated`);
    return 'same';
  }
  logger.info(`[snapshot] hash mismatch: actual=${hashToHex(found)}, expected=${hashToHex(wanted)}`);
  return 'different';
}

/**
 * The snapshot is not what it promised to be: nothing that was built on it can be used.
 *
 * Effects: the chain that was validated from genesis on is the only one, and is written; the other's coins are put aside.
 *
 * @returns what to tell the operator, before the node stops
 */
export async function rejectSnapshot(shared: SharedState, storage: SnapshotStorage): Promise<string> {
  const { logger, current, tree, states } = shared;
  const height = tree.height(current.base);
  let text =
    'Blocksmith failed to validate the -assumeutxo snapshot state. This indicates a hardware problem, or a bug in the ' +
    'software, or a bad software modification that allowed an invalid snapshot to be loaded. As a result of this, the ' +
    'node will shut down and stop using any state that was built on the snapshot, resetting the chain height from ' +
    `${current.active.height} to ${height}. On the next restart, the node will resume syncing from ${height} without ` +
    'using any snapshot data. Please report this incident to the authors of Blocksmith, including how you obtained the ' +
    'snapshot. The invalid snapshot chainstate will be left on disk in case it is helpful in diagnosing the issue that ' +
    'caused this error.';
  logger.error(`[snapshot] !!! ${text}`);
  logger.error('[snapshot] deleting snapshot, reverting to validated chain, and stopping node');
  states.pop();
  current.candidates.close();
  await flushState(shared.current, 'always');
  try {
    await storage.setAside();
  } catch (thrown) {
    text = `${text}\n${errorMessage(thrown)}`;
  }
  return text;
}
