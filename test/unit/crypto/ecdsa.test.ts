import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compressPublicKey,
  encodeDer,
  isLowS,
  isValidPublicKey,
  isValidXOnlyKey,
  parseDerLax,
  uncompressPublicKey,
  verifyEcdsaDer,
} from '../../../src/crypto/ecdsa.js';
import { publicKeyOf, signEcdsa } from '../../../src/crypto/keys.js';
import { CURVE_ORDER, numberToBytes32, withLowS } from '../../../src/crypto/scalar.js';
import { bytes, hex } from '../../support/curves.js';

const ONE_ONE = `${'00'.repeat(31)}01`.repeat(2);
const ZERO = '00'.repeat(64);

describe('lax DER', () => {
  const cases: [name: string, der: string, compact: string | undefined][] = [
    ['strict DER', '3006020101020101', ONE_ONE],
    ['a wrong sequence length', '30ff020101020101', undefined],
    ['a short sequence length', '3001020101020101', ONE_ONE],
    ['a long form of the sequence length', '308106020101020101', ONE_ONE],
    ['bytes after the end', '3006020101020101ffff', ONE_ONE],
    ['padding with zeros', '30080202000102020001', ONE_ONE],
    ['a long form of an integer length', '3008028101010281 0101'.replace(' ', ''), ONE_ONE],
    ['leading zeros in a long length', '300c028400000001010201 01'.replace(' ', ''), ONE_ONE],
    ['empty integers as zero', '300402000200', ZERO],
    [
      'a negative integer as its unsigned bytes',
      '30060201ff020101',
      `${'00'.repeat(31)}ff${'00'.repeat(31)}01`,
    ],
    ['r not below the order as zero', `3026022100${'ff'.repeat(32)}020101`, ZERO],
    ['r of 33 significant bytes as zero', `30260221${'01'.repeat(33)}020101`, ZERO],
    ['nothing', '', undefined],
    ['a tag alone', '30', undefined],
    ['another tag', '3106020101020101', undefined],
    ['no s', '3003020101', undefined],
    ['an s that runs over the end', '3006020101020201', undefined],
    ['a length of four significant bytes', '300c0284010000010102 0101'.replace(' ', ''), undefined],
    ['a length that runs over the end', '300602ff', undefined],
  ];
  it.each(cases)('%s', (_name, der, compact) => {
    expect(hex(parseDerLax(bytes(der)))).toBe(compact);
  });

  it('never throws and yields 64 bytes or nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), tail => {
        const parsed = parseDerLax(Buffer.concat([Uint8Array.of(0x30, 6, 2), tail]));
        expect(parsed?.length ?? 64).toBe(64);
      }),
    );
  });

  it('reads what encodeDer writes', () => {
    const scalarBytes = fc.bigInt({ min: 0n, max: CURVE_ORDER - 1n }).map(numberToBytes32);
    fc.assert(
      fc.property(scalarBytes, scalarBytes, (r, s) => {
        const compact = Buffer.concat([r, s]);
        expect(hex(parseDerLax(encodeDer(compact)))).toBe(hex(compact));
        expect(hex(encodeDer(parseDerLax(encodeDer(compact)) ?? new Uint8Array()))).toBe(
          hex(encodeDer(compact)),
        );
      }),
    );
  });
});

describe('low s', () => {
  const signature = (s: bigint) => encodeDer(Buffer.concat([numberToBytes32(1n), numberToBytes32(s)]));

  it('is half the order or less', () => {
    expect(isLowS(signature(CURVE_ORDER / 2n))).toBe(true);
    expect(isLowS(signature(CURVE_ORDER / 2n + 1n))).toBe(false);
    expect(isLowS(signature(CURVE_ORDER - 1n))).toBe(false);
    expect(isLowS(bytes('3003020101'))).toBe(false);
  });

  it('is reached by negating', () => {
    const high = Buffer.concat([numberToBytes32(1n), numberToBytes32(CURVE_ORDER - 5n)]);
    expect(hex(withLowS(high)?.subarray(32))).toBe(hex(numberToBytes32(5n)));
  });
});

describe('verification of signatures in DER', () => {
  const privateKey = numberToBytes32(12345n);
  const hash = new Uint8Array(32).fill(1);

  it('takes low and high s and refuses another hash or key', () => {
    const key = publicKeyOf(privateKey, true);
    const low = signEcdsa(privateKey, hash);
    const compact = parseDerLax(low) ?? new Uint8Array(64);
    const s = BigInt(`0x${hex(compact.subarray(32))}`);
    const high = encodeDer(Buffer.concat([compact.subarray(0, 32), numberToBytes32(CURVE_ORDER - s)]));
    expect(verifyEcdsaDer(low, hash, key)).toBe(true);
    expect(verifyEcdsaDer(high, hash, key)).toBe(true);
    expect(verifyEcdsaDer(low, new Uint8Array(32), key)).toBe(false);
    expect(verifyEcdsaDer(low, hash, publicKeyOf(numberToBytes32(2n), true))).toBe(false);
    expect(verifyEcdsaDer(new Uint8Array(), hash, key)).toBe(false);
    expect(verifyEcdsaDer(low, hash, new Uint8Array())).toBe(false);
  });
});

describe('public keys', () => {
  const G = '79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';
  const GY = '483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8';

  it.each([
    ['compressed', `02${G}`, true],
    ['uncompressed', `04${G}${GY}`, true],
    ['hybrid with the right parity', `06${G}${GY}`, true],
    ['hybrid with the wrong parity', `07${G}${GY}`, false],
    ['compressed header on 65 bytes', `02${G}${GY}`, false],
    ['uncompressed header on 33 bytes', `04${G}`, false],
    ['x not on the curve', `02${'00'.repeat(31)}05`, false],
    ['y not on the curve', `04${G}${G}`, false],
    ['the point at infinity', '00', false],
    ['nothing', '', false],
  ])('%s', (_name, key, valid) => {
    expect(isValidPublicKey(bytes(key))).toBe(valid);
    expect(hex(compressPublicKey(bytes(key)))).toBe(valid ? `02${G}` : undefined);
    expect(hex(uncompressPublicKey(bytes(key)))).toBe(valid ? `04${G}${GY}` : undefined);
  });

  it('x-only', () => {
    expect(isValidXOnlyKey(bytes(G))).toBe(true);
    expect(isValidXOnlyKey(bytes(`${'00'.repeat(31)}05`))).toBe(false);
    expect(isValidXOnlyKey(bytes(`02${G}`))).toBe(false);
  });
});
