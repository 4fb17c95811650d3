import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publicKeyOf, signSchnorr, xOnly } from '../../../src/crypto/keys.js';
import { CURVE_ORDER, numberToBytes32 } from '../../../src/crypto/scalar.js';
import type { SchnorrCheck } from '../../../src/crypto/secp256k1.js';
import { curves } from '../../support/curves.js';

const wasm = curves.filter(({ name }) => name === 'secp256k1 (WebAssembly)');

function check(number: number, key = number): SchnorrCheck {
  const privateKey = numberToBytes32(BigInt(key) + 1n);
  const message = numberToBytes32(BigInt(number) ** 5n);
  const signature = signSchnorr(privateKey, message, new Uint8Array(32)) ?? new Uint8Array();
  return { signature, message, xOnlyKey: xOnly(publicKeyOf(privateKey, true)) };
}

const CHECKS = Array.from({ length: 300 }, (_, number) => check(number));

function withBitFlipped(bytes: Uint8Array, bit: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
  return changed;
}

function replaced(checks: readonly SchnorrCheck[], at: number, changed: Partial<SchnorrCheck>) {
  return checks.map((each, index) => (index === at ? { ...each, ...changed } : each));
}

describe.each(curves)('batches of BIP340 signatures: $name', curve => {
  it('are valid when all signatures are, and when there are none', () => {
    for (const size of [0, 1, 2, 3, 7]) expect(curve.verifySchnorrBatch(CHECKS.slice(0, size))).toBe(true);
  });

  it('are not valid with one that is not, wherever it is', () => {
    for (const at of [0, 2, 4]) {
      const { signature } = CHECKS[at] as SchnorrCheck;
      const changed = replaced(CHECKS.slice(0, 5), at, { signature: withBitFlipped(signature, 300) });
      expect(curve.verifySchnorrBatch(changed)).toBe(false);
    }
  });

  it('are not valid with signatures or keys of other lengths', () => {
    const { signature, xOnlyKey } = CHECKS[1] as SchnorrCheck;
    const checks = CHECKS.slice(0, 4);
    expect(curve.verifySchnorrBatch(replaced(checks, 1, { signature: signature.subarray(1) }))).toBe(false);
    expect(curve.verifySchnorrBatch(replaced(checks, 1, { xOnlyKey: xOnlyKey.subarray(1) }))).toBe(false);
  });
});

describe.each(wasm)('batches of BIP340 signatures, made together: $name', curve => {
  it('are valid at every size, across the most that is made at once', () => {
    for (let size = 1; size <= 40; size++) expect(curve.verifySchnorrBatch(CHECKS.slice(0, size))).toBe(true);
    for (const size of [127, 128, 129, 130, 131, 200, 256, 300]) {
      expect(curve.verifySchnorrBatch(CHECKS.slice(0, size)), `${size}`).toBe(true);
      const { signature } = CHECKS[size - 1] as SchnorrCheck;
      const last = replaced(CHECKS.slice(0, size), size - 1, { signature: withBitFlipped(signature, 511) });
      expect(curve.verifySchnorrBatch(last), `${size}, the last damaged`).toBe(false);
    }
  });

  it('are not valid with any bit flipped in any part', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 60 }),
        fc.nat(),
        fc.constantFrom('signature', 'message', 'xOnlyKey' as const),
        fc.nat({ max: 511 }),
        (size, place, part, bit) => {
          const at = place % size;
          const bytes = (CHECKS[at] as SchnorrCheck)[part];
          const changed = withBitFlipped(bytes, bit % (8 * bytes.length));
          expect(curve.verifySchnorrBatch(replaced(CHECKS.slice(0, size), at, { [part]: changed }))).toBe(
            false,
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are valid in any order, with any repeated, and under keys used again', () => {
    const sameKey = Array.from({ length: 20 }, (_, number) => check(number, 5));
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...CHECKS, ...sameKey), { minLength: 3, maxLength: 50 }),
        checks => {
          expect(curve.verifySchnorrBatch(checks)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are not valid when errors of two signatures would cancel without coefficients', () => {
    const [first, second, ...rest] = CHECKS.slice(0, 10) as [SchnorrCheck, SchnorrCheck, ...SchnorrCheck[]];
    const swapped = [
      { ...first, signature: moveS(first.signature, 1n) },
      { ...second, signature: moveS(second.signature, -1n) },
      ...rest,
    ];
    expect(curve.verifySchnorrBatch(swapped)).toBe(false);
  });

  it('say what single checks say of hostile parts', () => {
    const edge = fc.constantFrom(
      0n,
      1n,
      CURVE_ORDER - 1n,
      CURVE_ORDER,
      2n ** 256n - 2n ** 32n - 977n,
      2n ** 256n - 1n,
    );
    fc.assert(
      fc.property(fc.nat({ max: 9 }), edge, edge, edge, fc.nat({ max: 6 }), (at, r, s, key, parts) => {
        const good = CHECKS[at] as SchnorrCheck;
        const hostile = {
          ...good,
          signature: Buffer.concat([
            parts & 1 ? numberToBytes32(r) : good.signature.subarray(0, 32),
            parts & 2 ? numberToBytes32(s) : good.signature.subarray(32),
          ]),
          xOnlyKey: parts & 4 ? numberToBytes32(key) : good.xOnlyKey,
        };
        const single = curve.verifySchnorr(hostile.signature, hostile.message, hostile.xOnlyKey);
        expect(curve.verifySchnorrBatch(replaced(CHECKS.slice(0, 10), at, hostile))).toBe(single);
      }),
      { numRuns: 200 },
    );
  });
});

function moveS(signature: Uint8Array, by: bigint): Uint8Array {
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).toString('hex')}`);
  return Buffer.concat([signature.subarray(0, 32), numberToBytes32((s + by + CURVE_ORDER) % CURVE_ORDER)]);
}
