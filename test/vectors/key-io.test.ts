import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/primitives/bytes.js';
import { addressToScript, scriptToAddress } from '../../src/script/address.js';
import type { AddressParams } from '../../src/script/address-params.js';
import { decodeWif, encodeWif } from '../../src/script/wif.js';
import { ADDRESSES_BY_CHAIN } from '../support/script-address-params.js';
import { hasShared, readSharedJson } from '../support/shared.js';

interface KeyMeta {
  readonly chain: string;
  readonly isPrivkey: boolean;
  readonly isCompressed?: boolean;
  readonly tryCaseFlip?: boolean;
}

function paramsOf(chain: string): AddressParams {
  const params = ADDRESSES_BY_CHAIN[chain];
  if (params === undefined) throw new Error(`no such chain: ${chain}`);
  return params;
}

function flipCase(text: string): string {
  return text.replace(/[a-zA-Z]/g, letter =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
}

describe.skipIf(!hasShared)('key_io_valid.json', () => {
  const rows = hasShared
    ? readSharedJson<[text: string, hex: string, meta: KeyMeta][]>('vectors/core/key_io_valid.json')
    : [];

  it('reads and writes every address', () => {
    for (const [text, hex, { chain, isPrivkey, tryCaseFlip }] of rows) {
      if (isPrivkey) continue;
      const params = paramsOf(chain);
      const script = addressToScript(text, params);
      expect(script && toHex(script), text).toBe(hex);
      expect(script && scriptToAddress(script, params), text).toBe(text);
      const flipped = addressToScript(flipCase(text), params);
      expect(flipped && toHex(flipped), text).toBe(tryCaseFlip ? hex : undefined);
      expect(decodeWif(text, params), text).toBeUndefined();
    }
  });

  it('reads and writes every private key', () => {
    for (const [text, hex, { chain, isPrivkey, isCompressed }] of rows) {
      if (!isPrivkey) continue;
      const params = paramsOf(chain);
      const key = decodeWif(text, params);
      expect(key && toHex(key.secret), text).toBe(hex);
      expect(key?.compressed, text).toBe(isCompressed);
      expect(key && encodeWif(key, params), text).toBe(text);
      expect(addressToScript(text, params), text).toBeUndefined();
    }
  });

  it('has both kinds', () => {
    expect(rows.filter(([, , { isPrivkey }]) => isPrivkey).length).toBeGreaterThan(10);
    expect(rows.filter(([, , { isPrivkey }]) => !isPrivkey).length).toBeGreaterThan(10);
  });
});

describe.skipIf(!hasShared)('key_io_invalid.json', () => {
  it('refuses every text on every network', () => {
    const rows = readSharedJson<[text: string][]>('vectors/core/key_io_invalid.json');
    for (const [text] of rows) {
      for (const params of Object.values(ADDRESSES_BY_CHAIN)) {
        expect(addressToScript(text, params), text).toBeUndefined();
        expect(decodeWif(text, params), text).toBeUndefined();
      }
    }
    expect(rows.length).toBeGreaterThan(50);
  });
});
