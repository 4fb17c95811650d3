import type { ChainState } from './chain-state.js';

/**
 * Core's IsInitialBlockDownload: true until the tip has the work that the network is known to have and is not older
 * than a day; from then on false for good.
 *
 * Effects: the latch.
 */
export function isInitialDownload(state: ChainState): boolean {
  if (!state.catchingUp) return false;
  const { tree, active, clock, limits, params } = state;
  if (state.isLoadingBlocks || active.height < 0) return true;
  if (tree.chainWork(active.tip) < params.consensus.minimumChainWork) return true;
  if (tree.time(active.tip) < clock.now() - limits.maxTipAge) return true;
  state.logger.info('Leaving InitialBlockDownload (latching to false)');
  state.catchingUp = false;
  return false;
}
