import { formatMoney } from '../../primitives/amount.js';
import { type HashKey, hashToHex } from '../../primitives/bytes.js';
import { type FeeRate, feeAt, feeRateOf, formatFeeRate } from '../../primitives/feerate.js';
import { outPointTxidKey } from '../../primitives/outpoint.js';
import { signalsReplaceability } from '../../primitives/sequence.js';
import type { Transaction } from '../../primitives/transaction.js';
import type { PoolEntry } from '../entry.js';
import { ancestorsOf, type TxGraph, withDescendants } from '../graph.js';
import type { MempoolEntry } from '../mempool.js';
import { compareByTxid } from '../order.js';
import { MAX_REPLACEMENT_CANDIDATES } from './limits.js';

/*
 * Rules of replacement (BIP125 as Core 28 has it). Each returns Core's words for the rule broken, undefined when it
 * holds.
 */

/** Says that it may be replaced, itself or through an unconfirmed ancestor. */
export function isReplaceable(entry: MempoolEntry): boolean {
  if (signalsReplaceability(entry.tx)) return true;
  for (const ancestor of ancestorsOf(entry)) if (signalsReplaceability(ancestor.tx)) return true;
  return false;
}

/** Rule 5 and the set of all that would go: the conflicts with their descendants, if they are not too many. */
export function entriesToReplace(
  tx: Transaction,
  conflicts: ReadonlySet<PoolEntry>,
): { readonly all: Set<PoolEntry> } | { readonly error: string } {
  let count = 0;
  for (const conflict of [...conflicts].sort(compareByTxid)) {
    // Shared descendants count several times: an upper bound costs no walk.
    count += conflict.descendantCount;
    if (count > MAX_REPLACEMENT_CANDIDATES) {
      const limit = `(${count} > ${MAX_REPLACEMENT_CANDIDATES})`;
      const who = hashToHex(tx.txid);
      return { error: `rejecting replacement ${who}; too many potential replacements ${limit}\n` };
    }
  }
  return { all: withDescendants(conflicts) };
}

/** Rule 2: no unconfirmed input that the replaced transactions did not have, which would delay mining. */
export function addsUnconfirmed(
  tx: Transaction,
  graph: TxGraph,
  conflicts: ReadonlySet<PoolEntry>,
): string | undefined {
  const parents = new Set<HashKey>();
  for (const { tx: conflict } of conflicts) {
    for (let i = 0; i < conflict.inputCount; i++) parents.add(outPointTxidKey(conflict.prevoutKey(i)));
  }
  for (let i = 0; i < tx.inputCount; i++) {
    const parent = outPointTxidKey(tx.prevoutKey(i));
    if (!parents.has(parent) && graph.has(parent))
      return `replacement ${hashToHex(tx.txid)} adds unconfirmed input, idx ${i}`;
  }
  return undefined;
}

/** A transaction cannot spend what it would throw out. */
export function spendsConflicting(
  tx: Transaction,
  ancestors: ReadonlySet<PoolEntry>,
  conflicts: ReadonlySet<PoolEntry>,
): string | undefined {
  const both = [...ancestors].filter(ancestor => conflicts.has(ancestor)).sort(compareByTxid)[0];
  if (both === undefined) return undefined;
  return `${hashToHex(tx.txid)} spends conflicting transaction ${hashToHex(both.tx.txid)}`;
}

/** Rule 6: the feerate is higher than that of each direct conflict. */
export function feeRateNotHigher(
  tx: Transaction,
  feeRate: FeeRate,
  conflicts: ReadonlySet<PoolEntry>,
): string | undefined {
  for (const conflict of [...conflicts].sort(compareByTxid)) {
    const old = feeRateOf(conflict.modifiedFee, conflict.vsize);
    if (feeRate > old) continue;
    const rates = `new feerate ${formatFeeRate(feeRate)} <= old feerate ${formatFeeRate(old)}`;
    return `rejecting replacement ${hashToHex(tx.txid)}; ${rates}`;
  }
  return undefined;
}

export interface ReplacementFees {
  /** Fees of all that goes. */
  readonly replaced: number;
  /** Fees and size of what comes. */
  readonly fees: number;
  readonly vsize: number;
}

/** Rules 3 and 4: it pays no less than all that goes, and on top of that for its own relay. */
export function paysTooLittle(
  tx: Transaction,
  { replaced, fees, vsize }: ReplacementFees,
  incrementalFeeRate: FeeRate,
): string | undefined {
  const who = `rejecting replacement ${hashToHex(tx.txid)}`;
  if (fees < replaced)
    return `${who}, less fees than conflicting txs; ${formatMoney(fees)} < ${formatMoney(replaced)}`;
  const additional = fees - replaced;
  const needed = feeAt(incrementalFeeRate, vsize);
  if (additional < needed)
    return `${who}, not enough additional fees to relay; ${formatMoney(additional)} < ${formatMoney(needed)}`;
  return undefined;
}
