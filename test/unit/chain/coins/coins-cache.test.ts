import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coinDbKey, encodeCoin } from '../../../../src/chain/coins/coin-codec.js';
import { CoinsCache } from '../../../../src/chain/coins/coins-cache.js';
import { CoinsStore } from '../../../../src/chain/coins/coins-db.js';
import { CoinsOverlay } from '../../../../src/chain/coins/coins-overlay.js';
import { MemoryStore } from '../../../../src/chain/store/memory-store.js';
import { StoreError } from '../../../../src/chain/store/store-error.js';
import { EMPTY_BYTES, toHex } from '../../../../src/primitives/bytes.js';
import type { Coin } from '../../../../src/primitives/coin.js';
import type { OutPoint } from '../../../../src/primitives/outpoint.js';
import { AssertionFailure } from '../../../../src/runtime/errors.js';
import { coinText } from '../../../support/chain-coins.js';

const BLOCK = new Uint8Array(32).fill(1);
const OUTPOINTS = Array.from(
  { length: 8 },
  (_, i): OutPoint => ({ txid: new Uint8Array(32).fill(i), vout: i }),
);
const [A, B] = OUTPOINTS as [OutPoint, OutPoint];
const coin = (value: number): Coin => ({
  value,
  script: new Uint8Array(1 + (value % 40)).fill(0x51),
  height: value,
  coinbase: false,
});

/** Counts reads, and lets a test hold back those of many coins. */
class WatchedStore extends MemoryStore {
  syncReads = 0;
  manyReads = 0;
  hold: Promise<void> | undefined;

  override getSync(key: Uint8Array): Uint8Array | undefined {
    this.syncReads++;
    return super.getSync(key);
  }

  override async getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    this.manyReads++;
    const values = keys.map(key => super.getSync(key));
    await this.hold;
    return values;
  }
}

function setUp() {
  const db = new WatchedStore();
  const store = new CoinsStore(db);
  return { db, store, cache: new CoinsCache(store) };
}

/** A cache over a database that has a coin of value 10 at A. */
async function setUpWithCoin() {
  const set = setUp();
  set.cache.add(A, coin(10), { overwrite: false });
  await set.cache.flush(BLOCK, { empty: true });
  set.db.syncReads = 0;
  return set;
}

