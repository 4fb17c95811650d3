import { DIGITS_SIZE, writeDigits } from './digits';
import { splitScalar } from './endomorphism';
import { copy, negate, ONE } from './field';
import { multiply } from './field-multiply';
import { GENERATOR_TABLE, GENERATOR_WIDTH, HIGH_TABLE, needGeneratorTables } from './generator';
import { makeLambdaTable, makeOddMultiples, TABLE_SIZE, tableEntry, WIDTH } from './odd-multiples';
import { addAffine, addScaled, doublePoint, setInfinity, Y, Z } from './point';
import { areWordsZero } from './words';

const TABLE = memory.data(<i32>TABLE_SIZE, 16);
const LAMBDA_TABLE = memory.data(<i32>TABLE_SIZE, 16);
/** The Z that the points of both tables leave out. */
const SCALE = memory.data(48, 16);

const DIGITS_1 = memory.data(<i32>DIGITS_SIZE, 16);
const DIGITS_2 = memory.data(<i32>DIGITS_SIZE, 16);
const GENERATOR_DIGITS = memory.data(<i32>DIGITS_SIZE, 16);
const HIGH_DIGITS = memory.data(<i32>DIGITS_SIZE, 16);
const K1 = memory.data(32, 16);
const K2 = memory.data(32, 16);
const NEGATED = memory.data(48, 16);

/**
 * r = g·G + k·p for any scalars, in Jacobian coordinates; p is affine, and unused if k is zero. Both scalars are halved,
 * k by the endomorphism and g at 2^128, and the four halves share 128 doublings (Strauss). Not in constant time.
 */
export function doubleMultiply(r: usize, g: usize, k: usize, p: usize): void {
  const bits = max(writeGeneratorDigits(GENERATOR_DIGITS, HIGH_DIGITS, g), preparePoint(k, p));
  setInfinity(r);
  for (let i: usize = bits; i > 0; i--) {
    doublePoint(r);
    const at = (i - 1) << 1;
    addMultiple(r, TABLE, load<i16>(DIGITS_1 + at));
    addMultiple(r, LAMBDA_TABLE, load<i16>(DIGITS_2 + at));
    addGenerator(r, GENERATOR_TABLE, load<i16>(GENERATOR_DIGITS + at));
    addGenerator(r, HIGH_TABLE, load<i16>(HIGH_DIGITS + at));
  }
  multiply(r + Z, r + Z, SCALE);
}

/** Digits of both halves of a scalar for the two tables of G, which are there then; tells how many there are. */
export function writeGeneratorDigits(low: usize, high: usize, g: usize): i32 {
  needGeneratorTables();
  memory.fill(K1, 0, 32);
  memory.fill(K2, 0, 32);
  memory.copy(K1, g, 16);
  memory.copy(K2, g + 16, 16);
  const lowBits = writeDigits(low, K1, GENERATOR_WIDTH, false);
  return max(lowBits, writeDigits(high, K2, GENERATOR_WIDTH, false));
}

/** Tables and digits for k·p; tells how many digits there are. */
function preparePoint(k: usize, p: usize): i32 {
  if (areWordsZero(k)) {
    memory.fill(DIGITS_1, 0, DIGITS_SIZE);
    memory.fill(DIGITS_2, 0, DIGITS_SIZE);
    copy(SCALE, ONE);
    return 0;
  }
  makeOddMultiples(TABLE, SCALE, p);
  makeLambdaTable(LAMBDA_TABLE, TABLE);
  const signs = splitScalar(K1, K2, k);
  const bits = writeDigits(DIGITS_1, K1, WIDTH, (signs & 1) !== 0);
  return max(bits, writeDigits(DIGITS_2, K2, WIDTH, (signs & 2) !== 0));
}

function addMultiple(r: usize, table: usize, digit: i32): void {
  if (digit === 0) return;
  const entry = tableEntry(table, digit);
  addAffine(r, entry, signedY(entry, digit));
}

/** The points of these tables are truly affine, while r's Z leaves out the scale. */
function addGenerator(r: usize, table: usize, digit: i32): void {
  if (digit === 0) return;
  const entry = tableEntry(table, digit);
  addScaled(r, entry, signedY(entry, digit), SCALE);
}

function signedY(entry: usize, digit: i32): usize {
  if (digit > 0) return entry + Y;
  negate(NEGATED, entry + Y, 1); // 2
  return NEGATED;
}
