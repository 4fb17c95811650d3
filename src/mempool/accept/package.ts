import { type Rejection, reject } from '../../consensus/rejection.js';
import { type HashKey, hashKey, hashToHex } from '../../primitives/bytes.js';
import { type FeeRate, feeRateOf, formatFeeRate } from '../../primitives/feerate.js';
import type { Transaction } from '../../primitives/transaction.js';
import { assert } from '../../runtime/errors.js';
import { ancestorsWithinLimits, checkPackageLimits } from '../chain-limits.js';
import type { PoolEntry } from '../entry.js';
import type { EffectiveFeeRate, PackageAcceptResult, PackageResult, PackageTxResult } from '../mempool.js';
import { worsensDiagram } from '../policy/feerate-diagram.js';
import { checkPackageForm, isChildWithParents } from '../policy/packages.js';
import { entriesToReplace, paysTooLittle } from '../policy/rbf.js';
import { checkTrucPackage } from '../policy/truc.js';
import { checkMaxFeeRate } from './accept.js';
import { type AcceptContext, type Candidate, SubPackage } from './candidate.js';
import { announce, finalize, logReplacement } from './finalize.js';
import { checkFeeRate, preCheck } from './pre-checks.js';
import type { AcceptRules } from './rules.js';
import { checkConsensusScripts, checkPolicyScripts } from './scripts.js';

export type PackageRejection = Rejection<PackageResult>;
type Results = Map<HashKey, PackageTxResult>;

export const TRANSACTION_FAILED: PackageRejection = reject('package-tx', 'transaction failed');

/**
 * Judges transactions together, parents first; none of them is in the mempool, none spends what another does. Takes in
 * all or none, and leaves the mempool's size to the caller. Effects as of a single acceptance, for each.
 */
export function acceptMultiple(
  txs: readonly Transaction[],
  rules: AcceptRules,
  context: AcceptContext,
): PackageAcceptResult {
  const formError = checkPackageForm(txs);
  if (formError !== undefined) return { rejection: reject('package-policy', formError), results: new Map() };
  try {
    return judge(txs, rules, context);
  } finally {
    context.coins.clearTemporary();
  }
}

function judge(txs: readonly Transaction[], rules: AcceptRules, context: AcceptContext): PackageAcceptResult {
  const results: Results = new Map();
  const candidates: Candidate[] = [];
  for (const tx of txs) {
    const checked = preCheck(tx, rules, context);
    const rejection = 'rejection' in checked ? checked.rejection : checkMaxFeeRate(checked.candidate, rules);
    if ('rejection' in checked || rejection !== undefined) {
      if (rejection !== undefined) results.set(hashKey(tx.wtxid), { accepted: false, rejection });
      return { rejection: TRANSACTION_FAILED, results };
    }
    candidates.push(checked.candidate);
    context.coins.addTemporary(tx);
  }
  return judgeTogether(txs, candidates, rules, context);
}

function judgeTogether(
  txs: readonly Transaction[],
  candidates: readonly Candidate[],
  rules: AcceptRules,
  context: AcceptContext,
): PackageAcceptResult {
  const results: Results = new Map();
  const trucError = firstTrucError(txs, candidates);
  if (trucError !== undefined)
    return { rejection: reject('package-policy', 'TRUC-violation', trucError), results };

  const sub = new SubPackage();
  for (const { entry, conflicts } of candidates) {
    sub.totalVsize += entry.vsize;
    sub.totalModifiedFees += entry.modifiedFee;
    if (conflicts.size > 0) sub.replaces = true;
  }
  const together = packageFeeRate(candidates, sub);
  if (rules.packageFeeRates) {
    const rejection = checkFeeRate(sub.totalModifiedFees, sub.totalVsize, context);
    const last = txs.at(-1);
    if (rejection !== undefined && last !== undefined) {
      results.set(hashKey(last.wtxid), { accepted: false, rejection, effective: together });
      return { rejection: TRANSACTION_FAILED, results };
    }
  }
  const rejection = txs.length > 1 ? checkPackagePolicy(txs, candidates, sub, context) : undefined;
  if (rejection !== undefined) return { rejection, results };

  for (const candidate of candidates) {
    const scriptRejection = checkPolicyScripts(candidate, context);
    const effective = rules.packageFeeRates ? together : ownFeeRate(candidate);
    if (scriptRejection !== undefined) {
      results.set(candidate.entry.wtxidKey, { accepted: false, rejection: scriptRejection });
      return { rejection: TRANSACTION_FAILED, results };
    }
    if (rules.testOnly)
      results.set(candidate.entry.wtxidKey, {
        accepted: true,
        entry: candidate.entry,
        replaced: [],
        effective,
      });
  }
  if (rules.testOnly) return { rejection: undefined, results };
  return submit(candidates, sub, together, rules, context);
}

function firstTrucError(txs: readonly Transaction[], candidates: readonly Candidate[]): string | undefined {
  for (const { tx, entry, ancestors } of candidates) {
    const error = checkTrucPackage(tx, entry.vsize, txs, ancestors);
    if (error !== undefined) return error;
  }
  return undefined;
}

