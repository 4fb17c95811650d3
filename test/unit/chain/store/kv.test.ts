import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Level } from 'level';
import { describe, expect, it } from 'vitest';
import type { KeyValueStore } from '../../../../src/chain/store/kv.js';
import { LevelStore, type LevelStoreOptions } from '../../../../src/chain/store/level-store.js';
import { MemoryStore } from '../../../../src/chain/store/memory-store.js';
import { StoreError } from '../../../../src/chain/store/store-error.js';
import { toHex } from '../../../../src/primitives/bytes.js';
import { keyValueStoreCompliance } from '../../../support/chain-kv-compliance.js';
import { tempDirectory } from '../../../support/chain-temp-dir.js';

function levelStore(path: string, changes: Partial<LevelStoreOptions> = {}): LevelStore {
  return new LevelStore({
    path,
    cacheBytes: 1 << 20,
    obfuscate: true,
    remedy: '-reindex-chainstate',
    ...changes,
  });
}

const KEY = Buffer.from('a');
const VALUE = Buffer.from(
  'some value of more than a few bytes, as long as it takes to have words to XOR at once',
);

async function put(store: KeyValueStore): Promise<void> {
  const batch = store.batch();
  batch.put(KEY, VALUE);
  await batch.write();
}

function plainLevel(path: string): Level<Uint8Array, Uint8Array> {
  return new Level(path, { keyEncoding: 'view', valueEncoding: 'view', compression: false });
}

describe('MemoryStore', () => {
  keyValueStoreCompliance(() => new MemoryStore());
});

describe.each([{ obfuscate: true }, { obfuscate: false }])(
  'LevelStore, obfuscate: $obfuscate',
  ({ obfuscate }) => {
    keyValueStoreCompliance(() => levelStore(join(tempDirectory(), 'db'), { obfuscate }));
  },
);

describe('LevelStore', () => {
  it('keeps what was written over a restart', async () => {
    const path = tempDirectory();
    const first = levelStore(path);
    await first.open();
    await put(first);
    await first.close();
    const second = levelStore(path, { obfuscate: false });
    await second.open();
    expect(toHex(second.getSync(KEY) ?? KEY)).toBe(toHex(VALUE));
    await second.close();
  });

  it('hides values under the key that lies beside them, as Core does', async () => {
    const path = tempDirectory();
    const store = levelStore(path);
    await store.open();
    await put(store);
    await store.close();
    const db = plainLevel(path);
    await db.open();
    const record = db.getSync(Buffer.from('\x0e\x00obfuscate_key', 'latin1'));
    expect(record?.length).toBe(9);
    expect(record?.[0]).toBe(8);
    const hidden = db.getSync(KEY);
    const shown = hidden?.map((byte, i) => byte ^ (record?.[1 + (i % 8)] ?? 0));
    expect(toHex(hidden ?? VALUE)).not.toBe(toHex(VALUE));
    expect(toHex(shown ?? KEY)).toBe(toHex(VALUE));
    await db.close();
  });

  it('does not show that key among the records', async () => {
    const store = levelStore(tempDirectory());
    await store.open();
    await put(store);
    const found: string[] = [];
    for await (const lot of store.iterate()) for (const [key] of lot) found.push(toHex(key));
    expect(found).toEqual([toHex(KEY)]);
    await store.close();
  });

  it('does not begin to hide in a database that has records', async () => {
    const path = tempDirectory();
    const plain = levelStore(path, { obfuscate: false });
    await plain.open();
    await put(plain);
    await plain.close();
    const store = levelStore(path);
    await store.open();
    expect(toHex(store.getSync(KEY) ?? KEY)).toBe(toHex(VALUE));
    await store.close();
    const db = plainLevel(path);
    expect(toHex(await db.get(KEY))).toBe(toHex(VALUE));
    await db.close();
  });

  it('begins anew with wipe', async () => {
    const path = tempDirectory();
    for (const wipe of [false, true]) {
      const store = levelStore(path, { wipe, compact: true });
      await store.open();
      expect(store.getSync(KEY)).toBeUndefined();
      await put(store);
      await store.close();
    }
  });

  it('tells when another has the database open', async () => {
    const path = tempDirectory();
    const first = levelStore(path);
    await first.open();
    const second = levelStore(path);
    await expect(second.open()).rejects.toMatchObject({ name: 'StoreError', code: 'locked', path });
    await first.close();
  });

  it('tells what repairs a damaged database', async () => {
    const path = join(tempDirectory(), 'db');
    mkdirSync(path);
    writeFileSync(join(path, 'CURRENT'), 'no manifest');
    const store = levelStore(path);
    await expect(store.open()).rejects.toMatchObject({ code: 'corrupt', remedy: '-reindex-chainstate' });
    await expect(store.open()).rejects.toThrow('Please restart with -reindex-chainstate to recover.');
  });

  it('refuses work when it is not open', async () => {
    const store = levelStore(tempDirectory());
    expect(() => store.getSync(KEY)).toThrow(StoreError);
    await store.close();
  });
});
