import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadCurve } from '../../../src/crypto/curve.js';
import { bytesToNumber, CURVE_ORDER, numberToBytes32 } from '../../../src/crypto/scalar.js';
import { signSchnorr } from '../../../src/crypto/schnorr.js';
import { bytes, curves, hex } from '../../support/curves.js';

const FIELD_PRIME = 2n ** 256n - 2n ** 32n - 977n;
const [reference] = curves.slice(-1);
if (reference === undefined) throw new Error('no curve backend');
const privateKey = bytes('0000000000000000000000000000000000000000000000000000000000000007');
const publicKey = Buffer.from(reference.publicKeyOf(privateKey, true) ?? []);
const uncompressed = Buffer.from(reference.publicKeyOf(privateKey, false) ?? []);

/** What all backends say; fails unless they agree. */
function agreed<T>(ask: (curve: (typeof curves)[number]) => T): T {
  const answers = curves.map(ask);
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  return answers[0] as T;
}

function withHeader(key: Uint8Array, header: number): Uint8Array {
  const changed = Uint8Array.from(key);
  changed[0] = header;
  return changed;
}

function compact(r: bigint, s: bigint): Uint8Array {
  return Buffer.concat([numberToBytes32(r), numberToBytes32(s)]);
}

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const edgeScalar = fc.constantFrom(0n, 1n, CURVE_ORDER - 1n, CURVE_ORDER, CURVE_ORDER + 1n, 2n ** 256n - 1n);
const scalar = fc.oneof(edgeScalar, bytes32.map(bytesToNumber));
const hash = fc.oneof(scalar.map(numberToBytes32), bytes32);
const edgeX = fc.constantFrom(
  0n,
  1n,
  5n,
  FIELD_PRIME - 1n,
  FIELD_PRIME,
  FIELD_PRIME + 1n,
  CURVE_ORDER,
  CURVE_ORDER + 2n,
);
const xCoordinate = fc.oneof(
  edgeX.map(numberToBytes32),
  bytes32,
  fc.constant<Uint8Array>(publicKey.subarray(1)),
);
const anyKey = fc.oneof(
  fc
    .tuple(fc.constantFrom(0, 1, 2, 3, 4, 5), xCoordinate)
    .map(([header, x]) => Buffer.concat([Uint8Array.of(header), x])),
  fc.constantFrom(0, 2, 4, 5, 6, 7).map(header => withHeader(uncompressed, header)),
  fc
    .tuple(fc.constantFrom(4, 6, 7), xCoordinate, bytes32)
    .map(([header, x, y]) => Buffer.concat([Uint8Array.of(header), x, y])),
  fc.uint8Array({ maxLength: 70 }),
  fc.constant<Uint8Array>(publicKey),
);
const anySignature = fc.oneof(
  fc.tuple(scalar, scalar).map(([r, s]) => compact(r, s)),
  fc.uint8Array({ maxLength: 66 }),
);

