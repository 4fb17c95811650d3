import { afterEach, describe, expect, it, vi } from 'vitest';

/** The module as a process with this setting would load it. */
async function curveWith(setting: string) {
  vi.resetModules();
  vi.stubEnv('BLOCKSMITH_CURVE', setting);
  return await import('../../../src/crypto/curve.js');
}

afterEach(() => {
  vi.unstubAllEnvs();
  // Other tests of this process are to have the module as it is without a setting.
  vi.resetModules();
});

describe('choice of the curve backend', () => {
  it('is the one that BLOCKSMITH_CURVE names', async () => {
    expect((await curveWith('wasm')).curveName()).toBe('secp256k1 (WebAssembly)');
    const noble = await curveWith('noble');
    expect(noble.curveName()).toContain('JavaScript');
    expect(noble.isCurveSlow()).toBe(true);
  });

  it('fails, when first used or when a node starts, for a name that is none', async () => {
    const { curve, loadNamedCurve } = await curveWith('abacus');
    expect(() => curve.isPublicKey(new Uint8Array(33))).toThrow('no curve backend "abacus" here');
    expect(() => loadNamedCurve()).toThrow('no curve backend "abacus" here');
  });

  it('is a fast one without a setting, with Schnorr in WebAssembly', async () => {
    const { curveName, isCurveSlow } = await curveWith('');
    expect(isCurveSlow()).toBe(false);
    expect(curveName()).toMatch(/secp256k1 \(WebAssembly\)$/);
  });
});
