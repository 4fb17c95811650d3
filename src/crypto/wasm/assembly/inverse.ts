/**
 * Inverses modulo an odd number, by division steps (Bernstein and Yang, "Fast constant-time gcd computation and modular
 * inversion", 2019) in variable time: 30 steps are made on the lowest words of f and g alone, gathered in a matrix and
 * then applied to the whole of f and g, and to d and e, which are kept so that d·a = f and e·a = g modulo m. When g is
 * zero, f is 1 or −1, and d the inverse up to that sign.
 *
 * Numbers are nine limbs of 30 bits in signed 32-bit words; between rounds all limbs but the highest are from 0 to
 * 2^30 − 1, and the highest has the sign.
 */

const STEPS = 30;
const MASK: i32 = 0x3fffffff;
const LIMBS_SIZE: usize = 36;
/** Offset of the highest limb. */
const TOP: usize = 32;
/** After the limbs of a modulus comes its inverse modulo 2^30. */
const INVERSE: usize = 36;

const D = memory.data(36, 16);
const E = memory.data(36, 16);
const F = memory.data(36, 16);
const G = memory.data(36, 16);

/** The matrix of the last 30 steps, times 2^30: f becomes u·f + v·g, g becomes q·f + r·g. */
let u: i64 = 0;
let v: i64 = 0;
let q: i64 = 0;
let r: i64 = 0;

/** Makes a modulus for {@link invertWords}, 40 bytes, of an odd number of eight words. */
export function startModulus(modulus: usize, words: usize): void {
  limbsFromWords(modulus, words);
  const low = load<i32>(modulus);
  // Newton: each round doubles the number of right bits, from three, to which an odd number is its own inverse.
  let inverse = low;
  for (let i = 0; i < 4; i++) inverse *= 2 - low * inverse;
  store<i32>(modulus, inverse & MASK, INVERSE);
}

/** The inverse of a, which is below the modulus, as words; zero for zero. */
export function invertWords(result: usize, a: usize, modulus: usize): void {
  memory.fill(D, 0, LIMBS_SIZE);
  memory.fill(E, 0, LIMBS_SIZE);
  store<i32>(E, 1);
  memory.copy(F, modulus, LIMBS_SIZE);
  limbsFromWords(G, a);
  let eta = -1;
  while (!isZero(G)) {
    eta = divisionSteps(eta, load<i32>(F), load<i32>(G));
    updateCofactors(modulus);
    updateNumbers();
  }
  reduce(D, load<i32>(F, TOP) < 0, modulus);
  wordsFromLimbs(result, D);
}

/** Makes 30 steps on the lowest limbs and keeps their matrix. `eta` is minus the delta of the paper. */
function divisionSteps(eta: i32, lowF: i32, lowG: i32): i32 {
  let f = lowF;
  let g = lowG;
  let uu = 1;
  let vv = 0;
  let qq = 0;
  let rr = 1;
  let left = STEPS;
  while (true) {
    // Steps that only halve g, all at once; a bit above those that are left ends them.
    const halvings = ctz(g | (-1 << left));
    g >>= halvings;
    uu <<= halvings;
    vv <<= halvings;
    eta -= halvings;
    left -= halvings;
    if (left === 0) break;
    if (eta < 0) {
      eta = -eta;
      const oldF = f;
      f = g;
      g = -oldF;
      const oldU = uu;
      uu = qq;
      qq = -oldU;
      const oldV = vv;
      vv = rr;
      rr = -oldV;
    }
    // w·f clears as many low bits of g as there are steps until f and g may change places again; f·(f² − 2) is −1/f
    // modulo 2^6, so not more than six.
    const steps = min(min(eta + 1, left), 6);
    const w = (g * f * (f * f - 2)) & ((1 << steps) - 1);
    g += f * w;
    qq += uu * w;
    rr += vv * w;
  }
  u = uu;
  v = vv;
  q = qq;
  r = rr;
  return eta;
}

