import type { HeaderId } from '../../consensus/chain-view.js';
import { announceBestHeader, findBestHeader } from '../best-header.js';
import type { ChainState, SharedState } from '../chain-state.js';
import { isInitialDownload } from '../initial-download.js';
import { logInvalidChain } from '../log-lines.js';
import { checkForkWarning } from '../warnings.js';
import { disconnectTip } from './disconnect-tip.js';
import { ruleOutBlock } from './rule-out.js';

/** The chain cannot be taken back to before a block: what blocks on top of it spent is not on disk. */
export class BlockOutOfReach extends Error {
  override readonly name = 'BlockOutOfReach';
}

/**
 * Whether the chain can be taken back to before `id`: not past pruned blocks, and not to below a snapshot that is being
 * validated.
 */
export function isWithinReach({ tree, active, base, shared }: ChainState, id: HeaderId): boolean {
  if (!active.contains(id)) return true;
  if (shared.background !== undefined && tree.height(id) <= tree.height(base)) return false;
  for (let walk = active.tip; tree.height(walk) >= Math.max(tree.height(id), 1); walk = tree.prev(walk)) {
    if (!tree.hasData(walk) || !tree.hasUndo(walk)) return false;
  }
  return true;
}

/**
 * The operator holds `id` to be invalid (RPC invalidateblock): takes the chain back to before it and rules it out.
 * Genesis stays. Other branches may be better now: `activateStep` follows.
 *
 * Effects: those of `disconnectTip` and the event `rewound` for each block; tree, candidates, best header; the event
 * `tip` if the chain moved.
 */
export async function invalidateBlock(state: ChainState, id: HeaderId): Promise<void> {
  const { tree, active, candidates, events, shared } = state;
  if (tree.height(id) === 0) return;
  const wasActive = active.contains(id);
  for (let blocks = 1; active.contains(id); blocks++) {
    await disconnectTip(state);
    events.emit('rewound', blocks);
  }
  ruleOutBlock(shared, id);
  // Blocks that the former tip had overtaken are good enough again.
  if (wasActive) candidates.considerAll();
  logInvalidChain(state, id);
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
