import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/crypto/hash.js';
import { checkGraph } from '../../../src/mempool/check.js';
import { PoolEntry } from '../../../src/mempool/entry.js';
import { ancestorsOf, TxGraph, withDescendants } from '../../../src/mempool/graph.js';
import { OrderedIndex } from '../../../src/mempool/ordered-index.js';
import { defined } from '../../../src/runtime/errors.js';
import { coinOf, type Spendable, spend } from '../../support/mempool-fixture.js';

/** A transaction of the model: what it spends, by number of transaction or a coin of the chain. */
interface ModelTx {
  readonly entry: PoolEntry;
  readonly parents: Set<number>;
  delta: number;
}

/**
 * The mempool as plain sets: ancestors and descendants are looked for anew each time. A transaction is a number; outputs
 * are 3 each, the ones that are spent are remembered.
 */
class Model {
  readonly graph = new TxGraph();
  /** In the mempool. */
  readonly present = new Map<number, ModelTx>();
  /** In blocks, latest block last. */
  readonly blocks: [number, ModelTx][][] = [];
  private readonly free: { readonly owner: number; readonly coin: Spendable }[] = [];
  private made = 0;

  /** Makes a transaction that spends up to `inputs` free outputs, or a coin of the chain, and adds it. */
  add(seed: number, inputs: number, fee: number): void {
    const taken = Array.from({ length: inputs }, (_, i) => this.take(seed * 31 + i * 7)).filter(
      one => one !== undefined,
    );
    const base = { txid: sha256(Buffer.from(`model ${this.made}`)), vout: 0, value: 1_000_000 };
    const tx = spend([base, ...taken.map(({ coin }) => coin)], { fee, outputs: 3 });
    const id = this.made++;
    const parents = new Set(taken.map(({ owner }) => owner));
    const entry = this.newEntry(tx, fee, 0);
    this.insert(id, { entry, parents, delta: 0 });
    for (let i = 0; i < 3; i++) this.free.push({ owner: id, coin: coinOf(tx, i) });
  }

  /** Removes a transaction with all its descendants; they are gone for ever. */
  remove(seed: number): void {
    const id = this.pick(seed);
    if (id === undefined) return;
    const gone = this.descendants(id);
    gone.add(id);
    this.graph.remove(withDescendants([this.entryOf(id)]), false);
    for (const one of gone) this.present.delete(one);
    for (let i = this.free.length - 1; i >= 0; i--)
      if (gone.has(this.free[i]?.owner ?? -1)) this.free.splice(i, 1);
  }

  /** A block confirms up to `count` transactions, each after its parents. */
  mine(count: number): void {
    const block: [number, ModelTx][] = [];
    for (const [id, tx] of [...this.present]) {
      if (block.length === count) break;
      if ([...tx.parents].some(parent => this.present.has(parent))) continue;
      block.push([id, tx]);
      this.present.delete(id);
    }
    this.graph.removeConfirmed(block.map(([, { entry }]) => entry));
    this.blocks.push(block);
  }

  /** The latest block is undone and all of it comes back. */
  unmine(): void {
    const block = this.blocks.pop() ?? [];
    const back: PoolEntry[] = [];
    for (const [id, old] of block) {
      const entry = this.newEntry(old.entry.tx, old.entry.fee, old.delta);
      const ancestors = withAncestors(this.graph, entry);
      this.graph.add(entry, ancestors);
      this.present.set(id, { ...old, entry });
      back.push(entry);
    }
    this.graph.linkResurrected(back, { ancestorCount: 1e9, ancestorSize: 1e9 });
  }

  prioritise(seed: number, delta: number): void {
    const id = this.pick(seed);
    const tx = id === undefined ? undefined : this.present.get(id);
    if (tx === undefined) return;
    this.graph.changeFee(tx.entry, delta);
    tx.delta += delta;
  }

  /** Compares every aggregate with what the sets say. */
  check(): void {
    // Whatever is spent and not here is confirmed: descendants of what was removed went with it.
    checkGraph(this.graph, () => true);
    expect(this.graph.size).toBe(this.present.size);
    for (const [id, { entry, delta }] of this.present) {
      const ancestors = [...this.ancestors(id), id].map(one => this.modelOf(one));
      const descendants = [...this.descendants(id), id].map(one => this.modelOf(one));
      expect(entry.ancestorCount).toBe(ancestors.length);
      expect(entry.ancestorFees).toBe(sum(ancestors, one => one.entry.fee + one.delta));
      expect(entry.ancestorSize).toBe(sum(ancestors, one => one.entry.vsize));
      expect(entry.descendantCount).toBe(descendants.length);
      expect(entry.descendantFees).toBe(sum(descendants, one => one.entry.fee + one.delta));
      expect(entry.descendantSize).toBe(sum(descendants, one => one.entry.vsize));
      expect(entry.modifiedFee).toBe(entry.fee + delta);
    }
    if (this.present.size === 0) expect(this.graph.usage(0)).toBe(0);
  }

  private insert(id: number, tx: ModelTx): void {
    this.graph.add(tx.entry, withAncestors(this.graph, tx.entry));
    this.present.set(id, tx);
  }

  private newEntry(tx: PoolEntry['tx'], fee: number, feeDelta: number): PoolEntry {
    return new PoolEntry({
      tx,
      fee,
      feeDelta,
      sigOpCost: 4,
      bytesPerSigOp: 20,
      time: this.made % 5,
      height: 1,
      sequence: 1,
      spendsCoinbase: false,
      lockPoints: { height: -1, time: -1, highestInput: 0 },
    });
  }

