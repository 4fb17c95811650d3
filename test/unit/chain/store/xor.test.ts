import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { xorInPlace } from '../../../../src/chain/store/xor.js';
import { toHex } from '../../../../src/primitives/bytes.js';

describe('xorInPlace', () => {
  it('is XOR with the repeated key, whatever the alignment, length and offset', () => {
    const cases = fc.tuple(
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ minLength: 8, maxLength: 8 }),
      fc.nat(1 << 30),
      fc.nat(7),
    );
    fc.assert(
      fc.property(cases, ([bytes, key, offset, shift]) => {
        const expected = bytes.map((byte, i) => byte ^ (key[(offset + i) % 8] ?? 0));
        const target = new Uint8Array(bytes.length + 16).subarray(shift, shift + bytes.length);
        target.set(bytes);
        xorInPlace(target, key, offset);
        expect(toHex(target)).toBe(toHex(expected));
      }),
    );
  });

  it('touches nothing beside its bytes', () => {
    const memory = new Uint8Array(200);
    xorInPlace(memory.subarray(3, 150), new Uint8Array(8).fill(0xff));
    expect(memory.findIndex(byte => byte !== 0)).toBe(3);
    expect(memory.findLastIndex(byte => byte !== 0)).toBe(149);
  });
});
