import { hashToHex } from '../../primitives/bytes.js';
import { formatUint256 } from '../../primitives/target.js';
import { StartError, UnusableDataError } from '../../runtime/errors.js';
import type { ChainState, SharedState } from '../chain-state.js';
import { activateNow } from '../fork-choice/activate-best-chain.js';
import type { ChainDirectories, ChainOptions, ChainStores } from '../options.js';
import { MIN_BLOCKS_TO_KEEP } from '../prune/limits.js';
import { rebalanceCaches } from '../rebalance-caches.js';
import { wipeStore } from '../store/kv.js';
import { StoreError } from '../store/store-error.js';
import { loadGenesis } from './genesis.js';
import { type ImportSteps, reindexBlockFiles, reindexGenesis } from './import-blocks.js';
import { loadBlockIndex } from './load-block-index.js';
import { loadTips } from './load-tip.js';
import { type FoundSnapshot, type MakeState, openSnapshot, settleSnapshot } from './open-snapshot.js';
import { verifyChain } from './verify-chain.js';

const MIB = 1024 * 1024;

export interface OpenModules {
  readonly stores: ChainStores;
  readonly makeState: MakeState;
  readonly steps: ImportSteps;
  /** Is told of parts of the work that may take long. */
  readonly onPhase: (name: string) => void;
}

/**
 * Opens a chain from what is on disk, whatever moment the last run ended at: index, coins (finishing a write that was cut
 * off), tips, a check of the last blocks (unless they were in the memory of this process all the time), and genesis if
 * there is nothing. There is a tip afterwards. Blocks that are not connected yet, or not even in the index, are for
 * {@link importBlocks}.
 *
 * @throws StartError
 */
export async function openChain(
  shared: SharedState,
  options: ChainOptions,
  { stores, makeState, steps, onPhase }: OpenModules,
): Promise<void> {
  let snapshot: FoundSnapshot | undefined;
  try {
    logRules(shared);
    logPruning(shared);
    await telling('Error opening block database', async () => {
      await openDatabases(stores, options);
      if (options.reindex === true) await beginReindex(shared, options);
      shared.reindexing = shared.index.isReindexing();
      snapshot = await openSnapshot(shared, stores, options);
    });
    const { isKept } = await telling('Error loading block database', () =>
      loadBlockIndex(shared, snapshot?.facts),
    );
    await telling('Error opening block database', async () => {
      await snapshot?.start(makeState);
      await loadTips(shared);
      await rebalanceCaches(shared);
      await settleSnapshot(shared, stores, makeState);
      if (isKept) return;
      onPhase('Verifying blocks…');
      for (const state of shared.states) await verifyAtStart(state);
    });
    await startChain(shared, steps);
  } catch (thrown) {
    // The way out that Core names was taken already.
    if (!(thrown instanceof UnusableDataError) || options.reindex !== true) throw thrown;
    throw new StartError(thrown.message, { cause: thrown });
  }
}

async function beginReindex({ index, blocks }: SharedState, { prune }: ChainOptions): Promise<void> {
  await index.writeReindexing(true);
  if (prune !== undefined) blocks.removeUnreachableFiles();
}

/** Damaged data are told of in Core's words, with what exactly is damaged as the cause. */
async function telling<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof StoreError)) throw thrown;
    const isDamage = thrown.code === 'corrupt' || thrown.code === 'missing';
    throw isDamage
      ? new UnusableDataError(what, { cause: thrown })
      : new StartError(thrown.message, { cause: thrown });
  }
}

async function openDatabases(
  stores: ChainStores,
  { storage, reindex, reindexChainstate }: ChainOptions,
): Promise<void> {
  await stores.snapshot.recover();
  await stores.index.open();
  await stores.coins.open();
  // Those of a directory were wiped as they were opened. Their keys must not go now: the one that hides the coins is new.
  if (isDirectory(storage)) return;
  if (reindex === true) await wipeStore(stores.index);
  if (reindex === true || reindexChainstate === true) await wipeStore(stores.coins);
}

function isDirectory(storage: ChainOptions['storage']): storage is ChainDirectories {
  return storage !== 'memory' && 'blocksDir' in storage;
}

async function verifyAtStart(state: ChainState): Promise<void> {
  const { checkBlocks, checkLevel } = state.shared.limits;
  if (state.shared.havePruned && checkBlocks > MIN_BLOCKS_TO_KEEP) {
    state.logger.warn(
      `pruned datadir may not have more than ${MIN_BLOCKS_TO_KEEP} blocks; only checking available blocks`,
    );
  }
  let why = '';
  const onFailure = (text: string) => {
    why = text;
  };
  const result = await verifyChain(state, { depth: checkBlocks, level: checkLevel, onFailure });
  if (result !== 'corrupt') return;
  throw new UnusableDataError('Corrupted block database detected', { cause: new Error(why) });
}

/** Puts genesis, and no more, into a chain that has no block yet. */
async function startChain(shared: SharedState, steps: ImportSteps): Promise<void> {
  if (shared.current.active.height >= 0) return;
  const isKnown = shared.reindexing && (await reindexGenesis(shared));
  if (shared.stopping) return;
  // Files without genesis, or no files: where a new one may be written is known when all were read.
  if (shared.reindexing && !isKnown) await reindexBlockFiles(shared, steps);
  else loadGenesis(shared);
  await steps.change(async () => {
    await activateNow(shared.current);
  });
}

function logPruning({ limits: { pruneTarget }, logger }: SharedState): void {
  if (pruneTarget === 'manual') {
    logger.info(
      'Block pruning enabled.  Use RPC call pruneblockchain(height) to manually prune block and undo files.',
    );
  } else if (pruneTarget !== undefined) {
    const mib = Math.trunc(pruneTarget / MIB);
    logger.info(`Prune configured to target ${mib} MiB on disk for block and undo files.`);
  }
}

function logRules({ params, logger }: SharedState): void {
  const { consensus, defaultMinimumChainWork } = params;
  const { assumeValid, minimumChainWork } = consensus;
  if (assumeValid.every(byte => byte === 0)) logger.info('Validating signatures for all blocks.');
  else logger.info(`Assuming ancestors of block ${hashToHex(assumeValid)} have valid signatures.`);
  logger.info(`Setting nMinimumChainWork=${formatUint256(minimumChainWork)}`);
  if (minimumChainWork >= defaultMinimumChainWork) return;
  const usual = formatUint256(defaultMinimumChainWork);
  logger.warn(`Warning: nMinimumChainWork set below default value of ${usual}`);
}
