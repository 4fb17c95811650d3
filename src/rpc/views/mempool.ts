import type { Mempool, MempoolEntry } from '../../mempool/mempool.js';
import { compareBytes, hashToHex } from '../../primitives/bytes.js';
import { amount, type JsonValue } from '../json.js';

/** Entries in the order of their txids as bytes, which is the order of Core's sets of them. */
export function sortedByTxid(entries: Iterable<MempoolEntry>): MempoolEntry[] {
  return [...entries].sort((a, b) => compareBytes(a.tx.txid, b.tx.txid));
}

/** An entry as getmempoolentry and verbose lists show it. */
export function mempoolEntryView(
  mempool: Pick<Mempool, 'isReplaceable' | 'unbroadcast'>,
  entry: MempoolEntry,
): { readonly [key: string]: JsonValue } {
  return {
    vsize: entry.vsize,
    weight: entry.weight,
    time: entry.time,
    height: entry.height,
    descendantcount: entry.descendantCount,
    descendantsize: entry.descendantSize,
    ancestorcount: entry.ancestorCount,
    ancestorsize: entry.ancestorSize,
    wtxid: hashToHex(entry.tx.wtxid),
    fees: {
      base: amount(entry.fee),
      modified: amount(entry.modifiedFee),
      ancestor: amount(entry.ancestorFees),
      descendant: amount(entry.descendantFees),
    },
    depends: [...entry.parents].map(parent => hashToHex(parent.tx.txid)).sort(),
    spentby: sortedByTxid(entry.children).map(child => hashToHex(child.tx.txid)),
    'bip125-replaceable': mempool.isReplaceable(entry),
    unbroadcast: mempool.unbroadcast.has(entry.tx.txidKey),
  };
}

/** Entries by txid with all that is known of them, or just their txids. */
export function mempoolEntriesView(
  mempool: Pick<Mempool, 'isReplaceable' | 'unbroadcast'>,
  entries: readonly MempoolEntry[],
  verbose: boolean,
): JsonValue {
  if (!verbose) return entries.map(entry => hashToHex(entry.tx.txid));
  return Object.fromEntries(
    entries.map(entry => [hashToHex(entry.tx.txid), mempoolEntryView(mempool, entry)]),
  );
}
