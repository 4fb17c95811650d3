import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_BLOCK_SIGOPS_COST } from '../../../src/consensus/limits.js';
import { isFinalTx } from '../../../src/consensus/tx-verify.js';
import type { MempoolEntry } from '../../../src/mempool/mempool.js';
import { type SelectionLimits, selectPackages } from '../../../src/miner/package-selection.js';
import {
  compareByAncestorScore,
  type EntrySpec,
  modelEntries,
  modelMempool,
  type Package,
  wholePackage,
} from '../../support/mempool-model.js';

const LIMITS: SelectionLimits = {
  maxWeight: 3_996_000,
  reservedWeight: 4000,
  reservedSigOpCost: 400,
  minFeeRate: 1000,
  height: 100,
  lockTimeCutoff: 1_600_000_000,
};

function select(specs: readonly EntrySpec[], limits: Partial<SelectionLimits> = {}) {
  const entries = modelEntries(specs);
  const selection = selectPackages(modelMempool(entries), { ...LIMITS, ...limits });
  return { ...selection, places: selection.entries.map(entry => entries.indexOf(entry)) };
}

const single = (fee: number, vsize = 100, more: Partial<EntrySpec> = {}): EntrySpec => ({
  parents: [],
  vsize,
  fee,
  ...more,
});

describe('the choice of transactions for a block', () => {
  it('takes the higher feerate first, and of equal ones the lower txid', () => {
    expect(select([single(200), single(400), single(300)]).places).toEqual([1, 2, 0]);
    const equal = select([single(200), single(400, 200), single(200)]);
    const txids = equal.entries.map(entry => Buffer.from(entry.tx.txid).toString('hex'));
    expect(txids).toEqual([...txids].sort());
  });

  it('takes a poor parent for the sake of its child', () => {
    const specs = [single(100), single(1000), single(3000, 100, { parents: [0] })];
    expect(select(specs).places).toEqual([0, 2, 1]);
  });

  it('counts a child alone once its parent is in', () => {
    // The child is worth 10 a byte alone, but less with the parent than the bystander is.
    const specs = [
      single(300),
      single(1000, 100, { parents: [0] }),
      single(900),
      single(5000, 100, { parents: [0] }),
    ];
    expect(select(specs).places).toEqual([0, 3, 1, 2]);
  });

  it('does not let a rich parent pay for a poor child', () => {
    const specs = [single(10_000), single(100, 100, { parents: [0] }), single(500)];
    expect(select(specs).places).toEqual([0, 2, 1]);
  });

  it('sees fees as prioritised, and adds up those paid', () => {
    const { places, fees } = select([single(200), single(100, 100, { feeDelta: 1000 })]);
    expect(places).toEqual([1, 0]);
    expect(fees).toBe(300);
  });

  it('orders a package by number of ancestors, then by txid', () => {
    const specs = [single(100), single(100), single(100), single(90_000, 100, { parents: [2, 0, 1] })];
    const { entries, places } = select(specs);
    expect(places[3]).toBe(3);
    const txids = entries.slice(0, 3).map(entry => Buffer.from(entry.tx.txid).toString('hex'));
    expect(txids).toEqual([...txids].sort());
  });

  it('stops below the least feerate, rounded up', () => {
    expect(select([single(100), single(99)]).places).toEqual([0]);
    expect(select([single(1, 3)], { minFeeRate: 1 }).places).toEqual([0]);
    expect(select([single(0, 3)], { minFeeRate: 1 }).places).toEqual([]);
    expect(select([single(0)], { minFeeRate: 0 }).places).toEqual([0]);
  });

  it('stays below the largest weight, reserve included, and looks for what still fits', () => {
    const specs = [single(3000, 250), single(2000, 500), single(1000, 249)];
    const { places, weight } = select(specs, { maxWeight: 4000 + 2000 });
    expect(places).toEqual([0, 2]);
    expect(weight).toBe(4000 + 4 * 499);
    expect(select([single(3000, 500)], { maxWeight: 6000 }).places).toEqual([]);
    expect(select([single(3000, 499)], { maxWeight: 6000 }).places).toEqual([0]);
  });

  it('stays below the largest number of signature operations', () => {
    const left = MAX_BLOCK_SIGOPS_COST - 400;
    expect(select([single(900, 100, { sigOpCost: left })]).places).toEqual([]);
    const { places, sigOpCost } = select([
      single(900, 100, { sigOpCost: left - 10 }),
      single(800, 100, { sigOpCost: 10 }),
      single(700, 100, { sigOpCost: 9 }),
    ]);
    expect(places).toEqual([0, 2]);
    expect(sigOpCost).toBe(MAX_BLOCK_SIGOPS_COST - 1);
  });

  it('leaves out what is not final, and all that builds on it', () => {
    const locked = { lockTime: LIMITS.height, sequence: 0 };
    const specs = [single(900, 100, locked), single(5000, 100, { parents: [0] }), single(500)];
    expect(select(specs).places).toEqual([2]);
    expect(select(specs, { height: LIMITS.height + 1 }).places).toEqual([0, 1, 2]);
    const timed = single(900, 100, { lockTime: LIMITS.lockTimeCutoff, sequence: 0 });
    expect(select([timed]).places).toEqual([]);
    expect(select([timed], { lockTimeCutoff: LIMITS.lockTimeCutoff + 1 }).places).toEqual([0]);
  });

  it('gives up on a nearly full block after a thousand misfits', () => {
    const big = single(900_000, 400);
    const misfits = Array.from({ length: 1100 }, () => single(5000, 300));
    const small = single(100, 10);
    const limits = { maxWeight: 4000 + 4 * 500 };
    expect(select([big, ...misfits, small], limits).places).toEqual([0]);
    expect(select([big, ...misfits.slice(0, 900), small], limits).places).toEqual([0, 901]);
  });
});

