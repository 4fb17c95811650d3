import { NO_HEADER } from '../../consensus/chain-view.js';
import type { ChainState } from '../chain-state.js';
import { keepBlock } from '../connect/accept-block.js';
import { acceptHeader } from '../connect/accept-header.js';

/**
 * Puts the genesis block into an empty tree.
 *
 * Effects: tree, block files, candidates. It is connected by the next `activateStep`.
 */
export function loadGenesis(state: ChainState): void {
  const { tree, params } = state;
  if (tree.find(params.consensus.genesisHash) !== NO_HEADER) return;
  const { id } = acceptHeader(state, params.genesis.header);
  keepBlock(state, params.genesis, id);
}
