import { readBlock, readUndo } from '../block-data.js';
import type { ChainState } from '../chain-state.js';
import { CoinsOverlay } from '../coins/coins-overlay.js';
import { disconnectBlock } from '../connect/disconnect-block.js';
import { coinsCreated } from '../connect/prefetch.js';
import { failChain } from '../fatal.js';
import { flushState } from '../flush-state.js';
import { logTip } from '../log-lines.js';

/**
 * Takes the tip back (Core's DisconnectTip).
 *
 * Effects: coins, chain and tip change in one synchronous step, in which `disconnected` is emitted; coins are written
 * when the cache is full.
 *
 * @throws ChainFailure when the coins do not fit the block
 */
export async function disconnectTip(state: ChainState): Promise<void> {
  const { tree, active, events } = state;
  const id = active.tip;
  const block = await readBlock(state, id);
  const undo = await readUndo(state, id);
  await state.coins.prefetch(coinsCreated(block));
  const coins = new CoinsOverlay(state.coins);
  // Staying on a chain with less work would be worse than stopping.
  const result = disconnectBlock(block, tree.height(id), undo, coins);
  if (result !== 'clean') throw failChain(state.shared, 'Failed to disconnect block.');
  coins.commit();
  active.pop();
  logTip(state);
  events.emit('disconnected', block, id, undo);
  await flushState(state, 'if-needed');
}
