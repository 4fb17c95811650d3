import type { Hash256 } from '../../primitives/bytes.js';
import { defined } from '../../runtime/errors.js';
import type { CoinsStore } from '../coins/coins-db.js';
import { countCoins } from '../coins/utxo-stats.js';
import { type SnapshotTarget, SnapshotWriter } from './snapshot-writer.js';

export interface WrittenSnapshot {
  /** The block after which these are the coins. */
  readonly base: Hash256;
  readonly coins: number;
  /** `hash_serialized_3` of the set. */
  readonly hash: Hash256;
}

/**
 * Writes all coins of a flushed store to a snapshot, hashing them on the way.
 *
 * @throws Interrupted when `isStopping` comes to be true; what the target throws
 */
export async function writeSnapshot(
  store: CoinsStore,
  magic: Uint8Array,
  target: SnapshotTarget,
  isStopping: () => boolean,
): Promise<WrittenSnapshot> {
  const base = defined(store.bestBlock(), 'best block of a flushed coins database');
  const writer = new SnapshotWriter(target, magic);
  const { hash } = await countCoins(store, 'hash_serialized_3', isStopping, lot => writer.add(lot));
  const coins = await writer.finish(base);
  return { base, coins, hash: defined(hash, 'hash of the coins') };
}
