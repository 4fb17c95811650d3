import { reject, type TxRejection } from '../../consensus/rejection.js';
import { formatMoney } from '../../primitives/amount.js';
import type { Transaction } from '../../primitives/transaction.js';
import { type AcceptResult, TOO_HIGH_FEE } from '../mempool.js';
import { type AcceptContext, type Candidate, SubPackage } from './candidate.js';
import { announce, finalize, logReplacement } from './finalize.js';
import { preCheck } from './pre-checks.js';
import { checkReplacement } from './replacement.js';
import type { AcceptRules } from './rules.js';
import { checkConsensusScripts, checkPolicyScripts } from './scripts.js';

/**
 * Judges one transaction and, unless it is only a test, takes it in. Synchronous: chain and mempool stand still. The
 * only effects are those of {@link finalize} and, on success, the entry's announcement and the caches of what was checked.
 */
export function acceptSingle(tx: Transaction, rules: AcceptRules, context: AcceptContext): AcceptResult {
  const checked = preCheck(tx, rules, context);
  if ('rejection' in checked) return refuse(checked.rejection, checked.refused);
  const { candidate } = checked;
  const sub = new SubPackage();
  const rejection =
    checkMaxFeeRate(candidate, rules) ??
    (candidate.conflicts.size > 0 ? checkReplacement(candidate, sub, context) : undefined) ??
    checkPolicyScripts(candidate, context) ??
    checkConsensusScripts(candidate, context) ??
    checkMaxFee(candidate, rules);
  if (rejection !== undefined) return refuse(rejection, candidate);
  if (rules.testOnly) return accepted(candidate, []);
  const full = finalize(candidate, sub, rules, context);
  if (full !== undefined) return refuse(full, candidate);
  announce(candidate, rules, context);
  logReplacement(sub, 1, candidate.entry.modifiedFee, candidate.entry.vsize, context);
  return accepted(candidate, sub.takeReplaced());
}

/** What the sender wants to pay at most, against a slip of the hand. */
export function checkMaxFeeRate({ feeRate }: Candidate, rules: AcceptRules): TxRejection | undefined {
  const tooHigh = rules.maxFeeRate !== undefined && feeRate > rules.maxFeeRate;
  return tooHigh ? reject('mempool-policy', 'max feerate exceeded') : undefined;
}

function checkMaxFee({ entry }: Candidate, { maxFee }: AcceptRules): TxRejection | undefined {
  if (maxFee === undefined || entry.fee <= maxFee) return undefined;
  return reject('mempool-policy', TOO_HIGH_FEE, formatMoney(entry.fee));
}

function accepted(candidate: Candidate, replaced: Transaction[]): AcceptResult {
  return { accepted: true, entry: candidate.entry, replaced, effective: ownFeeRate(candidate) };
}

function refuse(rejection: TxRejection, candidate: Candidate | undefined): AcceptResult {
  if (rejection.result !== 'reconsiderable' || candidate === undefined) return { accepted: false, rejection };
  return { accepted: false, rejection, effective: ownFeeRate(candidate) };
}

function ownFeeRate({ tx, feeRate }: Candidate): { feeRate: number; wtxids: Uint8Array[] } {
  return { feeRate, wtxids: [tx.wtxid] };
}
