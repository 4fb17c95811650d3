import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SipHash, siphashUint256 } from '../../../src/crypto/siphash.js';
import { bytes } from '../../support/curves.js';

const K0 = 0x0706050403020100n;
const K1 = 0x0f0e0d0c0b0a0908n;
const counting = (length: number) => Uint8Array.from({ length }, (_, i) => i);

describe('SipHash-2-4', () => {
  /** Outputs of the reference implementation for the bytes 00, 01, 02 … of each length. */
  it.each<[number, bigint]>([
    [0, 0x726fdb47dd0e0e31n],
    [1, 0x74f839c593dc67fdn],
    [2, 0x0d6c8009d9a94f5an],
    [3, 0x85676696d7fb7e2dn],
    [4, 0xcf2794e0277187b7n],
    [5, 0x18765564cd99a68dn],
    [6, 0xcbc9466e58fee3cen],
    [7, 0xab0200f58b01d137n],
    [8, 0x93f5f5799a932462n],
    [16, 0x3f2acc7f57c29bdbn],
    [32, 0x7127512f72f27ccen],
    [63, 0x958a324ceb064572n],
  ])('%i bytes', (length, expected) => {
    expect(new SipHash(K0, K1).hash(counting(length))).toBe(expected);
    expect(SipHash.fromKey(counting(16)).hash(counting(length))).toBe(expected);
  });

  it('of a transaction id', () => {
    expect(siphashUint256(K0, K1, counting(32))).toBe(0x7127512f72f27ccen);
  });

  it('has short forms that are its low bits', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.uint8Array({ maxLength: 300 }),
        (key, data) => {
          const hasher = new SipHash(key, key ^ K1);
          const whole = hasher.hash(data);
          expect(BigInt(hasher.hash48(data))).toBe(BigInt.asUintN(48, whole));
          expect(BigInt(hasher.hash32(data))).toBe(BigInt.asUintN(32, whole));
        },
      ),
    );
  });

  it('counts the length modulo 256', () => {
    const hasher = new SipHash(0n, 0n);
    expect(hasher.hash(new Uint8Array(256))).not.toBe(hasher.hash(new Uint8Array(0)));
    expect(hasher.hash(bytes('00'))).not.toBe(hasher.hash(bytes('')));
  });
});
