import { describe, expect, it } from 'vitest';
import { base58DecodedLength } from '../../src/script/base58.js';
import { hasShared, readSharedJson } from '../support/shared.js';

describe.skipIf(!hasShared)('base58_encode_decode.json', () => {
  it('tells the length of every text', () => {
    const rows = readSharedJson<[hex: string, text: string][]>('vectors/core/base58_encode_decode.json');
    for (const [hex, text] of rows) {
      const length = hex.length / 2;
      expect(base58DecodedLength(text, 256), text).toBe(length);
      expect(base58DecodedLength(`  ${text}\t`, 256), text).toBe(length);
      if (length > 0) expect(base58DecodedLength(text, length - 1), text).toBeUndefined();
    }
    expect(rows.length).toBeGreaterThan(10);
  });
});
