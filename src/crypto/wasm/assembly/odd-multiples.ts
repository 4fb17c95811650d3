import { BETA } from './endomorphism';
import { carry, copy, ELEMENT } from './field';
import { elementFromWords } from './field-encoding';
import { multiply, square } from './field-multiply';
import { multiplyPair } from './field-multiply-pair';
import { AFFINE, addAffine, doublePoint, RATIO, setAffine, Y, Z } from './point';

/** Width of digits for which a table of a point is made: with 8 odd multiples, table and sums cost least together. */
export const WIDTH = 5;
export const TABLE_POINTS: usize = 8;
export const TABLE_SIZE: usize = TABLE_POINTS * AFFINE;

const DOUBLED = memory.data(144, 16);
const SUM = memory.data(144, 16);
const RATIOS = memory.data(<i32>(TABLE_POINTS * ELEMENT), 16);
const FACTOR = memory.data(48, 16);
const SQUARE = memory.data(48, 16);
const CUBE = memory.data(48, 16);
const BETA_ELEMENT = memory.data(48, 16);

/** Before the first table. */
export function startOddMultiples(): void {
  elementFromWords(BETA_ELEMENT, BETA);
}

/**
 * Table of p, 3·p, … 15·p, in x and y that all leave out the same Z, written to `scale`: the points are
 * (x/scale², y/scale³). Without inverses: on the isomorphic curve (x·C², y·C³), with C the Z of 2·p, the point 2·p is affine, so
 * that each sum is of a Jacobian and an affine point; each leaves by what it multiplied Z, and that brings all to the
 * last one's.
 */
export function makeOddMultiples(table: usize, scale: usize, p: usize): void {
  setAffine(DOUBLED, p);
  doublePoint(DOUBLED);
  carry(DOUBLED);
  carry(DOUBLED + Y);
  square(SQUARE, DOUBLED + Z);
  multiplyPair(table, p, SQUARE, CUBE, DOUBLED + Z, SQUARE);
  multiply(table + Y, p + Y, CUBE);
  setAffine(SUM, table);
  for (let i: usize = 1; i < TABLE_POINTS; i++) {
    const entry = table + i * AFFINE;
    addAffine(SUM, DOUBLED, DOUBLED + Y);
    copy(entry, SUM);
    copy(entry + Y, SUM + Y);
    copy(RATIOS + i * ELEMENT, RATIO);
  }
  carry(table + (TABLE_POINTS - 1) * AFFINE);
  carry(table + (TABLE_POINTS - 1) * AFFINE + Y);
  multiply(scale, SUM + Z, DOUBLED + Z);
  bringToLast(table);
}

/** Multiplies each entry's Z by the ratios of all that come after it. */
function bringToLast(table: usize): void {
  copy(FACTOR, RATIOS + (TABLE_POINTS - 1) * ELEMENT);
  for (let i = TABLE_POINTS - 1; i > 0; i--) {
    const entry = table + (i - 1) * AFFINE;
    square(SQUARE, FACTOR);
    multiplyPair(entry, entry, SQUARE, CUBE, FACTOR, SQUARE);
    multiplyPair(entry + Y, entry + Y, CUBE, FACTOR, FACTOR, RATIOS + (i - 1) * ELEMENT);
  }
}

/** Table of λ times the points of another (see {@link endomorphism}). */
export function makeLambdaTable(r: usize, table: usize): void {
  for (let at: usize = 0; at < TABLE_SIZE; at += 2 * AFFINE) {
    const next = at + AFFINE;
    multiplyPair(r + at, table + at, BETA_ELEMENT, r + next, table + next, BETA_ELEMENT);
    copy(r + at + Y, table + at + Y);
    copy(r + next + Y, table + next + Y);
  }
}

/** The address in a table of the odd multiple for a digit, sign aside. */
export function tableEntry(table: usize, digit: i32): usize {
  return table + <usize>(abs(digit) >> 1) * AFFINE;
}
