import { type HeaderId, NO_HEADER } from '../../consensus/chain-view.js';
import { bytesEqual, type Hash256, hashToHex, ZERO_HASH } from '../../primitives/bytes.js';
import { UnusableDataError } from '../../runtime/errors.js';
import { readBlock, readUndo } from '../block-data.js';
import type { ChainState } from '../chain-state.js';
import type { HeadBlocks } from '../coins/coins-db.js';
import { createCoins } from '../connect/apply-transactions.js';
import { disconnectBlock } from '../connect/disconnect-block.js';
import { coinsCreated, coinsSpentFromOutside } from '../connect/prefetch.js';
import { StoreError } from '../store/store-error.js';

const UNABLE = 'Unable to replay blocks. You will need to rebuild the database using -reindex-chainstate.';

/**
 * Finishes a write of the coins that was cut off: undoes the blocks of the old branch and redoes those of the new one.
 * Both may have been done in part already; adding and removing coins can be repeated without harm.
 *
 * Effects: coins in cache and on disk.
 *
 * @throws UnusableDataError when blocks or undo data between the two tips cannot be read
 */
export async function replayCoins(state: ChainState): Promise<void> {
  const { coinsStore, logger } = state;
  const heads = coinsStore.headBlocks();
  if (heads === undefined) return;
  logger.info('Replaying blocks');
  try {
    await replay(state, heads);
  } catch (thrown) {
    throw thrown instanceof StoreError ? new UnusableDataError(UNABLE, { cause: thrown }) : thrown;
  }
}

async function replay(state: ChainState, heads: HeadBlocks): Promise<void> {
  const { tree, coins } = state;
  const to = knownBlock(state, heads.newTip);
  const from = bytesEqual(heads.oldTip, ZERO_HASH) ? NO_HEADER : knownBlock(state, heads.oldTip);
  const fork = from === NO_HEADER ? NO_HEADER : tree.commonAncestor(from, to);
  for (let id = from; id !== fork; id = tree.prev(id)) await rollBack(state, id);
  const forkHeight = fork === NO_HEADER ? 0 : tree.height(fork);
  for (let height = forkHeight + 1; height <= tree.height(to); height++) {
    await rollForward(state, tree.ancestor(to, height));
  }
  await coins.flush(heads.newTip, { empty: true });
}

function knownBlock({ tree }: ChainState, hash: Hash256): HeaderId {
  const id = tree.find(hash);
  if (id === NO_HEADER) throw new UnusableDataError(UNABLE);
  return id;
}

async function rollBack(state: ChainState, id: HeaderId): Promise<void> {
  const { tree, coins, logger } = state;
  const height = tree.height(id);
  if (height === 0) return;
  logger.info(`Rolling back ${hashToHex(tree.hash(id))} (${height})`);
  const block = await readBlock(state, id);
  await coins.prefetch(coinsCreated(block));
  const result = disconnectBlock(block, height, await readUndo(state, id), coins);
  if (result === 'failed') throw new UnusableDataError(UNABLE);
}

async function rollForward(state: ChainState, id: HeaderId): Promise<void> {
  const { tree, coins, logger } = state;
  const height = tree.height(id);
  logger.info(`Rolling forward ${hashToHex(tree.hash(id))} (${height})`);
  const block = await readBlock(state, id);
  await coins.prefetch(coinsSpentFromOutside(block));
  for (const tx of block.transactions) {
    if (!tx.isCoinbase) for (let i = 0; i < tx.inputCount; i++) coins.spend(tx.prevout(i));
    createCoins(tx, coins, height, true);
  }
}