/** Chain limits and, where something would be replaced, the rules of package replacement. */
function checkPackagePolicy(
  txs: readonly Transaction[],
  candidates: readonly Candidate[],
  sub: SubPackage,
  { store, modules }: AcceptContext,
): PackageRejection | undefined {
  const limitError = checkPackageLimits(store.graph, txs, sub.totalVsize, store.options.limits);
  if (limitError !== undefined) return reject('package-policy', 'package-mempool-limits', limitError);
  if (!sub.replaces) return undefined;

  const [parent, child] = candidates;
  if (candidates.length !== 2 || parent === undefined || child === undefined || !isChildWithParents(txs))
    return packageRbfFailed('package must be 1-parent-1-child');
  if (candidates.some(({ ancestors }) => ancestors.size > 0))
    return packageRbfFailed('new transaction cannot have mempool ancestors');
  const direct = new Set([...parent.conflicts, ...child.conflicts]);
  const replaced = entriesToReplace(child.tx, direct);
  if ('error' in replaced) return packageRbfFailed('too many potential replacements', replaced.error);
  sub.setConflicts(replaced.all);
  const rejection = checkPackageFees(parent, child, direct, sub, store.options.incrementalFeeRate);
  if (rejection !== undefined) return rejection;
  const pair = `parent ${names(parent.tx)}, child ${names(child.tx)}`;
  modules.logger.debug('txpackages', `package RBF checks passed: ${pair}`);
  return undefined;
}

function checkPackageFees(
  parent: Candidate,
  child: Candidate,
  direct: ReadonlySet<PoolEntry>,
  sub: SubPackage,
  incrementalFeeRate: FeeRate,
): PackageRejection | undefined {
  const fees = { replaced: sub.conflictingFees, fees: sub.totalModifiedFees, vsize: sub.totalVsize };
  const feeError = paysTooLittle(child.tx, fees, incrementalFeeRate);
  if (feeError !== undefined) return packageRbfFailed('insufficient anti-DoS fees', feeError);
  // The child must lift the parent, and not only pay for the replacement.
  const together = feeRateOf(sub.totalModifiedFees, sub.totalVsize);
  if (together <= parent.feeRate) {
    const rates = `package feerate ${formatFeeRate(together)} <= parent feerate is ${formatFeeRate(parent.feeRate)}`;
    return packageRbfFailed('package feerate is less than or equal to parent feerate', rates);
  }
  const chunk = { fee: sub.totalModifiedFees, size: sub.totalVsize };
  const diagramError = worsensDiagram(chunk, direct, sub.allConflicts);
  return diagramError === undefined ? undefined : packageRbfFailed(diagramError);
}

function packageRbfFailed(why: string, debug = ''): PackageRejection {
  return reject('package-policy', `package RBF failed: ${why}`, debug);
}

/** Takes all in, one after the other, so that each finds the coins of those before it. */
function submit(
  candidates: readonly Candidate[],
  sub: SubPackage,
  together: EffectiveFeeRate,
  rules: AcceptRules,
  context: AcceptContext,
): PackageAcceptResult {
  const { store } = context;
  const results: Results = new Map();
  for (const candidate of candidates) {
    const { tx, entry } = candidate;
    const rejection = checkConsensusScripts(candidate, context);
    if (rejection !== undefined) {
      results.set(entry.wtxidKey, { accepted: false, rejection });
      const bug = `BUG! PolicyScriptChecks succeeded but ConsensusScriptChecks failed: ${hashToHex(tx.txid)}`;
      return { rejection: reject('package-mempool-error', bug), results };
    }
    // Those of the package that are in by now are ancestors, too.
    const found = ancestorsWithinLimits(store.graph, tx, entry.vsize, store.options.limits);
    assert('ancestors' in found, 'limits were checked for the package as a whole');
    candidate.ancestors = found.ancestors;
    finalize(candidate, sub, rules, context);
  }
  logReplacement(sub, candidates.length, sub.totalModifiedFees, sub.totalVsize, context);
  for (const candidate of candidates) {
    const effective = rules.packageFeeRates ? together : ownFeeRate(candidate);
    const { entry } = candidate;
    results.set(entry.wtxidKey, { accepted: true, entry, replaced: sub.takeReplaced(), effective });
    announce(candidate, rules, context);
  }
  return { rejection: undefined, results };
}

function packageFeeRate(candidates: readonly Candidate[], sub: SubPackage): EffectiveFeeRate {
  return {
    feeRate: feeRateOf(sub.totalModifiedFees, sub.totalVsize),
    wtxids: candidates.map(({ tx }) => tx.wtxid),
  };
}

function ownFeeRate({ tx, feeRate }: Candidate): EffectiveFeeRate {
  return { feeRate, wtxids: [tx.wtxid] };
}

function names(tx: Transaction): string {
  return `${hashToHex(tx.txid)} (wtxid=${hashToHex(tx.wtxid)})`;
}
