import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BoundedHashSet } from '../../../src/script/bounded-hash-set.js';

function hashOf(n: number): Uint8Array {
  return createHash('sha256').update(String(n)).digest();
}

const ENTRY_BYTES = 32;

describe('a bounded set of hashes', () => {
  it('has what was put in and nothing else, however it grew', () => {
    // Far from full: that a bucket has more than its eight is out of the question.
    const count = 4000;
    const set = new BoundedHashSet(2 ** 16 * ENTRY_BYTES);
    for (let n = 0; n < count; n++) {
      expect(set.has(hashOf(n))).toBe(false);
      set.add(hashOf(n));
      set.add(hashOf(n));
      expect(set.has(hashOf(n))).toBe(true);
    }
    const lost = Array.from({ length: count }, (_, n) => n).filter(n => !set.has(hashOf(n)));
    expect(lost.length).toBeLessThan(count / 100);
    for (let n = count; n < 2 * count; n++) expect(set.has(hashOf(n))).toBe(false);
  });

  it('keeps apart what has another mark', () => {
    const set = new BoundedHashSet(1 << 16);
    set.add(hashOf(1), 5);
    expect([0, 4, 5].map(mark => set.has(hashOf(1), mark))).toEqual([false, false, true]);
    set.add(hashOf(1));
    expect([0, 4, 5].map(mark => set.has(hashOf(1), mark))).toEqual([true, false, true]);
  });

  it('stays within its bound, and lets go of the oldest', () => {
    const set = new BoundedHashSet(2048 * ENTRY_BYTES);
    expect(set.capacity).toBe(2048);
    const count = 20_000;
    for (let n = 0; n < count; n++) set.add(hashOf(n));
    const kept = Array.from({ length: count }, (_, n) => n).filter(n => set.has(hashOf(n)));
    expect(kept.length).toBe(set.capacity);
    expect(kept.filter(n => n < count - 4 * set.capacity).length).toBe(0);
    expect(kept.at(-1)).toBe(count - 1);
  });
});
