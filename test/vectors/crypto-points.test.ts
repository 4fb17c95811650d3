import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { numberToBytes32 } from '../../src/crypto/scalar.js';
import { bytes, curves, hex } from '../support/curves.js';
import { hasShared, readSharedJson, sharedPath } from '../support/shared.js';

interface PointsFile {
  valid: {
    isPoint: { P: string; expected: boolean }[];
    pointAddScalar: { P: string; d: string; expected: string | null }[];
    pointCompress: { P: string; compress: boolean; expected: string }[];
    pointFromScalar: { d: string; expected: string }[];
  };
  invalid: {
    pointAddScalar: { description: string; P: string; d: string; exception: string }[];
    pointCompress: { description: string; P: string }[];
    pointFromScalar: { d: string }[];
  };
}

const POINTS = 1272;

describe.skipIf(!hasShared)('points of noble-curves', () => {
  const load = () => readSharedJson<PointsFile>('vectors/noble-curves/points.json');

  describe.each([...curves])('$name', curve => {
    it('tells points from other bytes', () => {
      for (const { P, expected } of load().valid.isPoint)
        expect(curve.isPublicKey(bytes(P)), P).toBe(expected);
      for (const { P, description } of load().invalid.pointCompress) {
        expect(curve.isPublicKey(bytes(P)), description).toBe(false);
      }
    });

    it('reads and writes every point of points.txt', () => {
      const points = readFileSync(sharedPath('vectors/noble-curves/points.txt'), 'utf8').trim().split('\n');
      expect(points).toHaveLength(POINTS);
      for (const point of points) {
        const whole = curve.convertPublicKey(bytes(point), false);
        expect(hex(curve.convertPublicKey(whole ?? new Uint8Array(), true))).toBe(point);
      }
      console.log(`noble-curves points.txt: ${points.length} points (${curve.name})`);
    });

    it('converts', () => {
      for (const { P, compress, expected } of load().valid.pointCompress) {
        expect(hex(curve.convertPublicKey(bytes(P), compress))).toBe(expected);
      }
    });

    it('multiplies the generator', () => {
      for (const { d, expected } of load().valid.pointFromScalar) {
        expect(hex(curve.publicKeyOf(bytes(d), true))).toBe(expected);
      }
      for (const { d } of load().invalid.pointFromScalar)
        expect(curve.publicKeyOf(bytes(d), true)).toBeUndefined();
      const lines = readFileSync(sharedPath('vectors/noble-curves/privates-2.txt'), 'utf8')
        .trim()
        .split('\n');
      for (const line of lines) {
        const [scalar = '', x = '', y = ''] = line.split(':');
        expect(hex(curve.publicKeyOf(numberToBytes32(BigInt(scalar)), false))).toBe(`04${x}${y}`);
      }
    });

    it('adds a multiple of the generator', () => {
      for (const { P, d, expected } of load().valid.pointAddScalar) {
        const compressed = expected === null ? undefined : hex(curve.convertPublicKey(bytes(expected), true));
        expect(hex(curve.addToPublicKey(bytes(P), bytes(d)))).toBe(compressed);
      }
      for (const { P, d, description } of load().invalid.pointAddScalar) {
        if (/ 0\. /.test(description)) continue; // A tweak of zero is allowed, as in libsecp256k1.
        expect(curve.addToPublicKey(bytes(P), bytes(d)), description).toBeUndefined();
      }
    });
  });
});
