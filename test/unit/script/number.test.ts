import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/primitives/bytes.js';
import { scriptNumDecode, scriptNumEncode } from '../../../src/script/number.js';

function bytes(hex: string): Uint8Array {
  return Buffer.from(hex, 'hex');
}

const FIVE_BYTES = 2 ** 39 - 1;

describe('script numbers', () => {
  it.each([
    [0, ''],
    [1, '01'],
    [-1, '81'],
    [127, '7f'],
    [-127, 'ff'],
    [128, '8000'],
    [-128, '8080'],
    [255, 'ff00'],
    [-255, 'ff80'],
    [256, '0001'],
    [32767, 'ff7f'],
    [32768, '008000'],
    [2147483647, 'ffffff7f'],
    [-2147483647, 'ffffffff'],
    [4294967295, 'ffffffff00'],
    [FIVE_BYTES, 'ffffffff7f'],
  ])('%d is %s', (value, hex) => {
    expect(toHex(scriptNumEncode(value))).toBe(hex);
    expect(scriptNumDecode(bytes(hex), true, 5)).toBe(value);
  });

  it('comes back from its encoding', () => {
    fc.assert(
      fc.property(fc.integer({ min: -FIVE_BYTES, max: FIVE_BYTES }), value => {
        const encoded = scriptNumEncode(value);
        expect(scriptNumDecode(encoded, true, 5)).toBe(value);
      }),
    );
  });

  it('has one minimal encoding: what decodes as minimal encodes to the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5 }), encoded => {
        const value = scriptNumDecode(encoded, true, 5);
        if (value !== undefined) expect(toHex(scriptNumEncode(value))).toBe(toHex(encoded));
      }),
    );
  });

  it('takes longer encodings unless they must be minimal', () => {
    for (const [hex, value] of [
      ['80', 0],
      ['00', 0],
      ['0100', 1],
      ['0180', -1],
      ['7f0000', 127],
    ] as const) {
      expect(scriptNumDecode(bytes(hex), false)).toBe(value);
      expect(scriptNumDecode(bytes(hex), true)).toBeUndefined();
    }
  });

  it('is not longer than four bytes, or what the operation allows', () => {
    expect(scriptNumDecode(bytes('ffffffff00'), true)).toBeUndefined();
    expect(scriptNumDecode(bytes('ffffffff0000'), false, 5)).toBeUndefined();
  });
});
