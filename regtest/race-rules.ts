import { giveUpForTolerance, type RaceState, raceChance, strictlyLonger } from './theory.js';

/** What a double spend by private mining is made of, simulated or on real nodes. */
export interface RaceRules {
  /** The attacker's share of the hash rate, between 0 and 1. */
  readonly hashrate: number;
  /** Honest blocks, the one with the payment included, after which the merchant hands over the goods. */
  readonly confirmations: number;
  /** Honest blocks that the attacker wants to undo: he does not release his branch before. */
  readonly depth: number;
  /** The attacker gives up when the honest branch leads by this many blocks. */
  readonly giveUp: number;
}

/** How much of his chance an attacker may lose by giving up, unless he is told when to: absolute, and as a share of it. */
const GIVE_UP_TOLERANCE = 1e-5;
const GIVE_UP_RELATIVE_TOLERANCE = 1e-3;

/**
 * The largest deficit, beyond the depth, that is chosen without being asked for. It limits the time spent on races near
 * one half of the hash rate, where a deficit is never hopeless; the chance for it is computed exactly.
 */
const MAX_DEFAULT_GIVE_UP = 100;

/**
 * The rules of a race.
 *
 * An attacker with less than half of the hash rate releases his branch as soon as it has more work and the merchant has
 * seen z confirmations: every further honest block would lower his chance. One with half or more gets ahead sooner or
 * later in any case, so he lets the honest chain grow by one more block: with him, nodes undo z + 1 blocks or more.
 *
 * @param giveUp deficit to give up at; without it one that changes the chance by less than 0.00001, if depth + 100 does
 */
export function raceRules(hashrate: number, confirmations: number, giveUp?: number): RaceRules {
  const depth = hashrate >= 0.5 ? confirmations + 1 : confirmations;
  return { hashrate, confirmations, depth, giveUp: giveUp ?? harmlessGiveUp(hashrate, depth) };
}

function harmlessGiveUp(hashrate: number, depth: number): number {
  const tolerance = Math.min(GIVE_UP_TOLERANCE, GIVE_UP_RELATIVE_TOLERANCE * strictlyLonger(hashrate, depth));
  return giveUpForTolerance(hashrate, depth, tolerance, depth + MAX_DEFAULT_GIVE_UP);
}

export type Decision = 'race' | 'release' | 'give up';

/** What the attacker does after a block was found. */
export function decide(rules: RaceRules, honest: number, attacker: number): Decision {
  if (honest >= rules.depth && attacker > honest) return 'release';
  return honest - attacker >= rules.giveUp ? 'give up' : 'race';
}

/** The attacker's chance of success by theory, at the start or where a race stands. */
export function chanceOf(rules: RaceRules, honest = 0, attacker = 0): number {
  const state: RaceState = { honest, attacker, depth: rules.depth, giveUp: rules.giveUp };
  return raceChance(rules.hashrate, state);
}
