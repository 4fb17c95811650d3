import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blockWork,
  decodeCompact,
  encodeCompact,
  formatUint256,
  hashToNumber,
} from '../../../src/primitives/target.js';

/** A 256-bit number of any length in bits. */
const target = fc
  .tuple(fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }), fc.nat(255))
  .map(([value, shift]) => value >> BigInt(shift));

/** The encoding by its definition: the top 23 bits at least, in whole bytes. */
function modelCompact(value: bigint): number {
  let size = 0;
  while (value >> BigInt(8 * size) > 0n) size++;
  if (size > 0 && (value >> BigInt(8 * size - 8)) & 0x80n) size++;
  const mantissa = size <= 3 ? value << BigInt(8 * (3 - size)) : value >> BigInt(8 * (size - 3));
  return size * 0x1000000 + Number(mantissa);
}

describe('compact targets', () => {
  it('encode as defined', () => {
    fc.assert(
      fc.property(target, value => {
        expect(encodeCompact(value)).toBe(modelCompact(value));
      }),
    );
  });

  it('decode to the target without the bits beyond the mantissa', () => {
    fc.assert(
      fc.property(target, value => {
        const decoded = decodeCompact(encodeCompact(value));
        expect(decoded).toMatchObject({ negative: false, overflow: false });
        expect(decoded.target <= value).toBe(true);
        expect(value - decoded.target <= value >> 15n).toBe(true);
        expect(encodeCompact(decoded.target)).toBe(encodeCompact(value));
      }),
    );
  });

  it.each([
    [0x00000000, 0n, 0x00000000],
    [0x00123456, 0n, 0x00000000],
    [0x01003456, 0n, 0x00000000],
    [0x02000056, 0n, 0x00000000],
    [0x03000000, 0n, 0x00000000],
    [0x04000000, 0n, 0x00000000],
    [0x00923456, 0n, 0x00000000],
    [0x01123456, 0x12n, 0x01120000],
    [0x02123456, 0x1234n, 0x02123400],
    [0x03123456, 0x123456n, 0x03123456],
    [0x04123456, 0x12345600n, 0x04123456],
    [0x05009234, 0x92340000n, 0x05009234],
    [0x20123456, 0x123456n << 232n, 0x20123456],
  ])('%s stands for %s and is written as %s', (bits, value, canonical) => {
    expect(decodeCompact(bits)).toEqual({ target: value, negative: false, overflow: false });
    expect(encodeCompact(value)).toBe(canonical);
  });

  it.each([0x01fedcba, 0x04923456])('%s is negative', bits => {
    expect(decodeCompact(bits).negative).toBe(true);
  });

  it.each([0xff123456, 0x21010000 + 0x2000000, 0x22000100 + 0x1000000, 0x23000001])('%s overflows', bits => {
    expect(decodeCompact(bits).overflow).toBe(true);
  });

  it.each([0x22000001, 0x21000100, 0x20010000])('%s is just in range', bits => {
    expect(decodeCompact(bits).overflow).toBe(false);
  });
});

describe('work', () => {
  it.each([
    [0x1d00ffff, 0x100010001n],
    [0x207fffff, 2n],
    [0x01fedcba, 0n],
    [0xff123456, 0n],
    [0, 0n],
  ])('of %s is %s hashes', (bits, work) => {
    expect(blockWork(bits)).toBe(work);
  });
});

describe('256-bit numbers', () => {
  it('are little-endian in hashes and big-endian when shown', () => {
    const hash = new Uint8Array(32);
    hash[0] = 1;
    hash[31] = 0xab;
    const value = hashToNumber(hash);
    expect(value).toBe((0xabn << 248n) + 1n);
    expect(formatUint256(value)).toBe(`ab${'0'.repeat(60)}01`);
  });
});