describe('CoinsCache', () => {
  it('reads a coin from the database once', async () => {
    const { cache, db } = await setUpWithCoin();
    expect(coinText(cache.get(A))).toBe(coinText(coin(10)));
    expect(cache.has(A)).toBe(true);
    expect(db.syncReads).toBe(1);
    expect([cache.size, cache.dirtyCount]).toEqual([1, 0]);
    cache.sanityCheck();
  });

  it('prefetches what it does not have, with one call', async () => {
    const { cache, db } = await setUpWithCoin();
    cache.add(B, coin(20), { overwrite: false });
    await cache.prefetch(OUTPOINTS);
    expect(db.manyReads).toBe(1);
    expect(coinText(cache.get(A))).toBe(coinText(coin(10)));
    expect(coinText(cache.get(B))).toBe(coinText(coin(20)));
    expect(db.syncReads).toBe(0);
    cache.sanityCheck();
  });

  it('asks nothing of a database to which nothing was ever written', async () => {
    const { cache, db } = setUp();
    expect(cache.get(A)).toBeUndefined();
    const looks = db.syncReads;
    for (const outpoint of OUTPOINTS) expect(cache.has(outpoint)).toBe(false);
    await cache.prefetch(OUTPOINTS);
    expect([db.syncReads, db.manyReads]).toEqual([looks, 0]);
    cache.add(A, coin(1), { overwrite: false });
    await cache.flush(BLOCK, { empty: true });
    expect(coinText(cache.get(A))).toBe(coinText(coin(1)));
  });

  it('leaves no trace of a coin that is created and spent between two flushes', async () => {
    const { cache, store } = setUp();
    cache.add(A, coin(1), { overwrite: false });
    expect(coinText(cache.spend(A))).toBe(coinText(coin(1)));
    expect([cache.size, cache.dirtyCount]).toEqual([0, 0]);
    expect(cache.spend(A)).toBeUndefined();
    await cache.flush(BLOCK, { empty: false });
    expect(store.getSync(A)).toBeUndefined();
  });

  it('remembers that a stored coin is spent until the flush', async () => {
    const { cache, store } = await setUpWithCoin();
    cache.spend(A);
    expect(cache.get(A)).toBeUndefined();
    expect(cache.spend(A)).toBeUndefined();
    expect([cache.size, cache.dirtyCount]).toEqual([1, 1]);
    await cache.flush(BLOCK, { empty: false });
    expect(cache.size).toBe(0);
    expect(store.getSync(A)).toBeUndefined();
  });

  it('does not take a coin for fresh where a stored one was spent', async () => {
    const { cache, store } = await setUpWithCoin();
    cache.spend(A);
    cache.add(A, coin(11), { overwrite: false });
    cache.spend(A);
    await cache.flush(BLOCK, { empty: false });
    expect(store.getSync(A)).toBeUndefined();
  });

  it('overwrites only when told that there may be a coin', async () => {
    const { cache, store } = await setUpWithCoin();
    cache.get(A);
    expect(() => cache.add(A, coin(11), { overwrite: false })).toThrow(AssertionFailure);
    cache.add(A, coin(12), { overwrite: true });
    cache.sanityCheck();
    cache.spend(A);
    await cache.flush(BLOCK, { empty: true });
    expect(store.getSync(A)).toBeUndefined();
  });

  it('overwrites a stored coin that it never read', async () => {
    const { cache, store } = await setUpWithCoin();
    cache.add(A, coin(12), { overwrite: true });
    cache.spend(A);
    await cache.flush(BLOCK, { empty: true });
    expect(store.getSync(A)).toBeUndefined();
  });

  it('does not keep outputs that can never be spent', () => {
    const { cache } = setUp();
    cache.add(A, { ...coin(1), script: Uint8Array.of(0x6a, 1, 2) }, { overwrite: false });
    expect(cache.get(A)).toBeUndefined();
  });

  it('copies scripts', () => {
    const { cache } = setUp();
    const script = Uint8Array.of(0x51, 0x52);
    cache.add(A, { ...coin(1), script }, { overwrite: false });
    script.fill(0);
    expect([...(cache.get(A)?.script ?? [])]).toEqual([0x51, 0x52]);
  });

  it('gives memory back when it holds too much', async () => {
    const { cache, db } = await setUpWithCoin();
    cache.get(A);
    const { bytes } = cache;
    expect(bytes).toBeGreaterThan(0);
    cache.shrink(bytes);
    expect(cache.size).toBe(1);
    cache.shrink(bytes - 1);
    expect([cache.size, cache.bytes]).toEqual([0, 0]);
    expect(cache.has(A)).toBe(true);
    expect(db.syncReads).toBe(2);
    cache.add(B, coin(2), { overwrite: false });
    expect(() => cache.shrink(0)).toThrow(AssertionFailure);
  });

  it('reads a coin that is longer than any that can be spent', async () => {
    const { cache, db } = await setUpWithCoin();
    const batch = db.batch();
    batch.put(coinDbKey(A), encodeCoin({ ...coin(7), script: new Uint8Array(60_000) }));
    await batch.write();
    expect(toHex(cache.get(A)?.script ?? EMPTY_BYTES)).toBe('6a');
  });

  it('says that a stored coin is damaged', async () => {
    const { cache, db } = await setUpWithCoin();
    const batch = db.batch();
    batch.put(coinDbKey(A), Uint8Array.of(0, 0, 9));
    batch.put(coinDbKey(B), Uint8Array.of(0, 0, 6, 1));
    await batch.write();
    expect(() => cache.get(A)).toThrow(StoreError);
    expect(() => cache.get(B)).toThrow(StoreError);
    await cache.prefetch(OUTPOINTS);
    expect(() => cache.get(A)).toThrow(StoreError);
  });

  it('stands still while it is flushed, but can be read', async () => {
    const { cache } = await setUpWithCoin();
    cache.add(B, coin(2), { overwrite: false });
    const flush = cache.flush(BLOCK, { empty: false });
    expect(() => cache.spend(B)).toThrow(AssertionFailure);
    expect(() => cache.add(A, coin(3), { overwrite: true })).toThrow(AssertionFailure);
    expect(cache.has(A) && cache.has(B)).toBe(true);
    await flush;
    expect(cache.has(A) && cache.has(B)).toBe(true);
    cache.sanityCheck();
  });

  it('does not believe a prefetch that a flush has overtaken', async () => {
    const { cache, db } = await setUpWithCoin();
    let release = () => {};
    db.hold = new Promise(resolve => {
      release = resolve;
    });
    const prefetch = cache.prefetch([A]);
    cache.spend(A);
    await cache.flush(BLOCK, { empty: false });
    release();
    await prefetch;
    expect(cache.get(A)).toBeUndefined();
    cache.sanityCheck();
  });

  it('is as before when a flush fails', async () => {
    const db = new MemoryStore();
    let full = true;
    const onPartialBatch = () => {
      if (full) throw new Error('disk full');
    };
    const store = new CoinsStore(db, { batchSize: 1, onPartialBatch });
    const cache = new CoinsCache(store);
    for (const [i, outpoint] of OUTPOINTS.entries()) cache.add(outpoint, coin(i + 1), { overwrite: false });
    await expect(cache.flush(BLOCK, { empty: true })).rejects.toThrow('disk full');
    expect(cache.dirtyCount).toBe(OUTPOINTS.length);
    full = false;
    await cache.flush(BLOCK, { empty: true });
    expect(OUTPOINTS.map(outpoint => store.getSync(outpoint)?.value)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

describe('CoinsOverlay', () => {
  it('changes nothing until it is committed', async () => {
    const { cache } = await setUpWithCoin();
    const overlay = new CoinsOverlay(cache);
    expect(coinText(overlay.spend(A))).toBe(coinText(coin(10)));
    overlay.add(B, coin(2), { overwrite: false });
    expect([overlay.has(A), overlay.has(B), overlay.size]).toEqual([false, true, 2]);
    expect([cache.has(A), cache.has(B)]).toEqual([true, false]);
    overlay.commit();
    expect([cache.has(A), cache.has(B), overlay.size]).toEqual([false, true, 0]);
    cache.sanityCheck();
  });

  it('uses the memory that others over the same coins gave back', () => {
    const { cache } = setUp();
    const spread = (n: number): OutPoint => ({ txid: new Uint8Array(32).fill(9), vout: n });
    for (let round = 0; round < 3; round++) {
      const overlay = new CoinsOverlay(cache);
      for (let n = 0; n < 5000; n++) overlay.add(spread(n), coin(n), { overwrite: false });
      overlay.discard();
      const { bytes } = cache.pool;
      expect(bytes).toBeGreaterThan(0);
      const other = new CoinsOverlay(cache);
      for (let n = 0; n < 5000; n++) other.add(spread(n), coin(n + 1), { overwrite: false });
      expect(cache.pool.bytes).toBe(0);
      expect(other.get(spread(4999))?.value).toBe(5000);
      other.discard();
      expect(cache.pool.bytes).toBe(bytes);
    }
  });

  it('can be thrown away', async () => {
    const { cache } = await setUpWithCoin();
    const overlay = new CoinsOverlay(cache);
    overlay.spend(A);
    overlay.discard();
    overlay.commit();
    expect([overlay.has(A), cache.has(A)]).toEqual([true, true]);
  });

  it('forgets coins that are created and spent in it', () => {
    const { cache } = setUp();
    const overlay = new CoinsOverlay(cache);
    overlay.add(A, coin(1), { overwrite: true });
    expect(overlay.spend(A)?.value).toBe(1);
    expect(overlay.spend(A)).toBeUndefined();
    expect(overlay.size).toBe(0);
  });

  it('refuses to create what is there', () => {
    const overlay = new CoinsOverlay(setUp().cache);
    overlay.add(A, coin(1), { overwrite: false });
    expect(() => overlay.add(A, coin(1), { overwrite: false })).toThrow(AssertionFailure);
    overlay.add(A, coin(2), { overwrite: true });
    expect(overlay.get(A)?.value).toBe(2);
  });
});

/** What can be done to the coins; each is done to a plain map as well. */
type Action =
  | { readonly do: 'add' | 'spend'; readonly at: number; readonly value: number }
  | { readonly do: 'commit' | 'discard' | 'flush' | 'empty' | 'shrink' | 'prefetch' };

const actions = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constantFrom('add', 'spend'),
        at: fc.nat(2),
        value: fc.nat(99),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom('commit', 'discard', 'flush', 'empty', 'shrink', 'prefetch'),
      }),
    },
  ) as fc.Arbitrary<Action>,
  { maxLength: 60, size: 'max' },
);

