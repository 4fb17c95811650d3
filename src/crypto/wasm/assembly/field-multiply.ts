/**
 * Products of field elements, by rows of limb products whose sums fit 64 bits. Limb products of column k belong to
 * 2^(26k); what is above column 9 is folded back as it arises, by 2^260 = 2^36 + 15632 modulo p.
 *
 * Factors have magnitudes whose product is at most 256: a column has at most ten products, each below
 * 256·(2^26 + 2^21)^2, and with what is folded and carried in stays below 2^64. Results have magnitude 1: only limb 2
 * is not cut to its bits, and what comes into it is below 2^21.
 *
 * Unrolled because nothing else is fast: limbs stay in registers and the stack, and no loop is left.
 */

const MASK: u64 = 0x3ffffff;
const TOP_MASK: u64 = 0x3fffff;
/** 2^260 modulo p is 15632 in limb 0 and 2^10 in limb 1. */
const FOLD_0: u64 = 15632;
const FOLD_1: u64 = 1 << 10;

/** a·b, for magnitudes whose product is at most 256; the result has magnitude 1. */
export function multiply(r: usize, a: usize, b: usize): void {
  const a0 = <u64>load<u32>(a);
  const a1 = <u64>load<u32>(a, 4);
  const a2 = <u64>load<u32>(a, 8);
  const a3 = <u64>load<u32>(a, 12);
  const a4 = <u64>load<u32>(a, 16);
  const a5 = <u64>load<u32>(a, 20);
  const a6 = <u64>load<u32>(a, 24);
  const a7 = <u64>load<u32>(a, 28);
  const a8 = <u64>load<u32>(a, 32);
  const a9 = <u64>load<u32>(a, 36);
  const b0 = <u64>load<u32>(b);
  const b1 = <u64>load<u32>(b, 4);
  const b2 = <u64>load<u32>(b, 8);
  const b3 = <u64>load<u32>(b, 12);
  const b4 = <u64>load<u32>(b, 16);
  const b5 = <u64>load<u32>(b, 20);
  const b6 = <u64>load<u32>(b, 24);
  const b7 = <u64>load<u32>(b, 28);
  const b8 = <u64>load<u32>(b, 32);
  const b9 = <u64>load<u32>(b, 36);
  let high =
    a0 * b9 + a1 * b8 + a2 * b7 + a3 * b6 + a4 * b5 + a5 * b4 + a6 * b3 + a7 * b2 + a8 * b1 + a9 * b0;
  const t9 = high & MASK;
  high >>= 26;
  let low = a0 * b0;
  high += a1 * b9 + a2 * b8 + a3 * b7 + a4 * b6 + a5 * b5 + a6 * b4 + a7 * b3 + a8 * b2 + a9 * b1;
  let fold = high & MASK;
  high >>= 26;
  low += fold * FOLD_0;
  const t0 = low & MASK;
  low = (low >> 26) + fold * FOLD_1;
  low += a0 * b1 + a1 * b0;
  high += a2 * b9 + a3 * b8 + a4 * b7 + a5 * b6 + a6 * b5 + a7 * b4 + a8 * b3 + a9 * b2;
  fold = high & MASK;
  high >>= 26;
  low += fold * FOLD_0;
  const t1 = low & MASK;
  low = (low >> 26) + fold * FOLD_1;
  low += a0 * b2 + a1 * b1 + a2 * b0;
  high += a3 * b9 + a4 * b8 + a5 * b7 + a6 * b6 + a7 * b5 + a8 * b4 + a9 * b3;
  fold = high & MASK;
  high >>= 26;
  low += fold * FOLD_0;
  const t2 = low & MASK;
  low = (low >> 26) + fold * FOLD_1;
  low += a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0;
  high += a4 * b9 + a5 * b8 + a6 * b7 + a7 * b6 + a8 * b5 + a9 * b4;
  fold = high & MASK;
  high >>= 26;
  low += fold * FOLD_0;
  const t3 = low & MASK;
  low = (low >> 26) + fold * FOLD_1;
  low += a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0;
  high += a5 * b9 + a6 * b8 + a7 * b7 + a8 * b6 + a9 * b5;
  fold = high & MASK;
  high >>= 26;
  low += fold * FOLD_0;
  const t4 = low & MASK;
  low = (low >> 26) + fold * FOLD_1;
  low += a0 * b5 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 + a5 * b0;
  high += a6 * b9 + a7 * b8 + a8 * b7 + a9 * b6;
  fold = high & MASK;
  high >>= 26;
  low += fold * FOLD_0;
  const t5 = low & MASK;
  low = (low >> 26) + fold * FOLD_1;
  low += a0 * b6 + a1 * b5 + a2 * b4 + a3 * b3 + a4 * b2 + a5 * b1 + a6 * b0;
  high += a7 * b9 + a8 * b8 + a9 * b7;
  fold = high & MASK;
  high >>= 26;
  low += fold * FOLD_0;
  const t6 = low & MASK;
  low = (low >> 26) + fold * FOLD_1;
  low += a0 * b7 + a1 * b6 + a2 * b5 + a3 * b4 + a4 * b3 + a5 * b2 + a6 * b1 + a7 * b0;
  high += a8 * b9 + a9 * b8;
  fold = high & MASK;
  high >>= 26;
  low += fold * FOLD_0;
  const t7 = low & MASK;
  low = (low >> 26) + fold * FOLD_1;
  low += a0 * b8 + a1 * b7 + a2 * b6 + a3 * b5 + a4 * b4 + a5 * b3 + a6 * b2 + a7 * b1 + a8 * b0;
  high += a9 * b9;
  fold = high & MASK;
  high >>= 26;
  low += fold * FOLD_0;
  const t8 = low & MASK;
  low = (low >> 26) + fold * FOLD_1;
  low += t9 + high * FOLD_0;
  store<u32>(r, <u32>(low & TOP_MASK), 36);
  // What is above 2^256 is low now, at most 2^41: it comes back as 977 and 2^32 = 2^6·2^26 of it.
  low = (low >> 22) + high * (FOLD_1 << 4);
  high = t0 + low * 977;
  store<u32>(r, <u32>(high & MASK));
  high = (high >> 26) + t1 + (low << 6);
  store<u32>(r, <u32>(high & MASK), 4);
  store<u32>(r, <u32>((high >> 26) + t2), 8);
  store<u32>(r, <u32>t3, 12);
  store<u32>(r, <u32>t4, 16);
  store<u32>(r, <u32>t5, 20);
  store<u32>(r, <u32>t6, 24);
  store<u32>(r, <u32>t7, 28);
  store<u32>(r, <u32>t8, 32);
}

