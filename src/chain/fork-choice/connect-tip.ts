import type { HeaderId } from '../../consensus/chain-view.js';
import { type BlockRejection, formatRejection } from '../../consensus/rejection.js';
import { hashToHex } from '../../primitives/bytes.js';
import { storeUndo } from '../block-data.js';
import type { ChainState } from '../chain-state.js';
import type { FailedConnect } from '../connect/connect-block.js';
import { orFailSync } from '../fatal.js';
import { flushState } from '../flush-state.js';
import { logInvalidChain, logTip } from '../log-lines.js';
import { BlockStatus } from '../store/block-status.js';
import { encodeBlockUndo } from '../store/undo-codec.js';
import { lookAhead } from './look-ahead.js';
import { ruleOutBlock } from './rule-out.js';
import { tryNext } from './try-next.js';

/**
 * Connects `id`, which builds on the tip, with all checks (Core's ConnectTip). While its scripts are checked, the blocks
 * after it on the way to `target` are tried.
 *
 * Effects: undo data are written; then coins, chain and tip change in one synchronous step, in which `connected` is
 * emitted; coins are written when the cache is full. On a rejection nothing changes but that the block is ruled out.
 * `checked` is emitted either way.
 *
 * @throws ChainFailure when our own data turn out to be damaged or cannot be written
 */
export async function connectTip(
  state: ChainState,
  id: HeaderId,
  target: HeaderId,
): Promise<BlockRejection | undefined> {
  const { tree, active, ahead, events, shared } = state;
  const { block, coins, attempt } = await tryNext(state, id);
  await lookAhead(state, target);
  const result = await attempt.result;
  state.recent.take(id);
  if ('rejection' in result) {
    ahead.clear();
    shared.events.emit('checked', block, result.rejection);
    ruleOutInvalid(state, id, result);
    return result.rejection;
  }
  ahead.shift();
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
