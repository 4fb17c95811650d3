import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { CURVE_ORDER } from '../../../../src/crypto/scalar.js';
import { assemblyOf } from '../../../support/assembly.js';

/** The arithmetic of the curve in WebAssembly against BigInt, at the largest limbs that it promises to take. */
const P = 2n ** 256n - 2n ** 32n - 977n;
const N = CURVE_ORDER;
const LAMBDA = 0x5363ad4cc05c30e0a5261c028812645a122e22ea20816678df02967c1b23bd72n;

/** Numbers are put where the code has nothing, in its last page. */
const PAGE = 65_536;
const SLOT = 512;

let memory: DataView;
let base: number;
const functions = new Map<string, (...args: number[]) => number>();

beforeAll(async () => {
  const files = [
    'field',
    'field-multiply',
    'field-multiply-pair',
    'field-inverse',
    'field-root',
    'field-encoding',
  ];
  const others = ['scalar', 'endomorphism', 'digits', 'words'];
  const instance = await assemblyOf(...files, ...others);
  memory = new DataView(instance.memory);
  base = memory.byteLength - PAGE;
  expect(new Uint8Array(instance.memory, base).every(byte => byte === 0)).toBe(true);
  for (const name of NAMES) functions.set(name, instance.exported(name));
  for (const start of ['startField', 'startFieldInverse', 'startScalars']) instance.exported(start)();
});

const NAMES = [
  ...['add', 'sub', 'negate', 'double', 'triple', 'carry', 'normalize', 'isZero', 'areEqual', 'isOdd'],
  ...['multiply', 'square', 'multiplyPair', 'squarePair', 'invertElement', 'squareRoot', 'squareRootPair'],
  ...['readElement', 'writeElement', 'readScalar', 'multiplyScalars', 'addScalars', 'negateScalar'],
  ...['invertScalar', 'splitScalar', 'writeDigits'],
] as const;