/** a², for a magnitude of at most 16; the result has magnitude 1. */
export function square(r: usize, a: usize): void {
  const a0 = <u64>load<u32>(a);
  const a1 = <u64>load<u32>(a, 4);
  const a2 = <u64>load<u32>(a, 8);
  const a3 = <u64>load<u32>(a, 12);
  const a4 = <u64>load<u32>(a, 16);
  const a5 = <u64>load<u32>(a, 20);
  const a6 = <u64>load<u32>(a, 24);
  const a7 = <u64>load<u32>(a, 28);
  const a8 = <u64>load<u32>(a, 32);
  const a9 = <u64>load<u32>(a, 36);
  const d0 = a0 << 1;
  const d1 = a1 << 1;
  const d2 = a2 << 1;
  const d3 = a3 << 1;
  const d4 = a4 << 1;
  const d5 = a5 << 1;
  const d6 = a6 << 1;
  const d7 = a7 << 1;
  const d8 = a8 << 1;
  let high = d0 * a9 + d1 * a8 + d2 * a7 + d3 * a6 + d4 * a5;
  const t9 = high & MASK;
  high >>= 26;
  let low = a0 * a0;
  high += d1 * a9 + d2 * a8 + d3 * a7 + d4 * a6 + a5 * a5;
  let fold = high & MASK;
  high >>= 26;
  low += fold * FOLD_0;
  const t0 = low & MASK;
  low = (low >> 26) + fold * FOLD_1;
  low += d0 * a1;
  high += d2 * a9 + d3 * a8 + d4 * a7 + d5 * a6;
  fold = high & MASK;
  high >>= 26;
  low += fold * FOLD_0;
  const t1 = low & MASK;
  low = (low >> 26) + fold * FOLD_1;
  low += d0 * a2 + a1 * a1;
  high += d3 * a9 + d4 * a8 + d5 * a7 + a6 * a6;
  fold = high & MASK;
  high >>= 26;
  low += fold * FOLD_0;
  const t2 = low & MASK;
  low = (low >> 26) + fold * FOLD_1;
  low += d0 * a3 + d1 * a2;
  high += d4 * a9 + d5 * a8 + d6 * a7;
  fold = high & MASK;
  high >>= 26;
  low += fold * FOLD_0;
  const t3 = low & MASK;
  low = (low >> 26) + fold * FOLD_1;
  low += d0 * a4 + d1 * a3 + a2 * a2;
  high += d5 * a9 + d6 * a8 + a7 * a7;
  fold = high & MASK;
  high >>= 26;
  low += fold * FOLD_0;
  const t4 = low & MASK;
  low = (low >> 26) + fold * FOLD_1;
  low += d0 * a5 + d1 * a4 + d2 * a3;
  high += d6 * a9 + d7 * a8;
  fold = high & MASK;
  high >>= 26;
  low += fold * FOLD_0;
  const t5 = low & MASK;
  low = (low >> 26) + fold * FOLD_1;
  low += d0 * a6 + d1 * a5 + d2 * a4 + a3 * a3;
  high += d7 * a9 + a8 * a8;
  fold = high & MASK;
  high >>= 26;
  low += fold * FOLD_0;
  const t6 = low & MASK;
  low = (low >> 26) + fold * FOLD_1;
  low += d0 * a7 + d1 * a6 + d2 * a5 + d3 * a4;
  high += d8 * a9;
  fold = high & MASK;
  high >>= 26;
  low += fold * FOLD_0;
  const t7 = low & MASK;
  low = (low >> 26) + fold * FOLD_1;
  low += d0 * a8 + d1 * a7 + d2 * a6 + d3 * a5 + a4 * a4;
  high += a9 * a9;
  fold = high & MASK;
  high >>= 26;
  low += fold * FOLD_0;
  const t8 = low & MASK;
  low = (low >> 26) + fold * FOLD_1;
  low += t9 + high * FOLD_0;
  store<u32>(r, <u32>(low & TOP_MASK), 36);
  // What is above 2^256 is low now, at most 2^41: it comes back as 977 and 2^32 = 2^6·2^26 of it.
  low = (low >> 22) + high * (FOLD_1 << 4);
  high = t0 + low * 977;
  store<u32>(r, <u32>(high & MASK));
  high = (high >> 26) + t1 + (low << 6);
  store<u32>(r, <u32>(high & MASK), 4);
  store<u32>(r, <u32>((high >> 26) + t2), 8);
  store<u32>(r, <u32>t3, 12);
  store<u32>(r, <u32>t4, 16);
  store<u32>(r, <u32>t5, 20);
  store<u32>(r, <u32>t6, 24);
  store<u32>(r, <u32>t7, 28);
  store<u32>(r, <u32>t8, 32);
}
