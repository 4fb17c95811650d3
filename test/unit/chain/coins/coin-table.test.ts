import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkPool, CoinState, NO_RECORD } from '../../../../src/chain/coins/coin-records.js';
import { CoinTable } from '../../../../src/chain/coins/coin-table.js';
import { bytesEqual } from '../../../../src/primitives/bytes.js';
import { type OutPoint, type OutPointKey, outPointKey } from '../../../../src/primitives/outpoint.js';
import { defined } from '../../../../src/runtime/errors.js';

const { CLEAN, FRESH, CHANGED, SPENT } = CoinState;

/** Outputs of the same and of different transactions, with the largest index among them. */
function outPoint(n: number): OutPoint {
  const txid = createHash('sha256')
    .update(String(n >> 1))
    .digest();
  return { txid, vout: n % 2 === 0 ? n : 0xffffffff - n };
}

/** Bytes that are known again; of the sizes that coins have, small ones above all. */
function packedOf(n: number): Uint8Array {
  const size = n % 50 === 0 ? 10_000 + (n % 100) : n % 70;
  return Uint8Array.from({ length: size }, (_, i) => (n + i * 7) & 0xff);
}

interface Held {
  readonly outpoint: OutPoint;
  state: CoinState;
  packed: Uint8Array;
}

/** A table, and a map that is done the same to. */
class Pair {
  readonly pool = new ChunkPool();
  readonly table = new CoinTable(this.pool);
  readonly model = new Map<OutPointKey, Held>();

  add(outpoint: OutPoint, state: CoinState, packed: Uint8Array): void {
    this.table.add(outpoint, state, packed);
    this.model.set(outPointKey(outpoint.txid, outpoint.vout), { outpoint, state, packed });
  }

  remove(outpoint: OutPoint): void {
    this.table.remove(this.table.find(outpoint));
    this.model.delete(outPointKey(outpoint.txid, outpoint.vout));
  }

  spend(outpoint: OutPoint): void {
    const held = this.held(outpoint);
    this.table.spend(this.table.find(outpoint));
    if (held.state === FRESH) this.model.delete(outPointKey(outpoint.txid, outpoint.vout));
    else held.state = SPENT;
  }

  replace(outpoint: OutPoint, packed: Uint8Array): void {
    const held = this.held(outpoint);
    this.table.replace(this.table.find(outpoint), outpoint, packed);
    held.packed = packed;
    if (held.state !== FRESH) held.state = CHANGED;
  }

  has(outpoint: OutPoint): boolean {
    return this.model.has(outPointKey(outpoint.txid, outpoint.vout));
  }

  held(outpoint: OutPoint): Held {
    return defined(this.model.get(outPointKey(outpoint.txid, outpoint.vout)), 'entry');
  }

  check(): void {
    const { table, model } = this;
    expect(table.size).toBe(model.size);
    const wrong = [...model.values()].filter(held => !this.isHeld(held));
    expect(wrong).toEqual([]);
    const dirty = [...model.values()].filter(({ state }) => state !== CLEAN);
    expect(table.dirtyCount).toBe(dirty.length);
    expect(keysOf(table, table.dirty())).toBe(dirty.map(keyOf).sort().join());
    expect(keysOf(table, table.all())).toBe([...model.keys()].sort().join());
  }

  private isHeld({ outpoint, state, packed }: Held): boolean {
    const { table } = this;
    const id = table.find(outpoint);
    if (id === NO_RECORD || table.state(id) !== state) return false;
    const { txid, vout } = table.outPoint(id);
    return vout === outpoint.vout && bytesEqual(txid, outpoint.txid) && bytesEqual(table.packed(id), packed);
  }
}

const keyOf = ({ outpoint }: Held) => outPointKey(outpoint.txid, outpoint.vout);

function keysOf(table: CoinTable, ids: Iterable<number>): string {
  return [...ids]
    .map(id => table.outPoint(id))
    .map(({ txid, vout }) => outPointKey(txid, vout))
    .sort()
    .join();
}

const ACTIONS = ['add', 'remove', 'spend', 'replace'] as const;
const actions = fc.array(
  fc.record({
    do: fc.constantFrom(...ACTIONS),
    at: fc.nat(40),
    coin: fc.nat(200),
    state: fc.constantFrom(CLEAN, FRESH, CHANGED),
  }),
  { maxLength: 300, size: 'max' },
);

describe('CoinTable', () => {
  it('holds what a map would hold, whatever is done', () => {
    fc.assert(
      fc.property(actions, list => {
        const pair = new Pair();
        for (const action of list) {
          const outpoint = outPoint(action.at);
          if (!pair.has(outpoint)) {
            expect(pair.table.find(outpoint)).toBe(NO_RECORD);
            pair.add(outpoint, action.state, packedOf(action.coin));
          } else if (action.do === 'remove') pair.remove(outpoint);
          else if (action.do === 'spend') pair.spend(outpoint);
          else if (action.do === 'replace') pair.replace(outpoint, packedOf(action.coin));
        }
        pair.check();
      }),
      { numRuns: 100 },
    );
  });

  it('grows over many segments and chunks, shrinks, and is used again', () => {
    const pair = new Pair();
    for (let round = 0; round < 2; round++) {
      for (let n = 0; n < 10_000; n++) pair.add(outPoint(n), n % 3 === 0 ? CLEAN : FRESH, packedOf(n));
      for (let n = 0; n < 10_000; n += 2) pair.spend(outPoint(n));
      pair.check();
      const { bytes } = pair.table;
      for (let n = 0; n < 10_000; n += 2)
        if (!pair.has(outPoint(n))) pair.add(outPoint(n), CHANGED, packedOf(n));
      expect(pair.table.bytes).toBe(bytes);
      pair.check();
      pair.table.clear();
      pair.model.clear();
      expect([pair.table.size, pair.table.bytes]).toEqual([0, 0]);
      expect(pair.pool.bytes).toBeGreaterThan(bytes / 2);
      pair.check();
    }
  });

  it('lets clean entries come while changes are walked, and each be settled when it was met', () => {
    const pair = new Pair();
    for (let n = 0; n < 3000; n++) pair.add(outPoint(n), n % 2 === 0 ? FRESH : CLEAN, packedOf(n));
    for (let n = 1; n < 3000; n += 6) pair.spend(outPoint(n));
    const { table } = pair;
    let met = 0;
    for (const id of table.dirty()) {
      const outpoint = { ...table.outPoint(id), txid: Uint8Array.from(table.outPoint(id).txid) };
      if (table.state(id) === SPENT) pair.remove(outpoint);
      else {
        table.setState(id, CLEAN);
        pair.held(outpoint).state = CLEAN;
      }
      if (met++ % 2 === 0) pair.add(outPoint(100_000 + met), CLEAN, packedOf(met));
    }
    expect(met).toBe(2000);
    pair.check();
    expect(table.dirtyCount).toBe(0);
  });
});