function call(name: (typeof NAMES)[number], ...args: number[]): number {
  const found = functions.get(name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found(...args);
}

/** Address of the n-th place for a number; the first is left free for what comes before. */
const at = (n: number) => base + SLOT * (n + 1);

const LIMB = 2 ** 26 + 2 ** 21;
const TOP_LIMB = 2 ** 22 + 2 ** 17;

/** Limbs of an element of a magnitude: any, or all as large as they may be. */
function limbsOf(magnitude: number): fc.Arbitrary<number[]> {
  const limb = (index: number) => magnitude * (index === 9 ? TOP_LIMB : LIMB);
  const any = fc.tuple(...Array.from({ length: 10 }, (_, i) => fc.integer({ min: 0, max: limb(i) })));
  const largest = fc.constant(Array.from({ length: 10 }, (_, i) => limb(i)));
  const edge = fc
    .tuple(
      fc.constantFrom(0n, 1n, P - 1n, P, P + 1n, 2n ** 256n - 1n),
      fc.integer({ min: 1, max: magnitude }),
    )
    .map(([value, times]) => toLimbs(value).map(part => part * times));
  return fc.oneof({ weight: 4, arbitrary: any }, largest, { weight: 2, arbitrary: edge });
}

function toLimbs(value: bigint): number[] {
  return Array.from({ length: 10 }, (_, i) =>
    Number((value >> BigInt(26 * i)) & (i === 9 ? 0xffffffffn : 0x3ffffffn)),
  );
}

function put(slot: number, limbs: readonly number[]): bigint {
  limbs.forEach((limb, i) => {
    memory.setUint32(at(slot) + 4 * i, limb, true);
  });
  return value(slot);
}

function limbsAt(slot: number): number[] {
  return Array.from({ length: 10 }, (_, i) => memory.getUint32(at(slot) + 4 * i, true));
}

/** The number in a slot, not reduced. */
function value(slot: number): bigint {
  return limbsAt(slot).reduce((sum, limb, i) => sum + (BigInt(limb) << BigInt(26 * i)), 0n);
}

function expectElement(slot: number, wanted: bigint, magnitude: number): void {
  expect(value(slot) % P).toBe(((wanted % P) + P) % P);
  limbsAt(slot).forEach((limb, i) => {
    expect(limb).toBeLessThanOrEqual(magnitude * (i === 9 ? TOP_LIMB : LIMB));
  });
  // The two words after the limbs stay zero: vectors read them.
  expect(memory.getBigUint64(at(slot) + 40, true)).toBe(0n);
}

describe('field elements', () => {
  const pairs = fc.constantFrom<[number, number]>([1, 1], [16, 16], [12, 21], [1, 24], [10, 10], [2, 24]);

  it('multiply and square, one and two at a time, at magnitudes whose product is 256', () => {
    const operands = pairs.chain(([m, n]) => fc.tuple(limbsOf(m), limbsOf(n), limbsOf(m), limbsOf(n)));
    fc.assert(
      fc.property(operands, ([first, second, third, fourth]) => {
        const [a, b, c, d] = [put(0, first), put(1, second), put(2, third), put(3, fourth)];
        call('multiply', at(4), at(0), at(1));
        expectElement(4, a * b, 1);
        call('multiplyPair', at(5), at(0), at(1), at(6), at(2), at(3));
        expectElement(5, a * b, 1);
        expectElement(6, c * d, 1);
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(limbsOf(16), limbsOf(16), (first, second) => {
        const [a, b] = [put(0, first), put(1, second)];
        call('square', at(4), at(0));
        expectElement(4, a * a, 1);
        call('squarePair', at(5), at(0), at(6), at(1));
        expectElement(5, a * a, 1);
        expectElement(6, b * b, 1);
      }),
      { numRuns: 300 },
    );
  });

  it('multiply in place', () => {
    const [a, b] = [put(0, toLimbs(P - 5n)), put(1, toLimbs(7n ** 80n))];
    call('multiplyPair', at(0), at(0), at(1), at(1), at(1), at(0));
    expectElement(0, a * b, 1);
    expectElement(1, a * b, 1);
  });

  it('add, subtract, negate, double and triple, with the magnitudes told', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2, 5, 10),
        limbsOf(1),
        fc.constantFrom(1, 3, 10, 23),
        limbsOf(1),
        (m, x, n, y) => {
          const a = put(
            0,
            x.map(limb => limb * m),
          );
          const b = put(
            1,
            y.map(limb => limb * n),
          );
          call('add', at(2), at(0), at(1));
          expectElement(2, a + b, m + n);
          call('sub', at(2), at(0), at(1), n);
          expectElement(2, a - b, m + n + 1);
          call('negate', at(2), at(1), n);
          expectElement(2, -b, n + 1);
          call('triple', at(2), at(0));
          expectElement(2, 3n * a, 3 * m);
          call('double', at(2), at(0), 1);
          expectElement(2, 2n * a, 2 * m);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('carry, and come to normal form, zero and parity told', () => {
    const known = fc
      .tuple(fc.constantFrom(0n, 1n, P - 1n), fc.integer({ min: 0, max: 20 }))
      .map(([rest, times]) => {
        const parts = toLimbs(rest);
        return toLimbs(P).map((limb, i) => limb * times + (parts[i] as number));
      });
    fc.assert(
      fc.property(fc.oneof(limbsOf(1), limbsOf(24), known), limbs => {
        const a = put(0, limbs);
        expect(call('isZero', at(0))).toBe(a % P === 0n ? 1 : 0);
        expect(value(0)).toBe(a);
        put(1, limbs);
        call('carry', at(1));
        expectElement(1, a, 1);
        call('normalize', at(0));
        expect(value(0)).toBe(a % P);
        expect(call('isOdd', at(0))).toBe(Number((a % P) & 1n));
        call('normalize', at(1));
        expect(value(1)).toBe(a % P);
        expect(call('areEqual', at(0), at(1), 1)).toBe(1);
      }),
      { numRuns: 500 },
    );
  });

  it('invert, zero to zero', () => {
    fc.assert(
      fc.property(limbsOf(12), limbs => {
        const a = put(0, limbs);
        call('invertElement', at(1), at(0));
        expect((value(1) * a) % P).toBe(a % P === 0n ? 0n : 1n);
        expect(value(1)).toBeLessThan(P);
      }),
      { numRuns: 200 },
    );
  });

  it('have square roots, or are told to have none', () => {
    fc.assert(
      fc.property(limbsOf(4), limbsOf(4), (first, second) => {
        const [a, b] = [put(0, first), put(1, second)];
        const isSquare = (n: bigint) => power(n, (P - 1n) / 2n) <= 1n;
        expect(call('squareRoot', at(2), at(0))).toBe(isSquare(a) ? 1 : 0);
        if (isSquare(a)) expect((value(2) * value(2)) % P).toBe(a % P);
        const both = call('squareRootPair', at(3), at(0), at(4), at(1));
        expect(both).toBe((isSquare(a) ? 1 : 0) + (isSquare(b) ? 2 : 0));
        if (isSquare(b)) expect((value(4) * value(4)) % P).toBe(b % P);
      }),
      { numRuns: 60 },
    );
  });

  it('are read from bytes and written to them', () => {
    fc.assert(
      fc.property(numberBelow2to256(P), number => {
        putBytes(0, number);
        expect(call('readElement', at(1), at(0))).toBe(number < P ? 1 : 0);
        expect(value(1)).toBe(number);
        call('normalize', at(1));
        call('writeElement', at(2), at(1));
        expect(bytesAt(2)).toBe(number % P);
      }),
    );
  });
});

describe('scalars', () => {
  it('are read modulo the order', () => {
    fc.assert(
      fc.property(numberBelow2to256(N), number => {
        putBytes(0, number);
        expect(call('readScalar', at(1), at(0))).toBe(number < N ? 1 : 0);
        expect(words(1)).toBe(number % N);
      }),
    );
  });

  it('multiply, add, negate and invert', () => {
    fc.assert(
      fc.property(numberBelow2to256(N), numberBelow2to256(N), (x, y) => {
        const [a, b] = [x % N, y % N];
        putWords(0, a);
        putWords(1, b);
        call('multiplyScalars', at(2), at(0), at(1));
        expect(words(2)).toBe((a * b) % N);
        call('addScalars', at(2), at(0), at(1));
        expect(words(2)).toBe((a + b) % N);
        call('negateScalar', at(2), at(0));
        expect(words(2)).toBe((N - a) % N);
        call('invertScalar', at(2), at(0));
        expect((words(2) * a) % N).toBe(a === 0n ? 0n : 1n);
      }),
      { numRuns: 300 },
    );
  });

  it('are halved by the endomorphism', () => {
    fc.assert(
      fc.property(fc.oneof(numberBelow2to256(N), numberBelow2to256(LAMBDA)), number => {
        const k = number % N;
        putWords(0, k);
        const signs = call('splitScalar', at(1), at(2), at(0));
        const [first, second] = [words(1), words(2)];
        expect(first).toBeLessThan(2n ** 128n);
        expect(second).toBeLessThan(2n ** 128n);
        const sum = (signs & 1 ? -first : first) + (signs & 2 ? -second : second) * LAMBDA;
        expect((((sum - k) % N) + N) % N).toBe(0n);
      }),
      { numRuns: 500 },
    );
  });

  it('are sums of odd digits, no two of them near', () => {
    const half = fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
      fc.constantFrom(0n, 1n, 2n ** 127n, 2n ** 128n - 1n, (2n ** 128n - 1n) / 3n),
    );
    fc.assert(
      fc.property(half, fc.constantFrom(5, 11), fc.boolean(), (k, width, negative) => {
        putWords(0, k);
        const count = call('writeDigits', at(2), at(0), width, negative ? 1 : 0);
        const digits = Array.from({ length: 129 }, (_, i) => memory.getInt16(at(2) + 2 * i, true));
        expect(digits.reduce((sum, digit, i) => sum + (BigInt(digit) << BigInt(i)), 0n)).toBe(
          negative ? -k : k,
        );
        const places = digits.flatMap((digit, i) => (digit === 0 ? [] : [i]));
        expect(count).toBe((places.at(-1) ?? -1) + 1);
        for (const place of places) {
          const digit = Math.abs(digits[place] as number);
          expect(digit % 2).toBe(1);
          expect(digit).toBeLessThan(2 ** (width - 1));
        }
        for (const [i, place] of places.entries()) {
          if (i > 0) expect(place - (places[i - 1] as number)).toBeGreaterThanOrEqual(width);
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** Numbers of 256 bits, with many near zero, a modulus and the end. */
function numberBelow2to256(modulus: bigint): fc.Arbitrary<bigint> {
  const near = fc
    .tuple(fc.constantFrom(0n, modulus, modulus >> 1n, 2n ** 256n - 4n), fc.bigInt({ min: -3n, max: 3n }))
    .map(([number, offset]) => (number + offset < 0n ? 0n : number + offset));
  return fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), near);
}

function power(number: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = number % P, left = exponent; left > 0n; left >>= 1n, square = (square * square) % P) {
    if (left & 1n) result = (result * square) % P;
  }
  return result;
}

function putWords(slot: number, number: bigint): void {
  for (let i = 0; i < 4; i++)
    memory.setBigUint64(at(slot) + 8 * i, (number >> BigInt(64 * i)) & (2n ** 64n - 1n), true);
}

function words(slot: number): bigint {
  return [3, 2, 1, 0].reduce((sum, i) => (sum << 64n) + memory.getBigUint64(at(slot) + 8 * i, true), 0n);
}

function putBytes(slot: number, number: bigint): void {
  for (let i = 0; i < 4; i++)
    memory.setBigUint64(at(slot) + 8 * i, (number >> BigInt(64 * (3 - i))) & (2n ** 64n - 1n));
}

function bytesAt(slot: number): bigint {
  return [0, 1, 2, 3].reduce((sum, i) => (sum << 64n) + memory.getBigUint64(at(slot) + 8 * i), 0n);
}
