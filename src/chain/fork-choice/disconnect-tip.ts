import { readBlock, readUndo } from '../block-data.js';
import type { ChainState } from '../chain-state.js';
import { CoinsOverlay } from '../coins/coins-overlay.js';
import { disconnectBlock } from '../connect/disconnect-block.js';
import { coinsCreated } from '../connect/prefetch.js';
import { failChain, orFail } from '../fatal.js';
import { flushState } from '../flush-state.js';
import { logTip } from '../log-lines.js';

/** Staying on a chain with less work would be worse than stopping. */
const FAILED = 'Failed to disconnect block.';

/** What the tip would be undone with is there, not pruned. */
export function canDisconnectTip({ tree, active }: ChainState): boolean {
  return tree.hasData(active.tip) && tree.hasUndo(active.tip);
}

/**
 * Takes the tip back (Core's DisconnectTip).
 *
 * Effects: coins, chain and tip change in one synchronous step, in which `disconnected` is emitted; locks on what may be
 * pruned move back with the tip; coins are written when the cache is full.
 *
 * @throws ChainFailure when the tip was pruned, its data cannot be read, or the coins do not fit it
 */
export async function disconnectTip(state: ChainState): Promise<void> {
  const { tree, active, events } = state;
  const id = active.tip;
  if (!canDisconnectTip(state)) {
    state.logger.error('DisconnectTip(): Failed to read block');
    throw failChain(state.shared, FAILED);
  }
  const block = await orFail(state.shared, FAILED, () => readBlock(state, id));
  const undo = await orFail(state.shared, FAILED, () => readUndo(state, id));
  await state.coins.prefetch(coinsCreated(block));
  const coins = new CoinsOverlay(state.coins);
  const result = disconnectBlock(block, tree.height(id), undo, coins);
  if (result !== 'clean') throw failChain(state.shared, FAILED);
  state.ahead.clear();
  coins.commit();
  active.pop();
  state.shared.pruneLocks.moveBack(tree.height(id), state.logger);
  logTip(state);
  events.emit('disconnected', block, id, undo);
  await flushState(state, 'if-needed');
}
