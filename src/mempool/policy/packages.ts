import { sha256 } from '../../crypto/hash.js';
import { compareBytes, concatBytes, type Hash256, type HashKey } from '../../primitives/bytes.js';
import { type OutPointKey, outPointTxidKey } from '../../primitives/outpoint.js';
import type { Transaction } from '../../primitives/transaction.js';
import { MAX_PACKAGE_COUNT, MAX_PACKAGE_WEIGHT } from './limits.js';

/**
 * Form of a package, as far as it shows without coins and mempool: not too many or too heavy, no transaction twice,
 * parents before children, no two spending the same. Returns Core's reject string, undefined when it is well formed.
 */
export function checkPackageForm(txs: readonly Transaction[]): string | undefined {
  if (txs.length > MAX_PACKAGE_COUNT) return 'package-too-many-transactions';
  const weight = txs.reduce((sum, tx) => sum + tx.weight, 0);
  // A lone transaction that is too heavy is told so itself.
  if (txs.length > 1 && weight > MAX_PACKAGE_WEIGHT) return 'package-too-large';
  if (new Set(txs.map(tx => tx.txidKey)).size !== txs.length) return 'package-contains-duplicates';
  if (!isSorted(txs)) return 'package-not-sorted';
  return isConsistent(txs) ? undefined : 'conflict-in-package';
}

/** No transaction spends itself or one after it. */
function isSorted(txs: readonly Transaction[]): boolean {
  const later = new Set(txs.map(tx => tx.txidKey));
  for (const tx of txs) {
    for (let i = 0; i < tx.inputCount; i++) if (later.has(outPointTxidKey(tx.prevoutKey(i)))) return false;
    later.delete(tx.txidKey);
  }
  return true;
}

function isConsistent(txs: readonly Transaction[]): boolean {
  const seen = new Set<OutPointKey>();
  for (const tx of txs) {
    if (tx.inputCount === 0) return false;
    const own: OutPointKey[] = [];
    for (let i = 0; i < tx.inputCount; i++) own.push(tx.prevoutKey(i));
    if (own.some(outpoint => seen.has(outpoint))) return false;
    // Added only now: an outpoint spent twice by one transaction is told of that transaction.
    for (const outpoint of own) seen.add(outpoint);
  }
  return true;
}

/** One child, the last, and before it some of its parents and nothing else. */
export function isChildWithParents(txs: readonly Transaction[]): boolean {
  const child = txs.at(-1);
  if (child === undefined || txs.length < 2) return false;
  const parents = new Set<HashKey>();
  for (let i = 0; i < child.inputCount; i++) parents.add(outPointTxidKey(child.prevoutKey(i)));
  return txs.slice(0, -1).every(tx => parents.has(tx.txidKey));
}

/** {@link isChildWithParents}, and no parent spends another: what may be judged by a package feerate over the wire. */
export function isChildWithParentsTree(txs: readonly Transaction[]): boolean {
  if (!isChildWithParents(txs)) return false;
  const parents = txs.slice(0, -1);
  const txids = new Set(parents.map(tx => tx.txidKey));
  return parents.every(tx => tx.inputs.every((_, i) => !txids.has(outPointTxidKey(tx.prevoutKey(i)))));
}

/** Id of a package whatever the order of its transactions: SHA-256 of the wtxids, sorted as numbers. */
export function packageHash(txs: readonly Transaction[]): Hash256 {
  const wtxids = txs.map(tx => tx.wtxid);
  wtxids.sort((a, b) => compareBytes(Buffer.from(a).reverse(), Buffer.from(b).reverse()));
  return sha256(concatBytes(...wtxids));
}
