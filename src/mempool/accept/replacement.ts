import { reject, type TxRejection } from '../../consensus/rejection.js';
import { addsUnconfirmed, entriesToReplace, feeRateNotHigher, paysTooLittle } from '../policy/rbf.js';
import type { AcceptContext, Candidate, SubPackage } from './candidate.js';

/** Whether a transaction by itself may replace its conflicts; notes in `sub` all that would go. */
export function checkReplacement(
  candidate: Candidate,
  sub: SubPackage,
  { store }: AcceptContext,
): TxRejection | undefined {
  const { tx, entry, conflicts } = candidate;
  const suffix = candidate.evictsSibling ? ' (including sibling eviction)' : '';
  const rateError = feeRateNotHigher(tx, candidate.feeRate, conflicts);
  if (rateError !== undefined) return reject('reconsiderable', `insufficient fee${suffix}`, rateError);

  const replaced = entriesToReplace(tx, conflicts);
  if ('error' in replaced)
    return reject('mempool-policy', `too many potential replacements${suffix}`, replaced.error);
  const unconfirmedError = addsUnconfirmed(tx, store.graph, replaced.all);
  if (unconfirmedError !== undefined)
    return reject('mempool-policy', `replacement-adds-unconfirmed${suffix}`, unconfirmedError);

  sub.setConflicts(replaced.all);
  const fees = { replaced: sub.conflictingFees, fees: entry.modifiedFee, vsize: entry.vsize };
  const feeError = paysTooLittle(tx, fees, store.options.incrementalFeeRate);
  return feeError === undefined ? undefined : reject('reconsiderable', `insufficient fee${suffix}`, feeError);
}
