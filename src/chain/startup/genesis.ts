import { NO_HEADER } from '../../consensus/chain-view.js';
import type { SharedState } from '../chain-state.js';
import { keepBlock } from '../connect/accept-block.js';
import { acceptHeader } from '../connect/accept-header.js';

/**
 * Puts the genesis block into an empty tree.
 *
 * Effects: tree, block files, candidates. It is connected by the next `activateStep`.
 */
export function loadGenesis(shared: SharedState): void {
  const { tree, params } = shared;
  if (tree.find(params.consensus.genesisHash) !== NO_HEADER) return;
  const { id } = acceptHeader(shared, params.genesis.header);
  keepBlock(shared, params.genesis, id);
}
