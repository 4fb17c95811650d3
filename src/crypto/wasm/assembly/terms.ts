import { makeSums, NEGATIVE, planSum } from './affine-sums';
import { DIGIT_COUNT } from './digits';
import { isLiteralZero, negate } from './field';
import { tableEntry } from './odd-multiples';
import { AFFINE, addAffine, doublePoint, setInfinity, Y } from './point';

/**
 * A sum of affine points times powers of two: what is left of a sum of products once the scalars are digits. The points
 * of each power are summed two and two, all powers in the same rounds, so that inverses are shared; the doublings are
 * then those of one product, however many there were.
 */

/** What {@link batch} has at most: 128 times 3 scalars of at most 26 digits, and two scalars of G of at most 12. */
const MAX_TERMS: usize = 128 * 3 * 26 + 2 * 12;

const POWERS = memory.data(<i32>MAX_TERMS, 16);
const POINTS = memory.data(<i32>(MAX_TERMS * 4), 16);
/** The points by power; how many each power has, and where they start. */
const SORTED = memory.data(<i32>(MAX_TERMS * 4), 16);
const COUNTS = memory.data(4 * DIGIT_COUNT, 16);
const STARTS = memory.data(4 * DIGIT_COUNT, 16);
/** What the first round gives; later rounds write over their first operands. */
const SUMS_SIZE: usize = (MAX_TERMS / 2) * AFFINE;
const SUMS = memory.data(<i32>SUMS_SIZE, 16);
const NEGATED = memory.data(48, 16);

let termCount: usize = 0;
let sumCount: usize = 0;

/** Forgets all terms. */
export function clearTerms(): void {
  termCount = 0;
  sumCount = 0;
}

/** Adds the product of a table's point and the scalar of these digits. The table stays in use until the sum is made. */
export function addTerms(digits: usize, table: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const digit = <i32>load<i16>(digits + 2 * i);
    if (digit === 0) continue;
    const entry = tableEntry(table, digit);
    store<u8>(POWERS + termCount, <u8>i);
    store<usize>(POINTS + 4 * termCount, digit < 0 ? entry | NEGATIVE : entry);
    termCount++;
  }
}

/** r = the sum of all terms, in Jacobian coordinates. */
export function sumTerms(r: usize): void {
  sortTerms();
  while (planRound()) makeSums();
  setInfinity(r);
  for (let i: isize = DIGIT_COUNT - 1; i >= 0; i--) {
    doublePoint(r);
    if (load<u32>(COUNTS + 4 * i) !== 0) addPoint(r, load<usize>(SORTED + 4 * load<usize>(STARTS + 4 * i)));
  }
}

function sortTerms(): void {
  memory.fill(COUNTS, 0, 4 * DIGIT_COUNT);
  for (let i: usize = 0; i < termCount; i++) increment(COUNTS + 4 * <usize>load<u8>(POWERS + i));
  let start: u32 = 0;
  for (let i: usize = 0; i < 4 * DIGIT_COUNT; i += 4) {
    store<u32>(STARTS + i, start);
    start += load<u32>(COUNTS + i);
  }
  // Each start moves on as points are placed, to where the next power's was.
  for (let i: usize = 0; i < termCount; i++) {
    const place = increment(STARTS + 4 * <usize>load<u8>(POWERS + i));
    store<u32>(SORTED + 4 * place, load<u32>(POINTS + 4 * i));
  }
  for (let i: usize = 0; i < 4 * DIGIT_COUNT; i += 4) {
    store<u32>(STARTS + i, load<u32>(STARTS + i) - load<u32>(COUNTS + i));
  }
}

/** Adds one to a number in memory and gives what it was. */
function increment(at: usize): usize {
  const old = load<u32>(at);
  store<u32>(at, old + 1);
  return old;
}

/** Plans sums of two for all powers with more than one point left; false when there are none. */
function planRound(): bool {
  let planned = false;
  for (let i: usize = 0; i < 4 * DIGIT_COUNT; i += 4) {
    const count = load<usize>(COUNTS + i);
    if (count < 2) continue;
    planned = true;
    const points = SORTED + 4 * load<usize>(STARTS + i);
    for (let j: usize = 0; j + 1 < count; j += 2) {
      const left = load<usize>(points + 4 * j);
      const result = isSum(left) ? left : SUMS + AFFINE * sumCount++;
      planSum(result, left, load<usize>(points + 4 * j + 4));
      store<usize>(points + 2 * j, result);
    }
    if ((count & 1) !== 0) store<usize>(points + 2 * (count - 1), load<usize>(points + 4 * (count - 1)));
    store<usize>(COUNTS + i, (count + 1) >> 1);
  }
  return planned;
}

function isSum(point: usize): bool {
  return point >= SUMS && point < SUMS + SUMS_SIZE;
}

/** Adds an affine point or its negative, by {@link NEGATIVE}, or one at infinity. */
function addPoint(r: usize, term: usize): void {
  const point = term & ~NEGATIVE;
  if (isLiteralZero(point)) return;
  if (point === term) {
    addAffine(r, point, point + Y);
    return;
  }
  negate(NEGATED, point + Y, 1); // 2
  addAffine(r, point, NEGATED);
}
