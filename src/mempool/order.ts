import { compareBytes } from '../primitives/bytes.js';
import type { PoolEntry } from './entry.js';
import type { MempoolEntry } from './mempool.js';

/**
 * Orders of entries. Feerates are compared by cross multiplication of doubles, as Core does, so that both nodes agree
 * on every tie.
 */

function compareKeys(a: PoolEntry, b: PoolEntry): number {
  return a.txidKey < b.txidKey ? -1 : a.txidKey > b.txidKey ? 1 : a.id - b.id;
}

/**
 * Worst first: who is evicted when the mempool is full. An entry counts with the better of its own feerate and that of
 * its whole descendant package, which leaves with it. Of equals the later goes first.
 */
export function compareForEviction(a: PoolEntry, b: PoolEntry): number {
  const aPackage = a.descendantFees * a.vsize > a.modifiedFee * a.descendantSize;
  const bPackage = b.descendantFees * b.vsize > b.modifiedFee * b.descendantSize;
  const left = (aPackage ? a.descendantFees : a.modifiedFee) * (bPackage ? b.descendantSize : b.vsize);
  const right = (bPackage ? b.descendantFees : b.modifiedFee) * (aPackage ? a.descendantSize : a.vsize);
  if (left !== right) return left < right ? -1 : 1;
  return b.time - a.time || b.id - a.id;
}

/** Best first: who is mined next. An entry counts with the worse of its own feerate and that with all its ancestors. */
export function compareForMining(a: PoolEntry, b: PoolEntry): number {
  const aPackage = a.modifiedFee * a.ancestorSize > a.ancestorFees * a.vsize;
  const bPackage = b.modifiedFee * b.ancestorSize > b.ancestorFees * b.vsize;
  const left = (aPackage ? a.ancestorFees : a.modifiedFee) * (bPackage ? b.ancestorSize : b.vsize);
  const right = (bPackage ? b.ancestorFees : b.modifiedFee) * (aPackage ? a.ancestorSize : a.vsize);
  if (left !== right) return left > right ? -1 : 1;
  return compareKeys(a, b);
}

/** Oldest first: who expires. */
export function compareByTime(a: PoolEntry, b: PoolEntry): number {
  return a.time - b.time || a.id - b.id;
}

/** Fewest ancestors first, then the highest feerate by itself: parents come before their children. */
export function compareByDepthAndScore(a: MempoolEntry, b: MempoolEntry): number {
  if (a.ancestorCount !== b.ancestorCount) return a.ancestorCount - b.ancestorCount;
  const left = a.fee * b.vsize;
  const right = b.fee * a.vsize;
  if (left !== right) return left > right ? -1 : 1;
  return compareBytes(b.tx.txid, a.tx.txid);
}

/** By txid, lowest first: the order in which sets of entries are gone through where the order shows. */
export function compareByTxid(a: PoolEntry, b: PoolEntry): number {
  return compareKeys(a, b);
}
