import { describe, expect, it } from 'vitest';
import { encodeDer, isLowS, parseDerLax } from '../../src/crypto/ecdsa.js';
import { sha256 } from '../../src/crypto/hash.js';
import { CURVE_ORDER, isAtMostHalfOrder, numberToBytes32 } from '../../src/crypto/scalar.js';
import { bytes, curves, hex } from '../support/curves.js';
import { hasShared, readSharedJson } from '../support/shared.js';

interface WycheproofFile {
  numberOfTests: number;
  testGroups: {
    publicKey: { uncompressed: string };
    tests: { tcId: number; comment: string; msg: string; sig: string; result: 'valid' | 'invalid' }[];
  }[];
}

interface EcdsaFile {
  valid: { d: string; m: string; signature: string }[];
  invalid: {
    sign: { d: string; m: string }[];
    verify: { description: string; Q: string; m: string; signature: string; strict?: boolean }[];
  };
  extraEntropy: Record<string, string>[];
}

/** The JavaScript backend takes 15 ms to sign, verify and recover: it sees one of so many. The others see all. */
const JAVASCRIPT_SHARE = 20;
const VALID = 2019;

const EXTRA_ENTROPY: [name: string, entropy: Uint8Array | undefined][] = [
  ['signature', undefined],
  ['extraEntropy0', numberToBytes32(0n)],
  ['extraEntropy1', numberToBytes32(1n)],
  ['extraEntropyN', numberToBytes32(CURVE_ORDER)],
  ['extraEntropyMax', numberToBytes32(2n ** 256n - 1n)],
];

describe.skipIf(!hasShared)('Wycheproof ECDSA on secp256k1', () => {
  describe.each([...curves])('$name', curve => {
    it.each([
      ['bitcoin: strict DER and low s', 'ecdsa_secp256k1_sha256_bitcoin_test.json', true, 463],
      ['strict DER', 'ecdsa_secp256k1_sha256_test.json', false, 476],
    ])('%s', (_name, file, lowS, count) => {
      const { testGroups, numberOfTests } = readSharedJson<WycheproofFile>(
        `vectors/wycheproof/testvectors_v1/${file}`,
      );
      const vectors = testGroups.flatMap(({ publicKey, tests }) =>
        tests.map(test => ({ ...test, key: bytes(publicKey.uncompressed) })),
      );
      expect([vectors.length, numberOfTests]).toEqual([count, count]);
      for (const { key, msg, sig, result, tcId, comment } of vectors) {
        const der = bytes(sig);
        const compact = parseDerLax(der);
        const verified = compact !== undefined && curve.verifyEcdsa(compact, sha256(bytes(msg)), key);
        const strict = compact !== undefined && hex(encodeDer(compact)) === sig && (!lowS || isLowS(der));
        expect(verified && strict, `${tcId} ${comment}`).toBe(result === 'valid');
      }
      console.log(`${file}: ${vectors.length} cases (${curve.name})`);
    });
  });
});

describe.skipIf(!hasShared)('ECDSA vectors of noble-curves', () => {
  const load = () => readSharedJson<EcdsaFile>('vectors/noble-curves/ecdsa.json');

  describe.each([...curves])('$name', curve => {
    it('signs with RFC6979 nonces and verifies', () => {
      const { valid } = load();
      const vectors = curve.name.includes('JavaScript')
        ? valid.filter((_, i) => i % JAVASCRIPT_SHARE === 0)
        : valid;
      expect(valid).toHaveLength(VALID);
      for (const { d, m, signature } of vectors) {
        const signed = curve.signRecoverable(bytes(m), bytes(d), undefined);
        expect(hex(signed?.signature)).toBe(signature);
        const key = curve.publicKeyOf(bytes(d), true) ?? new Uint8Array();
        expect(curve.verifyEcdsa(bytes(signature), bytes(m), key)).toBe(true);
        expect(hex(curve.recover(bytes(signature), signed?.recoveryId ?? 0, bytes(m), true))).toBe(hex(key));
      }
      console.log(`noble-curves ecdsa.json: ${vectors.length} of ${valid.length} cases (${curve.name})`);
    });

    it('refuses what is invalid', () => {
      for (const { d, m } of load().invalid.sign) {
        expect(curve.signRecoverable(bytes(m), bytes(d), undefined)).toBeUndefined();
      }
      for (const { description, Q, m, signature } of load().invalid.verify) {
        const compact = bytes(signature);
        const high = compact.length === 64 && !isAtMostHalfOrder(compact.subarray(32));
        if (high) continue;
        expect(curve.verifyEcdsa(compact, bytes(m), bytes(Q)), description).toBe(false);
      }
    });

    it('mixes extra entropy into the nonce', () => {
      for (const { d = '', m = '', ...signatures } of load().extraEntropy) {
        for (const [name, entropy] of EXTRA_ENTROPY) {
          const signed = curve.signRecoverable(bytes(m), bytes(d), entropy);
          expect(hex(signed?.signature), name).toBe(signatures[name]);
        }
      }
    });
  });
});
