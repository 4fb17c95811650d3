import type { HeaderId } from '../../consensus/chain-view.js';
import { announceBestHeader, findBestHeader } from '../best-header.js';
import type { ChainState, SharedState } from '../chain-state.js';
import { isInitialDownload } from '../initial-download.js';
import { logInvalidChain } from '../log-lines.js';
import { checkForkWarning } from '../warnings.js';
import { canDisconnectTip, disconnectTip } from './disconnect-tip.js';
import { ruleOutBlock } from './rule-out.js';

/** The chain cannot be taken back to before a block: it starts from a snapshot above it that is not validated yet. */
export class BlockOutOfReach extends Error {
  override readonly name = 'BlockOutOfReach';
}

/** Whether the chain can be taken back to before `id`, as far as a snapshot that is being validated goes. */
export function isWithinReach({ tree, active, base, shared }: ChainState, id: HeaderId): boolean {
  return !active.contains(id) || shared.background === undefined || tree.height(id) > tree.height(base);
}

/**
 * The operator holds `id` to be invalid (RPC invalidateblock): takes the chain back to before it and rules it out.
 * Genesis stays. Other branches may be better now: `activateStep` follows. Where pruned blocks bar the way, the chain
 * goes back as far as it can, and what it left is ruled out instead, as in Core.
 *
 * Effects: those of `disconnectTip` and the event `rewound` for each block; tree, candidates, best header; the event
 * `tip` if the chain moved.
 */
export async function invalidateBlock(state: ChainState, id: HeaderId): Promise<void> {
  const { tree, active, candidates, events, shared, logger } = state;
  if (tree.height(id) === 0) return;
  const wasActive = active.contains(id);
  let lowest = id;
  for (let blocks = 1; active.contains(id); blocks++) {
    if (!canDisconnectTip(state)) {
      logger.error('DisconnectTip(): Failed to read block');
      if (blocks === 1) return;
      break;
    }
    lowest = active.tip;
    await disconnectTip(state);
    events.emit('rewound', blocks);
  }
  ruleOutBlock(shared, lowest);
  // Blocks that the former tip had overtaken are good enough again.
  if (wasActive) candidates.considerAll();
  logInvalidChain(state, lowest);
  checkForkWarning(shared);
  if (wasActive) events.emit('tip', active.tip, active.tip, isInitialDownload(shared));
  announceBestHeader(shared);
}

/**
 * The operator takes that back (RPC reconsiderblock), for the block, its ancestors and its descendants, whoever found
 * them to be invalid: the rules will be checked again. `activateStep` follows.
 *
 * Effects: tree, candidates, best header.
 */
export function reconsiderBlock(shared: SharedState, id: HeaderId): void {
  shared.links.restore(id);
  findBestHeader(shared);
  announceBestHeader(shared);
  checkForkWarning(shared);
}
