import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chacha20Keystream } from '../../../src/crypto/chacha20.js';
import { bytes, hex } from '../../support/curves.js';

describe("ChaCha20's keystream", () => {
  /** RFC 8439, section 2.3.2 and appendix A.1. */
  it.each([
    [
      '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
      '000000090000004a00000000',
      1,
      '10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4ed2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e',
    ],
    [
      '00'.repeat(32),
      '00'.repeat(12),
      0,
      '76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586',
    ],
    [
      '00'.repeat(32),
      '00'.repeat(12),
      1,
      '9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f',
    ],
  ])('of the RFC (%#)', (key, nonce, block, expected) => {
    expect(hex(chacha20Keystream(bytes(key), bytes(nonce), block, 64))).toBe(expected);
  });

  it('goes on from block to block, cut at any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(300), (key, length) => {
        const nonce = key.subarray(0, 12);
        const whole = Buffer.concat([0, 1, 2, 3, 4].map(block => chacha20Keystream(key, nonce, block, 64)));
        expect(hex(chacha20Keystream(key, nonce, 0, length))).toBe(hex(whole.subarray(0, length)));
      }),
    );
  });
});
