/**
 * Numbers modulo the field's prime p = 2^256 − 2^32 − 977, as ten limbs of 26 bits in 32-bit words, least significant
 * first, and two words that are always zero: 48 bytes, so that three vector instructions add two of them. A limb has
 * room above its 26 bits, so that sums need no carry:
 *
 *   An element of *magnitude* m has limbs 0 to 8 of at most m·(2^26 + 2^21) and limb 9 of at most m·(2^22 + 2^17).
 *
 * What multiplications and {@link carry} give has magnitude 1. Magnitudes add up in sums; factors may have any two
 * whose product is at most {@link field-multiply}'s 256, and none may be above 24. Every function says what it takes
 * and gives, and the formulas that use them note the magnitudes line by line.
 *
 * Elements are passed by address. Results may be written over operands.
 */

/** Bytes of an element. */
export const ELEMENT: usize = 48;

/** Largest magnitude that {@link sub} and {@link negate} take. */
const MAX_SUBTRAHEND: usize = 23;

const LIMB_MASK: u32 = 0x3ffffff;
const TOP_MASK: u32 = 0x3fffff;
/** 2^256 mod p is 977 + 2^32: 977 in limb 0 and 2^6 in limb 1. */
const FOLD_LOW: u32 = 977;
const FOLD_HIGH_SHIFT: u32 = 6;

/** p − 1 in limbs 0 and 1; all others are full. */
const P_LIMB_0: u32 = 0x3fffc2f;
const P_LIMB_1: u32 = 0x3ffffbf;

/** k·p at k·48, for k up to {@link MAX_SUBTRAHEND} + 1, limb by limb and without carries. */
const P_MULTIPLES = memory.data(<i32>((MAX_SUBTRAHEND + 2) * ELEMENT), 16);

const ZERO_TEST = memory.data(48, 16);

export const ONE = memory.data(48, 16);

/** Fills the constants; before anything else. */
export function startField(): void {
  for (let k: usize = 0; k <= MAX_SUBTRAHEND + 1; k++) {
    const multiple = P_MULTIPLES + k * ELEMENT;
    store<u32>(multiple, <u32>k * P_LIMB_0);
    store<u32>(multiple, <u32>k * P_LIMB_1, 4);
    for (let i: usize = 2; i < 9; i++) store<u32>(multiple + 4 * i, <u32>k * LIMB_MASK);
    store<u32>(multiple, <u32>k * TOP_MASK, 36);
  }
  store<u32>(ONE, 1);
}

export function copy(r: usize, a: usize): void {
  v128.store(r, v128.load(a));
  v128.store(r, v128.load(a, 16), 16);
  v128.store(r, v128.load(a, 32), 32);
}

export function setZero(r: usize): void {
  const zero = i64x2.splat(0);
  v128.store(r, zero);
  v128.store(r, zero, 16);
  v128.store(r, zero, 32);
}

/** a + b; magnitudes add. */
export function add(r: usize, a: usize, b: usize): void {
  v128.store(r, i32x4.add(v128.load(a), v128.load(b)));
  v128.store(r, i32x4.add(v128.load(a, 16), v128.load(b, 16)), 16);
  v128.store(r, i32x4.add(v128.load(a, 32), v128.load(b, 32)), 32);
}

/** a − b for b of at most the given magnitude; the result has that of a plus it plus one. */
export function sub(r: usize, a: usize, b: usize, magnitude: usize): void {
  const p = P_MULTIPLES + (magnitude + 1) * ELEMENT;
  v128.store(r, i32x4.sub(i32x4.add(v128.load(a), v128.load(p)), v128.load(b)));
  v128.store(r, i32x4.sub(i32x4.add(v128.load(a, 16), v128.load(p, 16)), v128.load(b, 16)), 16);
  v128.store(r, i32x4.sub(i32x4.add(v128.load(a, 32), v128.load(p, 32)), v128.load(b, 32)), 32);
}

/** −a for a of at most the given magnitude; the result has that magnitude plus one. */
export function negate(r: usize, a: usize, magnitude: usize): void {
  sub(r, P_MULTIPLES, a, magnitude);
}

/** 2^shift·a; so is the magnitude. */
export function double(r: usize, a: usize, shift: i32): void {
  v128.store(r, i32x4.shl(v128.load(a), shift));
  v128.store(r, i32x4.shl(v128.load(a, 16), shift), 16);
  v128.store(r, i32x4.shl(v128.load(a, 32), shift), 32);
}

