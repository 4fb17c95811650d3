import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/primitives/bytes.js';
import {
  compactSizeLength,
  DecodeError,
  decoded,
  MAX_COMPACT_SIZE,
  Reader,
  Writer,
} from '../../../src/primitives/codec.js';

const reader = (hex: string) => new Reader(Buffer.from(hex, 'hex'));

describe('decoded', () => {
  it('gives what was read, or the DecodeError', () => {
    expect(decoded(() => reader('0500').u16())).toBe(5);
    expect(decoded(() => reader('05').u16())).toBeInstanceOf(DecodeError);
  });

  it('lets any other error through: it is a bug', () => {
    const bug = () => {
      throw new TypeError('bug');
    };
    expect(() => decoded(bug)).toThrow(TypeError);
  });
});

describe('CompactSize', () => {
  it.each([
    [0, '00'],
    [252, 'fc'],
    [253, 'fdfd00'],
    [0xffff, 'fdffff'],
    [0x10000, 'fe00000100'],
    [MAX_COMPACT_SIZE, 'fe00000002'],
  ])('%s is written %s and read back', (value, hex) => {
    expect(toHex(new Writer().compactSize(value).finish())).toBe(hex);
    expect(compactSizeLength(value)).toBe(hex.length / 2);
    expect(reader(hex).compactSize()).toBe(value);
    expect(reader(hex).compactSize64()).toBe(BigInt(value));
  });

  it.each(['fd0000', 'fdfc00', 'fe00000000', 'feffff0000', 'ff0000000000000000', 'ffffffffff00000000'])(
    '%s is refused: a shorter form would do',
    hex => {
      expect(() => reader(hex).compactSize()).toThrow('non-canonical ReadCompactSize()');
      expect(() => reader(hex).compactSize64()).toThrow('non-canonical ReadCompactSize()');
    },
  );

  it.each(['fe01000002', 'feffffffff', 'ff0000000001000000', 'ffffffffffffffffff'])(
    '%s is refused as a length: it is over the limit',
    hex => {
      expect(() => reader(hex).compactSize()).toThrow('ReadCompactSize(): size too large');
    },
  );

  it('takes the whole 64 bits where it is no length', () => {
    expect(reader('ffffffffffffffffff').compactSize64()).toBe((1n << 64n) - 1n);
    expect(reader('ff0000000001000000').compactSize(2 ** 40)).toBe(2 ** 32);
    expect(toHex(new Writer().compactSize(2 ** 32).finish())).toBe('ff0000000001000000');
    expect(compactSizeLength(2 ** 32)).toBe(9);
  });

  it('may have a tighter limit', () => {
    expect(reader('05').compactSize(5)).toBe(5);
    expect(() => reader('06').compactSize(5)).toThrow(DecodeError);
  });

  it.each(['', 'fd', 'fdff', 'fe000000', 'ff00000000000000'])('"%s" is cut short', hex => {
    expect(() => reader(hex).compactSize()).toThrow('unexpected end of data');
    expect(() => reader(hex).compactSize64()).toThrow('unexpected end of data');
  });
});

describe('amounts', () => {
  it('are exact within 2^53 either way', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), value => {
        const bytes = new Writer().amount(value).finish();
        expect(Buffer.from(bytes).readBigInt64LE()).toBe(BigInt(value));
        expect(new Reader(bytes).amount()).toBe(value);
      }),
    );
  });

  it('beyond are as near as a double comes, on the same side of the money range', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), value => {
        const bytes = Buffer.alloc(8);
        bytes.writeBigInt64LE(value);
        expect(new Reader(bytes).amount()).toBe(Number(value));
      }),
    );
  });
});

describe('a reader', () => {
  it('stops at its end, which may lie before the end of the buffer', () => {
    const part = new Reader(new Uint8Array(10), 2, 6);
    expect(part.remaining).toBe(4);
    expect(part.take(3)).toHaveLength(3);
    expect(() => part.u16()).toThrow('unexpected end of data');
    expect(part.position).toBe(5);
    part.u8();
    expect(part.isDone).toBe(true);
    part.finish();
  });

  it('reads a view of a larger buffer', () => {
    const whole = Buffer.from('00000102030405060708090a', 'hex');
    const part = new Reader(whole.subarray(2));
    expect([part.u8(), part.u16(), part.u16be(), part.u32()]).toEqual([1, 0x0302, 0x0405, 0x09080706]);
    expect(() => part.finish()).toThrow('unexpected trailing data');
  });

  it('refuses a length that its data cannot have', () => {
    expect(() => reader('05aabb').varBytes()).toThrow('unexpected end of data');
    expect(() => reader('03616263').varString(2)).toThrow('ReadCompactSize(): size too large');
    expect(reader('03616263').varString()).toBe('abc');
  });
});
