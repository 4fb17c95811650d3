import { hashToHex } from '../../primitives/bytes.js';
import { formatUint256 } from '../../primitives/target.js';
import { StartError, UnusableDataError } from '../../runtime/errors.js';
import type { ChainState } from '../chain-state.js';
import type { ChainOptions, ChainStores } from '../options.js';
import { MIN_BLOCKS_TO_KEEP } from '../prune/limits.js';
import type { KeyValueStore } from '../store/kv.js';
import { StoreError } from '../store/store-error.js';
import { loadGenesis } from './genesis.js';
import { reindexBlockFiles } from './import-blocks.js';
import { loadBlockIndex } from './load-block-index.js';
import { loadTip } from './load-tip.js';
import { replayCoins } from './replay-coins.js';
import { verifyChain } from './verify-chain.js';

const MIB = 1024 * 1024;

/**
 * Brings a chain up from what is on disk, whatever moment the last run ended at: index, coins (finishing a write that was
 * cut off), tip, a check of the last blocks, genesis if there is nothing, and then the best chain that the stored
 * blocks allow.
 *
 * @param activate moves to the best chain
 * @throws StartError
 */
export async function openChain(
  state: ChainState,
  stores: ChainStores,
  options: ChainOptions,
  activate: () => Promise<void>,
): Promise<void> {
  try {
    logRules(state);
    logPruning(state);
    await openDatabases(stores, options);
    if (options.reindex === true) {
      await state.index.writeReindexing(true);
      if (options.prune !== undefined) state.blocks.removeUnreachableFiles();
    }
    await loadBlockIndex(state);
    await replayCoins(state);
    loadTip(state);
    await verifyAtStart(state);
    await bringUp(state, activate);
  } catch (thrown) {
    throw thrown instanceof StoreError ? new StartError(thrown.message, { cause: thrown }) : thrown;
  }
}

async function openDatabases(
  stores: ChainStores,
  { reindex, reindexChainstate }: ChainOptions,
): Promise<void> {
  await stores.index.open();
  await stores.coins.open();
  // Databases on disk were wiped when they were opened; those that outlive their chain in memory were not.
  if (reindex === true) await wipe(stores.index);
  if (reindex === true || reindexChainstate === true) await wipe(stores.coins);
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
  const result = await verifyChain(state, { depth: checkBlocks, level: checkLevel });
  if (result !== 'corrupt') return;
  throw new UnusableDataError('Corrupted block database detected');
}

async function bringUp(state: ChainState, activate: () => Promise<void>): Promise<void> {
  state.logger.info('initload thread start');
  if (state.index.isReindexing()) {
    state.importing = true;
    await reindexBlockFiles(state);
  } else loadGenesis(state);
  await activate();
  state.importing = false;
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
  const { assumeValid, minimumChainWork } = params.consensus;
  if (assumeValid.every(byte => byte === 0)) logger.info('Validating signatures for all blocks.');
  else logger.info(`Assuming ancestors of block ${hashToHex(assumeValid)} have valid signatures.`);
  logger.info(`Setting nMinimumChainWork=${formatUint256(minimumChainWork)}`);
}
