import type { SharedState } from './chain-state.js';

/**
 * Core's IsInitialBlockDownload: true until the tip has the work that the network is known to have and is not older
 * than a day; from then on false for good.
 *
 * Effects: the latch.
 */
export function isInitialDownload(shared: SharedState): boolean {
  if (!shared.catchingUp) return false;
  const { tree, clock, limits, params } = shared;
  const { active } = shared.current;
  if (shared.isLoadingBlocks || active.height < 0) return true;
  if (tree.chainWork(active.tip) < params.consensus.minimumChainWork) return true;
  if (tree.time(active.tip) < clock.now() - limits.maxTipAge) return true;
  shared.logger.info('Leaving InitialBlockDownload (latching to false)');
  shared.catchingUp = false;
  return false;
}
