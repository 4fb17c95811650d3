import { calculateSequenceLocks, isFinalTx, isSequenceLockDisabled } from '../consensus/tx-verify.js';
import type { Coin } from '../primitives/coin.js';
import type { Transaction } from '../primitives/transaction.js';
import type { LockPoints } from './entry.js';
import type { MempoolChain } from './modules.js';
import { MEMPOOL_HEIGHT } from './policy/limits.js';

type Tip = Pick<MempoolChain, 'headers' | 'tip' | 'height' | 'isActive'>;

/** Whether the lock time of `tx` lets it into the next block. */
export function isFinalAtTip(tx: Transaction, chain: Tip): boolean {
  return isFinalTx(tx, chain.height + 1, chain.headers.medianTimePast(chain.tip));
}

/** What the relative lock times of `tx` come to, with `spent` in input order; unconfirmed coins count as in the next block. */
export function lockPointsAtTip(tx: Transaction, spent: readonly Coin[], chain: Tip): LockPoints {
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
export function areLocksOver(locks: LockPoints, chain: Tip): boolean {
  return locks.height < chain.height + 1 && locks.time < chain.headers.medianTimePast(chain.tip);
}

/** Whether lock points were computed for a block that is still in the active chain. */
export function areLockPointsValid(locks: LockPoints, chain: Tip): boolean {
  return chain.isActive(locks.highestInput);
}
