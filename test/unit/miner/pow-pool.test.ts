import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { sha256d } from '../../../src/crypto/hash.js';
import { ScalarScanner } from '../../../src/crypto/sha256/scalar-scanner.js';
import { PowPool } from '../../../src/miner/pow-pool.js';
import { SearchControl, searchRange } from '../../../src/miner/search-control.js';
import { BlockHeader } from '../../../src/primitives/header.js';
import { decodeCompact, hashToNumber } from '../../../src/primitives/target.js';
import { workerFile } from '../../../src/runtime/workers.js';

/** One hash in 2^8, 2^16 and 2^20 meets these; none meets the last. */
const EASY = 0x2000ffff;
const MEDIUM = 0x1f00ffff;
const HARD = 0x1e0fffff;
const IMPOSSIBLE = 0x03000001;

function isBuilt(): boolean {
  try {
    return workerFile('miner/pow-worker') !== '';
  } catch {
    return false;
  }
}

function header(seed: string, bits: number): Uint8Array {
  const hash = createHash('sha256').update(seed).digest();
  return BlockHeader.from({ version: 4, prevHash: hash, merkleRoot: hash, time: 1, bits, nonce: 0 }).raw;
}

function target(bits: number): Uint8Array {
  return Buffer.from(decodeCompact(bits).target.toString(16).padStart(64, '0'), 'hex').reverse();
}

function meets(raw: Uint8Array, nonce: number): boolean {
  const bytes = Buffer.from(raw);
  bytes.writeUInt32LE(nonce, 76);
  return hashToNumber(sha256d(bytes)) <= decodeCompact(bytes.readUInt32LE(72)).target;
}

const inline = (raw: Uint8Array, bits: number, start: number, count: number) =>
  new ScalarScanner(raw, target(bits)).scan(start, count);

let pool = new PowPool(2);
afterEach(async () => {
  await pool.stop();
  pool = new PowPool(2);
});

describe('a search without threads', () => {
  it('finds the first nonce that meets the target', async () => {
    for (const seed of ['a', 'b', 'c']) {
      const raw = header(seed, EASY);
      const { nonce = -1, tries } = await pool.search(raw, 0, 2 ** 32);
      expect(meets(raw, nonce)).toBe(true);
      for (let earlier = 0; earlier < nonce; earlier++) expect(meets(raw, earlier)).toBe(false);
      expect(tries).toBe(nonce + 1);
    }
    expect(pool.isStarted).toBe(false);
  });

  it('begins where it is told to', async () => {
    const raw = header('a', EASY);
    const first = (await pool.search(raw, 0, 4096)).nonce ?? -1;
    const second = (await pool.search(raw, first + 1, 4096)).nonce ?? -1;
    expect(second).toBeGreaterThan(first);
    expect(second).toBe(inline(raw, EASY, first + 1, 4096));
  });

  it('does no more hashes than allowed', async () => {
    expect(await pool.search(header('a', IMPOSSIBLE), 0, 100)).toEqual({ nonce: undefined, tries: 100 });
    expect(await pool.search(header('a', IMPOSSIBLE), 0, 0)).toEqual({ nonce: undefined, tries: 0 });
    expect(await pool.search(header('a', IMPOSSIBLE), 2 ** 32 - 10, 100)).toEqual({
      nonce: undefined,
      tries: 10,
    });
  });

  it('finds nothing for a target that is negative or too large to be one', async () => {
    for (const bits of [0x04923456, 0xff123456, 0]) {
      expect((await pool.search(header('a', bits), 0, 1000)).nonce).toBeUndefined();
    }
  });
});

describe.skipIf(!isBuilt())('a search in threads', () => {
  it('finds the nonce that a search without finds', async () => {
    for (const seed of ['a', 'b', 'c', 'd']) {
      const raw = header(seed, MEDIUM);
      expect((await pool.search(raw, 0, 2 ** 32)).nonce).toBe(inline(raw, MEDIUM, 0, 2 ** 32));
    }
    expect(pool.isStarted).toBe(true);
  });

  it('finds the lowest nonce when several ranges have one', async () => {
    // Good nonces of this header: 1151058, 1302436 and more; the first threads' ranges are of 2^20 nonces each.
    expect((await pool.search(header('range-4', HARD), 0, 2 ** 32)).nonce).toBe(1_151_058);
  });

  it('does all the hashes allowed when there is nothing to find', async () => {
    expect(await pool.search(header('a', IMPOSSIBLE), 5, 300_000)).toEqual({
      nonce: undefined,
      tries: 300_000,
    });
  });

  it('counts the hashes of all threads', async () => {
    // Several ranges of 2^20 nonces, done by two threads at the same time.
    const { tries } = await pool.search(header('a', IMPOSSIBLE), 0, 5_000_000);
    expect(tries).toBe(5_000_000);
  });

  it('ends at once when aborted', async () => {
    const abort = new AbortController();
    const search = pool.search(header('a', IMPOSSIBLE), 0, 2 ** 32, abort.signal);
    setImmediate(() => abort.abort());
    const { nonce, tries } = await search;
    expect(nonce).toBeUndefined();
    expect(tries).toBeLessThan(2 ** 31);
    expect(await pool.search(header('a', EASY), 0, 100, abort.signal)).toEqual({
      nonce: undefined,
      tries: 0,
    });
  });

  it('ends, without failing, when the pool is stopped, and cannot begin again', async () => {
    const searches = ['a', 'b'].map(seed => pool.search(header(seed, IMPOSSIBLE), 0, 2 ** 32));
    await new Promise(resolve => setImmediate(resolve));
    await pool.stop();
    for (const { nonce } of await Promise.all(searches)) expect(nonce).toBeUndefined();
    expect(pool.isStarted).toBe(false);
    expect(await pool.search(header('a', IMPOSSIBLE), 0, 2 ** 32)).toEqual({ nonce: undefined, tries: 0 });
    expect(pool.isStarted).toBe(false);
  });
});

describe('the memory shared by threads', () => {
  it('keeps the lowest nonce reported', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xfffffffe), { minLength: 1 }), nonces => {
        const control = new SearchControl();
        control.reset();
        expect(control.found).toBeUndefined();
        for (const nonce of nonces) control.report(nonce);
        expect(control.found).toBe(Math.min(...nonces));
        expect(new SearchControl(control.memory).isWanted(Math.min(...nonces))).toBe(false);
      }),
    );
  });

  it('ends a search above the nonce found, and any when stopped', () => {
    const control = new SearchControl();
    control.reset();
    const looked: number[] = [];
    const scanner = {
      slice: 15_000,
      scan(start: number) {
        looked.push(start);
        if (start === 30_000) control.report(40_000);
        return -1;
      },
    };
    expect(searchRange(scanner, 0, 100_000, control)).toBe(45_000);
    expect(looked).toEqual([0, 15_000, 30_000]);
    control.stop();
    expect(searchRange(scanner, 0, 100_000, control)).toBe(0);
  });
});
