import type { SnapshotFacts } from '../../consensus/params.js';
import { bytesEqual, hashToHex } from '../../primitives/bytes.js';
import { defined } from '../../runtime/errors.js';
import type { SharedState } from '../chain-state.js';
import type { CoinRecord, CoinsStore } from '../coins/coins-db.js';
import { countCoins, Interrupted } from '../coins/utxo-stats.js';
import { BadSnapshot, type SnapshotReader } from './snapshot-reader.js';

/** Coins between two lines of the log. */
const PROGRESS_COINS = 1_000_000;

const INTERRUPTED = 'Aborting after an interrupt was requested';

/**
 * Fills an empty store with the coins of a snapshot and checks that they are those that the network is known to have had.
 * The chain goes on meanwhile.
 *
 * Effects: the store only.
 *
 * @throws BadSnapshot when they are others
 */
export async function loadSnapshotCoins(
  shared: SharedState,
  reader: SnapshotReader,
  facts: SnapshotFacts,
  store: CoinsStore,
): Promise<void> {
  const { logger } = shared;
  const { coinsCount } = reader.metadata;
  const base = hashToHex(facts.blockHash);
  logger.info(`[snapshot] loading ${coinsCount} coins from snapshot ${base}`);
  await store.fill(watched(shared, reader, facts.height), facts.blockHash);
  logger.info(`[snapshot] loaded ${coinsCount} coins from snapshot ${base}`);
  const hash = await hashOfCoins(shared, store);
  if (!bytesEqual(hash, facts.hashSerialized)) {
    throw new BadSnapshot(
      `Bad snapshot content hash: expected ${hashToHex(facts.hashSerialized)}, got ${hashToHex(hash)}`,
    );
  }
  logger.info('[snapshot] validated snapshot');
}

/** The coins, with a line in the log from time to time, until the node is to stop. */
async function* watched(
  { logger, shouldStop }: SharedState,
  reader: SnapshotReader,
  baseHeight: number,
): AsyncGenerator<readonly CoinRecord[], void, undefined> {
  const { coinsCount } = reader.metadata;
  let loaded = 0;
  for await (const lot of reader.coins(baseHeight)) {
    if (shouldStop()) throw new BadSnapshot(INTERRUPTED);
    yield lot;
    const before = loaded;
    loaded += lot.length;
    if (Math.floor(before / PROGRESS_COINS) === Math.floor(loaded / PROGRESS_COINS)) continue;
    const percent = ((loaded * 100) / coinsCount).toFixed(2);
    logger.info(`[snapshot] ${loaded} coins loaded (${percent}%)`);
  }
}

async function hashOfCoins({ shouldStop }: SharedState, store: CoinsStore) {
  try {
    const { hash } = await countCoins(store, 'hash_serialized_3', shouldStop);
    return defined(hash, 'hash of the coins');
  } catch (thrown) {
    throw thrown instanceof Interrupted ? new BadSnapshot(INTERRUPTED) : thrown;
  }
}
