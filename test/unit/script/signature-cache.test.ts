import { describe, expect, it } from 'vitest';
import { BoundedSignatureCache } from '../../../src/script/signature-cache.js';

const SALT = new Uint8Array(32);

function keyOf(cache: BoundedSignatureCache, n: number): Uint8Array {
  return Uint8Array.from(cache.key('ecdsa', Uint8Array.of(n & 255, n >> 8), SALT, SALT));
}

describe('BoundedSignatureCache', () => {
  it('remembers what was put in and nothing else', () => {
    const cache = new BoundedSignatureCache(1 << 16, SALT);
    for (let n = 0; n < 100; n++) cache.add(keyOf(cache, n));
    for (let n = 0; n < 100; n++) expect(cache.has(keyOf(cache, n))).toBe(true);
    for (let n = 100; n < 200; n++) expect(cache.has(keyOf(cache, n))).toBe(false);
  });

  it('keeps the schemes, the parts and the salts apart', () => {
    const cache = new BoundedSignatureCache(1024, SALT);
    const other = new BoundedSignatureCache(1024);
    const hash = new Uint8Array(32);
    const key = new Uint8Array(33);
    const signature = new Uint8Array(64);
    cache.add(cache.key('ecdsa', hash, key, signature));
    expect(cache.has(cache.key('ecdsa', hash, key, signature))).toBe(true);
    expect(cache.has(cache.key('schnorr', hash, key, signature))).toBe(false);
    expect(cache.has(cache.key('ecdsa', hash, key, new Uint8Array(64).fill(1)))).toBe(false);
    expect(cache.has(other.key('ecdsa', hash, key, signature))).toBe(false);
  });

  it('stays within its size, and the newest are in it', () => {
    const cache = new BoundedSignatureCache(1024, SALT);
    expect(cache.capacity).toBe(32);
    for (let n = 0; n < 1000; n++) {
      cache.add(keyOf(cache, n));
      expect(cache.has(keyOf(cache, n))).toBe(true);
    }
    const kept = Array.from({ length: 1000 }, (_, n) => n).filter(n => cache.has(keyOf(cache, n)));
    expect(kept.length).toBeLessThanOrEqual(cache.capacity);
  });

  it('gives a signature that is added again no second place', () => {
    // One bucket of eight: all keys compete for it.
    const cache = new BoundedSignatureCache(0, SALT);
    for (let n = 0; n < 8; n++) cache.add(keyOf(cache, n));
    for (let again = 0; again < 8; again++) cache.add(keyOf(cache, 7));
    expect([0, 1, 2, 3, 4, 5, 6, 7].every(n => cache.has(keyOf(cache, n)))).toBe(true);
    cache.add(keyOf(cache, 8));
    expect([0, 1, 8].map(n => cache.has(keyOf(cache, n)))).toEqual([false, true, true]);
  });

  it('has room for one bucket at least', () => {
    expect(new BoundedSignatureCache(0).capacity).toBe(8);
  });
});
