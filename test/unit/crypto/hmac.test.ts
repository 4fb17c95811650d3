import { describe, expect, it } from 'vitest';
import { hmacSha256, hmacSha512, pbkdf2Sha512 } from '../../../src/crypto/hmac.js';
import { bytes, hex } from '../../support/curves.js';

describe('HMAC (RFC 4231)', () => {
  const key = new Uint8Array(20).fill(0x0b);
  const data = Buffer.from('Hi There');

  it('SHA-256', () => {
    expect(hex(hmacSha256(key, data))).toBe(
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    );
  });

  it('SHA-512', () => {
    expect(hex(hmacSha512(key, data))).toBe(
      '87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854',
    );
  });
});

it('PBKDF2 makes the seed of the first BIP39 vector', () => {
  const words = `${'abandon '.repeat(11)}about`;
  expect(hex(pbkdf2Sha512(Buffer.from(words), Buffer.from('mnemonicTREZOR'), 2048, 64))).toBe(
    hex(
      bytes(
        'c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04',
      ),
    ),
  );
});
