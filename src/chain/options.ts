import type { ChainParams } from '../consensus/params.js';
import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { ScriptExecutionCache, ScriptVerifier } from './scripts.js';
import type { SnapshotStorage } from './snapshot/snapshot-storage.js';
import type { BlockStore } from './store/block-store.js';
import type { KeyValueStore } from './store/kv.js';

/** Where a chain keeps its data: `blocks/` (with `blocks/index`) and `chainstate/` of a data directory. */
export interface ChainDirectories {
  readonly blocksDir: string;
  /** The block index; by default `index` in the blocks directory. */
  readonly indexDir?: string;
  readonly chainstateDir: string;
}

/** Where a chain keeps its data. The chain opens and closes the databases, and closes the block files. */
export interface ChainStores {
  /** Database of headers and block positions. */
  readonly index: KeyValueStore;
  /** Database of coins. */
  readonly coins: KeyValueStore;
  /** Coins of a chain that starts from a snapshot. */
  readonly snapshot: SnapshotStorage;
  readonly blocks: BlockStore;
}

/** Bytes that block and undo files may take, or `manual`: they are removed when the operator says so. */
export type PruneTarget = number | 'manual';

export interface ChainOptions {
  readonly params: ChainParams;
  /** 'memory' keeps everything in memory and forgets it with the object. Stores of one's own may outlive the chain. */
  readonly storage: ChainDirectories | ChainStores | 'memory';
  /** Bytes that cached coins may take before they are written (`-dbcache`). */
  readonly dbCacheBytes?: number;
  /** `-dbbatchsize`: bytes of coins handed to the database at once. */
  readonly dbBatchSize?: number;
  /** `-par`: 0 takes as many threads as there are cores, 1 checks scripts on the main thread, -n leaves n cores free. */
  readonly scriptThreads?: number;
  /** `-prune`: whether old block files are removed, and when; undefined keeps all. */
  readonly prune?: PruneTarget | undefined;
  /** `-fastprune`: small block files, for tests. */
  readonly fastPrune?: boolean;
  /** `-blocksxor`: obfuscate new block directories. */
  readonly blocksXor?: boolean;
  /** `-checkblocks` and `-checklevel`: how much of the chain to check at start. */
  readonly checkBlocks?: number;
  readonly checkLevel?: number;
  /** `-checkpoints`: whether no branch may start below the last known checkpoint. */
  readonly checkpoints?: boolean;
  /** `-labmaxreorg`: branches that would undo more blocks than this are ruled out; undefined sets no limit, as in Core. */
  readonly maxReorgDepth?: number | undefined;
  /** `-maxtipage`, seconds: an older tip means initial block download. */
  readonly maxTipAge?: number;
  /** `-stopatheight`: `onStopHeight` is called when the tip reaches this height; 0 is never. */
  readonly stopAtHeight?: number;
  /** `-checkblockindex`: check the invariants of the block index at one in so many changes; 0 is never. */
  readonly checkBlockIndex?: number;
  /** `-reindex`: forget the block index and the coins, and build them again from the block files. */
  readonly reindex?: boolean;
  /** `-reindex-chainstate`: forget the coins, and connect the known blocks again. */
  readonly reindexChainstate?: boolean;
}

export interface ChainModules {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Shared with the mempool. */
  readonly executionCache: ScriptExecutionCache;
  /** Checks scripts instead of the chain's own pool of threads. Not stopped by the chain. */
  readonly scriptVerifier?: ScriptVerifier;
  /** Called between two lots of coins being written (`-dbcrashratio`). */
  readonly onPartialBatch?: () => void;
  /** A start goes on to the next part of its work that may take long; by the name that Core shows. May throw to end it. */
  readonly onPhase?: (name: string) => void;
  /** The tip has reached `stopAtHeight`. */
  readonly onStopHeight?: () => void;
}

/** Core's DEFAULT_DB_CACHE: 450 MiB. */
export const DEFAULT_DB_CACHE_BYTES = 450 * 1024 * 1024;
/** Core's DEFAULT_CHECKBLOCKS and DEFAULT_CHECKLEVEL. */
export const DEFAULT_CHECK_BLOCKS = 6;
export const DEFAULT_CHECK_LEVEL = 3;
/** Core's DEFAULT_MAX_TIP_AGE: a day, in seconds. */
export const DEFAULT_MAX_TIP_AGE = 24 * 60 * 60;
