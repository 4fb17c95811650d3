import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LevelStore } from '../../../../src/chain/store/level-store.js';
import { StoreError } from '../../../../src/chain/store/store-error.js';
import { toHex } from '../../../../src/primitives/bytes.js';
import { tempDirectory } from '../../../support/chain-temp-dir.js';

/** Records of all lots of writes, and what they are at the end: each lot replaces a third of the former's values. */
const LOTS = 6;
const RECORDS = 90;

const keyOf = (record: number) => Buffer.from(`key ${record.toString().padStart(3, '0')}`);
const storedValue = (record: number, lot: number) => Buffer.alloc(40 + record, `${record}/${lot};`);

function openedOn(path: string): Promise<LevelStore> {
  const store = new LevelStore({ path, cacheBytes: 16 << 10, obfuscate: true, remedy: '-reindex' });
  return store.open().then(() => store);
}

async function writeLot(store: LevelStore, lot: number): Promise<void> {
  const batch = store.batch();
  for (let record = lot % 3; record < RECORDS; record += 3)
    batch.put(keyOf(record), storedValue(record, lot));
  await batch.write();
}

/** All records, as text, so that two states are easily compared. */
async function contents(store: LevelStore): Promise<string> {
  const lines: string[] = [];
  for await (const lot of store.iterate()) {
    for (const [key, value] of lot) if (key[0] !== 14) lines.push(`${toHex(key)}=${toHex(value)}`);
  }
  return lines.join('\n');
}

/** What the store held after each lot, and the path of a directory with tables and a log. */
async function build(path: string): Promise<string[]> {
  const states: string[] = [];
  let store = await openedOn(path);
  states.push(await contents(store));
  for (let lot = 0; lot < LOTS; lot++) {
    // What a log holds goes to a table at the next start.
    if (lot % 2 === 0 && lot > 0) {
      await store.close();
      store = await openedOn(path);
    }
    await writeLot(store, lot);
    states.push(await contents(store));
  }
  await store.close();
  return states;
}

describe('the files of a LevelDB directory', () => {
  let original: string;
  let states: string[];
  let names: string[];

  beforeAll(async () => {
    original = mkdtempSync(join(tmpdir(), 'blocksmith-level-'));
    states = await build(original);
    names = readdirSync(original).filter(name => !['LOCK', 'LOG', 'LOG.old'].includes(name));
  });

  afterAll(() => rmSync(original, { recursive: true, force: true }));

  const copy = () => {
    const path = join(tempDirectory(), 'db');
    cpSync(original, path, { recursive: true });
    return path;
  };

  /** Opens a directory; what it holds, or the error. */
  const outcome = async (path: string): Promise<string | StoreError> => {
    let store: LevelStore;
    try {
      store = await openedOn(path);
    } catch (thrown) {
      if (thrown instanceof StoreError) return thrown;
      throw thrown;
    }
    try {
      return await contents(store);
    } finally {
      await store.close();
    }
  };

  it('are tables, a log, a manifest, and the name of that', () => {
    const kinds = new Set(names.map(name => name.replace(/\d+/, '')));
    expect([...kinds].sort()).toEqual(['.ldb', '.log', 'CURRENT', 'MANIFEST-']);
    expect(names.filter(name => name.endsWith('.ldb')).length).toBeGreaterThan(1);
  });

  it('open as they are', async () => {
    expect(await outcome(copy())).toBe(states.at(-1));
  });

  it('with any one byte changed are refused, or stand for an earlier state', {
    timeout: 60_000,
  }, async () => {
    const refused = { '.ldb': 0, '.log': 0, CURRENT: 0, 'MANIFEST-': 0 } as Record<string, number>;
    for (const name of names) {
      const kind = name.replace(/\d+/, '');
      const intact = readFileSync(join(original, name));
      const step = intact.length > 2000 ? 199 : intact.length > 400 ? 31 : 3;
      for (let at = 0; at < intact.length; at += step) {
        const path = copy();
        const changed = Buffer.from(intact);
        changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
        writeFileSync(join(path, name), changed);
        const found = await outcome(path);
        if (found instanceof StoreError) {
          refused[kind] = (refused[kind] ?? 0) + 1;
          expect(found.message, `${name} at ${at}`).toMatch(/restart with -reindex to recover/);
          expect(found.message).toContain(path);
        } else expect(states, `${name} at ${at}`).toContain(found);
        rmSync(path, { recursive: true });
      }
    }
    // All bytes of a table are checked but the unused ones of its footer; the others have their checks as well.
    for (const count of Object.values(refused)) expect(count).toBeGreaterThan(3);
  });

  it('cut off anywhere are refused, or stand for an earlier state', { timeout: 60_000 }, async () => {
    for (const name of names) {
      const { length } = readFileSync(join(original, name));
      for (const size of [0, 1, 6, 7, 8, length >> 1, length - 49, length - 5, length - 1]) {
        if (size < 0 || size >= length) continue;
        const path = copy();
        truncateSync(join(path, name), size);
        const found = await outcome(path);
        if (found instanceof StoreError) expect(found.path.startsWith(join(path, '/'))).toBe(true);
        else expect(states, `${name} cut to ${size}`).toContain(found);
        if (name.endsWith('.ldb')) expect(found).toBeInstanceOf(StoreError);
      }
    }
  });

  it('are named when they are missing', async () => {
    for (const name of names) {
      const path = copy();
      rmSync(join(path, name));
      const found = await outcome(path);
      expect(found).toBeInstanceOf(StoreError);
      expect(found).toMatchObject({ path: join(path, name), remedy: '-reindex' });
    }
  });

  it('in use by another are not called damaged', async () => {
    const path = copy();
    const first = await openedOn(path);
    const table = names.find(name => name.endsWith('.ldb')) ?? '';
    truncateSync(join(path, table), 10);
    await expect(openedOn(path)).rejects.toMatchObject({ code: 'locked' });
    await first.close();
  });

  it('of records that go over many blocks of the log are read through', async () => {
    const path = join(tempDirectory(), 'db');
    const store = await openedOn(path);
    const batch = store.batch();
    for (let record = 0; record < 40; record++) batch.put(keyOf(record), Buffer.alloc(5000, record));
    await batch.write();
    await store.close();
    const log = readdirSync(path).find(name => name.endsWith('.log')) ?? '';
    expect(readFileSync(join(path, log)).length).toBeGreaterThan(3 * 32_768);
    const again = await openedOn(path);
    expect(again.getSync(keyOf(39))?.length).toBe(5000);
    await again.close();
  });
});
