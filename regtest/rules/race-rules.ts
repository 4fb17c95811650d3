import { strictlyLonger } from '../theory/double-spend.js';
import { giveUpForTolerance, type RaceOutlook, type RaceState, raceOutlook } from '../theory/race.js';

/**
 * What it takes to win: `strict` more work than the honest branch, as nodes have it that stay with what they saw first;
 * `tie` as much work; `pre-mined` more work, with blocks in store from before the payment.
 */
export type RaceMode = 'strict' | 'tie' | 'pre-mined';

export const RACE_MODES: readonly RaceMode[] = ['strict', 'tie', 'pre-mined'];

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
  /** Absent where it is `strict`. */
  readonly raceMode?: RaceMode;
  /** Blocks of the attacker that are there before the payment. Absent where there are none. */
  readonly preMined?: number;
  readonly defences?: RaceDefences;
}

/** What nodes and merchants may do against a double spend, apart from waiting. */
export interface RaceDefences {
  /**
   * Nodes refuse to undo more blocks than this. Those that see the attacker's branch for the first time follow it, since it
   * has more work: the network is split for good.
   */
  readonly maxReorg?: number | undefined;
  /** Blocks this deep are fixed by somebody whom all nodes obey, newcomers as well: no split. */
  readonly checkpoint?: number | undefined;
  /** The chance that the merchant sees the conflicting transaction in time, and keeps the goods. */
  readonly watch?: number | undefined;
}

export interface RaceRuleOptions {
  readonly mode?: RaceMode | undefined;
  /** In mode `pre-mined`; without it 1. */
  readonly preMined?: number | undefined;
  readonly defences?: RaceDefences | undefined;
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
 * An attacker with less than half of the hash rate releases his branch as soon as it wins and the merchant has seen z
 * confirmations: every further honest block would lower his chance. One with half or more gets ahead sooner or later in
 * any case, so he lets the honest chain grow by one more block: with him, nodes undo z + 1 blocks or more. Where nodes
 * refuse deep reorganisations he does not wait either.
 *
 * @param giveUp deficit to give up at; without it one that changes the chance by less than 0.00001, if depth + 100 does
 */
export function raceRules(
  hashrate: number,
  confirmations: number,
  giveUp?: number,
  { mode = 'strict', preMined = 1, defences }: RaceRuleOptions = {},
): RaceRules {
  const waits = hashrate >= 0.5 && deepestReorg(defences) === undefined;
  const depth = waits ? confirmations + 1 : confirmations;
  return {
    hashrate,
    confirmations,
    depth,
    giveUp: giveUp ?? harmlessGiveUp(hashrate, depth),
    ...(mode === 'strict' ? {} : { raceMode: mode }),
    ...(mode === 'pre-mined' ? { preMined } : {}),
    ...(defences === undefined ? {} : { defences }),
  };
}

function harmlessGiveUp(hashrate: number, depth: number): number {
  const tolerance = Math.min(GIVE_UP_TOLERANCE, GIVE_UP_RELATIVE_TOLERANCE * strictlyLonger(hashrate, depth));
  return giveUpForTolerance(hashrate, depth, tolerance, depth + MAX_DEFAULT_GIVE_UP);
}

export type Decision = 'race' | 'release' | 'give up';

/** What the attacker does after a block was found. */
export function decide(rules: RaceRules, honest: number, attacker: number): Decision {
  if (honest >= rules.depth && attacker >= honest + leadOf(rules)) return 'release';
  return honest - attacker >= rules.giveUp ? 'give up' : 'race';
}

/** Blocks that the attacker must be ahead to win. */
export function leadOf({ raceMode }: RaceRules): number {
  return raceMode === 'tie' ? 0 : 1;
}

/** The most blocks that nodes let themselves undo; undefined where there is no limit. */
export function deepestReorg(defences: RaceDefences | undefined): number | undefined {
  const limits = [defences?.maxReorg, defences?.checkpoint].filter(limit => limit !== undefined);
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/** A race as the theory has it, at the start or where it stands. */
export function raceState(rules: RaceRules, honest = 0, attacker = rules.preMined ?? 0): RaceState {
  return {
    honest,
    attacker,
    depth: rules.depth,
    giveUp: rules.giveUp,
    lead: leadOf(rules),
    limit: deepestReorg(rules.defences),
  };
}

/** The attacker's chance of success by theory, at the start or where a race stands. */
export function chanceOf(rules: RaceRules, honest = 0, attacker = rules.preMined ?? 0): number {
  const { chance } = raceOutlook(rules.hashrate, raceState(rules, honest, attacker));
  return chance * (1 - (rules.defences?.watch ?? 0));
}

/** What is to be expected of the race by theory, from its start. */
export function outlookOf(rules: RaceRules): RaceOutlook {
  return raceOutlook(rules.hashrate, raceState(rules));
}
