import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ITERATE_LOT, type KeyRange, type KeyValueStore } from '../../src/chain/store/kv.js';
import { toHex } from '../../src/primitives/bytes.js';

const bytes = (text: string) => Buffer.from(text, 'latin1');

const text = (value: Uint8Array | undefined) => value && Buffer.from(value).toString('latin1');

async function pairs(store: KeyValueStore, range?: KeyRange): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for await (const lot of store.iterate(range)) {
    for (const [key, value] of lot) found.push([toHex(key), toHex(value)]);
  }
  return found;
}

async function fill(store: KeyValueStore, records: Iterable<readonly [string, string]>): Promise<void> {
  const batch = store.batch();
  for (const [key, value] of records) batch.put(bytes(key), bytes(value));
  await batch.write();
}

const inUse = fc.uint8Array({ minLength: 1, maxLength: 40 });
/** What a batch does, and whether it is written after that. */
const steps = fc.array(
  fc.record({
    key: fc.uint8Array({ minLength: 1, maxLength: 3, max: 3 }),
    value: fc.option(inUse),
    write: fc.boolean(),
  }),
);

/** What every key-value store does. `make` returns a fresh, closed store; the suite opens and closes it. */
export function keyValueStoreCompliance(make: () => KeyValueStore): void {
  const opened = async () => {
    const store = make();
    await store.open();
    onTestFinished(() => store.close());
    return store;
  };

  describe('reads', () => {
    it('what was written, and nothing else', async () => {
      const store = await opened();
      await fill(store, [['a', 'one']]);
      expect(text(store.getSync(bytes('a')))).toBe('one');
      expect(text(await store.get(bytes('a')))).toBe('one');
      expect(store.getSync(bytes('b'))).toBeUndefined();
      expect(await store.get(bytes('b'))).toBeUndefined();
    });

    it('many at once, in the order asked for', async () => {
      const store = await opened();
      await fill(store, [
        ['a', 'one'],
        ['c', 'three'],
      ]);
      const values = await store.getMany([bytes('c'), bytes('b'), bytes('a'), bytes('c')]);
      expect(values.map(text)).toEqual(['three', undefined, 'one', 'three']);
      expect(await store.getMany([])).toEqual([]);
    });

    it('give bytes that belong to the caller', async () => {
      const store = await opened();
      await fill(store, [['a', 'one']]);
      store.getSync(bytes('a'))?.fill(0);
      (await store.getMany([bytes('a')]))[0]?.fill(0);
      expect(text(store.getSync(bytes('a')))).toBe('one');
    });

    it('empty values and keys of any bytes', async () => {
      const store = await opened();
      await fill(store, [['\x00\xff\x80', '']]);
      expect(store.getSync(bytes('\x00\xff\x80'))?.length).toBe(0);
    });
  });

  describe('batches', () => {
    it('are not seen before they are written', async () => {
      const store = await opened();
      const batch = store.batch();
      batch.put(bytes('a'), bytes('one'));
      expect(store.getSync(bytes('a'))).toBeUndefined();
      await batch.write({ sync: true });
      expect(text(store.getSync(bytes('a')))).toBe('one');
    });

    it('keep copies of keys and values', async () => {
      const store = await opened();
      const key = bytes('a');
      const value = bytes('one');
      const batch = store.batch();
      batch.put(key, value);
      expect(value).toEqual(bytes('one'));
      key.fill(0x62);
      value.fill(0);
      await batch.write();
      expect(text(store.getSync(bytes('a')))).toBe('one');
    });

    it('are empty after writing, can be filled again, and know their size', async () => {
      const store = await opened();
      const batch = store.batch();
      expect(batch.byteSize).toBe(0);
      batch.put(bytes('a'), bytes('one'));
      expect(batch.byteSize).toBe(3 + 1 + 3);
      batch.delete(bytes('b'));
      expect(batch.byteSize).toBe(3 + 1 + 3 + 2 + 1);
      await batch.write();
      expect(batch.byteSize).toBe(0);
      batch.delete(bytes('a'));
      await batch.write();
      expect(store.getSync(bytes('a'))).toBeUndefined();
      await batch.write();
    });

    it('let the last change of a key win', async () => {
      const store = await opened();
      const batch = store.batch();
      batch.put(bytes('a'), bytes('one'));
      batch.delete(bytes('a'));
      batch.delete(bytes('b'));
      batch.put(bytes('b'), bytes('two'));
      await batch.write();
      expect(await pairs(store, { from: bytes('a') })).toEqual([['62', '74776f']]);
    });
  });

  describe('iteration', () => {
    it('goes by the bytes of the keys, from inclusive to exclusive', async () => {
      const store = await opened();
      await fill(
        store,
        ['a', 'a\x00', 'aa', 'b', 'b\xff', 'c'].map(key => [key, key]),
      );
      const keys = async (range: KeyRange) => (await pairs(store, range)).map(([key]) => key);
      expect(await keys({ from: bytes('a\x00'), to: bytes('b\xff') })).toEqual(['6100', '6161', '62']);
      expect(await keys({ from: bytes('b') })).toEqual(['62', '62ff', '63']);
      expect(await keys({ from: bytes('d') })).toEqual([]);
    });

    it('comes in bounded lots', async () => {
      const store = await opened();
      const count = 2 * ITERATE_LOT + 5;
      await fill(
        store,
        Array.from({ length: count }, (_, i) => [`k${i}`, 'v'] as const),
      );
      let seen = 0;
      for await (const lot of store.iterate({ from: bytes('k') })) {
        expect(lot.length).toBeLessThanOrEqual(ITERATE_LOT);
        seen += lot.length;
      }
      expect(seen).toBe(count);
    });

    it('sees the records as they were when it began', async () => {
      const store = await opened();
      const before = Array.from({ length: ITERATE_LOT + 1 }, (_, i) => [`k${10000 + i}`, 'v'] as const);
      await fill(store, before);
      let seen = 0;
      for await (const lot of store.iterate({ from: bytes('k') })) {
        if (seen === 0) await fill(store, [['k9', 'new']]);
        seen += lot.length;
      }
      expect(seen).toBe(before.length);
    });

    it('may be left early', async () => {
      const store = await opened();
      await fill(store, [['a', 'one']]);
      for await (const _ of store.iterate({ from: bytes('a') })) break;
      expect((await pairs(store, { from: bytes('a') })).length).toBe(1);
    });
  });

  it('estimates sizes: nothing for nothing', async () => {
    const store = await opened();
    expect(await store.approximateSize({ from: bytes('x'), to: bytes('y') })).toBe(0);
  });

  it('is what a map is, whatever is done', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async changes => {
        const store = make();
        await store.open();
        const model = new Map<string, string>();
        const batch = store.batch();
        for (const { key, value, write } of changes) {
          if (value === null) batch.delete(key);
          else batch.put(key, value);
          if (value === null) model.delete(toHex(key));
          else model.set(toHex(key), toHex(value));
          if (write) await batch.write();
        }
        await batch.write();
        const sorted = [...model].sort(([a], [b]) => (a < b ? -1 : 1));
        expect(await pairs(store, { to: Uint8Array.of(4) })).toEqual(sorted);
        await store.close();
      }),
      { numRuns: 15 },
    );
  });
}
