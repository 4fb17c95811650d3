import type { EventEmitter } from 'node:events';
import { type HeaderId, NO_HEADER } from '../consensus/chain-view.js';
import { VersionBitsCache } from '../consensus/deployments.js';
import type { ChainParams } from '../consensus/params.js';
import type { Clock } from '../runtime/clock.js';
import { defined } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import { ActiveChain } from './active-chain.js';
import { BlockCandidates } from './block-candidates.js';
import { BlockLinks } from './block-links.js';
import type { ChainEvents } from './chain.js';
import { CoinsCache } from './coins/coins-cache.js';
import type { CoinsStore } from './coins/coins-db.js';
import { BlocksAhead } from './fork-choice/blocks-ahead.js';
import { HeaderTree } from './header-tree.js';
import type { PruneTarget } from './options.js';
import { PruneLocks } from './prune/prune-locks.js';
import { RecentBlocks } from './recent-blocks.js';
import type { ScriptExecutionCache, ScriptVerifier } from './scripts.js';
import type { BlockIndexDb } from './store/block-index-db.js';
import type { BlockStore } from './store/block-store.js';

/** Numbers of the options that the verbs look at. */
export interface ChainLimits {
  /** For the coins of all chain states together. */
  readonly dbCacheBytes: number;
  /** Seconds. */
  readonly maxTipAge: number;
  readonly checkBlocks: number;
  readonly checkLevel: number;
  readonly trustIndex: boolean;
  readonly useCheckpoints: boolean;
  /** Most blocks that are undone to follow more work; undefined for any number. */
  readonly maxReorgDepth: number | undefined;
  /** Undefined without -prune. */
  readonly pruneTarget: PruneTarget | undefined;
}

/** What the chain is made of, apart from coins. */
export interface SharedParts {
  readonly params: ChainParams;
  readonly limits: ChainLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly events: EventEmitter<ChainEvents>;
  /** `connected`, `disconnected`, `rewound` and `tip` of the chain that is validated in the background. */
  readonly backgroundEvents: EventEmitter<ChainEvents>;
  readonly blocks: BlockStore;
  readonly index: BlockIndexDb;
  readonly verifier: ScriptVerifier;
  readonly executionCache: ScriptExecutionCache;
}

/**
 * What there is once, however many chain states work on it: headers, blocks, and what is known of them. The verbs that
 * take it are about headers and stored blocks; they and those that take a {@link ChainState} are the only ones to change
 * it, one after the other in the chain's queue. Headers alone may be added at any time.
 */
export class SharedState {
  readonly params: ChainParams;
  readonly limits: ChainLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly events: EventEmitter<ChainEvents>;
  readonly backgroundEvents: EventEmitter<ChainEvents>;
  readonly blocks: BlockStore;
  readonly index: BlockIndexDb;
  readonly verifier: ScriptVerifier;
  readonly executionCache: ScriptExecutionCache;

  readonly tree = new HeaderTree();
  readonly links = new BlockLinks(this.tree);
  readonly versionBits = new VersionBitsCache();
  readonly recent: RecentBlocks;
  readonly pruneLocks = new PruneLocks();

  /** The chain states in use. The last one is what the node follows; one before it is validated in the background. */
  readonly states: ChainState[] = [];
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
  /** Blocks that were handed over and whose senders go on meanwhile: others will follow before they are connected. */
  blocksFollowed = 0;
  /** Block data were removed from disk at some time (`prunedblockfiles`). */
  havePruned = false;
  /** Machine time, in milliseconds, of the last write of the block index. */
  lastIndexWrite: number;
  /** Why nothing may be changed any more, once it is so. */
  failure: string | undefined;
  /** With a failure: blocks could not be read, and what is in memory is as good as before. It may be written at the end. */
  isSound = true;
  /** The node is stopping: long work breaks off at the next good place. */
  stopping = false;
  /** What the operator should know, by kind (Core's warnings). */
  readonly warnings = new Map<ChainWarning, string>();

  constructor(parts: SharedParts) {
    this.params = parts.params;
    this.limits = parts.limits;
    this.recent = new RecentBlocks(parts.limits.dbCacheBytes);
    this.clock = parts.clock;
    this.logger = parts.logger;
    this.events = parts.events;
    this.backgroundEvents = parts.backgroundEvents;
    this.blocks = parts.blocks;
    this.index = parts.index;
    this.verifier = parts.verifier;
    this.executionCache = parts.executionCache;
    this.checkpoints = { pending: [...parts.params.checkpoints.keys()].sort((a, b) => a - b), reached: -1 };
    this.lastIndexWrite = parts.clock.steadyMs();
  }

  /** Core's LoadingBlocks: until it is done the node counts as catching up, and takes no blocks from peers. */
  get isLoadingBlocks(): boolean {
    return this.importing || this.reindexing;
  }

  readonly shouldStop = (): boolean => this.stopping;

  /** The chain state that the node follows. */
  get current(): ChainState {
    return defined(this.states.at(-1), 'chain state');
  }

  /** The chain state that is validated behind the current one. */
  get background(): ChainState | undefined {
    return this.states.length > 1 ? this.states[0] : undefined;
  }
}

export type ChainWarning = 'unknown-rules' | 'large-work-invalid-chain' | 'fatal';

/**
 * A chain with its coins, for the verbs in `connect/`, `fork-choice/` and `startup/` to work on, over what it shares with
 * others.
 */
export class ChainState {
  readonly params: ChainParams;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly blocks: BlockStore;
  readonly verifier: ScriptVerifier;
  readonly executionCache: ScriptExecutionCache;
  readonly tree: HeaderTree;
  readonly links: BlockLinks;
  readonly recent: RecentBlocks;

  readonly active: ActiveChain;
  readonly candidates: BlockCandidates;
  readonly coins: CoinsCache;
  /** Blocks above the tip whose scripts are being checked. */
  readonly ahead = new BlocksAhead();
  /** Bytes that cached coins may take before they are written. */
  cacheBytes: number;
  /** Machine time, in milliseconds, of the last write of the coins. */
  lastCoinsFlush: number;

  constructor(
    readonly shared: SharedState,
    readonly coinsStore: CoinsStore,
    /** The block as of which its coins were taken from a snapshot; NO_HEADER when it was validated from genesis on. */
    readonly base: HeaderId = NO_HEADER,
  ) {
    this.params = shared.params;
    this.clock = shared.clock;
    this.logger = shared.logger;
    this.blocks = shared.blocks;
    this.verifier = shared.verifier;
    this.executionCache = shared.executionCache;
    this.tree = shared.tree;
    this.links = shared.links;
    this.recent = shared.recent;
    this.active = new ActiveChain(shared.tree);
    this.candidates = new BlockCandidates(shared.tree, this.active, shared.links);
    this.coins = new CoinsCache(coinsStore);
    this.cacheBytes = shared.limits.dbCacheBytes;
    this.lastCoinsFlush = shared.clock.steadyMs();
  }

  /** It is not what the node follows: its tip is nobody's business but that of who waits for the validation. */
  get isBackground(): boolean {
    return this.shared.current !== this;
  }

  /** Where it tells of its tip. */
  get events(): EventEmitter<ChainEvents> {
    return this.isBackground ? this.shared.backgroundEvents : this.shared.events;
  }
}
