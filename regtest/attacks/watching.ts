import type { RegtestNode } from '../node.js';
import type { Random } from '../random.js';
import type { DoubleSpend } from './payment.js';
import type { Stage } from './stage.js';

/**
 * Whether the merchant learns of the conflict before he ships. With chance `watch` somebody shows it to his node, which
 * refuses it because it has another transaction with the same coin, and that is what he sees.
 */
export async function isWarned(
  stage: Stage,
  merchant: RegtestNode,
  { conflictHex, conflictTxid }: DoubleSpend,
  watch: number,
  lots: Random,
): Promise<boolean> {
  if (watch === 0 || lots.fraction() >= watch) return false;
  const [verdict] = await merchant.rpc.call('testmempoolaccept', [conflictHex]);
  if (verdict === undefined || verdict.allowed) return false;
  stage.tell({ type: 'warned', txid: conflictTxid, reason: verdict['reject-reason'] ?? '' });
  return true;
}
