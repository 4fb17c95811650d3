import { type HeaderId, NO_HEADER } from '../../consensus/chain-view.js';
import type { ChainState } from '../chain-state.js';
import { flushState } from '../flush-state.js';
import { isInitialDownload } from '../initial-download.js';
import { rebalanceCaches } from '../rebalance-caches.js';
import { checkForkWarning } from '../warnings.js';
import { connectTip } from './connect-tip.js';
import { ruleOutDeepBranch } from './deep-branch.js';
import { disconnectTip } from './disconnect-tip.js';
import { lookAhead } from './look-ahead.js';
import { moreWillCome } from './try-block.js';
import { tryNext } from './try-next.js';

/**
 * How far a step came: the chain moved, or is at rest, or moves when the scripts of the next block are checked. Those are
 * not waited for in the chain's queue while very many blocks are on their way: what comes meanwhile is tried as well.
 */
export type Step = 'moved' | 'at rest' | PendingScripts;

export interface PendingScripts {
  readonly checked: Promise<unknown>;
}

/**
 * Moves the chain towards the best block: one block up, or one whole reorganisation, to a tip with more work than before.
 * When a block on the way breaks a rule, the next best is tried, and the former tip is the last resort. Only then is the
 * chain at rest, and others in the queue get their turn.
 *
 * Effects: those of `connectTip` and `disconnectTip`; the event `tip` when the tip is another one; writes what is due;
 * the room for cached coins is divided anew when the node has caught up with the network.
 */
export async function activateStep(state: ChainState): Promise<Step> {
  const pending = await scriptsToWaitFor(state);
  return pending ?? ((await activateNow(state)) ? 'moved' : 'at rest');
}

/** Tries the next blocks when the chain need only go up. Undefined when the first of them is checked, or to be waited for. */
async function scriptsToWaitFor(state: ChainState): Promise<PendingScripts | undefined> {
  const { tree, active, ahead, candidates } = state;
  const target = candidates.mostWork();
  if (target === NO_HEADER || target === active.tip || active.fork(target) !== active.tip) return undefined;
  const next = tree.ancestor(target, active.height + 1);
  if (!moreWillCome(state, next)) return undefined;
  const { attempt } = await tryNext(state, next);
  await lookAhead(state, target);
  return ahead.isFirstDecided ? undefined : { checked: attempt.result.catch(() => {}) };
}

/** As {@link activateStep}, but waits for scripts in any case. @returns false when the tip was the best already */
export async function activateNow(state: ChainState): Promise<boolean> {
  const { tree, active, candidates, shared } = state;
  const start = active.tip;
  const wasCatchingUp = shared.catchingUp;
  let moved = false;
  do {
    const target = candidates.mostWork();
    if (target === NO_HEADER || target === active.tip) break;
    await moveTowards(state, target);
    moved = true;
  } while (active.height < 0 || (start !== NO_HEADER && tree.compareTips(active.tip, start) < 0));
  if (!moved) return false;
  if (!state.isBackground) checkForkWarning(shared);
  announceTip(state, start);
  if (wasCatchingUp && !shared.catchingUp && shared.background !== undefined) await rebalanceCaches(shared);
  await flushState(state, 'periodic');
  return true;
}

/**
 * Stops at the first tip with more work than the present one, or at a block that breaks a rule; does not even begin when
 * the way there would undo more blocks than the node's limit.
 */
async function moveTowards(state: ChainState, target: HeaderId): Promise<void> {
  const { tree, active, candidates } = state;
  const start = active.tip;
  const fork = active.fork(target);
  if (ruleOutDeepBranch(state, target, fork)) return;
  while (active.tip !== fork) await disconnectTip(state);
  while (active.tip !== target) {
    const next = tree.ancestor(target, active.height + 1);
    if ((await connectTip(state, next, target)) !== undefined) return;
    candidates.prune();
    if (start === NO_HEADER || tree.compareWork(active.tip, start) > 0) return;
  }
}

function announceTip(state: ChainState, start: HeaderId): void {
  const { active, events, shared } = state;
  const fork = start === NO_HEADER ? NO_HEADER : active.fork(start);
  if (fork !== active.tip) events.emit('tip', active.tip, fork, isInitialDownload(shared));
}
