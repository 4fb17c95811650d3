import { wideProduct } from './scalar';
import { WORDS } from './words';

/**
 * The curve has an endomorphism that costs one field multiplication: λ·(x, y) = (β·x, y), for cube roots of one λ modulo
 * n and β modulo p. A scalar k is split into k1 + λ·k2 with halves of at most 128 bits, so that half the doublings are
 * left (Gallant, Lambert and Vanstone, CRYPTO 2001).
 *
 * Vectors (a1, b1) and (a2, b2) with a + λ·b = 0 modulo n span the lattice to reduce by; b2 = a1 and b1 is negative.
 * c1 = round(k·b2/n) and c2 = round(−k·b1/n), found as products with numbers rounded at 2^384, give
 * k1 = k − c1·a1 − c2·a2 and k2 = −c1·b1 − c2·b2, exact in 160 bits with sign.
 */

/** β as words. */
export const BETA = memory.data<u32>(
  [0x719501ee, 0xc1396c28, 0x12f58995, 0x9cf04975, 0xac3434e9, 0x6e64479e, 0x657c0710, 0x7ae96a2b],
  16,
);

/** round(2^384·b2/n) */
const ROUNDED_B2 = memory.data<u32>(
  [0x45dbb031, 0xe893209a, 0x71e8ca7f, 0x3daa8a14, 0x9284eb15, 0xe86c90e4, 0xa7d46bcd, 0x3086d221],
  16,
);
/** round(−2^384·b1/n) */
const ROUNDED_B1 = memory.data<u32>(
  [0x8ac47f71, 0x1571b4ae, 0x9df506c6, 0x221208ac, 0x0abfe4c4, 0x6f547fa9, 0x010e8828, 0xe4437ed6],
  16,
);
const A1 = memory.data<u32>([0x9284eb15, 0xe86c90e4, 0xa7d46bcd, 0x3086d221, 0], 16);
const MINUS_B1 = memory.data<u32>([0x0abfe4c3, 0x6f547fa9, 0x010e8828, 0xe4437ed6, 0], 16);
const A2 = memory.data<u32>([0x9d44cfd8, 0x57c1108d, 0xa8e2f3f6, 0x14ca50f7, 1], 16);

/** Bytes of numbers of 160 bits. */
const SHORT: usize = 20;

const WIDE = memory.data(64, 16);
const C1 = memory.data(20, 16);
const C2 = memory.data(20, 16);

/**
 * Splits k; writes the absolute values of the halves as words. Bit 0 of the result tells that the first is negative, bit
 * 1 that the second is.
 */
export function splitScalar(k1: usize, k2: usize, k: usize): u32 {
  roundedQuotient(C1, k, ROUNDED_B2);
  roundedQuotient(C2, k, ROUNDED_B1);
  memory.fill(k1, 0, WORDS);
  memory.copy(k1, k, SHORT);
  addShortProduct(k1, C1, A1, true);
  addShortProduct(k1, C2, A2, true);
  memory.fill(k2, 0, WORDS);
  addShortProduct(k2, C1, MINUS_B1, false);
  addShortProduct(k2, C2, A1, true);
  return makeAbsolute(k1) | (makeAbsolute(k2) << 1);
}

/** round(k·multiplier/2^384), below 2^128, in five words. */
function roundedQuotient(r: usize, k: usize, multiplier: usize): void {
  wideProduct(WIDE, k, multiplier);
  let sum: u64 = load<u32>(WIDE, 44) >> 31;
  for (let i: usize = 0; i < 16; i += 4) {
    sum += load<u32>(WIDE + 48 + i);
    store<u32>(r + i, <u32>sum);
    sum >>= 32;
  }
  store<u32>(r, 0, 16);
}

/** r ± a·b modulo 2^160, for a below 2^128. */
function addShortProduct(r: usize, a: usize, b: usize, negative: bool): void {
  for (let i: usize = 0; i < 16; i += 4) {
    const factor = <u64>load<u32>(a + i);
    let product: u64 = 0;
    let sum: i64 = 0;
    for (let j: usize = 0; i + j < SHORT; j += 4) {
      product += factor * load<u32>(b + j);
      const word = <i64>(product & 0xffffffff);
      sum += <i64>load<u32>(r + i + j) + (negative ? -word : word);
      store<u32>(r + i + j, <u32>sum);
      sum >>= 32;
      product >>= 32;
    }
  }
}

/** Makes a number of 160 bits with sign positive; 1 if it was negative. */
function makeAbsolute(a: usize): u32 {
  if (load<i32>(a, 16) >= 0) return 0;
  let sum: i64 = 0;
  for (let i: usize = 0; i < SHORT; i += 4) {
    sum -= load<u32>(a + i);
    store<u32>(a + i, <u32>sum);
    sum >>= 32;
  }
  return 1;
}
