import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodeVarInt64,
  putVarInt,
  readVarInt,
  readVarInt64,
  varIntSize,
  writeVarInt,
} from '../../../../src/chain/store/varint.js';
import { toHex } from '../../../../src/primitives/bytes.js';
import { DecodeError, Reader, Writer } from '../../../../src/primitives/codec.js';

const hexOf = (value: number) => toHex(writeVarInt(new Writer(), value).finish());

describe('VarInt', () => {
  it.each([
    [0, '00'],
    [0x7f, '7f'],
    [0x80, '8000'],
    [0x1234, 'a334'],
    [0xffff, '82fe7f'],
    [0x123456, 'c7e756'],
    [0x80123456, '86ffc7e756'],
    [0xffffffff, '8efefefe7f'],
    [3_000_000_000, '8a95c0bb00'],
  ])("%d has Core's bytes", (value, hex) => {
    expect(hexOf(value)).toBe(hex);
    expect(readVarInt(new Reader(Buffer.from(hex, 'hex')))).toBe(value);
  });

  it.each([
    [0x7fffffffffffffffn, 'fefefefefefefefe7f'],
    [0xffffffffffffffffn, '80fefefefefefefefe7f'],
  ])("%d has Core's bytes", (value, hex) => {
    expect(toHex(encodeVarInt64(value))).toBe(hex);
    expect(readVarInt64(new Reader(Buffer.from(hex, 'hex')))).toBe(value);
  });

  it('has one form and comes back, in numbers and in bigints', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), value => {
        const bytes = encodeVarInt64(BigInt(value));
        expect(hexOf(value)).toBe(toHex(bytes));
        expect(varIntSize(value)).toBe(bytes.length);
        expect(readVarInt(new Reader(bytes))).toBe(value);
        expect(readVarInt64(new Reader(bytes))).toBe(BigInt(value));
      }),
    );
  });

  it('is written in place', () => {
    const target = new Uint8Array(4);
    expect(putVarInt(target, 1, 0x80)).toBe(3);
    expect(toHex(target)).toBe('00800000');
  });

  it('is refused when too large or cut short', () => {
    const read = (hex: string, max?: number) => () => readVarInt(new Reader(Buffer.from(hex, 'hex')), max);
    expect(read('8efefefe7f', 0xffffffff)).not.toThrow();
    expect(read('8efeff8000', 0xffffffff)).toThrow(DecodeError);
    expect(read('80')).toThrow(DecodeError);
    expect(read('ffffffffffffffffffffffff7f')).toThrow(DecodeError);
    expect(() => readVarInt64(new Reader(Buffer.from('80fefefefefefefeff00', 'hex')))).toThrow(DecodeError);
  });
});