  private take(seed: number) {
    return this.free.length === 0 ? undefined : this.free.splice(seed % this.free.length, 1)[0];
  }

  private pick(seed: number): number | undefined {
    return [...this.present.keys()][seed % Math.max(1, this.present.size)];
  }

  private ancestors(id: number): Set<number> {
    const found = new Set<number>();
    for (const parent of this.modelOf(id).parents) {
      if (!this.present.has(parent)) continue;
      found.add(parent);
      for (const further of this.ancestors(parent)) found.add(further);
    }
    return found;
  }

  private descendants(id: number): Set<number> {
    return new Set([...this.present.keys()].filter(other => other !== id && this.ancestors(other).has(id)));
  }

  private modelOf(id: number): ModelTx {
    return defined(this.present.get(id), 'transaction of the model');
  }

  private entryOf(id: number): PoolEntry {
    return this.modelOf(id).entry;
  }
}

function withAncestors(graph: TxGraph, entry: PoolEntry): Set<PoolEntry> {
  const parents = graph.parentsOf(entry.tx);
  const all = new Set(parents);
  for (const parent of parents) for (const ancestor of ancestorsOf(parent)) all.add(ancestor);
  return all;
}

function sum(of: readonly ModelTx[], value: (one: ModelTx) => number): number {
  return of.reduce((total, one) => total + value(one), 0);
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(
      fc.constant('add' as const),
      fc.nat(1000),
      fc.nat(3),
      fc.integer({ min: 0, max: 5000 }),
    ),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constant('remove' as const), fc.nat(1000)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('mine' as const), fc.nat(4)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('unmine' as const)) },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constant('prioritise' as const),
      fc.nat(1000),
      fc.integer({ min: -3000, max: 3000 }),
    ),
  },
);

describe('the graph', () => {
  it('agrees with plain sets after any history of entries, removals, blocks and reorganisations', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        const model = new Model();
        for (const one of steps) {
          if (one[0] === 'add') model.add(one[1], one[2], one[3]);
          else if (one[0] === 'remove') model.remove(one[1]);
          else if (one[0] === 'mine') model.mine(one[1]);
          else if (one[0] === 'unmine') model.unmine();
          else model.prioritise(one[1], one[2]);
          model.check();
        }
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it.each([1, 20, 299, 300])('takes out %i of 300 at once as it does one by one', count => {
    const usages = [false, true].map(isOneByOne => {
      const model = new Model();
      const { graph } = model;
      // Most are alone; every tenth spends outputs of others.
      for (let i = 0; i < 300; i++) model.add(i, i % 10 === 9 ? 2 : 0, 1000 + ((i * 7919) % 300));
      const entries = [...model.present.values()].slice(0, count).map(({ entry }) => entry);
      if (isOneByOne) for (const entry of entries) graph.removeConfirmed([entry]);
      else graph.removeConfirmed(entries);
      checkGraph(graph, () => true);
      const left = [...graph.inMiningOrder()].map(({ fee, ancestorCount }) => [fee, ancestorCount]);
      return {
        left,
        size: graph.size,
        usage: graph.usage(0),
        fees: graph.totalFee,
        spends: graph.spendCount,
      };
    });
    expect(usages[0]).toEqual(usages[1]);
    expect(usages[0]?.size).toBe(300 - count);
  });

  it('uses no memory when it is empty again', () => {
    const model = new Model();
    for (let i = 0; i < 20; i++) model.add(i, 3, 1000);
    expect(model.graph.usage(0)).toBeGreaterThan(20 * 1000);
    while (model.present.size > 0) model.remove(0);
    expect(model.graph.usage(0)).toBe(0);
  });
});

describe('an ordered index', () => {
  it('is sorted after many items are taken out at once', () => {
    const several = fc.uniqueArray(fc.nat(5000), { maxLength: 4000, size: 'max' });
    fc.assert(
      fc.property(several, fc.nat(9), fc.nat(20), (values, tenths, apart) => {
        const index = new OrderedIndex<number>((a, b) => a - b);
        for (const value of values) index.insert(value);
        const isGone = (value: number) => (apart === 0 ? value < tenths * 500 : value % 10 < tenths);
        index.deleteAll(new Set(values.filter(isGone)));
        const sorted = values.filter(value => !isGone(value)).sort((a, b) => a - b);
        expect([...index]).toEqual(sorted);
        expect([index.first, index.size]).toEqual([sorted[0], sorted.length]);
        for (const value of sorted.splice(0, 10)) index.delete(value);
        index.insert(-1);
        expect([...index]).toEqual([-1, ...sorted]);
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it('is sorted after any insertions and deletions', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(3000)), { maxLength: 3000, size: 'max' }), steps => {
        const index = new OrderedIndex<number>((a, b) => a - b);
        const plain = new Set<number>();
        for (const [isDelete, value] of steps) {
          if (isDelete === plain.has(value)) {
            if (isDelete) index.delete(value);
            else index.insert(value);
            if (isDelete) plain.delete(value);
            else plain.add(value);
          }
        }
        const sorted = [...plain].sort((a, b) => a - b);
        expect([...index]).toEqual(sorted);
        expect(index.first).toBe(sorted[0]);
        expect(index.size).toBe(sorted.length);
      }),
      { numRuns: 30, seed: 1 },
    );
  });
});
