import { describe, expect, it } from 'vitest';
import { scriptToAddress } from '../../src/script/address.js';
import { scriptToAsm } from '../../src/script/asm.js';
import { inferDescriptor } from '../../src/script/descriptor/infer.js';
import { EMPTY_PROVIDER } from '../../src/script/signing-provider.js';
import { solve } from '../../src/script/templates.js';
import { REGTEST_ADDRESSES } from '../support/script-address-params.js';
import { hasShared, readSharedJson } from '../support/shared.js';

interface DecodedScript {
  readonly asm: string;
  readonly type: string;
  readonly desc: string;
  readonly address?: string;
}

describe.skipIf(!hasShared)('rpc_decodescript.json', () => {
  it('has the expected asm, type, descriptor and address', () => {
    const rows = readSharedJson<[hex: string, result: DecodedScript][]>(
      'vectors/core/functional/rpc_decodescript.json',
    );
    for (const [hex, { asm, type, desc, address }] of rows) {
      const script = Buffer.from(hex, 'hex');
      expect(scriptToAsm(script), hex).toBe(asm);
      expect(solve(script).type, hex).toBe(type);
      expect(inferDescriptor(script, EMPTY_PROVIDER, REGTEST_ADDRESSES).toString(), hex).toBe(desc);
      if (address !== undefined) expect(scriptToAddress(script, REGTEST_ADDRESSES), hex).toBe(address);
    }
    expect(rows).toHaveLength(10);
  });
});
