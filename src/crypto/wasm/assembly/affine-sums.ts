import {
  add,
  areEqual,
  carry,
  copy,
  double,
  ELEMENT,
  isLiteralZero,
  isZero,
  negate,
  ONE,
  setZero,
  sub,
  triple,
} from './field';
import { invertElement } from './field-inverse';
import { multiply } from './field-multiply';
import { multiplyPair, squarePair } from './field-multiply-pair';
import { AFFINE, Y } from './point';

/**
 * Sums of affine points, many at once. Such a sum needs one inverse, of the difference of the two x, but inverses of many
 * numbers cost one inverse and three multiplications each (Montgomery): the running products of all are made, the last
 * is inverted, and on the way back each inverse is told from those. A sum then takes 5 multiplications and a square,
 * done for two sums at a time, against 11 for adding an affine to a Jacobian point.
 *
 * A point at infinity has an x whose limbs are all zero: no point of the curve has x = 0.
 */

/** What a sum turns out to be. */
const PLAIN: u8 = 0;
const DOUBLE: u8 = 1;
const INFINITY: u8 = 2;
const LEFT: u8 = 3;
const RIGHT: u8 = 4;

/** Sums that share an inverse, which costs as much as 20 of them. Even, because they are made in twos. */
const CAPACITY: usize = 512;

const SUM_SIZE: usize = 12;
/** Sums as (u32 result, u32 left, u32 right). */
const SUMS = memory.data(<i32>(CAPACITY * SUM_SIZE), 16);
const KINDS = memory.data(<i32>CAPACITY, 16);
/** What each sum needs the inverse of, and before each the product of those two, four, … places before. */
const DIVISORS = memory.data(<i32>(CAPACITY * ELEMENT), 16);
const PRODUCTS = memory.data(<i32>((CAPACITY + 2) * ELEMENT), 16);

const INVERSE = memory.data(48, 16);
const LEFT_INVERSE = memory.data(48, 16);
const RIGHT_INVERSE = memory.data(48, 16);
const SLOPE_1 = memory.data(48, 16);
const SLOPE_2 = memory.data(48, 16);
const X_1 = memory.data(48, 16);
const X_2 = memory.data(48, 16);
const Y_1 = memory.data(48, 16);
const Y_2 = memory.data(48, 16);
const T = memory.data(48, 16);
/** A point at infinity, to keep another sum company. */
const UNUSED = memory.data(96, 16);

let count: usize = 0;

/** Bit of a point's address in {@link planSum} that stands for its negative. */
export const NEGATIVE: usize = 1;

/**
 * Plans result = left + right for affine points of magnitude 1, or their negatives by {@link NEGATIVE}. Sums are made when many are
 * there, or by {@link makeSums}: until then no planned sum may read what another writes.
 */
export function planSum(result: usize, left: usize, right: usize): void {
  appendSum(result, left, right);
  if (count === CAPACITY) makeSums();
}

function appendSum(result: usize, left: usize, right: usize): void {
  const sum = SUMS + count * SUM_SIZE;
  store<usize>(sum, result);
  store<usize>(sum, left, 4);
  store<usize>(sum, right, 8);
  count++;
}

/** Makes all sums planned. */
export function makeSums(): void {
  if (count === 0) return;
  // They are made in twos.
  if ((count & 1) !== 0) appendSum(UNUSED, UNUSED, UNUSED);
  multiplyDivisors();
  for (let i = count; i > 0; i -= 2) finishTwo(i - 2);
  count = 0;
}

/** Finds the divisors, and their products over even and over odd places. */
function multiplyDivisors(): void {
  copy(PRODUCTS, ONE);
  copy(PRODUCTS + ELEMENT, ONE);
  for (let i: usize = 0; i < count; i += 2) {
    const divisor = DIVISORS + i * ELEMENT;
    const product = PRODUCTS + i * ELEMENT;
    prepare(i, divisor);
    prepare(i + 1, divisor + ELEMENT);
    const next = product + 2 * ELEMENT;
    multiplyPair(next, product, divisor, next + ELEMENT, product + ELEMENT, divisor + ELEMENT);
  }
  const even = PRODUCTS + count * ELEMENT;
  const odd = even + ELEMENT;
  multiply(INVERSE, even, odd);
  invertElement(INVERSE, INVERSE);
  multiplyPair(LEFT_INVERSE, INVERSE, odd, RIGHT_INVERSE, INVERSE, even);
}

