import type { TxRejection } from '../consensus/rejection.js';
import { formatRejection } from '../consensus/rejection.js';
import { TOO_HIGH_FEE } from '../mempool/mempool.js';
import type { Transaction } from '../primitives/transaction.js';
import { hasValidOps, isUnspendable } from '../script/parse.js';
import type { RpcContext } from './context.js';
import { RpcCode, RpcError } from './errors.js';

type BroadcastContext = Pick<RpcContext, 'chain' | 'mempool' | 'p2p' | 'notificationsDone'>;

/**
 * Takes a transaction into the mempool, unless it is there, and announces it (again). Marked as not broadcast yet until
 * a peer asks for it.
 *
 * @param maxFee satoshis above which it is not taken; 0 for any fee
 * @throws RpcError as sendrawtransaction answers: -27 when it is confirmed, -25 for missing inputs and too high a fee,
 *   -26 with the reject reason for all else
 */
export async function broadcastTransaction(
  context: BroadcastContext,
  tx: Transaction,
  maxFee: number,
): Promise<void> {
  const { mempool, p2p } = context;
  const known = mempool.get(tx.txidKey);
  if (known !== undefined) {
    // With another witness it would be refused; what can be done is to announce the one that is here.
    p2p.broadcastTransaction(known.tx);
    return;
  }
  const result = await mempool.accept(tx, maxFee > 0 ? { maxFee } : undefined);
  // Were it in the chain, what it spends would be spent, and it would not have been accepted.
  if (!result.accepted) throw isConfirmed(context, tx) ? alreadyConfirmed() : refusal(result.rejection);
  mempool.addUnbroadcast(tx.txid);
  // Whoever asks a wallet next finds it told of the transaction.
  await context.notificationsDone();
  p2p.broadcastTransaction(tx);
}

/** An unspent output of it is in the chain, so the transaction is. */
function isConfirmed({ chain }: BroadcastContext, { txid, outputCount }: Transaction): boolean {
  for (let vout = 0; vout < outputCount; vout++) {
    if (chain.coins.get({ txid, vout }) !== undefined) return true;
  }
  return false;
}

function alreadyConfirmed(): RpcError {
  return new RpcError(RpcCode.VERIFY_ALREADY_IN_UTXO_SET, 'Transaction outputs already in utxo set');
}

function refusal(rejection: TxRejection): RpcError {
  if (rejection.reason === TOO_HIGH_FEE) {
    const text = 'Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)';
    return new RpcError(RpcCode.VERIFY_ERROR, text);
  }
  const code = rejection.result === 'missing-inputs' ? RpcCode.VERIFY_ERROR : RpcCode.VERIFY_REJECTED;
  return new RpcError(code, formatRejection(rejection));
}

/** @throws RpcError when an output that nobody can ever spend holds more than `maxBurn` satoshis */
export function checkBurn(tx: Transaction, maxBurn: number): void {
  const burns = tx.outputs.some(
    ({ script, value }) => value > maxBurn && (isUnspendable(script) || !hasValidOps(script)),
  );
  if (!burns) return;
  throw new RpcError(
    RpcCode.VERIFY_ERROR,
    'Unspendable output exceeds maximum configured by user (maxburnamount)',
  );
}
