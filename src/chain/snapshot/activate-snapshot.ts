import { type HeaderId, NO_HEADER } from '../../consensus/chain-view.js';
import { buriedActive } from '../../consensus/deployments.js';
import type { SnapshotFacts } from '../../consensus/params.js';
import { bytesEqual, type Hash256, hashToHex } from '../../primitives/bytes.js';
import { ChainState, type SharedState } from '../chain-state.js';
import type { CoinsStore } from '../coins/coins-db.js';
import { rebalanceCaches } from '../rebalance-caches.js';
import { BlockStatus } from '../store/block-status.js';
import { writeIndex } from '../write-index.js';
import type { SnapshotStorage } from './snapshot-storage.js';

/** A snapshot is not taken: Core's text. */
export class SnapshotRefused extends Error {
  override readonly name = 'SnapshotRefused';
}

const MEMPOOL_NOT_EMPTY = "Can't activate a snapshot when mempool not empty";

/** What a snapshot is to be, and the header it is as of. */
export interface ExpectedSnapshot {
  readonly facts: SnapshotFacts;
  readonly base: HeaderId;
}

/**
 * Whether a snapshot as of this block can be used, as far as that can be said before its coins are read (Core's
 * ActivateSnapshot and PopulateAndValidateSnapshot).
 *
 * @throws SnapshotRefused in Core's words
 */
export function expectSnapshot(
  shared: SharedState,
  baseHash: Hash256,
  isMempoolEmpty: () => boolean,
): ExpectedSnapshot {
  const { tree, links, params } = shared;
  if (links.base !== NO_HEADER) {
    throw new SnapshotRefused("Can't activate a snapshot-based chainstate more than once");
  }
  const hash = hashToHex(baseHash);
  const facts = params.snapshots.find(({ blockHash }) => bytesEqual(blockHash, baseHash));
  if (facts === undefined) {
    const heights = params.snapshots.map(({ height }) => height).join(', ');
    throw new SnapshotRefused(
      `assumeutxo block hash in snapshot metadata not recognized (hash: ${hash}). The following snapshot heights are available: ${heights}`,
    );
  }
  const base = tree.find(baseHash);
  if (base === NO_HEADER) {
    throw new SnapshotRefused(
      `The base block header (${hash}) must appear in the headers chain. Make sure all headers are syncing, and call loadtxoutset again`,
    );
  }
  if (tree.isInvalid(base)) {
    throw new SnapshotRefused(`The base block header (${hash}) is part of an invalid chain`);
  }
  if (shared.bestHeader === NO_HEADER || !tree.descends(shared.bestHeader, base)) {
    throw new SnapshotRefused(
      'A forked headers-chain with more work than the chain with the snapshot base block header exists. Please proceed to sync without AssumeUtxo.',
    );
  }
  if (!isMempoolEmpty()) throw new SnapshotRefused(MEMPOOL_NOT_EMPTY);
  if (!isBetter(shared, base)) {
    throw new SnapshotRefused('Population failed: Work does not exceed active chainstate');
  }
  return { facts, base };
}

/**
 * Makes the chain of assumed-valid blocks up to the snapshot's base, whose coins are in the storage's database, the one
 * that the node follows; the one that it followed is validated in the background from now on.
 *
 * Effects: block index, with all that survives a crash; the chain states; what may be their tips; sizes of the caches.
 * Nobody is told of the new tip.
 *
 * @returns why not, when the chain or the mempool has moved on meanwhile; nothing has changed then
 */
export async function activateSnapshot(
  shared: SharedState,
  { facts, base }: ExpectedSnapshot,
  coinsStore: CoinsStore,
  storage: SnapshotStorage,
  isMempoolEmpty: () => boolean,
): Promise<SnapshotRefused | undefined> {
  const { tree, logger } = shared;
  if (!isMempoolEmpty()) return new SnapshotRefused(MEMPOOL_NOT_EMPTY);
  if (!isBetter(shared, base)) return new SnapshotRefused('work does not exceed active chainstate');
  assumeWitnesses(shared, base);
  await writeIndex(shared);
  await storage.use(facts.blockHash);
  useSnapshot(shared, new ChainState(shared, coinsStore, base), facts);
  logger.info(`[snapshot] successfully activated snapshot ${hashToHex(tree.hash(base))}`);
  await rebalanceCaches(shared);
  return undefined;
}

/**
 * Puts a chain state at the base of a snapshot in front of the one that was followed so far.
 *
 * Effects: the chain states, what may be their tips, where blocks are stored.
 */
function useSnapshot(shared: SharedState, state: ChainState, facts: SnapshotFacts): void {
  const { links, blocks, states } = shared;
  const { base } = state;
  state.active.reset(base);
  links.setBase(base, facts.chainTxCount);
  blocks.setSnapshotHeight(facts.height);
  states.push(state);
  restrictStates(shared);
}

/**
 * While a snapshot is validated each of the two chains keeps to its side of the base. Without the data below it, the one
 * that is followed cannot be taken back past it.
 *
 * Effects: what may be the tips.
 */
export function restrictStates({ current, background }: SharedState): void {
  if (background === undefined) {
    current.candidates.restrict({});
    return;
  }
  background.candidates.restrict({ upTo: current.base });
  current.candidates.restrict({ above: current.base });
}

function isBetter({ tree, current }: SharedState, base: HeaderId): boolean {
  return current.active.height < 0 || tree.compareTips(current.active.tip, base) < 0;
}

/** Blocks below the base have not come yet: a start must not ask for their witnesses. */
function assumeWitnesses({ tree, params }: SharedState, base: HeaderId): void {
  for (let id = base; tree.height(id) > 0; id = tree.prev(id)) {
    const isSegwit = buriedActive('segwit', tree.height(id), params.consensus);
    if (isSegwit) tree.setStatus(id, tree.status(id) | BlockStatus.OPT_WITNESS);
  }
}
