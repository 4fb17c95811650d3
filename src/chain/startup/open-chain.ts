import { hashToHex } from '../../primitives/bytes.js';
import { formatUint256 } from '../../primitives/target.js';
import { StartError, UnusableDataError } from '../../runtime/errors.js';
import type { ChainState } from '../chain-state.js';
import { activateStep } from '../fork-choice/activate-best-chain.js';
import type { ChainDirectories, ChainOptions, ChainStores } from '../options.js';
import { MIN_BLOCKS_TO_KEEP } from '../prune/limits.js';
import type { KeyValueStore } from '../store/kv.js';
import { StoreError } from '../store/store-error.js';
import { loadGenesis } from './genesis.js';
import { type ImportSteps, reindexBlockFiles, reindexGenesis } from './import-blocks.js';
import { loadBlockIndex } from './load-block-index.js';
import { loadTip } from './load-tip.js';
import { replayCoins } from './replay-coins.js';
import { verifyChain } from './verify-chain.js';

const MIB = 1024 * 1024;

/**
 * Opens a chain from what is on disk, whatever moment the last run ended at: index, coins (finishing a write that was cut
 * off), tip, a check of the last blocks, and genesis if there is nothing. There is a tip afterwards. Blocks that are not
 * connected yet, or not even in the index, are for {@link importBlocks}.
 *
 * @param onPhase is told of parts of the work that may take long
 * @throws StartError
 */
export async function openChain(
  state: ChainState,
  stores: ChainStores,
  options: ChainOptions,
  steps: ImportSteps,
  onPhase: (name: string) => void,
): Promise<void> {
  try {
    logRules(state);
    logPruning(state);
    await telling('Error opening block database', async () => {
      await openDatabases(stores, options);
      if (options.reindex === true) await beginReindex(state, options);
      state.reindexing = state.index.isReindexing();
    });
    await telling('Error loading block database', () => loadBlockIndex(state));
    await telling('Error opening block database', async () => {
      await replayCoins(state);
      loadTip(state);
      onPhase('Verifying blocks…');
      await verifyAtStart(state);
    });
    await startChain(state, steps);
  } catch (thrown) {
    // The way out that Core names was taken already.
    if (!(thrown instanceof UnusableDataError) || options.reindex !== true) throw thrown;
    throw new StartError(thrown.message, { cause: thrown });
  }
}

async function beginReindex({ index, blocks }: ChainState, { prune }: ChainOptions): Promise<void> {
  await index.writeReindexing(true);
  if (prune !== undefined) blocks.removeUnreachableFiles();
}

/** Damaged data are told of in Core's words, with what exactly is damaged as the cause. */
async function telling(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
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
  await stores.index.open();
  await stores.coins.open();
  // Those of a directory were wiped as they were opened. Their keys must not go now: the one that hides the coins is new.
  if (isDirectory(storage)) return;
  if (reindex === true) await wipe(stores.index);
  if (reindex === true || reindexChainstate === true) await wipe(stores.coins);
}

function isDirectory(storage: ChainOptions['storage']): storage is ChainDirectories {
  return storage !== 'memory' && 'blocksDir' in storage;
}

async function wipe(store: KeyValueStore): Promise<void> {
  for await (const lot of store.iterate()) {
    const batch = store.batch();
    for (const [key] of lot) batch.delete(key);
    await batch.write();
  }
}

async function verifyAtStart(state: ChainState): Promise<void> {
  const { checkBlocks, checkLevel } = state.limits;
  if (state.havePruned && checkBlocks > MIN_BLOCKS_TO_KEEP) {
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
async function startChain(state: ChainState, steps: ImportSteps): Promise<void> {
  if (state.active.height >= 0) return;
  const isKnown = state.reindexing && (await reindexGenesis(state));
  if (state.stopping) return;
  // Files without genesis, or no files: where a new one may be written is known when all were read.
  if (state.reindexing && !isKnown) await reindexBlockFiles(state, steps);
  else loadGenesis(state);
  await steps.change(async () => {
    await activateStep(state);
  });
}

function logPruning({ limits: { pruneTarget }, logger }: ChainState): void {
  if (pruneTarget === 'manual') {
    logger.info(
      'Block pruning enabled.  Use RPC call pruneblockchain(height) to manually prune block and undo files.',
    );
  } else if (pruneTarget !== undefined) {
    const mib = Math.trunc(pruneTarget / MIB);
    logger.info(`Prune configured to target ${mib} MiB on disk for block and undo files.`);
  }
}

function logRules({ params, logger }: ChainState): void {
  const { consensus, defaultMinimumChainWork } = params;
  const { assumeValid, minimumChainWork } = consensus;
  if (assumeValid.every(byte => byte === 0)) logger.info('Validating signatures for all blocks.');
  else logger.info(`Assuming ancestors of block ${hashToHex(assumeValid)} have valid signatures.`);
  logger.info(`Setting nMinimumChainWork=${formatUint256(minimumChainWork)}`);
  if (minimumChainWork >= defaultMinimumChainWork) return;
  const usual = formatUint256(defaultMinimumChainWork);
  logger.warn(`Warning: nMinimumChainWork set below default value of ${usual}`);
}
