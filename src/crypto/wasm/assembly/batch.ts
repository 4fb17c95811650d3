import { makeSums, planSum } from './affine-sums';
import { DIGITS_SIZE, writeDigits } from './digits';
import { writeGeneratorDigits } from './double-multiply';
import { splitScalar } from './endomorphism';
import { GENERATOR_TABLE, HIGH_TABLE } from './generator';
import { makeLambdaTable, TABLE_POINTS, TABLE_SIZE, WIDTH } from './odd-multiples';
import { AFFINE, isInfinity, liftXPair } from './point';
import { addScalars, multiplyScalars, negateScalar, readScalar } from './scalar';
import { addTerms, clearTerms, sumTerms } from './terms';

/**
 * BIP340 signatures checked together: with coefficients c that whoever made them could not foresee,
 *
 *   Σ c·R + Σ c·e·P − (Σ c·s)·G
 *
 * is at infinity if all are valid, and otherwise only with a chance of about 2^−128. R and P are lifted from their x in
 * pairs, their tables are affine and made all at once (the inverses cost less than what affine points save), and the
 * doublings are shared. Costs half of single checks; see bench/scenarios/signatures.ts.
 */

/** Signatures in a batch: more save little, as what they share is then below 2 percent, and need more memory. */
const MAX_BATCH: usize = 128;
/** One as r, s, challenge hash and key, of 32 bytes each. */
const BATCH_ENTRY: usize = 128;
export const BATCH = memory.data(<i32>(MAX_BATCH * BATCH_ENTRY), 16);
/** Of 128 bits, least significant byte first. */
const COEFFICIENT: usize = 16;
export const COEFFICIENTS = memory.data(<i32>(MAX_BATCH * COEFFICIENT), 16);

const CHALLENGE: usize = 64;
const KEY: usize = 96;

/** For each signature the tables of R and of P, then that of λ·P. */
const TABLES = memory.data(<i32>(MAX_BATCH * 2 * TABLE_SIZE), 16);
const LAMBDA_TABLES = memory.data(<i32>(MAX_BATCH * TABLE_SIZE), 16);
const DOUBLES = memory.data(<i32>(MAX_BATCH * 2 * AFFINE), 16);

const C = memory.data(32, 16);
const S = memory.data(32, 16);
const E = memory.data(32, 16);
const K1 = memory.data(32, 16);
const K2 = memory.data(32, 16);
const TOTAL = memory.data(32, 16);
const DIGITS = memory.data(<i32>DIGITS_SIZE, 16);
const HIGH_DIGITS = memory.data(<i32>DIGITS_SIZE, 16);
const SUM = memory.data(144, 16);

/** Whether all of the first `count` entries of {@link BATCH} are valid, with as many {@link COEFFICIENTS}; there are at most {@link MAX_BATCH}. */
export function verifyBatch(count: usize): bool {
  if (!liftPoints(count)) return false;
  makeTables(2 * count);
  clearTerms();
  memory.fill(TOTAL, 0, 32);
  for (let i: usize = 0; i < count; i++) if (!addSignature(i)) return false;
  negateScalar(TOTAL, TOTAL);
  const bits = writeGeneratorDigits(DIGITS, HIGH_DIGITS, TOTAL);
  addTerms(DIGITS, GENERATOR_TABLE, bits);
  addTerms(HIGH_DIGITS, HIGH_TABLE, bits);
  sumTerms(SUM);
  return isInfinity(SUM);
}

/** R and P, both with even y, as first entries of their tables. */
function liftPoints(count: usize): bool {
  for (let i: usize = 0; i < count; i++) {
    const entry = BATCH + i * BATCH_ENTRY;
    const table = TABLES + 2 * i * TABLE_SIZE;
    if (!liftXPair(table, entry, table + TABLE_SIZE, entry + KEY)) return false;
  }
  return true;
}

/** From the first entries makes the other odd multiples, one of all tables after the other. */
function makeTables(count: usize): void {
  for (let i: usize = 0; i < count; i++) {
    const point = TABLES + i * TABLE_SIZE;
    planSum(DOUBLES + i * AFFINE, point, point);
  }
  makeSums();
  for (let k: usize = 1; k < TABLE_POINTS; k++) {
    for (let i: usize = 0; i < count; i++) {
      const entry = TABLES + i * TABLE_SIZE + k * AFFINE;
      planSum(entry, entry - AFFINE, DOUBLES + i * AFFINE);
    }
    makeSums();
  }
}

/** Adds c·R and c·e·P to the terms, and c·s to the total; false for an s that is not below the order. */
function addSignature(i: usize): bool {
  const entry = BATCH + i * BATCH_ENTRY;
  const table = TABLES + 2 * i * TABLE_SIZE;
  const lambdaTable = LAMBDA_TABLES + i * TABLE_SIZE;
  if (!readScalar(S, entry + 32)) return false;
  memory.copy(C, COEFFICIENTS + i * COEFFICIENT, COEFFICIENT);
  multiplyScalars(S, S, C);
  addScalars(TOTAL, TOTAL, S);
  addTerms(DIGITS, table, writeDigits(DIGITS, C, WIDTH, false));
  readScalar(E, entry + CHALLENGE);
  multiplyScalars(E, E, C);
  const signs = splitScalar(K1, K2, E);
  addTerms(DIGITS, table + TABLE_SIZE, writeDigits(DIGITS, K1, WIDTH, (signs & 1) !== 0));
  makeLambdaTable(lambdaTable, table + TABLE_SIZE);
  addTerms(DIGITS, lambdaTable, writeDigits(DIGITS, K2, WIDTH, (signs & 2) !== 0));
  return true;
}
