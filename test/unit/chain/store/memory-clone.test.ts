import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryFlatFiles } from '../../../../src/chain/store/memory-flat-files.js';
import { MemoryStore } from '../../../../src/chain/store/memory-store.js';

const change = fc.record({
  key: fc.uint8Array({ minLength: 1, maxLength: 2 }),
  value: fc.option(fc.uint8Array({ maxLength: 4 })),
});

async function apply(store: MemoryStore, changes: readonly { key: Uint8Array; value: Uint8Array | null }[]) {
  const batch = store.batch();
  for (const { key, value } of changes) {
    if (value === null) batch.delete(key);
    else batch.put(key, value);
  }
  await batch.write();
}

async function contentOf(store: MemoryStore): Promise<string> {
  const records: string[] = [];
  for await (const lot of store.iterate()) {
    for (const [key, value] of lot)
      records.push(`${Buffer.from(key).toString('hex')}=${Buffer.from(value).toString('hex')}`);
  }
  return records.join();
}

describe('a clone of a store in memory', () => {
  it('holds the same, and neither sees what the other gets afterwards', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change), fc.array(change), fc.array(change), async (before, mine, its) => {
        const store = new MemoryStore();
        await apply(store, before);
        const clone = store.clone();
        expect(await contentOf(clone)).toBe(await contentOf(store));
        await apply(store, mine);
        await apply(clone, its);
        const [plain, other] = [new MemoryStore(), new MemoryStore()];
        await apply(plain, [...before, ...mine]);
        await apply(other, [...before, ...its]);
        expect(await contentOf(store)).toBe(await contentOf(plain));
        expect(await contentOf(clone)).toBe(await contentOf(other));
      }),
    );
  });
});

describe('what is kept of the records of a store in memory', () => {
  const records = async (store: MemoryStore) => {
    const found = [];
    for await (const lot of store.iterate()) found.push(...lot);
    return found;
  };

  it('is right for clones, until either changes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change), fc.array(change, { minLength: 1 }), async (before, later) => {
        const store = new MemoryStore();
        await apply(store, before);
        const { contents } = store;
        const clone = store.clone();
        expect([store.contents, clone.contents]).toEqual([contents, contents]);
        await apply(store, []);
        expect(store.contents).toBe(contents);
        await apply(store, later);
        expect(store.contents).not.toBe(contents);
        expect(clone.contents).toBe(contents);
        await apply(clone, later);
        expect(clone.contents).not.toBe(store.contents);
      }),
    );
  });

  it('is right for records that were not written since, which are the same objects', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change), fc.array(change), async (before, later) => {
        const store = new MemoryStore();
        await apply(store, before);
        const first = await records(store);
        const clone = store.clone();
        await apply(clone, later);
        const written = new Set(later.map(({ key }) => key.join()));
        const expected = first.filter(([key]) => !written.has(key.join()));
        expect((await records(clone)).filter(record => first.includes(record))).toEqual(expected);
        expect(await records(store)).toEqual(first);
      }),
    );
  });
});

describe('a clone of files in memory', () => {
  const text = (files: MemoryFlatFiles, length: number) =>
    Buffer.from(files.readSync(0, 0, length)).toString('latin1');
  const write = (files: MemoryFlatFiles, at: number, what: string) => files.write(0, at, Buffer.from(what));

  it('holds the same, and neither sees what the other gets afterwards', () => {
    const files = new MemoryFlatFiles('blk', 4096);
    write(files, 0, 'abcdef');
    const clone = files.clone();
    const second = clone.clone();
    write(files, 0, 'X');
    write(clone, 5, 'YY');
    second.truncate(0, 2);
    expect([text(files, 9), text(clone, 9), text(second, 9)]).toEqual(['Xbcdef', 'abcdeYY', 'ab']);
    files.remove(0);
    expect(clone.exists(0)).toBe(true);
    write(clone, 10_000, 'far');
    expect(text(second, 9)).toBe('ab');
  });
});
