import type { EventEmitter } from 'node:events';
import { type HeaderId, NO_HEADER } from '../consensus/chain-view.js';
import { VersionBitsCache } from '../consensus/deployments.js';
import type { ChainParams } from '../consensus/params.js';
import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import { ActiveChain } from './active-chain.js';
import { BlockCandidates } from './block-candidates.js';
import type { ChainEvents } from './chain.js';
import type { CoinsCache } from './coins/coins-cache.js';
import type { CoinsStore } from './coins/coins-db.js';
import { HeaderTree } from './header-tree.js';
import type { PruneTarget } from './options.js';
import { PruneLocks } from './prune/prune-locks.js';
import { RecentBlocks } from './recent-blocks.js';
import type { ScriptExecutionCache, ScriptVerifier } from './scripts.js';
import type { BlockIndexDb } from './store/block-index-db.js';
import type { BlockStore } from './store/block-store.js';

/** Numbers of the options that the verbs look at. */
export interface ChainLimits {
  readonly dbCacheBytes: number;
  /** Seconds. */
  readonly maxTipAge: number;
  readonly checkBlocks: number;
  readonly checkLevel: number;
  readonly useCheckpoints: boolean;
  /** Undefined without -prune. */
  readonly pruneTarget: PruneTarget | undefined;
}

/** What a chain state is made of. */
export interface ChainParts {
  readonly params: ChainParams;
  readonly limits: ChainLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly events: EventEmitter<ChainEvents>;
  readonly blocks: BlockStore;
  readonly index: BlockIndexDb;
  readonly coinsStore: CoinsStore;
  readonly coins: CoinsCache;
  readonly verifier: ScriptVerifier;
  readonly executionCache: ScriptExecutionCache;
}

/**
 * All that the chain knows, for the verbs in `connect/`, `fork-choice/` and `startup/` to work on. They are the only
 * ones to change it, one after the other in the chain's queue; headers alone may be added at any time.
 */
export class ChainState {
  readonly params: ChainParams;
  readonly limits: ChainLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly events: EventEmitter<ChainEvents>;
  readonly blocks: BlockStore;
  readonly index: BlockIndexDb;
  readonly coinsStore: CoinsStore;
  readonly coins: CoinsCache;
  readonly verifier: ScriptVerifier;
  readonly executionCache: ScriptExecutionCache;

  readonly tree = new HeaderTree();
  readonly active = new ActiveChain(this.tree);
  readonly candidates = new BlockCandidates(this.tree, this.active);
  readonly versionBits = new VersionBitsCache();
  readonly recent = new RecentBlocks();
  readonly pruneLocks = new PruneLocks();

  /** Valid header with most work. */
  bestHeader: HeaderId = NO_HEADER;
  /** The last one that listeners were told of. */
  notifiedHeader: HeaderId = NO_HEADER;
  /** Heights of checkpoints whose headers are not known yet, ascending, and the highest that is; -1 for none. */
  readonly checkpoints: { readonly pending: number[]; reached: number };
  /** Not yet caught up with the network; never true again once it was false. */
  catchingUp = true;
  /** Blocks are read from files, or those on disk are connected after a start. */
  importing = false;
  /** The index does not know all blocks in the block files: a reindex was begun and is not finished. */
  reindexing = false;
  /** Block data were removed from disk at some time (`prunedblockfiles`). */
  havePruned = false;
  /** Machine times, in milliseconds, of the last write of the block index and of the coins. */
  lastIndexWrite: number;
  lastCoinsFlush: number;
  /** Why nothing may be changed any more, once it is so. */
  failure: string | undefined;
  /** With a failure: blocks could not be read, and what is in memory is as good as before. It may be written at the end. */
  isSound = true;
  /** The node is stopping: long work breaks off at the next good place. */
  stopping = false;
  /** What the operator should know, by kind (Core's warnings). */
  readonly warnings = new Map<ChainWarning, string>();

  /** Core's LoadingBlocks: until it is done the node counts as catching up, and takes no blocks from peers. */
  get isLoadingBlocks(): boolean {
    return this.importing || this.reindexing;
  }

  constructor(parts: ChainParts) {
    this.params = parts.params;
    this.limits = parts.limits;
    this.clock = parts.clock;
    this.logger = parts.logger;
    this.events = parts.events;
    this.blocks = parts.blocks;
    this.index = parts.index;
    this.coinsStore = parts.coinsStore;
    this.coins = parts.coins;
    this.verifier = parts.verifier;
    this.executionCache = parts.executionCache;
    this.checkpoints = { pending: [...parts.params.checkpoints.keys()].sort((a, b) => a - b), reached: -1 };
    this.lastIndexWrite = parts.clock.steadyMs();
    this.lastCoinsFlush = this.lastIndexWrite;
  }
}

export type ChainWarning = 'unknown-rules' | 'large-work-invalid-chain' | 'fatal';
