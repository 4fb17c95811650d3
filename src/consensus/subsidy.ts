import { COIN } from '../primitives/amount.js';
import type { ConsensusParams } from './params.js';

const INITIAL_SUBSIDY = 50 * COIN;

/** Satoshis that the block at `height` may create, fees apart: 50 coins, halved (rounding down) every interval. */
export function blockSubsidy(height: number, params: ConsensusParams): number {
  const halvings = Math.floor(height / params.subsidyHalvingInterval);
  // 5e9 < 2^33: from the 33rd halving on nothing is left.
  return Math.floor(INITIAL_SUBSIDY / 2 ** halvings);
}
