import { defined } from '../../src/runtime/errors.js';
import type { RegtestNode } from '../node.js';
import type { NodeOutcome, PaidOutcome } from './attack-outcome.js';
import { fateOf } from './fate.js';
import type { DoubleSpend } from './payment.js';
import { outcomeFor } from './stage.js';

/** Who pays whom. */
interface Parties {
  readonly merchant: RegtestNode;
  readonly attacker: RegtestNode;
}

/** The merchant's node has the conflict in its chain, and no longer knows of the payment. */
export function isUndone(nodes: readonly NodeOutcome[]): boolean {
  const { payment, conflict } = outcomeFor(nodes, 'merchant');
  return conflict === 'chain' && payment === 'nowhere';
}

/**
 * What has become of payment and conflict, and of both balances.
 *
 * @param shipped the merchant's balance when the goods left; undefined when they never did
 */
export async function paidOutcome(
  parties: Parties,
  nodes: readonly NodeOutcome[],
  { paymentTxid, conflictTxid, amount }: DoubleSpend,
  shipped: number | undefined,
): Promise<Omit<PaidOutcome, 'confirmations'>> {
  const merchant = outcomeFor(nodes, 'merchant');
  const attacker = outcomeFor(nodes, 'attacker');
  return {
    amount,
    payment: defined(
      await fateOf(parties.merchant, paymentTxid, merchant.payment ?? 'nowhere'),
      "payment in the merchant's wallet",
    ),
    conflict: await fateOf(parties.attacker, conflictTxid, attacker.conflict ?? 'nowhere'),
    merchant: { ...merchant.balance, ...(shipped === undefined ? {} : { shipped }) },
    attacker: attacker.balance,
  };
}
