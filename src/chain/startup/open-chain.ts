import { hashToHex } from '../../primitives/bytes.js';
import { formatUint256 } from '../../primitives/target.js';
import { StartError, UnusableDataError } from '../../runtime/errors.js';
import type { ChainState, SharedState } from '../chain-state.js';
import { activateStep } from '../fork-choice/activate-best-chain.js';
import type { ChainDirectories, ChainOptions, ChainStores } from '../options.js';
import type { KeyValueStore } from '../store/kv.js';
import { StoreError } from '../store/store-error.js';
import { loadGenesis } from './genesis.js';
import { type ImportSteps, reindexBlockFiles, reindexGenesis } from './import-blocks.js';
import { loadBlockIndex } from './load-block-index.js';
import { loadTip } from './load-tip.js';
import { replayCoins } from './replay-coins.js';
import { verifyChain } from './verify-chain.js';

/**
 * Opens a chain from what is on disk, whatever moment the last run ended at: index, coins (finishing a write that was cut
 * off), tip, a check of the last blocks, and genesis if there is nothing. There is a tip afterwards. Blocks that are not
 * connected yet, or not even in the index, are for {@link importBlocks}.
 *
 * @param onPhase is told of parts of the work that may take long
 * @throws StartError
 */
export async function openChain(
  shared: SharedState,
  stores: ChainStores,
  options: ChainOptions,
  steps: ImportSteps,
  onPhase: (name: string) => void,
): Promise<void> {
  try {
    logRules(shared);
    await telling('Error opening block database', async () => {
      await openDatabases(stores, options);
      if (options.reindex === true) await shared.index.writeReindexing(true);
      shared.reindexing = shared.index.isReindexing();
    });
    await telling('Error loading block database', () => loadBlockIndex(shared));
    await telling('Error opening block database', async () => {
      const { current } = shared;
      await replayCoins(current);
      loadTip(current);
      onPhase('Verifying blocks…');
      await verifyAtStart(current);
    });
    await startChain(shared, steps);
  } catch (thrown) {
    // The way out that Core names was taken already.
    if (!(thrown instanceof UnusableDataError) || options.reindex !== true) throw thrown;
    throw new StartError(thrown.message, { cause: thrown });
  }
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
  const { checkBlocks, checkLevel } = state.shared.limits;
  const result = await verifyChain(state, { depth: checkBlocks, level: checkLevel });
  if (result !== 'corrupt') return;
  throw new UnusableDataError('Corrupted block database detected');
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
    await activateStep(shared.current);
  });
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
