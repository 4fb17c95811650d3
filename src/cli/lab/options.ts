import { InvalidArgumentError } from 'commander';
import {
  ATTACK_KINDS,
  type AttackKind,
  checkedLabName,
  type Expectation,
  type HashPower,
  MAX_ACCOUNTS,
  MAX_CONFIRMATIONS,
  MAX_DEPTH_LIMIT,
  MAX_DURATION,
  MAX_GIVE_UP,
  MAX_LIVE_BLOCKS,
  MAX_MONEY,
  MAX_NODES,
  MAX_PERIOD,
  MAX_SEED,
  MIN_PERIOD,
  NETWORK_MODES,
  type NetworkMode,
  PRESETS,
  parseExpectation,
  parseMnemonic,
  RACE_MODES,
  type RaceMode,
  RELAYS,
  type Relay,
  TOPOLOGIES,
  type Topology,
} from '../../../regtest/index.js';
import {
  MAX_DIFFICULTY,
  MAX_REORG_LIMIT,
  MAX_RETARGET_BLOCKS,
  MAX_SPACING,
  MIN_RETARGET_BLOCKS,
} from '../../node/config/lab.js';
import { errorMessage } from '../../runtime/errors.js';
import { oneOf, parseNumber, positiveNumber, wholeNumber } from './parsers.js';

export const MAX_TRIALS = 100_000_000;

/** Parses a share of the hash rate: between 0 and 1, both excluded. */
export function parseShare(text: string): number {
  const share = parseNumber(text);
  if (share > 0 && share < 1) return share;
  throw new InvalidArgumentError('It is a share of the hash rate, between 0 and 1, such as 0.3.');
}

/** Parses a chance: from 0 to 1. */
export function parseChance(text: string): number {
  const chance = parseNumber(text);
  if (chance >= 0 && chance <= 1) return chance;
  throw new InvalidArgumentError('It is a number from 0 to 1, such as 0.5.');
}

/** Gathers expectations of an option that may be given more than once. */
export function parseExpect(text: string, former: readonly Expectation[] = []): readonly Expectation[] {
  try {
    return [...former, parseExpectation(text)];
  } catch {
    throw new InvalidArgumentError("It is a figure, a comparison and a number, such as 'rate<0.2'.");
  }
}

/** Parses a name of a lab. */
export function parseLabName(text: string): string {
  try {
    return checkedLabName(text);
  } catch (thrown) {
    throw new InvalidArgumentError(`${errorMessage(thrown)}.`);
  }
}

/** Parses a BIP39 phrase. */
export function parsePhrase(text: string): string {
  try {
    return parseMnemonic(text);
  } catch (thrown) {
    throw new InvalidArgumentError(`${errorMessage(thrown)}.`);
  }
}

/** Parses `uniform`, `zipf`, or the shares of pools with commas between them. */
export function parseHashPower(text: string): HashPower {
  if (text === 'uniform' || text === 'zipf') return text;
  const shares = text.split(',').map(parseNumber);
  if (shares.every(share => share > 0 && share <= 1)) return shares;
  throw new InvalidArgumentError('It is uniform, zipf, or shares of pools such as 0.3,0.2,0.1.');
}

export const parseTopology: (text: string) => Topology = oneOf(TOPOLOGIES);
export const parseNetworkMode: (text: string) => NetworkMode = oneOf(NETWORK_MODES);
export const parseKind: (text: string) => AttackKind = oneOf(ATTACK_KINDS);
export const parseMode: (text: string) => RaceMode = oneOf(RACE_MODES);
export const parsePreset: (text: string) => string = oneOf(Object.keys(PRESETS));
export const parseRelay: (text: string) => Relay = oneOf(RELAYS);

export const parseAccounts = wholeNumber(1, MAX_ACCOUNTS);
export const parseSeed = wholeNumber(0, MAX_SEED);
export const parseNodes = wholeNumber(1, MAX_NODES.process);
/** Where nodes may live in one process: more of them fit. */
export const parseNodesOfAnyMode = wholeNumber(1, MAX_NODES.inProcess);
export const parseConfirmations = wholeNumber(0, MAX_CONFIRMATIONS);
export const parseGiveUp = wholeNumber(1, MAX_GIVE_UP);
export const parseTrials = wholeNumber(1, MAX_TRIALS);
export const parsePreMined = wholeNumber(1, MAX_CONFIRMATIONS);
export const parsePeriod = wholeNumber(MIN_PERIOD, MAX_PERIOD);
export const parseDepthLimit = wholeNumber(0, MAX_DEPTH_LIMIT);
export const parseRetargetBlocks = wholeNumber(MIN_RETARGET_BLOCKS, MAX_RETARGET_BLOCKS);
export const parseSpacing = wholeNumber(1, MAX_SPACING);
export const parseDifficulty = wholeNumber(1, MAX_DIFFICULTY);
export const parseReorgLimit = wholeNumber(0, MAX_REORG_LIMIT);
export const parseBlocks = wholeNumber(1, MAX_LIVE_BLOCKS);
export const parseDuration = positiveNumber(MAX_DURATION);
export const parseMoney = positiveNumber(MAX_MONEY, true);
