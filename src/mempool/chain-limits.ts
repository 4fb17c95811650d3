import { hashToHex } from '../primitives/bytes.js';
import { outPointTxidKey } from '../primitives/outpoint.js';
import type { Transaction } from '../primitives/transaction.js';
import type { PoolEntry } from './entry.js';
import type { TxGraph } from './graph.js';
import { compareByTxid } from './order.js';
import type { ChainLimits } from './policy/settings.js';

/** Ancestors of something that wants to enter, or Core's words for the limit that it breaks. */
export type AncestorsOrError = { readonly ancestors: Set<PoolEntry> } | { readonly error: string };

/** All ancestors that `tx` would have, unless it would make someone exceed a limit. `vsize` is its own. */
export function ancestorsWithinLimits(
  graph: TxGraph,
  tx: Transaction,
  vsize: number,
  limits: ChainLimits,
): AncestorsOrError {
  const parents = new Set<PoolEntry>();
  for (let i = 0; i < tx.inputCount; i++) {
    const parent = graph.get(outPointTxidKey(tx.prevoutKey(i)));
    if (parent === undefined) continue;
    parents.add(parent);
    if (parents.size + 1 > limits.ancestorCount)
      return { error: `too many unconfirmed parents [limit: ${limits.ancestorCount}]` };
  }
  return collect(vsize, 1, parents, limits);
}

/**
 * The limits for several transactions together, as if each of them were an ancestor and a descendant of all: stricter
 * than need be, cheap to tell. Returns Core's words for the limit broken, undefined when none is.
 */
export function checkPackageLimits(
  graph: TxGraph,
  txs: readonly Transaction[],
  totalVsize: number,
  limits: ChainLimits,
): string | undefined {
  const count = txs.length;
  const sizeError = checkPackageSize(count, totalVsize, limits);
  if (sizeError !== undefined) return sizeError;
  const parents = new Set<PoolEntry>();
  for (const tx of txs) {
    for (const parent of graph.parentsOf(tx)) {
      parents.add(parent);
      if (parents.size + count > limits.ancestorCount)
        return `too many unconfirmed parents [limit: ${limits.ancestorCount}]`;
    }
  }
  const result = collect(totalVsize, count, parents, limits);
  return 'error' in result ? `possibly ${result.error}` : undefined;
}

function checkPackageSize(count: number, vsize: number, limits: ChainLimits): string | undefined {
  if (count > limits.ancestorCount)
    return `package count ${count} exceeds ancestor count limit [limit: ${limits.ancestorCount}]`;
  if (count > limits.descendantCount)
    return `package count ${count} exceeds descendant count limit [limit: ${limits.descendantCount}]`;
  if (vsize > limits.ancestorSize)
    return `package size ${vsize} exceeds ancestor size limit [limit: ${limits.ancestorSize}]`;
  if (vsize > limits.descendantSize)
    return `package size ${vsize} exceeds descendant size limit [limit: ${limits.descendantSize}]`;
  return undefined;
}

/** Walks up from `staged` in order of txid, which decides whom an error names. */
function collect(
  vsize: number,
  count: number,
  staged: Set<PoolEntry>,
  limits: ChainLimits,
): AncestorsOrError {
  const ancestors = new Set<PoolEntry>();
  let ancestorSize = vsize;
  while (staged.size > 0) {
    const stage = [...staged].reduce((least, entry) => (compareByTxid(entry, least) < 0 ? entry : least));
    staged.delete(stage);
    ancestors.add(stage);
    ancestorSize += stage.vsize;
    const error = limitBrokenBy(stage, vsize, count, ancestorSize, limits);
    if (error !== undefined) return { error };
    for (const parent of stage.parents) {
      if (!ancestors.has(parent)) staged.add(parent);
      if (staged.size + ancestors.size + count > limits.ancestorCount)
        return { error: `too many unconfirmed ancestors [limit: ${limits.ancestorCount}]` };
    }
  }
  return { ancestors };
}

function limitBrokenBy(
  ancestor: PoolEntry,
  vsize: number,
  count: number,
  ancestorSize: number,
  limits: ChainLimits,
): string | undefined {
  const { descendantSize, descendantCount } = limits;
  if (ancestor.descendantSize + vsize > descendantSize)
    return `exceeds descendant size limit for tx ${hashToHex(ancestor.tx.txid)} [limit: ${descendantSize}]`;
  if (ancestor.descendantCount + count > descendantCount)
    return `too many descendants for tx ${hashToHex(ancestor.tx.txid)} [limit: ${descendantCount}]`;
  if (ancestorSize > limits.ancestorSize)
    return `exceeds ancestor size limit [limit: ${limits.ancestorSize}]`;
  return undefined;
}
