import { describe, expect, it } from 'vitest';
import { SipHash } from '../../src/crypto/siphash.js';
import { bytes } from '../support/curves.js';
import { hasShared, readSharedJson } from '../support/shared.js';

interface SipHashVector {
  key: [string, string];
  input: string[];
  expected: { siphash24: string };
}

describe.skipIf(!hasShared)('siphash.json of Core', () => {
  it('SipHash-2-4 of the joined pieces', () => {
    const vectors = readSharedJson<SipHashVector[]>('vectors/core/siphash.json');
    expect(vectors.length).toBeGreaterThan(10);
    for (const { key, input, expected } of vectors) {
      const hasher = new SipHash(BigInt(`0x${key[0]}`), BigInt(`0x${key[1]}`));
      expect(hasher.hash(bytes(input.join(''))), JSON.stringify(input)).toBe(
        BigInt(`0x${expected.siphash24}`),
      );
    }
  });
});
