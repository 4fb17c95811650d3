import type { EventEmitter } from 'node:events';
import type { HeaderId, HeaderView } from '../consensus/chain-view.js';
import type { ChainParams } from '../consensus/params.js';
import type { BlockRejection } from '../consensus/rejection.js';
import type { Block } from '../primitives/block.js';
import type { Hash256 } from '../primitives/bytes.js';
import type { Coin } from '../primitives/coin.js';
import type { BlockHeader } from '../primitives/header.js';
import type { OutPoint } from '../primitives/outpoint.js';
import type { Steps } from '../runtime/steps.js';
import type { PruneTarget } from './options.js';

/** What the rest of the node sees of the tree of all known headers. Ids are dense numbers in order of arrival. */
export interface HeaderIndex extends HeaderView {
  /** Number of headers known. */
  readonly size: number;
  /** Id of a header by its hash, NO_HEADER when unknown. */
  find(hash: Hash256): HeaderId;
  header(id: HeaderId): BlockHeader;
  /** Total work from genesis to `id`, as a number of expected hashes. */
  chainWork(id: HeaderId): bigint;
  /** True when the block's data are on disk (not pruned). */
  hasData(id: HeaderId): boolean;
  /** True when the block's undo data are on disk. */
  hasUndo(id: HeaderId): boolean;
  /** Transactions in the block, 0 until its data were seen. */
  txCount(id: HeaderId): number;
  /** Transactions from genesis to the block, 0 until all of them were seen. */
  chainTxCount(id: HeaderId): number;
  /** The block or an ancestor of it broke a rule. */
  isInvalid(id: HeaderId): boolean;
  /** Header, transactions, and scripts up to the level Core calls BLOCK_VALID_SCRIPTS have been checked. */
  isFullyValid(id: HeaderId): boolean;
  /** Ids of headers that no header builds on. */
  leaves(): HeaderId[];
  /** Last common ancestor. */
  commonAncestor(a: HeaderId, b: HeaderId): HeaderId;
}

/** The unspent outputs after the active tip. Reads are synchronous: the cache first, then the database. */
export interface CoinsView {
  get(outpoint: OutPoint): Coin | undefined;
  /** Brings many coins into the cache with one database call, so that `get` finds them in memory. */
  prefetch(outpoints: readonly OutPoint[]): Promise<void>;
}

export interface ProcessHeadersResult {
  /** Last header that is now in the tree, NO_HEADER when none was taken. */
  readonly last: HeaderId;
  /** How many of the headers were not known before. */
  readonly added: number;
  /** The first refusal; headers after it were not looked at. */
  readonly rejection?: BlockRejection;
}

export interface ProcessBlockResult {
  /** The block passed the checks that need no coins and is stored (now or before). */
  readonly accepted: boolean;
  /** It was not stored before. */
  readonly isNew: boolean;
  /** The header's id, NO_HEADER when even the header was refused. */
  readonly id: HeaderId;
  /** Why it was refused, in either phase: before storing, or while connecting this very block. */
  readonly rejection?: BlockRejection;
}

export interface ProcessBlockOptions {
  /** Store and try the block even if it was not asked for and does not beat our work (RPC, or a block we requested). */
  readonly requested: boolean;
  /**
   * Called when the block is stored or refused, and not too many wait to be connected: the next one is welcome. During the
   * initial download that is before the scripts of this one are checked. May be called again when they are.
   */
  readonly onTaken?: () => void;
}

/** Undo of one block: for every transaction but the coinbase, the coins that its inputs spent, in order. */
export type BlockUndo = readonly (readonly Coin[])[];

export interface UtxoStats {
  readonly height: number;
  readonly bestBlock: Hash256;
  readonly transactions: number;
  readonly outputs: number;
  /** Core's "bogosize": a database-independent measure of size. */
  readonly bogoSize: number;
  /** Satoshis. */
  readonly totalAmount: number;
  readonly diskSize: number;
  /** `hash_serialized_3` or MuHash of the set, by what was asked for. */
  readonly hash: Hash256 | undefined;
}

export type UtxoHashType = 'hash_serialized_3' | 'muhash' | 'none';

/** One of the chains in use. */
export interface ChainStateInfo {
  /** NO_HEADER for an empty one. */
  readonly tip: HeaderId;
  /** Base of the snapshot that it started from, NO_HEADER for one that started from genesis. */
  readonly base: HeaderId;
  readonly databaseCacheBytes: number;
  readonly coinsCacheBytes: number;
  /** Nothing of it is taken on trust. */
  readonly isValidated: boolean;
}

/** Events come synchronously, in chain order, in the same step that moves the tip. Listeners must not throw. */
export interface ChainEvents {
  /** `id` is the new tip; `undo` holds the coins it spent. */
  connected: [block: Block, id: HeaderId, undo: BlockUndo];
  /** The tip moved back to the predecessor of `id`. */
  disconnected: [block: Block, id: HeaderId, undo: BlockUndo];
  /**
   * The operator takes the tip back block by block (invalidateblock): that many are disconnected by now. Each is dealt
   * with before the next goes, as in Core; in a reorganisation all of them are, at `tip`.
   */
  rewound: [blocks: number];
  /** A round of connecting is over: the tip is `id`; `fork` is the last block kept of the former chain. */
  tip: [id: HeaderId, fork: HeaderId, initialBlockDownload: boolean];
  /** The header with most work changed. */
  bestHeader: [id: HeaderId];
  /** A block's checks are done: undefined means it is part of the active chain now. */
  checked: [block: Block, rejection: BlockRejection | undefined];
  /** A block passed the checks that need no coins, and is stored; it need not become part of the chain. */
  stored: [block: Block, id: HeaderId];
  /** A new block with valid proof of work builds directly on the tip and was not fully checked yet: fast relay. */
  newPowValid: [block: Block, id: HeaderId];
  /** What a snapshot promised was found to be so: all of the chain is validated. */
  snapshotValidated: [];
  /** Data cannot be trusted or written any more: the node stops. */
  fatal: [message: string];
  /** A warning that did not hold before (Core's -alertnotify). */
  warning: [message: string];
}

