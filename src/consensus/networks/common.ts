import { type Hash256, hashFromHex, hashKey, ZERO_HASH } from '../../primitives/bytes.js';
import { defined } from '../../runtime/errors.js';
import type { AddressParams } from '../../script/address-params.js';
import { ALWAYS_ACTIVE, type Bip9Params, NEVER_ACTIVE, NO_TIMEOUT, type SnapshotFacts } from '../params.js';

const DAY = 24 * 60 * 60;

/** The rules of timing that all public networks have: ten minutes a block, two weeks a difficulty period. */
export const PUBLIC_TIMING = {
  subsidyHalvingInterval: 210_000,
  powTargetSpacing: 10 * 60,
  powTargetTimespan: 14 * DAY,
  minerConfirmationWindow: 2016,
  powNoRetargeting: false,
} as const;

/** Signals of this many blocks of a window lock a soft fork in: 90 % on mainnet, 75 % on testnets. */
export const MAINNET_THRESHOLD = 1815;
export const TESTNET_THRESHOLD = 1512;

/** Easiest target of mainnet and testnets: 32 zero bits. */
export const DIFFICULTY_ONE_LIMIT = (1n << 224n) - 1n;

/** All buried soft forks in force from the first block after genesis. */
export const BURIED_AT_ONE = { bip34: 1, cltv: 1, dersig: 1, csv: 1, segwit: 1 } as const;

const TESTDUMMY_BIT = 28;
export const TAPROOT_BIT = 2;

/** The deployment that exists for tests only, off where nobody tests it. */
export const TESTDUMMY_OFF: Bip9Params = {
  bit: TESTDUMMY_BIT,
  startTime: NEVER_ACTIVE,
  timeout: NO_TIMEOUT,
  minActivationHeight: 0,
};

export const TESTDUMMY_ON: Bip9Params = { ...TESTDUMMY_OFF, startTime: 0 };

export const TAPROOT_ALWAYS: Bip9Params = {
  bit: TAPROOT_BIT,
  startTime: ALWAYS_ACTIVE,
  timeout: NO_TIMEOUT,
  minActivationHeight: 0,
};

/** Addresses and keys of every network but mainnet, apart from the segwit prefix. */
export function testAddresses(bech32Hrp: string): AddressParams {
  return {
    pubKeyHashPrefix: 111,
    scriptHashPrefix: 196,
    secretKeyPrefix: 239,
    extendedPublicPrefix: 0x043587cf,
    extendedPrivatePrefix: 0x04358394,
    bech32Hrp,
  };
}

export const NO_CHECKPOINTS: ReadonlyMap<number, Hash256> = new Map();
export const CHECK_ALL: Hash256 = ZERO_HASH;

/** A hash from display order. */
export function hashOf(hex: string): Hash256 {
  return defined(hashFromHex(hex), 'hash of 64 hex digits');
}

export function checkpointMap(hashes: Readonly<Record<number, string>>): ReadonlyMap<number, Hash256> {
  return new Map(Object.entries(hashes).map(([height, hash]) => [Number(height), hashOf(hash)]));
}

/** Script flag exceptions from block hashes in display order. */
export function exceptionMap(flags: Readonly<Record<string, number>>): ReadonlyMap<string, number> {
  return new Map(Object.entries(flags).map(([hash, flag]) => [hashKey(hashOf(hash)), flag]));
}

export function snapshot(
  height: number,
  chainTxCount: number,
  blockHash: string,
  hashSerialized: string,
): SnapshotFacts {
  return { height, chainTxCount, blockHash: hashOf(blockHash), hashSerialized: hashOf(hashSerialized) };
}
