import { checkCount, checkPositive, checkShare } from './checks.js';
import { poissonAtLeast } from './poisson.js';

/**
 * The chance that a merchant who sees none but the attacker's blocks gets z confirmations before his patience ends. The
 * attacker alone finds blocks at rate q, so that within the time T their number is Poisson distributed with mean qT.
 *
 * @param patience in mean block times
 */
export function eclipseChance(q: number, z: number, patience: number): number {
  checkShare(q);
  checkCount('confirmations', z);
  checkPositive('the patience', patience);
  return poissonAtLeast(z, q * patience);
}

/**
 * The mean time until the z-th confirmation, in mean block times, among the attacks that succeed. The time has the gamma
 * density g(z); since t·g(z)(t) = (z/q)·g(z+1)(t), the mean up to T is z/q · P(z+1 blocks by T) / P(z blocks by T).
 */
export function eclipseTime(q: number, z: number, patience: number): number {
  if (z === 0) return 0;
  return ((z / q) * poissonAtLeast(z + 1, q * patience)) / eclipseChance(q, z, patience);
}