describe('all curve backends answer alike and never throw', () => {
  it('holds JavaScript and WebAssembly to the rules, and on this platform the native addon', () => {
    expect(loadCurve('wasm')).toBeDefined();
    if (process.platform === 'linux' && process.arch === 'x64') expect(loadCurve('native')).toBeDefined();
  });

  it('ECDSA verification of anything', () => {
    fc.assert(
      fc.property(anySignature, hash, anyKey, (signature, message, key) => {
        agreed(curve => curve.verifyEcdsa(signature, message, key));
      }),
      { numRuns: 150 },
    );
  });

  it('ECDSA verification of good signatures, high and low s, whole and damaged, under every form of the key', () => {
    fc.assert(
      fc.property(
        hash,
        fc.constantFrom(2, 3, 4, 6, 7),
        fc.boolean(),
        fc.integer({ min: -1, max: 63 }),
        (message, header, high, damage) => {
          const signed = agreed(curve => curve.signRecoverable(message, privateKey, undefined));
          if (signed === undefined) throw new Error('valid key signs');
          const r = bytesToNumber(signed.signature.subarray(0, 32));
          const s = bytesToNumber(signed.signature.subarray(32));
          const signature = compact(r, high ? CURVE_ORDER - s : s);
          if (damage >= 0) signature[damage] = (signature[damage] as number) ^ 1;
          const odd = (uncompressed[64] as number) & 1;
          // A zero hash makes r and s hold for the point and its negative alike.
          const eitherParity = header <= 3 && bytesToNumber(message) % CURVE_ORDER === 0n;
          const fits = eitherParity || header === 4 || header === 2 + odd || header === 6 + odd;
          const key = withHeader(header <= 3 ? publicKey : uncompressed, header);
          expect(agreed(curve => curve.verifyEcdsa(signature, message, key))).toBe(fits && damage < 0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('Schnorr verification of anything', () => {
    const signature = fc.oneof(
      anySignature,
      fc.tuple(xCoordinate, scalar).map(([x, s]) => Buffer.concat([x, numberToBytes32(s)])),
    );
    fc.assert(
      fc.property(
        signature,
        fc.uint8Array({ maxLength: 40 }),
        fc.oneof(xCoordinate, fc.uint8Array({ maxLength: 34 })),
        (sig, message, key) => {
          expect(agreed(curve => curve.verifySchnorr(sig, message, key))).toBe(false);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('Schnorr verification of good signatures over messages of any length, whole and damaged', () => {
    fc.assert(
      fc.property(
        fc.oneof(bytes32, fc.uint8Array({ maxLength: 100 })),
        bytes32,
        fc.integer({ min: -1, max: 63 }),
        (message, aux, damage) => {
          const signature = Buffer.from(signSchnorr(privateKey, message, aux) ?? []);
          if (damage >= 0) signature[damage] = (signature[damage] as number) ^ 1;
          expect(agreed(curve => curve.verifySchnorr(signature, message, publicKey.subarray(1)))).toBe(
            damage < 0,
          );
        },
      ),
      { numRuns: 30 },
    );
  });

  it('keys and tweaks', () => {
    fc.assert(
      fc.property(anyKey, scalar, (key, number) => {
        const tweak = numberToBytes32(number);
        agreed(curve => curve.isPublicKey(key));
        agreed(curve => hex(curve.convertPublicKey(key, true)));
        agreed(curve => hex(curve.convertPublicKey(key, false)));
        agreed(curve => hex(curve.addToPublicKey(key, tweak)));
        agreed(curve => hex(curve.publicKeyOf(tweak, true)));
        agreed(curve => {
          const sum = curve.tweakXOnly(key.subarray(1), tweak);
          return sum === undefined ? undefined : [hex(sum.key), sum.parity];
        });
      }),
      { numRuns: 100 },
    );
  });

  it('sums at infinity', () => {
    const minus = numberToBytes32(CURVE_ORDER - bytesToNumber(privateKey));
    expect(agreed(curve => curve.addToPublicKey(publicKey, minus))).toBeUndefined();
    const even = publicKey[0] === 2 ? minus : privateKey;
    expect(agreed(curve => curve.tweakXOnly(publicKey.subarray(1), even))).toBeUndefined();
  });

  it('signing with extra entropy, and recovery with any id', () => {
    fc.assert(
      fc.property(hash, bytes32, scalar, fc.integer({ min: 0, max: 3 }), (message, entropy, number, id) => {
        const key = numberToBytes32(number);
        const signed = agreed(curve => {
          const result = curve.signRecoverable(message, key, entropy);
          return result && { signature: hex(result.signature), recoveryId: result.recoveryId };
        });
        const signature = bytes(signed?.signature ?? '00'.repeat(64));
        agreed(curve => hex(curve.recover(signature, id, message, true)));
        agreed(curve => hex(curve.recover(compact(number % 1000n, 5n), id, message, false)));
      }),
      { numRuns: 40 },
    );
  });

  it('stays sound after many keys that are not on the curve', () => {
    const offCurve = Buffer.concat([Uint8Array.of(2), numberToBytes32(5n)]);
    const message = new Uint8Array(32).fill(9);
    for (const curve of curves.filter(({ name }) => !name.includes('JavaScript'))) {
      const signature = curve.signRecoverable(message, privateKey, undefined)?.signature ?? new Uint8Array();
      for (let i = 0; i < 5000; i++) {
        curve.verifyEcdsa(signature, message, offCurve);
        curve.verifySchnorr(signature, message, offCurve.subarray(1));
        curve.addToPublicKey(offCurve, message);
      }
      expect(curve.verifyEcdsa(signature, message, publicKey)).toBe(true);
    }
  });
});