/** The rule as Core states it, with every decision made by looking at everything. */
function modelSelection(entries: readonly MempoolEntry[], limits: SelectionLimits): MempoolEntry[] {
  const view = modelMempool(entries);
  const chosen: MempoolEntry[] = [];
  const looked = new Set<MempoolEntry>();
  const failed = new Set<MempoolEntry>();
  const changed = new Map<MempoolEntry, Package>();
  let weight = limits.reservedWeight;
  let sigOps = limits.reservedSigOpCost;
  for (;;) {
    const untouched = entries.filter(
      entry => !looked.has(entry) && !failed.has(entry) && !changed.has(entry) && !chosen.includes(entry),
    );
    const candidates = [...untouched.map(wholePackage), ...changed.values()].sort(compareByAncestorScore);
    const best = candidates[0];
    if (best === undefined || best.fees < Math.ceil((limits.minFeeRate * best.size) / 1000)) return chosen;
    const { entry } = best;
    const fits = weight + 4 * best.size < limits.maxWeight && sigOps + best.sigOpCost < MAX_BLOCK_SIGOPS_COST;
    const members = [...view.ancestors(entry), entry].filter(member => !chosen.includes(member));
    const isFinal = members.every(({ tx }) => isFinalTx(tx, limits.height, limits.lockTimeCutoff));
    if (!changed.delete(entry)) looked.add(entry);
    else if (!fits || !isFinal) failed.add(entry);
    if (!fits || !isFinal) continue;
    members.sort((a, b) => a.ancestorCount - b.ancestorCount || Buffer.compare(a.tx.txid, b.tx.txid));
    for (const member of members) {
      chosen.push(member);
      changed.delete(member);
      weight += member.weight;
      sigOps += member.sigOpCost;
    }
    for (const member of members) {
      for (const descendant of view.descendants(member)) {
        if (chosen.includes(descendant)) continue;
        const before = changed.get(descendant) ?? wholePackage(descendant);
        changed.set(descendant, {
          entry: descendant,
          fees: before.fees - member.modifiedFee,
          size: before.size - member.vsize,
          sigOpCost: before.sigOpCost - member.sigOpCost,
        });
      }
    }
  }
}

const anySpecs = fc
  .array(
    fc.record({
      picks: fc.array(fc.nat(60), { maxLength: 4, size: 'max' }),
      vsize: fc.integer({ min: 60, max: 400 }),
      fee: fc.nat(2000),
      feeDelta: fc.oneof(
        { weight: 4, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: -1000, max: 3000 }) },
      ),
      sigOpCost: fc.oneof({ weight: 4, arbitrary: fc.nat(20) }, { weight: 1, arbitrary: fc.nat(40_000) }),
      lock: fc.nat(9),
    }),
    { minLength: 5, maxLength: 30, size: 'max' },
  )
  .map(rows =>
    rows.map(
      ({ picks, vsize, fee, feeDelta, sigOpCost, lock }, at): EntrySpec => ({
        parents: at === 0 ? [] : [...new Set(picks.map(pick => pick % (2 * at)).filter(pick => pick < at))],
        vsize,
        fee,
        feeDelta,
        sigOpCost,
        ...(lock === 0 ? { lockTime: LIMITS.height, sequence: 0 } : {}),
      }),
    ),
  );

describe('the choice, against a model that looks at everything each time', () => {
  it('is the same', () => {
    fc.assert(
      fc.property(
        anySpecs,
        fc.integer({ min: 4000, max: 40_000 }),
        fc.constantFrom(0, 1000, 4000),
        (specs, maxWeight, minFeeRate) => {
          const entries = modelEntries(specs);
          const limits = { ...LIMITS, maxWeight, minFeeRate };
          const { entries: chosen, weight, fees, sigOpCost } = selectPackages(modelMempool(entries), limits);
          const place = (entry: MempoolEntry) => entries.indexOf(entry);
          expect(chosen.map(place)).toEqual(modelSelection(entries, limits).map(place));
          expect(weight).toBe(chosen.reduce((sum, entry) => sum + entry.weight, limits.reservedWeight));
          expect(fees).toBe(chosen.reduce((sum, entry) => sum + entry.fee, 0));
          expect(sigOpCost).toBe(
            chosen.reduce((sum, entry) => sum + entry.sigOpCost, limits.reservedSigOpCost),
          );
          for (const [at, entry] of chosen.entries()) {
            for (const parent of entry.parents) expect(chosen.indexOf(parent)).toBeLessThan(at);
            for (const parent of entry.parents) expect(chosen).toContain(parent);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