class Model {
  committed = new Map<OutPoint, Coin>();
  current = new Map<OutPoint, Coin>();

  commit(): void {
    this.committed = new Map(this.current);
  }

  discard(): void {
    this.current = new Map(this.committed);
  }
}

async function play(action: Action, model: Model, cache: CoinsCache, overlay: CoinsOverlay): Promise<void> {
  switch (action.do) {
    case 'add': {
      const outpoint = OUTPOINTS[action.at] as OutPoint;
      const overwrite = model.current.has(outpoint) || action.value % 2 === 0;
      overlay.add(outpoint, coin(action.value), { overwrite });
      model.current.set(outpoint, coin(action.value));
      return;
    }
    case 'spend': {
      const outpoint = OUTPOINTS[action.at] as OutPoint;
      expect(coinText(overlay.spend(outpoint))).toBe(coinText(model.current.get(outpoint)));
      model.current.delete(outpoint);
      return;
    }
    case 'commit':
      overlay.commit();
      return model.commit();
    case 'discard':
      overlay.discard();
      return model.discard();
    case 'flush':
    case 'empty':
      return cache.flush(BLOCK, { empty: action.do === 'empty' });
    case 'shrink':
      await cache.flush(BLOCK, { empty: false });
      return cache.shrink(0);
    case 'prefetch':
      return cache.prefetch(OUTPOINTS);
  }
}