/** 3·a; so is the magnitude. */
export function triple(r: usize, a: usize): void {
  const a0 = v128.load(a);
  const a4 = v128.load(a, 16);
  const a8 = v128.load(a, 32);
  v128.store(r, i32x4.add(i32x4.shl(a0, 1), a0));
  v128.store(r, i32x4.add(i32x4.shl(a4, 1), a4), 16);
  v128.store(r, i32x4.add(i32x4.shl(a8, 1), a8), 32);
}

/**
 * Brings a to magnitude 1, in place. Each limb gives what it has above 26 bits to the next, all at once: at most 24
 * arrives, so that no second round is needed. The words before and after an element are never used as limbs: what a
 * vector reads of them is masked.
 */
export function carry(a: usize): void {
  const mask = i32x4.splat(LIMB_MASK);
  const top = load<u32>(a, 36) >> 22;
  const intoLow = v128.and(i32x4.shr_u(v128.load(a - 4), 26), i32x4(0, -1, -1, -1));
  const intoMiddle = i32x4.shr_u(v128.load(a - 4, 16), 26);
  const intoHigh = v128.and(i32x4.shr_u(v128.load(a - 4, 32), 26), i32x4(-1, -1, 0, 0));
  const folded = i32x4(top * FOLD_LOW, top << FOLD_HIGH_SHIFT, 0, 0);
  const low = i32x4.add(v128.and(v128.load(a), mask), intoLow);
  v128.store(a, i32x4.add(low, folded));
  v128.store(a, i32x4.add(v128.and(v128.load(a, 16), mask), intoMiddle), 16);
  const high = v128.and(v128.load(a, 32), i32x4(LIMB_MASK, TOP_MASK, 0, 0));
  v128.store(a, i32x4.add(high, intoHigh), 32);
}

/** Brings a, of any magnitude, to the one number below p that it stands for, in place. */
export function normalize(a: usize): void {
  carryThrough(a, load<u32>(a, 36) >> 22);
  // Below 2^256 + 2^27·m now: once more for what is above 2^256, and for p ≤ a < 2^256, which adding 2^256 − p shows.
  const isOver = load<u32>(a, 36) > TOP_MASK || !isBelowPrime(a);
  carryThrough(a, isOver ? 1 : 0);
  store<u32>(a, load<u32>(a, 36) & TOP_MASK, 36);
}

/** Adds `fold`·(2^256 mod p) for what is taken off above 2^256, and carries from limb to limb. */
function carryThrough(a: usize, fold: u32): void {
  store<u32>(a, load<u32>(a, 36) & TOP_MASK, 36);
  let low = load<u32>(a) + fold * FOLD_LOW;
  store<u32>(a, low & LIMB_MASK);
  low = (low >> 26) + load<u32>(a, 4) + (fold << FOLD_HIGH_SHIFT);
  store<u32>(a, low & LIMB_MASK, 4);
  for (let at = a + 8; at < a + 36; at += 4) {
    low = (low >> 26) + load<u32>(at);
    store<u32>(at, low & LIMB_MASK);
  }
  store<u32>(a, (low >> 26) + load<u32>(a, 36), 36);
}

/** For limbs within their bits: whether the number is below p. */
function isBelowPrime(a: usize): bool {
  if (load<u32>(a, 36) < TOP_MASK) return true;
  for (let at = a + 8; at < a + 36; at += 4) if (load<u32>(at) < LIMB_MASK) return true;
  const limb1 = load<u32>(a, 4);
  return limb1 < P_LIMB_1 || (limb1 === P_LIMB_1 && load<u32>(a) < P_LIMB_0);
}

/** Whether a is zero modulo p. Nearly always told by the lowest limb alone. */
export function isZero(a: usize): bool {
  const low = (load<u32>(a) + (load<u32>(a, 36) >> 22) * FOLD_LOW) & LIMB_MASK;
  // Zero modulo p is 0, p or, for what is left above 2^256 after the fold, p again: limb 0 is that of 0 or p.
  if (low !== 0 && low !== P_LIMB_0) return false;
  copy(ZERO_TEST, a);
  normalize(ZERO_TEST);
  return isLiteralZero(ZERO_TEST);
}

/** Whether all limbs are zero: for elements in normal form, and as a mark on points. */
export function isLiteralZero(a: usize): bool {
  return !v128.any_true(v128.or(v128.or(v128.load(a), v128.load(a, 16)), v128.load(a, 32)));
}

/** Whether a − b is zero modulo p, for b of at most the given magnitude. */
export function areEqual(a: usize, b: usize, magnitude: usize): bool {
  sub(ZERO_TEST, a, b, magnitude);
  return isZero(ZERO_TEST);
}

/** Whether a in normal form is odd. */
export function isOdd(a: usize): bool {
  return (load<u32>(a) & 1) !== 0;
}
