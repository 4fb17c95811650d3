import type { MempoolEntry } from '../../src/mempool/mempool.js';
import type { MiningView } from '../../src/miner/package-selection.js';
import { input, output, transaction } from './transactions.js';

/** What a test says of one transaction of a made-up mempool. */
export interface EntrySpec {
  /** Places in the list of the transactions it spends; all smaller than its own. */
  readonly parents: readonly number[];
  readonly vsize: number;
  readonly fee: number;
  /** Added by prioritisetransaction. */
  readonly feeDelta?: number;
  readonly sigOpCost?: number;
  readonly lockTime?: number;
  /** Of its input; below 2^32 - 1 the lock time counts. */
  readonly sequence?: number;
}

type Draft = {
  -readonly [Key in keyof MempoolEntry]: MempoolEntry[Key];
};

/** Entries of a mempool with all sums over ancestors and descendants, computed the long way. */
export function modelEntries(specs: readonly EntrySpec[]): MempoolEntry[] {
  const ancestors = specs.map(() => new Set<number>());
  for (const [at, { parents }] of specs.entries()) {
    for (const parent of parents) {
      ancestors[at]?.add(parent);
      for (const further of ancestors[parent] ?? []) ancestors[at]?.add(further);
    }
  }
  const entries = specs.map((spec, at) => draft(spec, at));
  const sum = (members: Iterable<MempoolEntry>, of: (entry: MempoolEntry) => number) =>
    [...members].reduce((total, entry) => total + of(entry), 0);
  for (const [at, entry] of entries.entries()) {
    const above = [entry, ...entries.filter((_, other) => ancestors[at]?.has(other))];
    const below = [entry, ...entries.filter((_, other) => ancestors[other]?.has(at))];
    entry.ancestorCount = above.length;
    entry.ancestorSize = sum(above, of => of.vsize);
    entry.ancestorFees = sum(above, of => of.modifiedFee);
    entry.ancestorSigOpCost = sum(above, of => of.sigOpCost);
    entry.descendantCount = below.length;
    entry.descendantSize = sum(below, of => of.vsize);
    entry.descendantFees = sum(below, of => of.modifiedFee);
    entry.parents = new Set(entries.filter((_, other) => specs[at]?.parents.includes(other)));
    entry.children = new Set(entries.filter((_, other) => specs[other]?.parents.includes(at)));
  }
  return entries;
}

function draft(spec: EntrySpec, at: number): Draft {
  const { vsize, fee, feeDelta = 0, sigOpCost = 0, lockTime = 0, sequence = 0xffffffff } = spec;
  return {
    tx: transaction({ inputs: [input({ sequence }, 1)], outputs: [output(at)], lockTime }),
    fee,
    modifiedFee: fee + feeDelta,
    vsize,
    weight: 4 * vsize,
    sigOpCost,
    time: 0,
    height: 0,
    sequence: at + 1,
    spendsCoinbase: false,
    ancestorCount: 0,
    ancestorSize: 0,
    ancestorFees: 0,
    ancestorSigOpCost: 0,
    descendantCount: 0,
    descendantSize: 0,
    descendantFees: 0,
    parents: new Set(),
    children: new Set(),
  };
}

/** Negative when `a` is mined first: the worse of its own feerate and its package's is higher, or its txid lower. */
export function compareByAncestorScore(a: Package, b: Package): number {
  const [feesA, sizeA] = worse(a);
  const [feesB, sizeB] = worse(b);
  return feesB * sizeA - feesA * sizeB || Buffer.compare(a.entry.tx.txid, b.entry.tx.txid);
}

/** An entry with some of its ancestors. */
export interface Package {
  readonly entry: MempoolEntry;
  readonly fees: number;
  readonly size: number;
  readonly sigOpCost: number;
}

export function wholePackage(entry: MempoolEntry): Package {
  const { ancestorFees: fees, ancestorSize: size, ancestorSigOpCost: sigOpCost } = entry;
  return { entry, fees, size, sigOpCost };
}

function worse({ entry, fees, size }: Package): readonly [number, number] {
  return entry.modifiedFee * size > fees * entry.vsize ? [fees, size] : [entry.modifiedFee, entry.vsize];
}

export function modelMempool(entries: readonly MempoolEntry[]): MiningView {
  const walk = (entry: MempoolEntry, next: 'parents' | 'children'): Set<MempoolEntry> => {
    const seen = new Set<MempoolEntry>();
    for (const near of entry[next]) {
      seen.add(near);
      for (const far of walk(near, next)) seen.add(far);
    }
    return seen;
  };
  return {
    entriesByAncestorScore: () =>
      [...entries].sort((a, b) => compareByAncestorScore(wholePackage(a), wholePackage(b))),
    ancestors: entry => walk(entry, 'parents'),
    descendants: entry => walk(entry, 'children'),
  };
}
