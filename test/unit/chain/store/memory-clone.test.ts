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
