import { checkCount } from './checks.js';

/** Chances below this part of the largest one are left out of sums: they cannot change a double. */
const NEGLIGIBLE_LOG = -745;

/** Lanczos' coefficients (g = 7, n = 9): 15 digits of the gamma function. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
const LANCZOS_G = 7;

/** Logarithm of the gamma function for x > 0. */
export function logGamma(x: number): number {
  const t = x + LANCZOS_G - 0.5;
  let sum = LANCZOS[0] as number;
  for (let i = 1; i < LANCZOS.length; i++) sum += (LANCZOS[i] as number) / (x + i - 1);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** The chance of exactly `count` events where `mean` are expected. */
export function poisson(count: number, mean: number): number {
  if (count < 0) return 0;
  if (mean === 0) return count === 0 ? 1 : 0;
  return Math.exp(count * Math.log(mean) - mean - logGamma(count + 1));
}

/** The chances of 0, 1, 2 … events, up to where they no longer matter. Relative errors stay near 1e-13. */
export function poissonTable(mean: number): Float64Array {
  const length = Math.ceil(mean + 12 * Math.sqrt(mean) + 40);
  return Float64Array.from({ length }, (_, count) => poisson(count, mean));
}

/** The chance of `count` events or more. */
export function poissonAtLeast(count: number, mean: number): number {
  checkCount('events', count);
  if (count === 0) return 1;
  if (count <= mean) return 1 - sumPoisson(0, count, mean);
  return sumPoisson(count, Number.POSITIVE_INFINITY, mean);
}

/** Chance of `from` to `end` − 1 events. */
function sumPoisson(from: number, end: number, mean: number): number {
  let sum = 0;
  let term = poisson(from, mean);
  for (let count = from; count < end; count++) {
    sum += term;
    term *= mean / (count + 1);
    if (count > mean && term <= sum * Number.EPSILON * 1e-3) break;
  }
  return sum;
}

/**
 * Skellam's distribution: the chance that a Poisson number with mean `meanA` is larger by exactly `difference` than one
 * with mean `meanB`, e^−(a+b)·(a/b)^(k/2)·I_k(2√(ab)), the Bessel function as its series.
 */
export function skellam(difference: number, meanA: number, meanB: number): number {
  if (difference < 0) return skellam(-difference, meanB, meanA);
  if (meanB === 0) return poisson(difference, meanA);
  if (meanA === 0) return difference === 0 ? Math.exp(-meanB) : 0;
  const logA = Math.log(meanA);
  const logB = Math.log(meanB);
  const mode = Math.max(
    0,
    Math.floor((-difference + Math.hypot(difference, 2 * Math.sqrt(meanA * meanB))) / 2),
  );
  const logTerm = (j: number) =>
    (difference + j) * logA + j * logB - meanA - meanB - logGamma(difference + j + 1) - logGamma(j + 1);
  const peak = logTerm(mode);
  if (peak < NEGLIGIBLE_LOG) return 0;
  let sum = 1;
  const product = meanA * meanB;
  for (let j = mode + 1, term = 1; ; j++) {
    term *= product / (j * (difference + j));
    if (term < Number.EPSILON * 1e-3) break;
    sum += term;
  }
  for (let j = mode, term = 1; j > 0; j--) {
    term *= (j * (difference + j)) / product;
    if (term < Number.EPSILON * 1e-3) break;
    sum += term;
  }
  return Math.exp(peak) * sum;
}
