import { InvalidArgumentError } from 'commander';
import {
  MAX_NODES,
  MAX_SEED,
  NETWORK_MODES,
  type NetworkMode,
  TOPOLOGIES,
  type Topology,
} from '../../../regtest/index.js';

/** More confirmations take minutes to compute and hours to mine. */
export const MAX_CONFIRMATIONS = 1000;

export const MAX_TRIALS = 100_000_000;

/** Parses a share of the hash rate: between 0 and 1, both excluded. */
export function parseShare(text: string): number {
  const share = parseNumber(text);
  if (share > 0 && share < 1) return share;
  throw new InvalidArgumentError('It is a share of the hash rate, between 0 and 1, such as 0.3.');
}

/** Gives a parser of whole numbers in a range. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return text => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
  };
}

export function parseTopology(text: string): Topology {
  const topology = TOPOLOGIES.find(name => name === text);
  if (topology !== undefined) return topology;
  throw new InvalidArgumentError(`It is one of ${TOPOLOGIES.join(', ')}.`);
}

export function parseMode(text: string): NetworkMode {
  const mode = NETWORK_MODES.find(name => name === text);
  if (mode !== undefined) return mode;
  throw new InvalidArgumentError(`It is one of ${NETWORK_MODES.join(', ')}.`);
}

export const parseSeed = wholeNumber(0, MAX_SEED);
export const parseNodes = wholeNumber(1, MAX_NODES.inProcess);
export const parseConfirmations = wholeNumber(0, MAX_CONFIRMATIONS);
export const parseGiveUp = wholeNumber(1, 10_000);
export const parseTrials = wholeNumber(1, MAX_TRIALS);

function parseNumber(text: string): number {
  return /^\d*\.?\d+(e-?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}
