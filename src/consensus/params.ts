import type { Block } from '../primitives/block.js';
import type { Hash256 } from '../primitives/bytes.js';
import type { AddressParams } from '../script/address-params.js';

/** Core's names of the networks: `-chain=<name>` and getblockchaininfo's `chain`. */
export type NetworkName = 'main' | 'test' | 'testnet4' | 'signet' | 'regtest';

/** Soft forks with a fixed activation height. */
export type BuriedDeployment = 'bip34' | 'cltv' | 'dersig' | 'csv' | 'segwit';

/** Soft forks signalled by version bits (BIP9). */
export type VersionBitsDeployment = 'testdummy' | 'taproot';

export interface Bip9Params {
  readonly bit: number;
  /** Unix seconds; {@link ALWAYS_ACTIVE} and {@link NEVER_ACTIVE} are special. */
  readonly startTime: number;
  readonly timeout: number;
  readonly minActivationHeight: number;
}

export const ALWAYS_ACTIVE = -1;
export const NEVER_ACTIVE = -2;
/** Stands for Core's largest 64-bit time, which is shown for it. */
export const NO_TIMEOUT = Number.MAX_SAFE_INTEGER;
export const NO_TIMEOUT_SHOWN = 2n ** 63n - 1n;

/** A buried deployment at this height (Core's largest `int`) never comes into force. */
export const NEVER_BURIED = 0x7fffffff;

/** The rules of one network. */
export interface ConsensusParams {
  readonly genesisHash: Hash256;
  readonly subsidyHalvingInterval: number;
  /** Height at which each buried deployment is in force. */
  readonly buriedHeights: Readonly<Record<BuriedDeployment, number>>;
  /** BIP34 activation block's hash; lets the BIP30 search be skipped above it. Absent on test networks that need none. */
  readonly bip34Hash: Hash256 | undefined;
  readonly deployments: Readonly<Record<VersionBitsDeployment, Bip9Params>>;
  /** Blocks of a versionbits window and how many must signal. */
  readonly minerConfirmationWindow: number;
  readonly ruleChangeActivationThreshold: number;
  /** Signals of unknown soft forks below this height are no news: they were those that are buried by now. */
  readonly minBip9WarningHeight: number;
  /** Easiest target. */
  readonly powLimit: bigint;
  readonly powTargetSpacing: number;
  readonly powTargetTimespan: number;
  /** testnet: a block 20 minutes late may have the easiest target. */
  readonly powAllowMinDifficultyBlocks: boolean;
  /** regtest: all blocks have the target of genesis, which is the easiest. */
  readonly powNoRetargeting: boolean;
  /** A regtest that retargets: compact target of the first block after genesis. Absent everywhere else. */
  readonly labFirstBits?: number;
  /** BIP94 (testnet4): retarget from the period's first block, time-warp rule. */
  readonly enforceBip94: boolean;
  /** Blocks (hash key) that were made under fewer script flags, with the flags they are checked under. */
  readonly scriptFlagExceptions: ReadonlyMap<string, number>;
  /** Least total work of a chain worth syncing. */
  readonly minimumChainWork: bigint;
  /** Scripts of this block's ancestors are taken as checked; the zero hash checks all. */
  readonly assumeValid: Hash256;
  /** BIP325 challenge script; undefined on networks without block signatures. */
  readonly signetChallenge: Uint8Array | undefined;
}

/** Transactions of the chain up to some block, and what has come since: for estimates of sync progress. */
export interface ChainTxData {
  /** Unix seconds of the block. */
  readonly time: number;
  readonly txCount: number;
  /** Transactions per second after it. */
  readonly txRate: number;
}

/** A set of unspent outputs that a node may start from (assumeutxo). */
export interface SnapshotFacts {
  readonly height: number;
  readonly blockHash: Hash256;
  /** Serialised hash of the coins, as gettxoutsetinfo's `hash_serialized_3`. */
  readonly hashSerialized: Hash256;
  /** Transactions of the chain up to and including the block. */
  readonly chainTxCount: number;
}

/** A network: its rules and how it shows itself. */
export interface ChainParams {
  readonly name: NetworkName;
  readonly consensus: ConsensusParams;
  /** Least work of a chain worth syncing as the release knows it, whatever the options say. */
  readonly defaultMinimumChainWork: bigint;
  readonly genesis: Block;
  /** First four bytes of every P2P message and block file record. */
  readonly magic: Uint8Array;
  readonly defaultPort: number;
  readonly defaultRpcPort: number;
  /** Subdirectory of the data directory ("" on mainnet), Core's names. */
  readonly dataDir: string;
  readonly address: AddressParams;
  readonly dnsSeeds: readonly string[];
  /** Fixed facts of the main chain: height to block hash. */
  readonly checkpoints: ReadonlyMap<number, Hash256>;
  /** Test network in Core's sense: relay of non-standard transactions may be allowed. */
  readonly isTestChain: boolean;
  /** regtest: blocks can be mined at will (setmocktime, generate…). */
  readonly isMockable: boolean;
  readonly requireStandard: boolean;
  /** Default of `-checkblockindex` and `-checkmempool`. */
  readonly defaultConsistencyChecks: boolean;
  /** Nothing is pruned while the chain is not higher than this. */
  readonly pruneAfterHeight: number;
  /** Gibibytes that blocks and coins take, for the warning about a full disk. */
  readonly assumedBlockchainSize: number;
  readonly assumedChainStateSize: number;
  readonly chainTxData: ChainTxData;
  readonly snapshots: readonly SnapshotFacts[];
}

/** What a network says of itself, before the options that all networks have. */
export type NetworkParams = Omit<ChainParams, 'defaultMinimumChainWork'>;

/** A regtest whose difficulty adjusts itself as mainnet's does (`-labretarget`). */
export interface LabRetarget {
  /** From one adjustment to the next. */
  readonly blocks: number;
  /** Between blocks that come as they should, in seconds. */
  readonly spacing: number;
  /** Of the first block after genesis, in multiples of the least: so that it can fall. */
  readonly difficulty: number;
}

/**
 * What options may change: `-testactivationheight`, `-vbparams`, `-fastprune` and `-labretarget` (regtest only), `-signetchallenge` and
 * `-signetseednode` (signet only), `-minimumchainwork`, `-assumevalid`. Ignored on networks they are not for.
 */
export interface ChainParamsOverrides {
  readonly retarget?: LabRetarget;
  readonly activationHeights?: Partial<Record<BuriedDeployment, number>>;
  readonly deployments?: Partial<Record<VersionBitsDeployment, Partial<Bip9Params>>>;
  readonly minimumChainWork?: bigint;
  readonly assumeValid?: Hash256;
  readonly signetChallenge?: Uint8Array;
  readonly signetSeeds?: readonly string[];
  readonly fastPrune?: boolean;
}
