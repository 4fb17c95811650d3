import { checkBlock } from '../../consensus/block-check.js';
import type { HeaderId } from '../../consensus/chain-view.js';
import { type BlockRejection, formatRejection } from '../../consensus/rejection.js';
import type { Block } from '../../primitives/block.js';
import { bytesEqual, hashToHex } from '../../primitives/bytes.js';
import { readBlock, storeUndo } from '../block-data.js';
import type { ChainState } from '../chain-state.js';
import { CoinsOverlay } from '../coins/coins-overlay.js';
import { type ConnectResult, connectBlock, type FailedConnect } from '../connect/connect-block.js';
import { coinsSpentFromOutside } from '../connect/prefetch.js';
import { failChain, orFail, orFailSync } from '../fatal.js';
import { flushState } from '../flush-state.js';
import { logInvalidChain, logTip } from '../log-lines.js';
import { BlockStatus } from '../store/block-status.js';
import { encodeBlockUndo } from '../store/undo-codec.js';
import { scriptsAssumedValid } from './assume-valid.js';
import { ruleOutBlock } from './rule-out.js';

/**
 * Connects `id`, which builds on the tip, with all checks (Core's ConnectTip).
 *
 * Effects: undo data are written; then coins, chain and tip change in one synchronous step, in which `connected` is
 * emitted; coins are written when the cache is full. On a rejection nothing changes but that the block is ruled out.
 * `checked` is emitted either way.
 *
 * @throws ChainFailure when our own data turn out to be damaged or cannot be written
 */
export async function connectTip(state: ChainState, id: HeaderId): Promise<BlockRejection | undefined> {
  const { tree, active, events, shared } = state;
  const block =
    state.recent.take(id) ?? (await orFail(shared, 'Failed to read block.', () => readBlock(state, id)));
  const coins = new CoinsOverlay(state.coins);
  const result = await tryBlock(state, block, id, coins);
  if ('rejection' in result) {
    shared.events.emit('checked', block, result.rejection);
    ruleOutInvalid(state, id, result);
    return result.rejection;
  }
  const { undo } = result;
  // Genesis was not checked, and spent nothing: in Core's index it is a block that is stored.
  if (tree.height(id) > 0) {
    orFailSync(shared, 'Failed to write undo data.', () => storeUndo(state, id, encodeBlockUndo(undo)));
    tree.raiseValidity(id, BlockStatus.VALID_SCRIPTS);
  }
  coins.commit();
  active.push(id);
  logTip(state);
  shared.events.emit('checked', block, undefined);
  events.emit('connected', block, id, undo);
  await flushState(state, 'if-needed');
  return undefined;
}

/** Checks the block against the coins. Effects: on `coins` only. */
async function tryBlock(
  state: ChainState,
  block: Block,
  id: HeaderId,
  coins: CoinsOverlay,
): Promise<ConnectResult> {
  const { tree, params, verifier, executionCache } = state;
  // Once more: it may have been stored by a version that knew fewer rules, or have been damaged on disk.
  const rejection = checkBlock(block, params.consensus);
  if (rejection?.result === 'mutated') {
    throw failChain(state.shared, 'Corrupt block found indicating potential hardware failure.');
  }
  if (rejection !== undefined) return { rejection };
  // The coinbase of genesis cannot be spent: its outputs never were among the coins.
  if (bytesEqual(block.hash, params.consensus.genesisHash)) return { undo: [] };
  await state.coins.prefetch(coinsSpentFromOutside(block));
  const scripts = scriptsAssumedValid({ tree, params, bestHeader: state.shared.bestHeader }, id)
    ? undefined
    : { verifier, cache: executionCache, remember: false };
  return connectBlock(block, tree.prev(id), coins, { view: tree, params: params.consensus, scripts });
}

function ruleOutInvalid(state: ChainState, id: HeaderId, { rejection, badScripts }: FailedConnect): void {
  if (badScripts !== undefined) {
    const line = `CheckInputScripts on ${hashToHex(badScripts.txid)} failed with ${formatRejection(rejection)}`;
    state.logger.error(`ConnectBlock(): ${line}`);
  }
  ruleOutBlock(state.shared, id);
  logInvalidChain(state, id);
  const hash = hashToHex(state.tree.hash(id));
  state.logger.error(`ConnectTip: ConnectBlock ${hash} failed, ${formatRejection(rejection)}`);
}