/** Tells what kind of sum it is, and its divisor, of magnitude at most 3. */
function prepare(i: usize, divisor: usize): void {
  const sum = SUMS + i * SUM_SIZE;
  const left = load<usize>(sum, 4) & ~NEGATIVE;
  const right = load<usize>(sum, 8) & ~NEGATIVE;
  let kind = PLAIN;
  if (isLiteralZero(left)) kind = RIGHT;
  else if (isLiteralZero(right)) kind = LEFT;
  else {
    sub(divisor, right, left, 1); // 3
    if (isZero(divisor)) {
      kind = isSameY(sum) ? DOUBLE : INFINITY;
      double(divisor, left + Y, 1); // 2
      if (isNegative(sum, 4)) negate(divisor, divisor, 2); // 3
    }
  }
  if (kind >= INFINITY) copy(divisor, ONE);
  store<u8>(KINDS + i, kind);
}

/** For points of the same x, whose y are equal or each other's negatives. */
function isSameY(sum: usize): bool {
  const left = (load<usize>(sum, 4) & ~NEGATIVE) + Y;
  const right = (load<usize>(sum, 8) & ~NEGATIVE) + Y;
  return areEqual(left, right, 1) === (isNegative(sum, 4) === isNegative(sum, 8));
}

function isNegative(sum: usize, operand: usize): bool {
  return (load<usize>(sum + operand) & NEGATIVE) !== 0;
}

/** Makes sums i and i + 1, and takes their divisors out of the inverses. */
function finishTwo(i: usize): void {
  const product = PRODUCTS + i * ELEMENT;
  const divisor = DIVISORS + i * ELEMENT;
  const sum1 = SUMS + i * SUM_SIZE;
  const sum2 = sum1 + SUM_SIZE;
  multiplyPair(X_1, LEFT_INVERSE, product, X_2, RIGHT_INVERSE, product + ELEMENT);
  multiplyPair(LEFT_INVERSE, LEFT_INVERSE, divisor, RIGHT_INVERSE, RIGHT_INVERSE, divisor + ELEMENT);
  dividend(SLOPE_1, sum1, load<u8>(KINDS + i));
  dividend(SLOPE_2, sum2, load<u8>(KINDS + i + 1));
  multiplyPair(SLOPE_1, SLOPE_1, X_1, SLOPE_2, SLOPE_2, X_2);
  squarePair(X_1, SLOPE_1, X_2, SLOPE_2);
  sumX(X_1, Y_1, sum1);
  sumX(X_2, Y_2, sum2);
  multiplyPair(Y_1, Y_1, SLOPE_1, Y_2, Y_2, SLOPE_2);
  storeSum(sum1, X_1, Y_1, load<u8>(KINDS + i));
  storeSum(sum2, X_2, Y_2, load<u8>(KINDS + i + 1));
}

/** What the slope is over the divisor, of magnitude at most 4: the difference of the y, or 3·x² for a double. */
function dividend(r: usize, sum: usize, kind: u8): void {
  const left = load<usize>(sum, 4) & ~NEGATIVE;
  const right = load<usize>(sum, 8) & ~NEGATIVE;
  if (kind === DOUBLE) {
    multiply(r, left, left);
    triple(r, r); // 3
    return;
  }
  const negative = isNegative(sum, 8);
  if (isNegative(sum, 4) === negative)
    sub(r, right + Y, left + Y, 1); // 3
  else add(r, right + Y, left + Y); // 2
  if (negative) negate(r, r, 3); // 4
}

/** Of the slope's square in x makes the sum's x, of magnitude 4, and in y what it is below the left x. */
function sumX(x: usize, y: usize, sum: usize): void {
  const left = load<usize>(sum, 4) & ~NEGATIVE;
  const right = load<usize>(sum, 8) & ~NEGATIVE;
  add(T, left, right); // 2
  sub(x, x, T, 2); // 4
  sub(y, left, x, 4); // 6
}

/** Stores a sum of x and of the product of the slope and what {@link sumX} left. */
function storeSum(sum: usize, x: usize, y: usize, kind: u8): void {
  const result = load<usize>(sum);
  if (kind >= INFINITY) {
    storeUnsummed(result, sum, kind);
    return;
  }
  const leftY = (load<usize>(sum, 4) & ~NEGATIVE) + Y;
  if (isNegative(sum, 4))
    add(y, y, leftY); // 2
  else sub(y, y, leftY, 1); // 3
  carry(x);
  carry(y);
  copy(result, x);
  copy(result + Y, y);
}

function storeUnsummed(result: usize, sum: usize, kind: u8): void {
  if (kind === INFINITY) {
    setZero(result);
    setZero(result + Y);
    return;
  }
  const operand: usize = kind === LEFT ? 4 : 8;
  const negative = isNegative(sum, operand);
  memory.copy(result, load<usize>(sum + operand) & ~NEGATIVE, AFFINE);
  if (!negative) return;
  negate(result + Y, result + Y, 1); // 2
  carry(result + Y);
}
