import { afterEach, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../../src/runtime/logger.js';

/** What a daemon whose process has this setting says at its start. */
async function linesWith(setting: string, value: string): Promise<string[]> {
  vi.resetModules();
  vi.stubEnv(setting, value);
  const { logCurve, logHashing } = await import('../../../src/node/crypto-log.js');
  const lines: string[] = [];
  const info = (line: string) => lines.push(line);
  const logger = { ...silentLogger, info, warn: (line: string) => info(`warning: ${line}`) };
  logHashing(logger);
  logCurve(logger);
  return lines;
}

afterEach(() => {
  vi.unstubAllEnvs();
  // Other tests of this process are to have the modules as they are without a setting.
  vi.resetModules();
});

describe('the log of a start', () => {
  it('tells what hashes, and warns when that is slow', async () => {
    const warning =
      'warning: Hashes are made one at a time: blocks are checked and mined slowly on this machine';
    const fast = await linesWith('BLOCKSMITH_SHA256', 'simd');
    expect(fast).toContain("Using the 'openssl(1way),wasm_simd128(4way)' SHA256 implementation");
    expect(fast).not.toContain(warning);
    const slow = await linesWith('BLOCKSMITH_SHA256', 'scalar');
    expect(slow).toContain("Using the 'openssl(1way)' SHA256 implementation");
    expect(slow).toContain(warning);
  });

  it('tells what checks signatures, and warns when that is slow', async () => {
    const warning =
      'warning: The fast curve libraries did not load: signature checks are slow on this machine';
    expect(await linesWith('BLOCKSMITH_CURVE', 'wasm')).toContain(
      'Signature checks use secp256k1 (WebAssembly)',
    );
    expect(await linesWith('BLOCKSMITH_CURVE', 'wasm')).not.toContain(warning);
    expect(await linesWith('BLOCKSMITH_CURVE', 'noble')).toContain(warning);
  });
});
