import { reject } from '../../consensus/rejection.js';
import { type HashKey, hashKey } from '../../primitives/bytes.js';
import type { Transaction } from '../../primitives/transaction.js';
import type { AcceptResult, PackageAcceptResult, PackageTxResult } from '../mempool.js';
import { checkPackageForm, isChildWithParents } from '../policy/packages.js';
import { acceptSingle } from './accept.js';
import type { AcceptContext } from './candidate.js';
import { acceptMultiple, type PackageRejection, TRANSACTION_FAILED } from './package.js';
import { type AcceptRules, singleInPackageRules } from './rules.js';

/**
 * Takes in a child with all its unconfirmed parents, parents first. Each is tried by itself; those that fail for their
 * fee, or for want of such a parent, are then judged together. Others in the package may get in even when the whole does
 * not. Effects as of the acceptance of each, and the mempool is cut back to size at the end.
 */
export function acceptPackage(
  txs: readonly Transaction[],
  rules: AcceptRules,
  context: AcceptContext,
): PackageAcceptResult {
  const formError = checkPackageForm(txs);
  if (formError !== undefined) return refusePackage(formError);
  if (!isChildWithParents(txs)) return refusePackage('package-not-child-with-parents');
  if (!hasAllParents(txs, context)) return refusePackage('package-not-child-with-unconfirmed-parents');

  const tried = tryEach(txs, rules, context);
  const retry = tried.failed || tried.together.length === 0 ? [] : tried.together;
  const multiple = retry.length === 0 ? undefined : acceptSub(retry, rules, context);
  context.store.limitSize();
  const rejection = multiple?.rejection ?? (tried.failed ? TRANSACTION_FAILED : undefined);
  return conclude(txs, tried, multiple?.results, rejection, context);
}

function refusePackage(reason: string): PackageAcceptResult {
  return { rejection: reject('package-policy', reason), results: new Map() };
}

/** The child spends only confirmed coins and outputs of the package. */
function hasAllParents(txs: readonly Transaction[], { coins }: AcceptContext): boolean {
  const child = txs.at(-1);
  if (child === undefined) return false;
  const parents = new Set(txs.slice(0, -1).map(tx => tx.txidKey));
  return child.inputs.every(
    ({ prevout }) => parents.has(hashKey(prevout.txid)) || coins.confirmed(prevout) !== undefined,
  );
}

interface Tried {
  /** Results that stand: in the mempool, now or before. */
  readonly settled: Map<HashKey, PackageTxResult>;
  /** Refusals that stand unless the package changes them. */
  readonly refused: Map<HashKey, PackageTxResult>;
  /** What is to be judged together. */
  readonly together: Transaction[];
  /** One was refused for something that no package can mend. */
  readonly failed: boolean;
}

function tryEach(txs: readonly Transaction[], rules: AcceptRules, context: AcceptContext): Tried {
  const settled = new Map<HashKey, PackageTxResult>();
  const refused = new Map<HashKey, PackageTxResult>();
  const together: Transaction[] = [];
  let failed = false;
  for (const tx of txs) {
    const key = hashKey(tx.wtxid);
    const known = knownResult(tx, context);
    if (known !== undefined) {
      settled.set(key, known);
      continue;
    }
    const result = acceptSingle(tx, singleInPackageRules(rules), context);
    if (result.accepted) {
      settled.set(key, result);
      continue;
    }
    refused.set(key, result);
    if (mayPackageMend(result)) together.push(tx);
    else failed = true;
  }
  return { settled, refused, together, failed };
}

function knownResult(tx: Transaction, { store }: AcceptContext): PackageTxResult | undefined {
  const entry = store.graph.get(tx.txidKey);
  if (entry === undefined) return undefined;
  return { accepted: entry.wtxidKey === hashKey(tx.wtxid) ? 'already' : 'different-witness', entry };
}

function mayPackageMend(result: AcceptResult): boolean {
  if (result.accepted) return false;
  return result.rejection.result === 'reconsiderable' || result.rejection.result === 'missing-inputs';
}

/** What is left to be judged together may be a single transaction. */
function acceptSub(
  txs: readonly Transaction[],
  rules: AcceptRules,
  context: AcceptContext,
): PackageAcceptResult {
  const [only] = txs;
  if (txs.length > 1 || only === undefined) return acceptMultiple(txs, rules, context);
  const result = acceptSingle(only, singleInPackageRules(rules), context);
  const rejection = result.accepted ? undefined : TRANSACTION_FAILED;
  return { rejection, results: new Map([[hashKey(only.wtxid), result]]) };
}

/** Puts the results together; what was cut off when the mempool was trimmed has failed after all. */
function conclude(
  txs: readonly Transaction[],
  tried: Tried,
  multiple: ReadonlyMap<HashKey, PackageTxResult> | undefined,
  rejection: PackageRejection | undefined,
  { store }: AcceptContext,
): PackageAcceptResult {
  const results = new Map<HashKey, PackageTxResult>();
  let final = rejection;
  for (const tx of txs) {
    const key = hashKey(tx.wtxid);
    const result = multiple?.get(key) ?? tried.settled.get(key) ?? tried.refused.get(key);
    if (result === undefined) continue;
    if (result.accepted !== false && !store.graph.has(tx.txidKey)) {
      final = TRANSACTION_FAILED;
      results.set(key, { accepted: false, rejection: reject('mempool-policy', 'mempool full') });
    } else results.set(key, result);
  }
  return { rejection: final, results };
}
