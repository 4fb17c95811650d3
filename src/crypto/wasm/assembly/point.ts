import {
  add,
  copy,
  double,
  ELEMENT,
  isLiteralZero,
  isOdd,
  isZero,
  negate,
  normalize,
  ONE,
  setZero,
  sub,
  triple,
} from './field';
import { readElement } from './field-encoding';
import { invertElement } from './field-inverse';
import { multiply, square } from './field-multiply';
import { multiplyPair, squarePair } from './field-multiply-pair';
import { squareRoot, squareRootPair } from './field-root';

/**
 * Points of y² = x³ + 7.
 *
 * Affine: x and y, of magnitude 1, {@link AFFINE} bytes. Jacobian: X, Y and Z, which stand for (X/Z², Y/Z³), of
 * magnitudes at most 10, 10 and 2; the point at infinity has a Z whose limbs are all zero, and nothing else has.
 * Comments at the end of lines give magnitudes.
 */
export const AFFINE: usize = 2 * ELEMENT;

/** Offsets in both. */
export const Y: usize = ELEMENT;
export const Z: usize = 2 * ELEMENT;

const SEVEN = memory.data(48, 16);

const XX = memory.data(48, 16);
const YY = memory.data(48, 16);
const YYYY = memory.data(48, 16);
const ZZ = memory.data(48, 16);
const SLOPE = memory.data(48, 16);
const T = memory.data(48, 16);
const U = memory.data(48, 16);
const S = memory.data(48, 16);
const R = memory.data(48, 16);
const RR = memory.data(48, 16);
const HH = memory.data(48, 16);
const HHH = memory.data(48, 16);
const V = memory.data(48, 16);
const SCALED_Z = memory.data(48, 16);

/** By what the last {@link addAffine} or {@link addScaled} multiplied Z; magnitude 12. */
export const RATIO = memory.data(48, 16);

/** Before any point is read. */
export function startPoints(): void {
  store<u32>(SEVEN, 7);
}

/** Affine point with the given x and a y of the given parity; false when x is not below p or not on the curve. */
export function liftX(point: usize, bytes: usize, odd: bool): bool {
  if (!readElement(point, bytes)) return false;
  curveSide(T, point);
  if (!squareRoot(point + Y, T)) return false;
  makeParity(point + Y, odd);
  return true;
}

/** As {@link liftX} for two points at once, both with even y; false unless both are on the curve. */
export function liftXPair(p: usize, bytes: usize, q: usize, otherBytes: usize): bool {
  if (!readElement(p, bytes) || !readElement(q, otherBytes)) return false;
  curveSide(T, p);
  curveSide(U, q);
  if (squareRootPair(p + Y, T, q + Y, U) !== 3) return false;
  makeParity(p + Y, false);
  makeParity(q + Y, false);
  return true;
}

/** x³ + 7, of magnitude 2. */
function curveSide(r: usize, x: usize): void {
  square(r, x);
  multiply(r, r, x);
  add(r, r, SEVEN);
}

/** Brings y to normal form and to the given parity. */
function makeParity(y: usize, odd: bool): void {
  normalize(y);
  if (isOdd(y) === odd) return;
  negate(y, y, 1);
  normalize(y);
}

/** Affine point of two coordinates; false when one is not below p or they are not on the curve. */
export function readAffine(point: usize, bytes: usize): bool {
  if (!readElement(point, bytes) || !readElement(point + Y, bytes + 32)) return false;
  curveSide(T, point);
  square(U, point + Y);
  sub(T, T, U, 1);
  return isZero(T);
}

export function setInfinity(p: usize): void {
  setZero(p);
  setZero(p + Y);
  setZero(p + Z);
}

export function isInfinity(p: usize): bool {
  return isLiteralZero(p + Z);
}

export function setAffine(p: usize, affine: usize): void {
  copy(p, affine);
  copy(p + Y, affine + Y);
  copy(p + Z, ONE);
}

/** p becomes 2·p, infinity included. There is no point of order two. */
export function doublePoint(p: usize): void {
  squarePair(XX, p, YY, p + Y);
  triple(SLOPE, XX); // 3
  multiplyPair(T, p, YY, p + Z, p + Y, p + Z);
  double(p + Z, p + Z, 1); // 2
  squarePair(XX, SLOPE, YYYY, YY);
  // X = slope² − 8·x·y²
  double(U, T, 3); // 8
  sub(p, XX, U, 8); // 10
  // Y = slope·(4·x·y² − X) − 8·y⁴
  double(T, T, 2); // 4
  sub(T, T, p, 10); // 15
  multiply(T, SLOPE, T);
  double(YYYY, YYYY, 3); // 8
  sub(p + Y, T, YYYY, 8); // 10
}

/** p becomes p + (x, y), for any p; x has magnitude 1 and y at most 2. */
export function addAffine(p: usize, x: usize, y: usize): void {
  if (isInfinity(p)) {
    copy(p, x);
    copy(p + Y, y);
    copy(p + Z, ONE);
    return;
  }
  addTo(p, x, y, p + Z);
}

/**
 * As {@link addAffine}, where p's Z leaves out a factor `scale`: p stands for (X/(scale·Z)², Y/(scale·Z)³). This is how
 * points that share their Z are used as if they were affine.
 */
export function addScaled(p: usize, x: usize, y: usize, scale: usize): void {
  if (isInfinity(p)) {
    square(ZZ, scale);
    multiplyPair(p, x, ZZ, S, scale, ZZ);
    multiply(p + Y, y, S);
    copy(p + Z, ONE);
    return;
  }
  multiply(SCALED_Z, p + Z, scale);
  addTo(p, x, y, SCALED_Z);
}

/** p + (x, y), with z for what Z stands for. */
function addTo(p: usize, x: usize, y: usize, z: usize): void {
  square(ZZ, z);
  multiplyPair(U, x, ZZ, S, z, ZZ);
  sub(RATIO, U, p, 10); // 12
  if (isZero(RATIO)) {
    addSameX(p, y);
    return;
  }
  multiplyPair(S, y, S, p + Z, p + Z, RATIO);
  sub(R, S, p + Y, 10); // 12
  squarePair(HH, RATIO, RR, R);
  multiplyPair(HHH, RATIO, HH, V, p, HH);
  // X = r² − h³ − 2·v
  double(T, V, 1); // 2
  add(T, T, HHH); // 3
  sub(p, RR, T, 3); // 5
  // Y = r·(v − X) − y·h³
  sub(T, V, p, 5); // 7
  multiplyPair(T, R, T, HHH, p + Y, HHH);
  sub(p + Y, T, HHH, 1); // 3
}

/** The rest of {@link addTo} when both have the same x: they are the same point, or each other's negative. */
function addSameX(p: usize, y: usize): void {
  multiply(S, y, S);
  sub(R, S, p + Y, 10); // 12
  if (isZero(R)) doublePoint(p);
  else setInfinity(p);
}

/** The affine point of one that is not at infinity, in normal form. */
export function toAffine(r: usize, p: usize): void {
  invertElement(T, p + Z);
  square(ZZ, T);
  multiplyPair(r, p, ZZ, T, T, ZZ);
  multiply(r + Y, p + Y, T);
  normalize(r);
  normalize(r + Y);
}
