import { afterEach, describe, expect, it, vi } from 'vitest';

/** The module as a process with this setting would load it. */
async function sha256With(setting: string) {
  vi.resetModules();
  vi.stubEnv('BLOCKSMITH_SHA256', setting);
  return await import('../../../../src/crypto/sha256.js');
}

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  // Other tests of this process are to have the module as it is without a setting.
  vi.resetModules();
});

describe('choice of the hashing backend', () => {
  it('is the one that BLOCKSMITH_SHA256 names', async () => {
    const simd = await sha256With('simd');
    expect(simd.sha256Name()).toBe('openssl(1way),wasm_simd128(4way)');
    expect(simd.isSha256Slow()).toBe(false);
    const scalar = await sha256With('scalar');
    expect(scalar.sha256Name()).toBe('openssl(1way)');
    expect(scalar.isSha256Slow()).toBe(true);
  });

  it('fails for a name that is none', async () => {
    const { sha256Name } = await sha256With('abacus');
    expect(sha256Name).toThrow('no hashing backend "abacus" here');
  });

  it('is the fast one without a setting', async () => {
    expect((await sha256With('')).isSha256Slow()).toBe(false);
  });

  it('is the slow one where WebAssembly has no vectors, and where there is no WebAssembly', async () => {
    for (const engine of [{ validate: () => false }, undefined]) {
      vi.stubGlobal('WebAssembly', engine);
      const without = await sha256With('');
      expect(without.isSha256Slow()).toBe(true);
      expect(without.loadSha256('simd')).toBeUndefined();
      const pairs = new Uint8Array(64 * 20);
      const hashes = new Uint8Array(32 * 20);
      without.hashPairs(pairs, hashes);
      expect(Buffer.from(hashes.subarray(0, 32)).toString('hex')).toBe(ZERO_PAIR);
      expect((await sha256With('simd')).sha256Name).toThrow('no hashing backend "simd" here');
    }
  });

  it('hashes the same before and after it has made many', async () => {
    for (const setting of ['simd', 'scalar']) {
      const { hashPairs } = await sha256With(setting);
      for (const count of [1, 9, 5000, 9, 1]) {
        const hashes = new Uint8Array(32 * count);
        hashPairs(new Uint8Array(64 * count), hashes);
        expect(Buffer.from(hashes).toString('hex')).toBe(ZERO_PAIR.repeat(count));
      }
    }
  });
});

/** SHA-256d of 64 zero bytes. */
const ZERO_PAIR = 'e2f61c3f71d1defd3fa999dfa36953755c690689799962b48bebd836974e8cf9';
