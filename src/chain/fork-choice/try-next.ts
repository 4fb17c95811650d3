import type { HeaderId } from '../../consensus/chain-view.js';
import { readBlock } from '../block-data.js';
import type { ChainState } from '../chain-state.js';
import { orFail } from '../fatal.js';
import type { TriedBlock } from './blocks-ahead.js';
import { tryBlock } from './try-block.js';

/**
 * Tries `id`, which builds on the tip and is to be the next one, unless it was tried before.
 *
 * Effects: it is the first of the blocks ahead; those of `tryBlock`.
 *
 * @throws ChainFailure when it cannot be read, or turns out to be damaged
 */
export async function tryNext(state: ChainState, id: HeaderId): Promise<TriedBlock> {
  const { ahead, active, recent, shared } = state;
  const before = ahead.first(active.tip, id);
  if (before !== undefined) return before;
  const block = recent.get(id) ?? (await orFail(shared, 'Failed to read block.', () => readBlock(state, id)));
  const tried = await tryBlock(state, id, block, undefined);
  ahead.add(tried);
  return tried;
}
