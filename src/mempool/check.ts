import { hashKey } from '../primitives/bytes.js';
import { type OutPoint, outPointKey } from '../primitives/outpoint.js';
import { assert } from '../runtime/errors.js';
import type { PoolEntry } from './entry.js';
import { ancestorsOf, descendantsOf, type TxGraph } from './graph.js';
import { compareByDepthAndScore, compareForEviction, compareForMining } from './order.js';

/**
 * Checks every invariant of the graph against what follows from the transactions alone (-checkmempool).
 *
 * @param hasCoin whether the chain has an unspent coin
 * @throws AssertionFailure at the first that does not hold
 */
export function checkGraph(graph: TxGraph, hasCoin: (outpoint: OutPoint) => boolean): void {
  const entries = [...graph.entries()].sort(compareByDepthAndScore);
  let spends = 0;
  let vsize = 0;
  let fee = 0;
  for (const entry of entries) {
    checkLinks(graph, entry, hasCoin);
    checkAncestors(entry);
    checkDescendants(entry);
    spends += entry.tx.inputCount;
    vsize += entry.vsize;
    fee += entry.fee;
  }
  assert(spends === graph.spendCount, 'each spent outpoint belongs to one entry');
  assert(vsize === graph.totalVsize && fee === graph.totalFee, 'totals are the sums over the entries');
  checkOrder([...graph.inMiningOrder()], entries.length, compareForMining);
  const worst = graph.worst;
  assert(
    entries.every(entry => entry === worst || (worst !== undefined && compareForEviction(worst, entry) < 0)),
    'the eviction index starts with the worst',
  );
}

function checkLinks(graph: TxGraph, entry: PoolEntry, hasCoin: (outpoint: OutPoint) => boolean): void {
  const { tx } = entry;
  assert(graph.get(entry.txidKey) === entry, 'an entry is found by its txid');
  assert(graph.getByWtxid(entry.wtxidKey) === entry, 'an entry is found by its wtxid');
  for (const { prevout } of tx.inputs) {
    const { txid, vout } = prevout;
    assert(graph.spender(outPointKey(txid, vout)) === entry, 'an entry is the spender of its inputs');
    const parent = graph.get(hashKey(txid));
    if (parent === undefined) assert(hasCoin(prevout), 'an input is in the chain or in the mempool');
    else assert(vout < parent.tx.outputCount, 'a spent output exists');
  }
  assert(sameSet(entry.parents, graph.parentsOf(tx)), 'parents are those whose outputs are spent');
  assert(sameSet(entry.children, graph.spendersOf(tx)), 'children are those that spend outputs');
}

function checkAncestors(entry: PoolEntry): void {
  const ancestors = [...ancestorsOf(entry), entry];
  assert(entry.ancestorCount === ancestors.length, 'ancestors are counted');
  assert(entry.ancestorSize === sum(ancestors, of => of.vsize), 'ancestor sizes are summed');
  assert(entry.ancestorFees === sum(ancestors, of => of.modifiedFee), 'ancestor fees are summed');
  assert(entry.ancestorSigOpCost === sum(ancestors, of => of.sigOpCost), 'ancestor sigops are summed');
}

function checkDescendants(entry: PoolEntry): void {
  const descendants = [...descendantsOf(entry), entry];
  assert(entry.descendantCount === descendants.length, 'descendants are counted');
  assert(entry.descendantSize === sum(descendants, of => of.vsize), 'descendant sizes are summed');
  assert(entry.descendantFees === sum(descendants, of => of.modifiedFee), 'descendant fees are summed');
}

function checkOrder(
  order: readonly PoolEntry[],
  count: number,
  compare: (a: PoolEntry, b: PoolEntry) => number,
): void {
  assert(order.length === count, 'an index has all entries');
  let previous: PoolEntry | undefined;
  for (const entry of order) {
    assert(previous === undefined || compare(previous, entry) < 0, 'an index is in order');
    previous = entry;
  }
}

function sum(entries: readonly PoolEntry[], of: (entry: PoolEntry) => number): number {
  return entries.reduce((total, entry) => total + of(entry), 0);
}

function sameSet<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean {
  return a.size === b.size && [...a].every(item => b.has(item));
}
