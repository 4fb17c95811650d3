import { makeSums, planSum } from './affine-sums';
import { elementFromWords } from './field-encoding';
import { AFFINE, doublePoint, setAffine, toAffine, Y } from './point';

/**
 * Odd multiples of the generator G and of 2^128·G, affine: a scalar's two halves of 128 bits then need no doublings of
 * their own. The tables take 48 KiB each and are made in a millisecond or two. Twice the size would save one or two of
 * sixty additions, and leave less of a processor's cache to the rest of the node.
 */
export const GENERATOR_WIDTH = 11;
const POINTS: usize = 1 << (GENERATOR_WIDTH - 2);

export const GENERATOR_TABLE = memory.data(<i32>(POINTS * AFFINE), 16);
/** Of 2^128·G. */
export const HIGH_TABLE = memory.data(<i32>(POINTS * AFFINE), 16);

const GENERATOR_X = memory.data<u32>(
  [0x16f81798, 0x59f2815b, 0x2dce28d9, 0x029bfcdb, 0xce870b07, 0x55a06295, 0xf9dcbbac, 0x79be667e],
  16,
);
const GENERATOR_Y = memory.data<u32>(
  [0xfb10d4b8, 0x9c47d08f, 0xa6855419, 0xfd17b448, 0x0e1108a8, 0x5da4fbfc, 0x26a3c465, 0x483ada77],
  16,
);

const SHIFTED = memory.data(144, 16);
/** Even multiples 2·G, 4·G, 8·G, … of the point whose table is made. */
const STEP = memory.data(96, 16);

let made = false;

/** Makes the tables, if it has not been done: they take a few milliseconds that who multiplies nothing need not wait. */
export function needGeneratorTables(): void {
  if (made) return;
  made = true;
  elementFromWords(GENERATOR_TABLE, GENERATOR_X);
  elementFromWords(GENERATOR_TABLE + Y, GENERATOR_Y);
  setAffine(SHIFTED, GENERATOR_TABLE);
  for (let i = 0; i < 128; i++) doublePoint(SHIFTED);
  toAffine(HIGH_TABLE, SHIFTED);
  fillTable(GENERATOR_TABLE);
  fillTable(HIGH_TABLE);
}

/** Of the first 1, 2, 4, … odd multiples makes as many more, by adding twice their number times the point. */
function fillTable(table: usize): void {
  planSum(STEP, table, table);
  makeSums();
  for (let known: usize = 1; known < POINTS; known *= 2) {
    const end = table + known * AFFINE;
    for (let at = table; at < end; at += AFFINE) planSum(at + known * AFFINE, at, STEP);
    makeSums();
    planSum(STEP, STEP, STEP);
    makeSums();
  }
}
