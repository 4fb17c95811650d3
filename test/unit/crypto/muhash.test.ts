import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MuHash3072 } from '../../../src/crypto/muhash.js';
import { bytes, hex } from '../../support/curves.js';

/** The elements of Core's test: 32 bytes, the number first. */
function element(number: number): Uint8Array {
  const data = new Uint8Array(32);
  data[0] = number;
  return data;
}

const setOf = (...numbers: number[]) =>
  numbers.reduce((set, number) => set.insert(element(number)), new MuHash3072());
const EMPTY = hex(new MuHash3072().digest());

describe('MuHash3072', () => {
  it("has Core's digest for {0, 1} less {2}", () => {
    const expected = hex(bytes('10d312b100cbd32ada024a6646e40d3482fcff103668d2625f10002a607d5863').reverse());
    expect(hex(setOf(0, 1).remove(element(2)).digest())).toBe(expected);
    expect(hex(setOf(0).combine(setOf(1)).subtract(setOf(2)).digest())).toBe(expected);
  });

  it('has a digest that does not change the set', () => {
    const set = setOf(1, 2);
    expect(hex(set.digest())).toBe(hex(set.digest()));
    expect(hex(set.insert(element(3)).digest())).toBe(hex(setOf(3, 2, 1).digest()));
  });

  it('does not depend on the order, and what goes out undoes what came in', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 6 }), elements => {
        const forwards = new MuHash3072();
        const backwards = new MuHash3072();
        for (const data of elements) forwards.insert(data);
        for (const data of elements.toReversed()) backwards.insert(data);
        expect(hex(forwards.digest())).toBe(hex(backwards.digest()));
        for (const data of elements) forwards.remove(data);
        expect(hex(forwards.digest())).toBe(EMPTY);
      }),
      { numRuns: 15 },
    );
  });

  it("is serialised as Core's: numerator and denominator", () => {
    const serialized = setOf(1, 2).serialize();
    expect(hex(serialized.subarray(0, 32))).toBe(
      '1fa093295ea30a6a3acdc7b3f770fa538eff537528e990e2910e40bbcfd7f669',
    );
    expect(hex(serialized.subarray(384))).toBe(`01${'00'.repeat(383)}`);
    expect(hex(MuHash3072.deserialize(serialized).digest())).toBe(hex(setOf(1, 2).digest()));
  });

  it('reduces a number that is not below the modulus', () => {
    const overflow = MuHash3072.deserialize(bytes(`${'ff'.repeat(384)}01${'00'.repeat(383)}`));
    expect(hex(overflow.digest())).toBe('3a31e6903aff0de9f62f9a9f7f8b861de76ce2cda09822b90014319ae5dc2271');
  });
});
