import { hashToHex } from '../../primitives/bytes.js';
import { outPointTxidKey } from '../../primitives/outpoint.js';
import type { Transaction } from '../../primitives/transaction.js';
import type { PoolEntry } from '../entry.js';
import {
  TRUC_ANCESTOR_LIMIT,
  TRUC_CHILD_MAX_VSIZE,
  TRUC_DESCENDANT_LIMIT,
  TRUC_MAX_VSIZE,
  TRUC_VERSION,
} from './limits.js';

/*
 * BIP431: transactions of version 3 are topologically restricted until confirmed. Such a transaction has at most one
 * unconfirmed parent or one child, all of version 3, and is small; so it can always be replaced at a known price.
 */

export interface TrucViolation {
  /** Core's words. */
  readonly error: string;
  /** The child that stands in the way and may be evicted instead, under the rules of replacement. */
  readonly sibling?: PoolEntry;
}

/** Checks a transaction against what is in the mempool. For every transaction, of version 3 or not. */
export function checkTruc(
  tx: Transaction,
  vsize: number,
  ancestors: ReadonlySet<PoolEntry>,
  conflicts: ReadonlySet<PoolEntry>,
): TrucViolation | undefined {
  for (const ancestor of ancestors) {
    const error = mixesVersions(tx, ancestor.tx);
    if (error !== undefined) return { error };
  }
  if (tx.version !== TRUC_VERSION) return undefined;
  if (vsize > TRUC_MAX_VSIZE) return { error: tooBig(tx, vsize) };
  if (ancestors.size + 1 > TRUC_ANCESTOR_LIMIT) return { error: tooManyAncestors(tx) };
  const [parent] = ancestors;
  if (parent === undefined) return undefined;
  if (vsize > TRUC_CHILD_MAX_VSIZE) return { error: childTooBig(tx, vsize) };
  return checkSiblings(parent, conflicts);
}

function checkSiblings(parent: PoolEntry, conflicts: ReadonlySet<PoolEntry>): TrucViolation | undefined {
  const replacesSibling = [...parent.children].some(child => conflicts.has(child));
  if (parent.descendantCount + 1 <= TRUC_DESCENDANT_LIMIT || replacesSibling) return undefined;
  const error = `tx ${names(parent.tx)} would exceed descendant count limit`;
  // More than one child, or a grandchild, can be left by a reorganisation; then nobody is evicted.
  const [sibling] = parent.children;
  const evictable = parent.descendantCount === 2 && sibling?.ancestorCount === 2;
  return evictable ? { error, sibling } : { error };
}

/**
 * Checks a transaction of a package against the package and the mempool; Core's words for what is wrong.
 *
 * @param ancestors in the mempool
 */
export function checkTrucPackage(
  tx: Transaction,
  vsize: number,
  txs: readonly Transaction[],
  ancestors: ReadonlySet<PoolEntry>,
): string | undefined {
  const packageParents = parentsInPackage(tx, txs);
  if (tx.version !== TRUC_VERSION) {
    for (const parent of [...[...ancestors].map(entry => entry.tx), ...packageParents]) {
      const error = mixesVersions(tx, parent);
      if (error !== undefined) return error;
    }
    return undefined;
  }
  if (vsize > TRUC_MAX_VSIZE) return tooBig(tx, vsize);
  if (ancestors.size + packageParents.length + 1 > TRUC_ANCESTOR_LIMIT) return tooManyAncestors(tx);
  const [poolParent] = ancestors;
  const parent = poolParent?.tx ?? packageParents[0];
  if (parent === undefined) return undefined;
  if (vsize > TRUC_CHILD_MAX_VSIZE) return childTooBig(tx, vsize);
  return (
    mixesVersions(tx, parent) ??
    checkFamily(tx, parent, txs) ??
    (poolParent !== undefined && poolParent.descendantCount > 1 ? tooManyDescendants(parent) : undefined)
  );
}

/** In the package, a transaction with a parent has no siblings and no children. */
function checkFamily(tx: Transaction, parent: Transaction, txs: readonly Transaction[]): string | undefined {
  for (const other of txs) {
    if (other === tx) continue;
    for (let i = 0; i < other.inputCount; i++) {
      const spent = outPointTxidKey(other.prevoutKey(i));
      if (spent === parent.txidKey) return tooManyDescendants(parent);
      if (spent === tx.txidKey) return tooManyAncestors(other);
    }
  }
  return undefined;
}

function parentsInPackage(tx: Transaction, txs: readonly Transaction[]): Transaction[] {
  const spent = new Set<string>();
  for (let i = 0; i < tx.inputCount; i++) spent.add(outPointTxidKey(tx.prevoutKey(i)));
  return txs.slice(0, txs.indexOf(tx)).filter(other => spent.has(other.txidKey));
}

function mixesVersions(tx: Transaction, parent: Transaction): string | undefined {
  const isTruc = tx.version === TRUC_VERSION;
  if (isTruc === (parent.version === TRUC_VERSION)) return undefined;
  const [own, other] = isTruc ? ['version=3', 'non-version=3'] : ['non-version=3', 'version=3'];
  return `${own} tx ${names(tx)} cannot spend from ${other} tx ${names(parent)}`;
}

function tooBig(tx: Transaction, vsize: number): string {
  return `version=3 tx ${names(tx)} is too big: ${vsize} > ${TRUC_MAX_VSIZE} virtual bytes`;
}

function childTooBig(tx: Transaction, vsize: number): string {
  return `version=3 child tx ${names(tx)} is too big: ${vsize} > ${TRUC_CHILD_MAX_VSIZE} virtual bytes`;
}

function tooManyAncestors(tx: Transaction): string {
  return `tx ${names(tx)} would have too many ancestors`;
}

function tooManyDescendants(tx: Transaction): string {
  return `tx ${names(tx)} would exceed descendant count limit`;
}

function names(tx: Transaction): string {
  return `${hashToHex(tx.txid)} (wtxid=${hashToHex(tx.wtxid)})`;
}
