import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256d, taggedHash } from '../../../src/crypto/hash.js';
import {
  isValidPrivateKey,
  privateKeyTweakAdd,
  publicKeyOf,
  publicKeyTweakAdd,
  recoverPublicKey,
  signEcdsa,
  signRecoverable,
  signSchnorr,
  tweakPrivateKeyXOnly,
  xOnly,
} from '../../../src/crypto/keys.js';
import { CURVE_ORDER, numberToBytes32 } from '../../../src/crypto/scalar.js';
import { tweakXOnly, verifySchnorr } from '../../../src/crypto/schnorr.js';
import { bytes, hex } from '../../support/curves.js';

const utf8 = (text: string) => Buffer.from(text, 'utf8');
const scalarBytes = fc.bigInt({ min: 1n, max: CURVE_ORDER - 1n }).map(numberToBytes32);
/** The two keys of Core's key_tests.cpp, taken out of their WIF. */
const KEY_1 = bytes('12b004fff7f4b69ef8650e767f18f11ede158148b425660723b9f9a66e61f747');
const KEY_2 = bytes('b524c28b61c9b2c49b2c7dd4c2d75887abb78768c054bd7c01af4029f6c0d117');

describe('ECDSA signing', () => {
  const hash = sha256d(utf8('Very deterministic message'));

  it('gives the signatures of Core', () => {
    expect(hex(signEcdsa(KEY_1, hash))).toBe(
      '304402205dbbddda71772d95ce91cd2d14b592cfbc1dd0aabd6a394b6c2d377bbe59d31d022014ddda21494a4e221f0824f0b8b924c43fa43c0ad57dccdaa11f81a6bd4582f6',
    );
    expect(hex(signEcdsa(KEY_2, hash))).toBe(
      '3044022052d8a32079c11e79db95af63bb9600c5b04f21a9ca33dc129c2bfa8ac9dc1cd5022061d8ae5e0f6c1a16bde3719c64c2fd70e404b6428ab9a69566962e8771b5944d',
    );
  });

  it('grinds for a low r: never more than 70 bytes, sometimes less', () => {
    const sizes = Array.from(
      { length: 256 },
      (_, i) => signEcdsa(KEY_1, sha256d(utf8(`A message to be signed${i}`))).length,
    );
    expect(Math.max(...sizes)).toBe(70);
    expect(Math.min(...sizes)).toBeLessThan(70);
  });
});

describe('recoverable signatures', () => {
  const hash = sha256d(utf8('Very deterministic message'));

  it.each([
    [
      KEY_1,
      false,
      '1c5dbbddda71772d95ce91cd2d14b592cfbc1dd0aabd6a394b6c2d377bbe59d31d14ddda21494a4e221f0824f0b8b924c43fa43c0ad57dccdaa11f81a6bd4582f6',
    ],
    [
      KEY_1,
      true,
      '205dbbddda71772d95ce91cd2d14b592cfbc1dd0aabd6a394b6c2d377bbe59d31d14ddda21494a4e221f0824f0b8b924c43fa43c0ad57dccdaa11f81a6bd4582f6',
    ],
    [
      KEY_2,
      false,
      '1c52d8a32079c11e79db95af63bb9600c5b04f21a9ca33dc129c2bfa8ac9dc1cd561d8ae5e0f6c1a16bde3719c64c2fd70e404b6428ab9a69566962e8771b5944d',
    ],
    [
      KEY_2,
      true,
      '2052d8a32079c11e79db95af63bb9600c5b04f21a9ca33dc129c2bfa8ac9dc1cd561d8ae5e0f6c1a16bde3719c64c2fd70e404b6428ab9a69566962e8771b5944d',
    ],
  ])('are those of Core and give the key back (%#)', (key, compressed, expected) => {
    const signature = signRecoverable(key, hash, compressed);
    expect(hex(signature)).toBe(expected);
    expect(hex(recoverPublicKey(signature, hash))).toBe(hex(publicKeyOf(key, compressed)));
  });

  it('of another length or with impossible numbers give no key', () => {
    expect(recoverPublicKey(new Uint8Array(64), hash)).toBeUndefined();
    expect(recoverPublicKey(new Uint8Array(65).fill(0xff), hash)).toBeUndefined();
    expect(recoverPublicKey(new Uint8Array(65), hash)).toBeUndefined();
  });
});

describe('private keys', () => {
  it('are numbers from 1 to the order less one', () => {
    expect(isValidPrivateKey(numberToBytes32(0n))).toBe(false);
    expect(isValidPrivateKey(numberToBytes32(1n))).toBe(true);
    expect(isValidPrivateKey(numberToBytes32(CURVE_ORDER - 1n))).toBe(true);
    expect(isValidPrivateKey(numberToBytes32(CURVE_ORDER))).toBe(false);
    expect(isValidPrivateKey(new Uint8Array(31).fill(1))).toBe(false);
  });

  it('and public keys take the same tweak to the same key (BIP32)', () => {
    fc.assert(
      fc.property(scalarBytes, scalarBytes, (key, tweak) => {
        const child = privateKeyTweakAdd(key, tweak);
        const expected = child === undefined ? undefined : hex(publicKeyOf(child, true));
        expect(hex(publicKeyTweakAdd(publicKeyOf(key, true), tweak))).toBe(expected);
      }),
      { numRuns: 50 },
    );
    expect(privateKeyTweakAdd(numberToBytes32(5n), numberToBytes32(CURVE_ORDER - 5n))).toBeUndefined();
    expect(privateKeyTweakAdd(numberToBytes32(5n), numberToBytes32(CURVE_ORDER))).toBeUndefined();
  });
});

describe('taproot keys', () => {
  it('sign with the tweaked private key for the tweaked x-only key (BIP341)', () => {
    fc.assert(
      fc.property(scalarBytes, fc.uint8Array({ minLength: 32, maxLength: 32 }), (key, root) => {
        const internal = xOnly(publicKeyOf(key, true));
        const tweak = taggedHash('TapTweak', internal, root);
        const output = tweakXOnly(internal, tweak);
        const signing = tweakPrivateKeyXOnly(key, tweak);
        if (output === undefined || signing === undefined) throw new Error('valid tweak');
        expect(hex(xOnly(publicKeyOf(signing, true)))).toBe(hex(output.key));
        expect(publicKeyOf(signing, true)[0]).toBe(2 + output.parity);
        const signature = signSchnorr(signing, root, new Uint8Array(32));
        expect(signature !== undefined && verifySchnorr(signature, root, output.key)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('of an invalid private key do not exist', () => {
    expect(tweakPrivateKeyXOnly(new Uint8Array(32), numberToBytes32(1n))).toBeUndefined();
    expect(signSchnorr(new Uint8Array(32), new Uint8Array(32), new Uint8Array(32))).toBeUndefined();
  });
});