describe('cache and overlay', () => {
  it('hold what a map would hold, whatever is done', async () => {
    await fc.assert(
      fc.asyncProperty(actions, async list => {
        const { cache, store } = setUp();
        const overlay = new CoinsOverlay(cache);
        const model = new Model();
        for (const action of list) {
          await play(action, model, cache, overlay);
          cache.sanityCheck();
          for (const outpoint of OUTPOINTS) {
            expect(coinText(overlay.get(outpoint))).toBe(coinText(model.current.get(outpoint)));
            if (action.do !== 'shrink')
              expect(coinText(cache.get(outpoint))).toBe(coinText(model.committed.get(outpoint)));
          }
        }
        await cache.flush(BLOCK, { empty: true });
        expect([cache.size, cache.bytes]).toEqual([0, 0]);
        for (const outpoint of OUTPOINTS) {
          expect(coinText(store.getSync(outpoint))).toBe(coinText(model.committed.get(outpoint)));
        }
      }),
      { numRuns: 100 },
    );
  });
});

interface TrialStep {
  readonly do: 'add' | 'spend' | 'try' | 'commit' | 'flush' | 'empty' | 'forget';
  /** Which outpoint, where it is about one. */
  readonly at: number;
}

describe('overlays over each other', () => {
  /** Blocks that are tried one on another, the oldest of which is committed now and then, and all of which may be forgotten. */
  const steps = fc.array(
    fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({ do: fc.constantFrom<TrialStep['do']>('add', 'spend'), at: fc.nat(7) }),
      },
      {
        weight: 5,
        arbitrary: fc.record({
          do: fc.constantFrom<TrialStep['do']>('try', 'commit', 'flush', 'empty'),
          at: fc.constant(0),
        }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant<TrialStep['do']>('forget'), at: fc.constant(0) }) },
    ) as fc.Arbitrary<TrialStep>,
    { maxLength: 80, size: 'max' },
  );

  it('hold what maps would hold, whatever is done', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async list => {
        const { cache, store } = setUp();
        let committed = new Map<OutPoint, Coin>();
        let stack: { overlay: CoinsOverlay; coins: Map<OutPoint, Coin> }[] = [];
        const below = () => stack.at(-1)?.coins ?? committed;
        for (const [number, step] of list.entries()) {
          const top = stack.at(-1);
          if (step.do === 'try') {
            stack.push({ overlay: new CoinsOverlay(top?.overlay ?? cache), coins: new Map(below()) });
          } else if (step.do === 'commit') {
            const oldest = stack.shift();
            oldest?.overlay.commit();
            committed = oldest?.coins ?? committed;
          } else if (step.do === 'forget') stack = [];
          else if (step.do === 'flush' || step.do === 'empty') {
            await cache.flush(BLOCK, { empty: step.do === 'empty' });
          } else if (top !== undefined) {
            const outpoint = OUTPOINTS[step.at] as OutPoint;
            if (step.do === 'spend') {
              expect(coinText(top.overlay.spend(outpoint))).toBe(coinText(top.coins.get(outpoint)));
              top.coins.delete(outpoint);
            } else {
              top.overlay.add(outpoint, coin(number), { overwrite: top.coins.has(outpoint) });
              top.coins.set(outpoint, coin(number));
            }
          }
          await stack.at(-1)?.overlay.prefetch(OUTPOINTS);
          cache.sanityCheck();
          for (const outpoint of OUTPOINTS) {
            for (const { overlay, coins } of stack) {
              expect(coinText(overlay.get(outpoint))).toBe(coinText(coins.get(outpoint)));
              expect(overlay.has(outpoint)).toBe(coins.has(outpoint));
            }
            expect(coinText(cache.get(outpoint))).toBe(coinText(committed.get(outpoint)));
          }
        }
        await cache.flush(BLOCK, { empty: true });
        for (const outpoint of OUTPOINTS) {
          expect(coinText(store.getSync(outpoint))).toBe(coinText(committed.get(outpoint)));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('are committed in their order', () => {
    const first = new CoinsOverlay(setUp().cache);
    const second = new CoinsOverlay(first);
    expect(() => second.commit()).toThrow(AssertionFailure);
  });
});
