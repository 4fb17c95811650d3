import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { DiskSnapshotStorage } from '../../../../src/chain/snapshot/disk-snapshot-storage.js';
import { LevelStore } from '../../../../src/chain/store/level-store.js';
import { errorMessage } from '../../../../src/runtime/errors.js';
import { type Logger, silentLogger } from '../../../../src/runtime/logger.js';
import { tempDirectory } from '../../../support/chain-temp-dir.js';

const BASE = new Uint8Array(32).fill(0x7a);
const KEY = Uint8Array.of(0x42);
const CACHE_BYTES = 1 << 20;

let directory: string;
let chainstateDir: string;
let log: string[];

beforeEach(() => {
  directory = tempDirectory();
  chainstateDir = join(directory, 'chainstate');
  log = [];
});

function storage(): DiskSnapshotStorage {
  const logger: Logger = { ...silentLogger, info: message => log.push(message) };
  const made = new DiskSnapshotStorage({ chainstateDir, cacheBytes: CACHE_BYTES }, logger);
  onTestFinished(() => made.coins.close());
  return made;
}

function validated(): LevelStore {
  const made = new LevelStore({ path: chainstateDir, cacheBytes: CACHE_BYTES, obfuscate: true });
  onTestFinished(() => made.close());
  return made;
}

async function put(store: LevelStore, value: number): Promise<void> {
  const batch = store.batch();
  batch.put(KEY, Uint8Array.of(value));
  await batch.write();
}

/** A directory with both databases, of which the snapshot's holds 2. */
async function both(): Promise<{ snapshot: DiskSnapshotStorage; old: LevelStore }> {
  const old = validated();
  await old.open();
  await put(old, 1);
  const snapshot = storage();
  await snapshot.begin();
  await put(snapshot.coins, 2);
  await snapshot.use(BASE);
  return { snapshot, old };
}

const names = () => readdirSync(directory).sort();
const valueIn = (store: LevelStore) => store.getSync(KEY)?.[0];

describe('the coins of a snapshot on disk', () => {
  it('are in use from when their base is named', async () => {
    const snapshot = storage();
    expect(snapshot.base()).toBeUndefined();
    await snapshot.begin();
    await put(snapshot.coins, 2);
    await snapshot.coins.close();
    expect(storage().base()).toBeUndefined();
    expect(log.some(line => line.startsWith('[snapshot] snapshot chainstate dir is malformed!'))).toBe(true);
    await snapshot.use(BASE);
    expect(storage().base()).toEqual(Buffer.from(BASE));
  });

  it('begin with nothing, whatever a load that was cut off has left', async () => {
    const first = storage();
    await first.begin();
    await put(first.coins, 2);
    await first.coins.close();
    const second = storage();
    await second.begin();
    expect(valueIn(second.coins)).toBeUndefined();
  });

  it('go without a trace', async () => {
    const { snapshot } = await both();
    await snapshot.discard();
    expect(names()).toEqual(['chainstate']);
    expect(storage().base()).toBeUndefined();
  });

  it('are put aside, unless something is there already', async () => {
    const { snapshot } = await both();
    await snapshot.setAside();
    expect(names()).toEqual(['chainstate', 'chainstate_snapshot_INVALID']);
    const next = storage();
    await next.begin();
    await next.use(BASE);
    const said = await next.setAside().catch(errorMessage);
    expect(said).toContain(
      'You should resolve this by manually moving or deleting the invalid snapshot directory',
    );
    expect(names()).toContain('chainstate_snapshot');
  });

  it('take the place of the others', async () => {
    const { snapshot, old } = await both();
    await snapshot.promote(old);
    expect(names()).toEqual(['chainstate']);
    expect(valueIn(old)).toBe(2);
    expect(existsSync(join(chainstateDir, 'base_blockhash'))).toBe(false);
    expect(storage().base()).toBeUndefined();
  });

  it('are told of a base that is cut short or too long', async () => {
    mkdirSync(join(directory, 'chainstate_snapshot'));
    const file = join(directory, 'chainstate_snapshot', 'base_blockhash');
    writeFileSync(file, BASE.subarray(1));
    expect(() => storage().base()).toThrow('Base block of the snapshot is cut short');
    writeFileSync(file, Buffer.concat([BASE, Uint8Array.of(1)]));
    expect(storage().base()).toEqual(Buffer.from(BASE));
    expect(log).toContain(`[snapshot] warning: unexpected trailing data in ${file}`);
  });
});

describe('a move that was cut off', () => {
  /** What is there after a crash at each point between the steps of `promote`. */
  const crashes: Record<string, () => void> = {
    'before it began': () => {},
    'when the old coins were out of the way': () =>
      renameSync(chainstateDir, join(directory, 'chainstate_todelete')),
    'when the new ones were in their place': () => {
      renameSync(chainstateDir, join(directory, 'chainstate_todelete'));
      renameSync(join(directory, 'chainstate_snapshot'), chainstateDir);
    },
  };

  it.each(Object.entries(crashes))('%s leaves what a start can use', async (_, crash) => {
    const { snapshot, old } = await both();
    await old.close();
    await snapshot.coins.close();
    crash();
    const again = storage();
    await again.recover();
    const coins = validated();
    await coins.open();
    if (again.base() === undefined) {
      expect(names()).toEqual(['chainstate']);
      expect(valueIn(coins)).toBe(2);
      return;
    }
    expect(names()).toEqual(['chainstate', 'chainstate_snapshot']);
    await again.coins.open();
    expect([valueIn(coins), valueIn(again.coins)]).toEqual([1, 2]);
  });
});