/**
 * The chain of blocks: every known header, the blocks on disk, and the coins after the tip of the active chain.
 *
 * State changes run one after the other in the chain's own queue; what is read here is always consistent, since tip and
 * coins move in one synchronous step per block.
 */
export interface Chain {
  readonly params: ChainParams;
  readonly headers: HeaderIndex;
  /** Others after a snapshot was loaded: to be asked for each time. */
  readonly coins: CoinsView;
  readonly events: EventEmitter<ChainEvents>;
  /** `connected`, `disconnected`, `rewound` and `tip` of a chain that is validated in the background. */
  readonly backgroundEvents: EventEmitter<ChainEvents>;
  /** Base of the snapshot that the active chain started from, NO_HEADER when it was validated from genesis on. */
  readonly snapshotBase: HeaderId;
  /** What lies below {@link snapshotBase} is on its way and being validated. */
  readonly isValidatingSnapshot: boolean;
  /** How far that has come; NO_HEADER when it is not under way. */
  readonly backgroundTip: HeaderId;

  /** Tip of the active chain (genesis at least, after start). */
  readonly tip: HeaderId;
  readonly height: number;
  /** Block of the active chain at `height`, NO_HEADER outside of it. */
  at(height: number): HeaderId;
  isActive(id: HeaderId): boolean;
  /** The header with most work that is not known to be invalid. */
  readonly bestHeader: HeaderId;
  /** Core's IsInitialBlockDownload: latches to false once the tip is recent and has enough work. */
  readonly isInitialBlockDownload: boolean;
  /** Blocks are read from files (-reindex, -loadblock, the first moments after a start): none are taken from peers. */
  readonly isLoadingBlocks: boolean;
  /** Hashes from `id` (default: tip) back to genesis, ever more sparse, for getheaders and getblocks. */
  locator(id?: HeaderId): Hash256[];
  /** Last block of the active chain that a locator names; genesis when it names none. */
  findFork(locator: readonly Hash256[]): HeaderId;

  /** Checks headers in order and adds them to the tree. For few: the event loop gets no turn before all are done. */
  processHeaders(headers: readonly BlockHeader[]): ProcessHeadersResult;
  /** The same in steps, for as many as a peer sends; the last one tells the result. */
  headerSteps(headers: readonly BlockHeader[]): Steps<ProcessHeadersResult>;
  /** Checks, stores and, where it brings more work, connects a block. Resolves when that is done. */
  processBlock(block: Block, options: ProcessBlockOptions): Promise<ProcessBlockResult>;
  /** Checks a block on top of the tip as if it were connected, without keeping it (proof of work optional). */
  testBlock(
    block: Block,
    options: { readonly checkPow: boolean; readonly checkMerkle: boolean },
  ): Promise<BlockRejection | undefined>;

  /** Block by id. @throws StoreError when its data are not on disk, or not what was stored */
  readBlock(id: HeaderId): Promise<Block>;
  /** Its serialisation. @throws StoreError */
  readBlockBytes(id: HeaderId): Promise<Uint8Array>;
  readUndo(id: HeaderId): Promise<BlockUndo>;

  /**
   * RPC invalidateblock: marks the block invalid and moves to the best chain without it.
   *
   * @throws BlockOutOfReach when the chain cannot be taken back so far
   */
  invalidate(id: HeaderId): Promise<void>;
  /** RPC reconsiderblock: forgets that the block and its kin are invalid. */
  reconsider(id: HeaderId): Promise<void>;
  /** RPC preciousblock: prefers this block among tips of equal work. */
  precious(id: HeaderId): Promise<void>;

  /**
   * Runs `work` when the active chain stands still (not in the middle of a reorganisation); nothing can move the tip
   * while it runs, since it is synchronous.
   */
  runStable<T>(work: () => T): Promise<T>;
  /** Resolves when every state change asked for so far is done. */
  settled(): Promise<void>;
  /** Writes everything to disk. */
  flush(): Promise<void>;
  /** Walks the coins on disk (after a flush), giving the event loop its turns. */
  utxoStats(hashType: UtxoHashType): Promise<UtxoStats>;
  /** Bytes that block and undo files take. */
  sizeOnDisk(): number;

  /** `-prune`: undefined when no block is ever removed. */
  readonly pruneTarget: PruneTarget | undefined;
  /** Blocks were removed at some time. */
  readonly havePruned: boolean;
  /**
   * Highest block of the active chain whose data or undo data are gone; undefined when all are there. Looks at every
   * block above it.
   */
  readonly prunedHeight: number | undefined;
  /**
   * Removes block files as far as rules and locks allow: those that hold no block above `height`, or without it what is
   * needed to keep to the target.
   */
  prune(height?: number): Promise<void>;
  /** Keeps blocks from `height` on, which `name` still needs, from being pruned; undefined: it needs none. */
  setPruneLock(name: string, height: number | undefined): void;

  start(): Promise<void>;
  stop(): Promise<void>;
}
