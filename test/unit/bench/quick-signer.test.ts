import { describe, expect, it } from 'vitest';
import { QuickSigner, quickKey } from '../../../bench/quick-signer.js';
import { verifyEcdsaDer } from '../../../src/crypto/ecdsa.js';
import { sha256 } from '../../../src/crypto/hash.js';
import { xOnly } from '../../../src/crypto/keys.js';
import { verifySchnorr } from '../../../src/crypto/schnorr.js';

const KEYS = Array.from({ length: 300 }, (_, index) => quickKey(index));
const hashOf = (index: number) => sha256(Buffer.from(`message ${index}`));

describe('the quick signer', () => {
  it('makes ECDSA signatures that verify, of at most 70 bytes', () => {
    const signer = new QuickSigner();
    for (const [index, key] of KEYS.entries()) {
      const signature = signer.ecdsa(key, hashOf(index));
      expect(verifyEcdsaDer(signature, hashOf(index), key.publicKey)).toBe(true);
      expect(verifyEcdsaDer(signature, hashOf(index + 1), key.publicKey)).toBe(false);
      expect(signature.length).toBeLessThanOrEqual(70);
    }
  });

  it('makes BIP340 signatures that verify', () => {
    const signer = new QuickSigner();
    for (const [index, key] of KEYS.entries()) {
      const signature = signer.schnorr(key, hashOf(index));
      expect(verifySchnorr(signature, hashOf(index), xOnly(key.publicKey))).toBe(true);
      expect(verifySchnorr(signature, hashOf(index + 1), xOnly(key.publicKey))).toBe(false);
    }
  });

  it('has another key for each number', () => {
    expect(new Set(KEYS.map(({ scalar }) => scalar)).size).toBe(KEYS.length);
  });
});
