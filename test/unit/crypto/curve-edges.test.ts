import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToNumber, CURVE_ORDER, numberToBytes32 } from '../../../src/crypto/scalar.js';
import { signSchnorr } from '../../../src/crypto/schnorr.js';
import { defined } from '../../../src/runtime/errors.js';
import { curves, hex } from '../../support/curves.js';

/** Signatures and keys made so that sums meet what general formulas leave out: equal points, opposite ones, infinity. */
const LAMBDA = 0x5363ad4cc05c30e0a5261c028812645a122e22ea20816678df02967c1b23bd72n;

/** Numbers near those whose multiples of G are in tables, or a step of the endomorphism away. */
const near = fc
  .tuple(
    fc.constantFrom(0n, 2n ** 128n, LAMBDA, LAMBDA ** 2n, 2n ** 128n * LAMBDA, 2n ** 64n, CURVE_ORDER >> 1n),
    fc.integer({ min: -40, max: 40 }),
    fc.constantFrom(1n, -1n, 3n, 5n),
  )
  .map(([base, offset, factor]) => modulo((base + BigInt(offset)) * factor))
  .filter(number => number !== 0n);

function modulo(number: bigint): bigint {
  return ((number % CURVE_ORDER) + CURVE_ORDER) % CURVE_ORDER;
}

function inverse(number: bigint): bigint {
  let [a, b, x, y] = [modulo(number), CURVE_ORDER, 1n, 0n];
  while (b > 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return modulo(x);
}

function agreed<T>(ask: (curve: (typeof curves)[number]) => T): T {
  const answers = curves.map(ask);
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  return answers[0] as T;
}

function keyOf(secret: bigint): Uint8Array {
  return defined(curves[0]?.publicKeyOf(numberToBytes32(secret), true), 'public key');
}

function verify(r: bigint, s: bigint, z: bigint, key: Uint8Array): boolean {
  const signature = Buffer.concat([numberToBytes32(r), numberToBytes32(s)]);
  return agreed(curve => curve.verifyEcdsa(signature, numberToBytes32(z), key));
}

describe('ECDSA', () => {
  it('holds for keys and nonces whose points are in tables', () => {
    fc.assert(
      fc.property(near, near, fc.oneof(near, fc.constant(0n)), (secret, nonce, z) => {
        const r = modulo(bytesToNumber(keyOf(nonce).subarray(1)));
        const s = modulo(inverse(nonce) * (z + r * secret));
        fc.pre(s !== 0n);
        expect(verify(r, s, z, keyOf(secret))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('holds where both products are the same point, and fails where they are opposite', () => {
    fc.assert(
      fc.property(near, near, near, (secret, nonce, otherS) => {
        const r = modulo(bytesToNumber(keyOf(nonce).subarray(1)));
        const same = modulo(r * secret);
        expect(verify(r, modulo(2n * same * inverse(nonce)), same, keyOf(secret))).toBe(true);
        expect(verify(r, otherS, modulo(-same), keyOf(secret))).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('takes r for an x of r or of r and the order, as far as the field goes', () => {
    let aboveOrder = 0;
    const z = 0x1234_5678n;
    for (let r = 1n; r <= 12n; r++) {
      for (let id = 0; id <= 3; id++) {
        const signature = Buffer.concat([numberToBytes32(r), numberToBytes32(7n)]);
        const key = curves[0]?.recover(signature, id, numberToBytes32(z), true);
        expect(agreed(curve => hex(curve.recover(signature, id, numberToBytes32(z), true)))).toBe(hex(key));
        if (key === undefined) continue;
        if (id > 1) aboveOrder++;
        expect(verify(r, 7n, z, key)).toBe(true);
        expect(verify(r, 8n, z, key)).toBe(false);
        expect(verify(r + 1n, 7n, z, key)).toBe(false);
      }
    }
    expect(aboveOrder).toBeGreaterThan(0);
  });
});

describe('Schnorr signatures', () => {
  it('hold for keys whose points are in tables, alone and together', () => {
    fc.assert(
      fc.property(near, fc.uint8Array({ minLength: 32, maxLength: 32 }), (secret, message) => {
        const signature = signSchnorr(numberToBytes32(secret), message, new Uint8Array(32));
        const check = {
          signature: defined(signature, 'signature'),
          message,
          xOnlyKey: keyOf(secret).subarray(1),
        };
        expect(agreed(curve => curve.verifySchnorr(check.signature, message, check.xOnlyKey))).toBe(true);
        const opposite = Uint8Array.from(check.signature);
        opposite.set(numberToBytes32(modulo(-bytesToNumber(opposite.subarray(32)))), 32);
        expect(agreed(curve => curve.verifySchnorr(opposite, message, check.xOnlyKey))).toBe(false);
        const [wasm] = curves.filter(({ name }) => name.includes('WebAssembly'));
        expect(wasm?.verifySchnorrBatch([check, check, check, check])).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('tweaks', () => {
  it('hold where the sum doubles a key or leaves nothing of it', () => {
    fc.assert(
      fc.property(near, fc.integer({ min: -2, max: 2 }), (secret, times) => {
        const tweak = numberToBytes32(modulo(secret * BigInt(times)));
        const sum = agreed(curve => hex(curve.addToPublicKey(keyOf(secret), tweak)));
        const wanted = modulo(secret * BigInt(times + 1));
        expect(sum).toBe(wanted === 0n ? undefined : hex(keyOf(wanted)));
      }),
      { numRuns: 60 },
    );
  });
});
