import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeMempoolFile, MempoolFileReader } from '../../../src/mempool/mempool-file.js';
import { toHex } from '../../../src/primitives/bytes.js';
import { DecodeError } from '../../../src/primitives/codec.js';
import { coinOf, enter, type Fixture, fixture, spend } from '../../support/mempool-fixture.js';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blocksmith-mempool-'));
  file = join(folder, 'mempool.dat');
});

afterEach(() => rm(folder, { recursive: true }));

/** Another mempool over the same chain. */
async function restarted(first: Fixture, options: Parameters<typeof fixture>[0] = {}): Promise<Fixture> {
  const second = await fixture({ file, persist: true, ...options });
  for (const [key, coin] of first.chain.unspent) second.chain.unspent.set(key, coin);
  await second.pool.load();
  return second;
}

async function filled(options: Parameters<typeof fixture>[0] = {}) {
  const f = await fixture({ file, persist: true, ...options });
  await f.pool.load();
  const parent = await enter(f, spend([f.chain.fund()]));
  const child = await enter(f, spend([coinOf(parent)]));
  const absent = spend([f.chain.fund()]);
  f.pool.prioritise(child.txid, 777);
  f.pool.prioritise(absent.txid, 55);
  f.pool.addUnbroadcast(child.txid);
  return { f, parent, child, absent };
}

describe('mempool.dat', () => {
  it.each([false, true])('keeps the mempool over a restart (persistmempoolv1=%s)', async persistV1 => {
    const { f, parent, child, absent } = await filled({ persistV1 });
    expect(f.pool.loaded).toBe(true);
    expect(f.log).toContain('Failed to open mempool file. Continuing anyway.');
    await f.pool.stop();
    const second = await restarted(f);
    expect(second.pool.loaded).toBe(true);
    expect(second.pool.size).toBe(2);
    expect(second.pool.get(parent.txidKey)?.time).toBe(f.pool.get(parent.txidKey)?.time);
    expect(second.pool.get(child.txidKey)?.modifiedFee).toBe(1777);
    expect(second.pool.prioritisations().find(({ delta }) => delta === 55)?.txid).toEqual(
      Buffer.from(absent.txid),
    );
    expect([...second.pool.unbroadcast]).toEqual([child.txidKey]);
    expect(second.log).toContain(
      'Imported mempool transactions from file: 2 succeeded, 0 failed, 0 expired, 0 already there, 1 waiting for initial broadcast',
    );
  });

  it('is the same as the image that is kept in memory', async () => {
    const { f, parent, child } = await filled({ persist: false });
    const image = f.pool.image();
    const second = await restarted(f, { persist: false });
    expect(await second.pool.restore(image)).toBe(true);
    expect(second.pool.get(parent.txidKey)?.time).toBe(f.pool.get(parent.txidKey)?.time);
    expect(second.pool.get(child.txidKey)?.modifiedFee).toBe(1777);
    expect(second.pool.image()).toEqual(image);
    // More than once: it is not used up. The bytes alone do as well.
    const third = await restarted(f, { persist: false });
    expect(await third.pool.restore(Uint8Array.from(image))).toBe(true);
    expect(await third.pool.restore(image.subarray(0, -1))).toBe(false);
  });

  it('is not written over when it was not read whole', async () => {
    const { f } = await filled();
    await f.pool.stop();
    const before = await readFile(file);
    const second = await fixture({ file, persist: true });
    const loading = second.pool.load();
    await second.pool.stop();
    await loading;
    expect(second.pool.loaded).toBe(false);
    expect(await readFile(file)).toEqual(before);
  });

  it('is neither read nor written with -persistmempool=0', async () => {
    const { f } = await filled();
    await f.pool.stop();
    const second = await restarted(f, { persist: false });
    expect(second.pool).toMatchObject({ loaded: true, size: 0 });
  });

  it('leaves out what has expired meanwhile, and counts what fails', async () => {
    const { f } = await filled();
    await f.pool.save();
    const other = await fixture({ file, persist: true });
    await other.pool.load();
    expect(other.log.at(-1)).toMatch(/^Imported.*: 0 succeeded, 2 failed, 0 expired, 0 already there/);
    f.clock.setMockTime(f.clock.now() + 15 * 86_400);
    await f.pool.importFile(file);
    expect(f.log.at(-1)).toMatch(/: 0 succeeded, 0 failed, 2 expired, 0 already there/);
  });

  it('may be imported with or without deltas, unannounced ids and times', async () => {
    const { f, child } = await filled();
    await f.pool.save();
    const second = await fixture();
    for (const [key, coin] of f.chain.unspent) second.chain.unspent.set(key, coin);
    second.clock.setMockTime(second.clock.now() + 100);
    const options = { useCurrentTime: true, applyFeeDeltas: false, applyUnbroadcast: false };
    expect(await second.pool.importFile(file, options)).toBe(true);
    expect(second.pool.get(child.txidKey)).toMatchObject({ modifiedFee: 1000, time: second.clock.now() });
    expect(second.pool.prioritisations()).toEqual([]);
    expect(second.pool.unbroadcast.size).toBe(0);
  });

  it('that is broken is told of, and the node goes on', async () => {
    const { f } = await filled();
    await f.pool.save();
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(0, bytes.length - 40));
    const second = await restarted(f);
    expect(second.pool.loaded).toBe(true);
    expect(second.log.at(-1)).toBe(
      'Failed to deserialize mempool data on file: unexpected end of data. Continuing anyway.',
    );
  });
});

describe('the format', () => {
  const tx = spend([{ txid: new Uint8Array(32).fill(1), vout: 0, value: 5000 }]);
  const entry = { tx, time: 1_700_000_000, feeDelta: -3 };
  const delta = { txid: new Uint8Array(32).fill(2), delta: 9 };
  const id = new Uint8Array(32).fill(3);

  it('in version 1 is plain', () => {
    const bytes = Buffer.concat([
      ...encodeMempoolFile({ transactions: [entry], deltas: [delta], unbroadcast: [id] }, true),
    ]);
    const hex =
      `0100000000000000${'0100000000000000'}${toHex(tx.raw)}00f1536500000000fdffffffffffffff` +
      `01${'02'.repeat(32)}0900000000000000` +
      `01${'03'.repeat(32)}`;
    expect(toHex(bytes)).toBe(hex);
  });

  it('in version 2 is obfuscated with a key from the place of each byte', () => {
    const plain = Buffer.concat([
      ...encodeMempoolFile({ transactions: [entry], deltas: [delta], unbroadcast: [id] }, true),
    ]);
    const bytes = Buffer.concat([
      ...encodeMempoolFile({ transactions: [entry], deltas: [delta], unbroadcast: [id] }, false),
    ]);
    expect(toHex(bytes.subarray(0, 9))).toBe('020000000000000008');
    const key = bytes.subarray(9, 17);
    const body = bytes.subarray(17).map((byte, i) => byte ^ (key[(17 + i) % 8] ?? 0));
    expect(toHex(body)).toBe(toHex(plain.subarray(8)));
    const reader = new MempoolFileReader(bytes);
    expect(reader.count).toBe(1);
    expect(reader.transaction()).toMatchObject({ time: 1_700_000_000, feeDelta: -3 });
    expect(reader.deltas()).toEqual([delta]);
    expect(reader.unbroadcast()).toEqual([id]);
  });

  it('of another version is refused', () => {
    expect(() => new MempoolFileReader(Buffer.from('0300000000000000', 'hex'))).toThrow(DecodeError);
  });
});
