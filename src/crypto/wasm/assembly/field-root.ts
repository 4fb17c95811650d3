import { areEqual, copy, ELEMENT } from './field';
import { multiply, square } from './field-multiply';
import { multiplyPair, squarePair } from './field-multiply-pair';

/**
 * The square root of a is a^((p + 1)/4) if a has one, for p is 3 modulo 4. In binary the exponent is 223 ones, a zero,
 * 22 ones and 00001100, so that it is put together from powers whose exponents are ones only. Each step squares the
 * power in one slot a number of times and multiplies it by that in another: 253 squarings and 13 multiplications in all.
 *
 * Steps are: slot to square, number of squarings, slot to multiply by, slot of the result.
 */
const STEPS = memory.data<u8>([
  // Exponents of 2 ones in slot 1, 3 ones in slot 2.
  0, 1, 0, 1, 1, 1, 0, 2,
  // 6, 9, 11 and 22 ones in slot 3.
  2, 3, 2, 3, 3, 3, 2, 3, 3, 2, 1, 3, 3, 11, 3, 3,
  // 44 in slot 4, then 88, 176, 220 and 223 in slot 5.
  3, 22, 3, 4, 4, 44, 4, 5, 5, 88, 5, 5, 5, 44, 4, 5, 5, 3, 2, 5,
  // A zero and 22 ones, 000011; two squarings are left for the end.
  5, 23, 3, 5, 5, 6, 1, 5,
]);
const STEP_SIZE: usize = 4;
const STEPS_SIZE: usize = 13 * STEP_SIZE;
const LAST_SLOT: usize = 5;

const POWERS = memory.data(<i32>((LAST_SLOT + 1) * ELEMENT), 16);
const OTHER_POWERS = memory.data(<i32>((LAST_SLOT + 1) * ELEMENT), 16);
const SQUARE = memory.data(48, 16);
const OTHER_SQUARE = memory.data(48, 16);

/** A square root of a, of magnitude at most 8; false, and no root, when there is none. */
export function squareRoot(r: usize, a: usize): bool {
  copy(POWERS, a);
  for (let step = STEPS; step < STEPS + STEPS_SIZE; step += STEP_SIZE) {
    square(SQUARE, POWERS + load<u8>(step) * ELEMENT);
    for (let i = load<u8>(step, 1); i > 1; i--) square(SQUARE, SQUARE);
    multiply(POWERS + load<u8>(step, 3) * ELEMENT, SQUARE, POWERS + load<u8>(step, 2) * ELEMENT);
  }
  square(SQUARE, POWERS + LAST_SLOT * ELEMENT);
  square(r, SQUARE);
  square(SQUARE, r);
  return areEqual(POWERS, SQUARE, 1);
}

/** As {@link squareRoot} for a and b at once; bit 0 of the result tells of a, bit 1 of b. */
export function squareRootPair(r: usize, a: usize, s: usize, b: usize): u32 {
  copy(POWERS, a);
  copy(OTHER_POWERS, b);
  for (let step = STEPS; step < STEPS + STEPS_SIZE; step += STEP_SIZE) {
    const from = load<u8>(step) * ELEMENT;
    const by = load<u8>(step, 2) * ELEMENT;
    const to = load<u8>(step, 3) * ELEMENT;
    squarePair(SQUARE, POWERS + from, OTHER_SQUARE, OTHER_POWERS + from);
    for (let i = load<u8>(step, 1); i > 1; i--) squarePair(SQUARE, SQUARE, OTHER_SQUARE, OTHER_SQUARE);
    multiplyPair(POWERS + to, SQUARE, POWERS + by, OTHER_POWERS + to, OTHER_SQUARE, OTHER_POWERS + by);
  }
  const last = LAST_SLOT * ELEMENT;
  squarePair(SQUARE, POWERS + last, OTHER_SQUARE, OTHER_POWERS + last);
  squarePair(r, SQUARE, s, OTHER_SQUARE);
  squarePair(SQUARE, r, OTHER_SQUARE, s);
  return <u32>areEqual(POWERS, SQUARE, 1) | ((<u32>areEqual(OTHER_POWERS, OTHER_SQUARE, 1)) << 1);
}
