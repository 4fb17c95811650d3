import type { WalletTx } from './wallet-tx.js';

/** How far ahead of now the time of an earlier transaction may lie to be followed, in seconds. */
const TOLERANCE = 300;

/**
 * The time to show for a new transaction: when it was seen, or for one in a block the block's time, but not before the
 * last transaction that came before it, so that the times are in the order of the list.
 *
 * @param ordered transactions known so far, oldest first
 */
export function smartTime(
  wtx: WalletTx,
  ordered: readonly WalletTx[],
  { blockTime, rescanning = false }: { readonly blockTime?: number; readonly rescanning?: boolean },
): number {
  if (blockTime === undefined) return wtx.timeReceived;
  if (rescanning) return blockTime;
  const last = ordered.findLast(other => other.time <= wtx.timeReceived + TOLERANCE)?.time ?? 0;
  const latest = Math.max(wtx.timeReceived, last);
  return Math.max(last, Math.min(blockTime, latest));
}
