import { calculateSequenceLocks, isFinalTx, isSequenceLockDisabled } from '../consensus/tx-verify.js';
import type { Coin } from '../primitives/coin.js';
import type { Transaction } from '../primitives/transaction.js';
import type { LockPoints } from './entry.js';
import type { MempoolChain } from './modules.js';
import { MEMPOOL_HEIGHT } from './policy/limits.js';

/** Where the next block would be: what lock times are compared with. */
export interface NextBlock {
  readonly height: number;
  /** Median time past of the tip, in seconds (BIP113). */
  readonly medianTime: number;
}

export function nextBlock(chain: Pick<MempoolChain, 'headers' | 'tip' | 'height'>): NextBlock {
  return { height: chain.height + 1, medianTime: chain.headers.medianTimePast(chain.tip) };
}

/** Whether the lock time of `tx` lets it into the next block. */
export function isFinalIn(tx: Transaction, next: NextBlock): boolean {
  return isFinalTx(tx, next.height, next.medianTime);
}

/** What the relative lock times of `tx` come to, with `spent` in input order; unconfirmed coins count as in the next block. */
export function lockPointsAtTip(
  tx: Transaction,
  spent: readonly Coin[],
  chain: Pick<MempoolChain, 'headers' | 'tip' | 'height'>,
): LockPoints {
  const next = chain.height + 1;
  const heights = spent.map(coin => (coin.height === MEMPOOL_HEIGHT ? next : coin.height));
  const locks = calculateSequenceLocks(tx, heights, chain.tip, chain.headers, true);
  // Unconfirmed inputs can only have locks of length zero, which hold in any chain.
  let highest = 0;
  for (const [i, input] of tx.inputs.entries()) {
    const height = heights[i] ?? 0;
    if (!isSequenceLockDisabled(input.sequence) && height !== next) highest = Math.max(highest, height);
  }
  return {
    height: locks.minHeight,
    time: locks.minTime,
    highestInput: chain.headers.ancestor(chain.tip, highest),
  };
}

/** Whether relative lock times let the transaction into the next block. */
export function areLocksOver(locks: LockPoints, next: NextBlock): boolean {
  return locks.height < next.height && locks.time < next.medianTime;
}

/** Whether lock points were computed for a block that is still in the active chain. */
export function areLockPointsValid(locks: LockPoints, chain: Pick<MempoolChain, 'isActive'>): boolean {
  return chain.isActive(locks.highestInput);
}