/** d and e by the matrix, over 2^30 modulo m: a multiple of m makes the lowest limbs zero. Both stay above −2m and below m. */
function updateCofactors(modulus: usize): void {
  const signD = <i64>(load<i32>(D, TOP) >> 31);
  const signE = <i64>(load<i32>(E, TOP) >> 31);
  let multipleD = (u & signD) + (v & signE);
  let multipleE = (q & signD) + (r & signE);
  let d = <i64>load<i32>(D);
  let e = <i64>load<i32>(E);
  let sumD = u * d + v * e;
  let sumE = q * d + r * e;
  const inverse = <i64>load<i32>(modulus, INVERSE);
  multipleD -= (inverse * (sumD & MASK) + multipleD) & MASK;
  multipleE -= (inverse * (sumE & MASK) + multipleE) & MASK;
  const m0 = <i64>load<i32>(modulus);
  sumD = (sumD + m0 * multipleD) >> STEPS;
  sumE = (sumE + m0 * multipleE) >> STEPS;
  for (let i: usize = 4; i <= TOP; i += 4) {
    const m = <i64>load<i32>(modulus + i);
    d = load<i32>(D + i);
    e = load<i32>(E + i);
    sumD += u * d + v * e + m * multipleD;
    sumE += q * d + r * e + m * multipleE;
    store<i32>(D + i - 4, <i32>sumD & MASK);
    store<i32>(E + i - 4, <i32>sumE & MASK);
    sumD >>= STEPS;
    sumE >>= STEPS;
  }
  store<i32>(D, <i32>sumD, TOP);
  store<i32>(E, <i32>sumE, TOP);
}

/** f and g by the matrix, over 2^30, which goes without remainder. */
function updateNumbers(): void {
  let f = <i64>load<i32>(F);
  let g = <i64>load<i32>(G);
  let sumF = (u * f + v * g) >> STEPS;
  let sumG = (q * f + r * g) >> STEPS;
  for (let i: usize = 4; i <= TOP; i += 4) {
    f = load<i32>(F + i);
    g = load<i32>(G + i);
    sumF += u * f + v * g;
    sumG += q * f + r * g;
    store<i32>(F + i - 4, <i32>sumF & MASK);
    store<i32>(G + i - 4, <i32>sumG & MASK);
    sumF >>= STEPS;
    sumG >>= STEPS;
  }
  store<i32>(F, <i32>sumF, TOP);
  store<i32>(G, <i32>sumG, TOP);
}

/** Brings a number above −2m and below m, or its negative, to the range from 0 to m − 1. */
function reduce(a: usize, negative: bool, modulus: usize): void {
  if (load<i32>(a, TOP) < 0) addScaled(a, 1, modulus);
  if (negative) addScaled(a, -1, 0);
  if (load<i32>(a, TOP) < 0) addScaled(a, 1, modulus);
}

/** sign·a + addend, carried; address 0 stands for no addend. */
function addScaled(a: usize, sign: i32, addend: usize): void {
  let sum: i32 = 0;
  for (let i: usize = 0; i <= TOP; i += 4) {
    sum += sign * load<i32>(a + i) + (addend === 0 ? 0 : load<i32>(addend + i));
    if (i === TOP) break;
    store<i32>(a + i, sum & MASK);
    sum >>= STEPS;
  }
  store<i32>(a, sum, TOP);
}

function isZero(a: usize): bool {
  return !v128.any_true(v128.or(v128.load(a), v128.load(a, 16))) && load<i32>(a, TOP) === 0;
}

function limbsFromWords(limbs: usize, words: usize): void {
  let bits: u64 = 0;
  let held = 0;
  for (let i: usize = 0; i < TOP; i += 4) {
    if (held < STEPS) {
      bits |= (<u64>load<u32>(words)) << held;
      words += 4;
      held += 32;
    }
    store<i32>(limbs + i, <i32>bits & MASK);
    bits >>= STEPS;
    held -= STEPS;
  }
  store<i32>(limbs, <i32>bits, TOP);
}

function wordsFromLimbs(words: usize, limbs: usize): void {
  let bits: u64 = 0;
  let held = 0;
  for (let i: usize = 0; i <= TOP; i += 4) {
    bits |= (<u64>load<u32>(limbs + i)) << held;
    held += STEPS;
    if (held < 32) continue;
    store<u32>(words, <u32>bits);
    words += 4;
    bits >>= 32;
    held -= 32;
  }
}
