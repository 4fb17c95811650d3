import { reject, type TxRejection } from '../../consensus/rejection.js';
import { hashToHex } from '../../primitives/bytes.js';
import type { EntryCircumstances } from '../mempool.js';
import type { AcceptContext, Candidate, SubPackage } from './candidate.js';
import type { AcceptRules } from './rules.js';

/**
 * Puts a candidate in the place of what it replaces and cuts the mempool back to size, unless more of its package are to
 * come. Effects: removals are told; the entry is in, but not announced.
 */
export function finalize(
  candidate: Candidate,
  sub: SubPackage,
  rules: AcceptRules,
  context: AcceptContext,
): TxRejection | undefined {
  const { store } = context;
  logReplaced(candidate, sub, context);
  for (const { tx } of sub.allConflicts) sub.replaced.push(tx);
  store.remove(sub.allConflicts, 'replaced');
  sub.allConflicts = new Set();
  store.add(candidate.entry, candidate.ancestors);
  if (rules.inPackage || rules.bypassLimits) return undefined;
  store.limitSize();
  return store.graph.has(candidate.tx.txidKey) ? undefined : reject('reconsiderable', 'mempool full');
}

function logReplaced({ entry, tx }: Candidate, { allConflicts }: SubPackage, context: AcceptContext): void {
  const { logger } = context.modules;
  if (allConflicts.size === 0 || !logger.enabled('mempool')) return;
  const describe = (txid: Uint8Array, wtxid: Uint8Array, fee: number, vsize: number) =>
    `tx ${hashToHex(txid)} (wtxid=${hashToHex(wtxid)}, fees=${fee}, vsize=${vsize})`;
  const ours = describe(tx.txid, tx.wtxid, entry.fee, entry.vsize);
  for (const old of allConflicts) {
    const theirs = describe(old.tx.txid, old.tx.wtxid, old.fee, old.vsize);
    logger.debug('mempool', `replacing mempool ${theirs}. New ${ours}`);
  }
}

/** Announces an entry that stays. */
export function announce(candidate: Candidate, rules: AcceptRules, { store }: AcceptContext): void {
  const circumstances: EntryCircumstances = {
    bypassedLimits: rules.bypassLimits,
    inPackage: rules.inPackage,
    hasMempoolParents: candidate.entry.parents.size > 0,
  };
  store.announce(candidate.entry, circumstances);
}

export function logReplacement(
  sub: SubPackage,
  count: number,
  fees: number,
  vsize: number,
  { modules }: AcceptContext,
): void {
  if (sub.replaced.length === 0) return;
  const news = count === 1 ? '1 new transaction' : `${count} new one(s)`;
  const gain = `${fees - sub.conflictingFees} additional fees, ${vsize - sub.conflictingSize} delta bytes`;
  modules.logger.debug(
    'mempool',
    `replaced ${sub.replaced.length} mempool transactions with ${news} for ${gain}`,
  );
}
