import { checkBlock } from '../../consensus/block-check.js';
import type { HeaderId } from '../../consensus/chain-view.js';
import type { Block } from '../../primitives/block.js';
import { bytesEqual } from '../../primitives/bytes.js';
import type { ChainState } from '../chain-state.js';
import type { CoinsCache } from '../coins/coins-cache.js';
import { CoinsOverlay } from '../coins/coins-overlay.js';
import { beginConnect, type ConnectAttempt, decided } from '../connect/connect-block.js';
import { coinsSpentFromOutside } from '../connect/prefetch.js';
import { failChain } from '../fatal.js';
import { scriptsAssumedValid } from './assume-valid.js';
import type { TriedBlock } from './blocks-ahead.js';

/**
 * Checks a block against the coins of the one that it builds on: `before`, which was tried and is not connected, or the
 * tip.
 *
 * Effects: cached coins; scripts are on their way to the threads.
 *
 * @throws ChainFailure when the block turns out to be damaged
 */
export async function tryBlock(
  state: ChainState,
  id: HeaderId,
  block: Block,
  before: TriedBlock | undefined,
): Promise<TriedBlock> {
  const coinsBefore = before?.coins ?? state.coins;
  const coins = new CoinsOverlay(coinsBefore);
  const mayGather = moreWillCome(state, id) && (before !== undefined || state.shared.blocksFollowed > 0);
  const attempt = await beginAttempt(state, id, block, { coins, coinsBefore }, mayGather);
  return { id, prev: state.tree.prev(id), block, coins, attempt };
}

async function beginAttempt(
  state: ChainState,
  id: HeaderId,
  block: Block,
  { coins, coinsBefore }: { readonly coins: CoinsOverlay; readonly coinsBefore: CoinsCache | CoinsOverlay },
  mayGather: boolean,
): Promise<ConnectAttempt> {
  const { tree, params, verifier, executionCache, shared } = state;
  // Once more: it may have been stored by a version that knew fewer rules, or have been damaged on disk.
  const rejection = checkBlock(block, params.consensus);
  if (rejection?.result === 'mutated') {
    throw failChain(shared, 'Corrupt block found indicating potential hardware failure.');
  }
  if (rejection !== undefined) return decided({ rejection });
  // The coinbase of genesis cannot be spent: its outputs never were among the coins.
  if (bytesEqual(block.hash, params.consensus.genesisHash)) return decided({ undo: [] });
  await coins.prefetch(coinsSpentFromOutside(block));
  const scripts = scriptsAssumedValid({ tree, params, bestHeader: shared.bestHeader }, id)
    ? undefined
    : { verifier, cache: executionCache, remember: false, mayGather };
  const rules = { view: tree, params: params.consensus, scripts, coinsBefore };
  return beginConnect(block, tree.prev(id), coins, rules);
}

/** The chain is on its way to a block far above this one, and is not asked to be quick about a single one. */
export function moreWillCome(state: ChainState, id: HeaderId): boolean {
  const { shared, tree } = state;
  return (shared.catchingUp || state.isBackground) && tree.height(shared.bestHeader) > tree.height(id);
}
