import { describe, expect, it } from 'vitest';
import { coinDbKey, packCoin } from '../../../../src/chain/coins/coin-codec.js';
import { type CoinChange, CoinsStore } from '../../../../src/chain/coins/coins-db.js';
import { MemoryStore } from '../../../../src/chain/store/memory-store.js';
import { StoreError } from '../../../../src/chain/store/store-error.js';
import { toHex } from '../../../../src/primitives/bytes.js';
import type { Coin } from '../../../../src/primitives/coin.js';
import type { OutPoint } from '../../../../src/primitives/outpoint.js';
import { coinText } from '../../../support/chain-coins.js';

const hash = (n: number) => new Uint8Array(32).fill(n);
const at = (n: number, vout = 0): OutPoint => ({ txid: hash(n), vout });
const coin = (value: number): Coin => ({ value, script: Uint8Array.of(0x51), height: 1, coinbase: false });
const put = (outpoint: OutPoint, value: number): CoinChange => ({
  outpoint,
  packed: packCoin(coin(value)).slice(),
});
const remove = (outpoint: OutPoint): CoinChange => ({ outpoint, packed: undefined });

class Crash extends Error {}

/** A store that dies after `batches` partial batches of one coin each. */
function crashingStore(db: MemoryStore, batches: number): CoinsStore {
  let left = batches;
  const onPartialBatch = () => {
    if (--left === 0) throw new Crash();
  };
  return new CoinsStore(db, { batchSize: 1, onPartialBatch });
}

const hexOrNone = (bytes: Uint8Array | undefined) => bytes && toHex(bytes);

describe('CoinsStore', () => {
  it('is empty at first', async () => {
    const store = new CoinsStore(new MemoryStore());
    expect(store.bestBlock()).toBeUndefined();
    expect(store.headBlocks()).toBeUndefined();
    expect(store.getSync(at(1))).toBeUndefined();
    expect(await store.estimateSize()).toBe(0);
  });

  it('keeps coins, and the block after which they are', async () => {
    const store = new CoinsStore(new MemoryStore());
    await store.write([put(at(1), 10), put(at(2), 20)], hash(100));
    await store.write([remove(at(1)), put(at(3), 30)], hash(101));
    expect(hexOrNone(store.bestBlock())).toBe(toHex(hash(101)));
    expect(store.headBlocks()).toBeUndefined();
    const coins = await store.getMany([at(3), at(1), at(2)]);
    expect(coins.map(one => one?.value)).toEqual([30, undefined, 20]);
    expect(coinText(store.getSync(at(2)))).toBe(coinText(coin(20)));
    expect(await store.estimateSize()).toBeGreaterThan(0);
  });

  it('walks coins in the order of the database', async () => {
    const store = new CoinsStore(new MemoryStore());
    await store.write(
      [put(at(2, 3), 1), put(at(2, 16_512), 2), put(at(2, 300), 3), put(at(1, 9), 4)],
      hash(9),
    );
    const seen: [number, number][] = [];
    for await (const lot of store.iterate()) {
      for (const record of lot) seen.push([record.vout, record.coin.value]);
    }
    // 16512 is written 80 80 00, 300 is 81 2c: between two bytes the order is not that of the numbers.
    expect(seen).toEqual([
      [9, 4],
      [3, 1],
      [16_512, 2],
      [300, 3],
    ]);
  });

  it('says what repairs a damaged record', async () => {
    const db = new MemoryStore('chainstate');
    const batch = db.batch();
    batch.put(coinDbKey(at(1)), Uint8Array.of(0, 0, 9));
    batch.put(Uint8Array.of(0x42), Uint8Array.of(1));
    await batch.write();
    const store = new CoinsStore(db);
    expect(() => store.getSync(at(1))).toThrow('-reindex-chainstate');
    expect(() => store.bestBlock()).toThrow(StoreError);
  });
});

describe('a write that is cut off', () => {
  const changes = [put(at(2), 20), remove(at(1)), put(at(3), 30)];

  async function crashed(batches: number): Promise<MemoryStore> {
    const db = new MemoryStore();
    await new CoinsStore(db).write([put(at(1), 10)], hash(100));
    await expect(crashingStore(db, batches).write(changes, hash(101))).rejects.toThrow(Crash);
    return db;
  }

  it.each([1, 2, 3])('after %d batches leaves both tips instead of the best block', async batches => {
    const store = new CoinsStore(await crashed(batches));
    expect(store.bestBlock()).toBeUndefined();
    const heads = store.headBlocks();
    expect([hexOrNone(heads?.oldTip), hexOrNone(heads?.newTip)]).toEqual([
      toHex(hash(100)),
      toHex(hash(101)),
    ]);
    const values = (await store.getMany([at(1), at(2), at(3)])).map(one => one?.value);
    expect(values).toEqual([batches < 2 ? 10 : undefined, 20, batches < 3 ? undefined : 30]);
  });

  it('is finished by doing it again, even when cut off again', async () => {
    const db = await crashed(1);
    await expect(crashingStore(db, 2).write(changes, hash(101))).rejects.toThrow(Crash);
    const store = new CoinsStore(db);
    expect(hexOrNone(store.headBlocks()?.oldTip)).toBe(toHex(hash(100)));
    await store.write(changes, hash(101));
    expect(store.headBlocks()).toBeUndefined();
    expect(hexOrNone(store.bestBlock())).toBe(toHex(hash(101)));
    expect((await store.getMany([at(1), at(2), at(3)])).map(one => one?.value)).toEqual([undefined, 20, 30]);
  });

  it('cannot be taken to another tip', async () => {
    const store = new CoinsStore(await crashed(1));
    await expect(store.write([], hash(102))).rejects.toMatchObject({
      code: 'corrupt',
      remedy: '-reindex-chainstate',
    });
  });

  it('of an empty database has the zero hash for its old tip', async () => {
    const db = new MemoryStore();
    await expect(crashingStore(db, 1).write(changes, hash(1))).rejects.toThrow(Crash);
    expect(hexOrNone(new CoinsStore(db).headBlocks()?.oldTip)).toBe('00'.repeat(32));
  });
});
