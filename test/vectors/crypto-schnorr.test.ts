import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { publicKeyOf, signSchnorr, xOnly } from '../../src/crypto/keys.js';
import { bytes, curves, hex } from '../support/curves.js';
import { hasShared, sharedPath } from '../support/shared.js';

interface Vector {
  readonly index: string;
  readonly privateKey: Uint8Array | undefined;
  readonly key: Uint8Array;
  readonly auxRand: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly valid: boolean;
}

/** Columns: index, secret key, public key, aux_rand, message, signature, verification result, comment. */
function load(path: string): Vector[] {
  const [, ...lines] = readFileSync(sharedPath(path), 'utf8').trim().split(/\r?\n/);
  return lines.map(line => {
    const [index = '', secret = '', key = '', aux = '', message = '', signature = '', result] =
      line.split(',');
    return {
      index,
      privateKey: secret === '' ? undefined : bytes(secret),
      key: bytes(key),
      auxRand: bytes(aux),
      message: bytes(message),
      signature: bytes(signature),
      valid: result === 'TRUE',
    };
  });
}

describe.skipIf(!hasShared).each([
  ['vectors/bips/bip-0340/test-vectors.csv', 19],
  ['vectors/noble-curves/schnorr.csv', 15],
] as const)('BIP340 vectors: %s', (path, count) => {
  it.each([...curves])('verified by $name', curve => {
    const vectors = load(path);
    expect(vectors).toHaveLength(count);
    for (const { index, signature, message, key, valid } of vectors) {
      expect(curve.verifySchnorr(signature, message, key), `vector ${index}`).toBe(valid);
    }
    console.log(`${path}: ${vectors.length} cases (${curve.name})`);
  });

  it('signed', () => {
    for (const { index, privateKey, key, auxRand, message, signature } of load(path)) {
      if (privateKey === undefined) continue;
      expect(hex(xOnly(publicKeyOf(privateKey, true)))).toBe(hex(key));
      expect(hex(signSchnorr(privateKey, message, auxRand)), `vector ${index}`).toBe(hex(signature));
    }
  });
});
