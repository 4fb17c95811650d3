import { Trust } from './trust.js';
import type { Wallet } from './wallet.js';

/** The wallet's money, satoshis. */
export interface Balances {
  /** Can be spent: confirmed, or unconfirmed change of the wallet's own. */
  readonly trusted: number;
  /** Unconfirmed, from others. */
  readonly untrustedPending: number;
  /** Mined, but not old enough. */
  readonly immature: number;
}

/**
 * @param minDepth confirmations that trusted money must have
 * @param countReused count coins at addresses that were spent from before, which a wallet that avoids reuse does not spend
 */
export function balances(wallet: Wallet, minDepth = 0, countReused = false): Balances {
  const { ledger } = wallet;
  const trust = new Trust(ledger, wallet.modules.options.spendZeroConfChange);
  let trusted = 0;
  let untrustedPending = 0;
  let immature = 0;
  for (const { wtx, output } of ledger.ownCoins()) {
    if (ledger.isImmature(wtx)) {
      if (wtx.isConfirmed) immature += output.value;
      continue;
    }
    if (!countReused && wallet.isReused(output.script)) continue;
    const isTrusted = trust.isTrusted(wtx);
    const depth = ledger.depth(wtx);
    if (isTrusted && depth >= minDepth) trusted += output.value;
    else if (!isTrusted && depth === 0 && wtx.inMempool) untrustedPending += output.value;
  }
  return { trusted, untrustedPending, immature };
}
