import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { checkBlock } from '../consensus/block-check.js';
import { type HeaderId, NO_HEADER } from '../consensus/chain-view.js';
import type { VersionBitsCache } from '../consensus/deployments.js';
import type { ChainParams } from '../consensus/params.js';
import { type BlockRejection, formatRejection } from '../consensus/rejection.js';
import type { Block } from '../primitives/block.js';
import { bytesEqual, type Hash256 } from '../primitives/bytes.js';
import type { BlockHeader } from '../primitives/header.js';
import type { Timer } from '../runtime/clock.js';
import { errorMessage } from '../runtime/errors.js';
import { type Deferred, deferred, JobQueue, QueueError, runDetached } from '../runtime/queue.js';
import { announceBestHeader } from './best-header.js';
import { readBlock, readBlockBytes, readUndo } from './block-data.js';
import type {
  BlockUndo,
  Chain,
  ChainEvents,
  CoinsView,
  HeaderIndex,
  ProcessBlockOptions,
  ProcessBlockResult,
  ProcessHeadersResult,
  UtxoHashType,
  UtxoStats,
} from './chain.js';
import { ChainState } from './chain-state.js';
import { CoinsCache } from './coins/coins-cache.js';
import { type CoinRecord, CoinsStore, DEFAULT_DB_BATCH_SIZE } from './coins/coins-db.js';
import { computeUtxoStats } from './coins/utxo-stats.js';
import { acceptBlock } from './connect/accept-block.js';
import { acceptHeaders } from './connect/accept-headers.js';
import { testBlock } from './connect/test-block.js';
import { ChainFailure, failChain, orFailSync } from './fatal.js';
import { flushState } from './flush-state.js';
import { activateStep } from './fork-choice/activate-best-chain.js';
import { invalidateBlock, reconsiderBlock } from './fork-choice/invalidate.js';
import { findLocatorFork, makeLocator } from './headers/locator.js';
import { isInitialDownload } from './initial-download.js';
import { checkInvariants } from './invariants.js';
import {
  type ChainModules,
  type ChainOptions,
  type ChainStores,
  DEFAULT_CHECK_BLOCKS,
  DEFAULT_CHECK_LEVEL,
  DEFAULT_DB_CACHE_BYTES,
  DEFAULT_MAX_TIP_AGE,
  type PruneTarget,
} from './options.js';
import { prunedHeight } from './prune/pruned-height.js';
import { ScriptThreadPool, scriptThreadCount } from './scripts/thread-pool.js';
import { type ImportSteps, importBlocks } from './startup/import-blocks.js';
import { openChain } from './startup/open-chain.js';
import { type VerifyOptions, type VerifyResult, verifyChain } from './startup/verify-chain.js';
import { BlockIndexDb } from './store/block-index-db.js';
import { StoreError } from './store/store-error.js';
import { diskStores, memoryStores } from './stores.js';

/**
 * State changes and looks at a standing chain that may wait. Blocks are bounded by those who ask for them (16 in flight
 * for each peer), the rest are mempool and RPC requests of a few hundred bytes.
 */
const MAX_WAITING_CHANGES = 20_000;

/** How often to look whether something is due to be written. */
const FLUSH_CHECK_MS = 60_000;

/** Connecting blocks gives the event loop a turn when it has worked for so long. */
const TURN_MS = 10;

/** Coins cannot be read, and must not be taken for spent. */
const READ_FAILED = 'Error reading from database, shutting down.';

/**
 * The chain of one network: orders the verbs of `connect/`, `fork-choice/` and `startup/` in its queue, and answers
 * questions about what they made. Holds no rules.
 */
export class BlockChain implements Chain {
  readonly params: ChainParams;
  readonly headers: HeaderIndex;
  readonly coins: CoinsView;
  readonly events = new EventEmitter<ChainEvents>();
  /** States of soft forks, shared by all who ask about them. */
  readonly versionBits: VersionBitsCache;

  private readonly state: ChainState;
  private readonly stores: ChainStores;
  private readonly queue = new JobQueue('chain', MAX_WAITING_CHANGES);
  private readonly ownVerifier: ScriptThreadPool | undefined;
  /** Requests that are not done yet, over all the jobs they take. */
  private readonly requests = new Set<Promise<unknown>>();
  private readonly importSteps: ImportSteps = {
    change: work => this.change(work),
    activate: () => this.activate(),
  };
  /** Resolved when the index knows all blocks in the files. */
  private readonly indexed: Deferred = deferred();
  private starting: Promise<void> | undefined;
  private flushTimer: Timer | undefined;
  private lastTurn: number;
  private changes = 0;
  private heightReached = false;

  /** @throws StartError or StoreError when the block files cannot be opened */
  constructor(
    private readonly options: ChainOptions,
    private readonly modules: ChainModules,
  ) {
    const { params } = options;
    const { clock, logger, executionCache } = modules;
    const threads = scriptThreadCount(options.scriptThreads ?? 0);
    this.ownVerifier = modules.scriptVerifier === undefined ? new ScriptThreadPool(threads) : undefined;
    this.stores = openStores(options, modules);
    const batchSize = options.dbBatchSize ?? DEFAULT_DB_BATCH_SIZE;
    const onPartialBatch = modules.onPartialBatch ?? (() => {});
    const coinsStore = new CoinsStore(this.stores.coins, { batchSize, onPartialBatch }, logger);
    this.state = new ChainState({
      params,
      limits: {
        dbCacheBytes: options.dbCacheBytes ?? DEFAULT_DB_CACHE_BYTES,
        maxTipAge: options.maxTipAge ?? DEFAULT_MAX_TIP_AGE,
        checkBlocks: options.checkBlocks ?? DEFAULT_CHECK_BLOCKS,
        checkLevel: options.checkLevel ?? DEFAULT_CHECK_LEVEL,
        useCheckpoints: options.checkpoints ?? true,
        pruneTarget: options.prune,
      },
      clock,
      logger,
      events: this.events,
      blocks: this.stores.blocks,
      index: new BlockIndexDb(this.stores.index),
      coinsStore,
      coins: new CoinsCache(coinsStore),
      verifier: modules.scriptVerifier ?? (this.ownVerifier as ScriptThreadPool),
      executionCache,
    });
    this.params = params;
    this.headers = this.state.tree;
    this.coins = this.state.coins;
    this.versionBits = this.state.versionBits;
    this.lastTurn = clock.steadyMs();
    // One for each block in the queue, and those of the rooms above.
    this.events.setMaxListeners(0);
  }

  /** Opens the chain and brings it up to date: {@link load} and {@link importBlocks} in one. */
  async start(): Promise<void> {
    await this.load();
    await this.importBlocks([]);
  }

  /**
   * Opens the data. The chain can be used then, and has a tip, but may lag behind the blocks that are on disk.
   *
   * @throws StartError when the data cannot be used; {@link stop} is to be called then as well
   */
  async load(): Promise<void> {
    this.starting = this.open();
    await this.starting;
  }

  /**
   * Brings the chain up to date after {@link load}: reads the block files again if that is due (-reindex), takes the
   * blocks of `files` (-loadblock), and connects what can be connected. May take hours; the chain can be used meanwhile.
   */
  importBlocks(files: readonly string[]): Promise<void> {
    return this.request(async () => {
      try {
        if (!this.state.stopping) await importBlocks(this.state, files, this.importSteps);
      } finally {
        this.indexed.resolve();
      }
    });
  }

  /** Tells long work, a start above all, to break off at the next good place; {@link stop} is to follow. */
  interrupt(): void {
    this.state.stopping = true;
  }

  /**
   * Waits for what is under way (a start as well: it breaks off at the next good place), writes all, closes all.
   *
   * @throws ChainFailure when something cannot be written; all is closed then, too
   */
  async stop(): Promise<void> {
    const { state, stores } = this;
    this.interrupt();
    this.flushTimer?.cancel();
    this.indexed.resolve();
    const opened = await this.starting?.then(
      () => true,
      () => false,
    );
    await this.settled();
    try {
      // Not as a change: those are refused after a failure.
      if (opened === true && state.isSound) await this.queue.push(() => flushState(state, 'always'));
    } finally {
      await this.queue.close();
      await this.ownVerifier?.stop();
      await stores.index.close();
      await stores.coins.close();
      await stores.blocks.close();
    }
  }

  get tip(): HeaderId {
    return this.state.active.tip;
  }

  get height(): number {
    return this.state.active.height;
  }

  get bestHeader(): HeaderId {
    return this.state.bestHeader;
  }

  get isInitialBlockDownload(): boolean {
    return isInitialDownload(this.state);
  }

  /** Blocks are read from files: none are taken from peers. */
  get isLoadingBlocks(): boolean {
    return this.state.isLoadingBlocks;
  }

  /** What the operator should know: Core's `warnings`. */
  get warnings(): readonly string[] {
    return [...this.state.warnings.values()];
  }

  get pruneTarget(): PruneTarget | undefined {
    return this.state.limits.pruneTarget;
  }

  get havePruned(): boolean {
    return this.state.havePruned;
  }

  get prunedHeight(): number | undefined {
    return prunedHeight(this.state);
  }

  setPruneLock(name: string, height: number | undefined): void {
    this.state.pruneLocks.set(name, height);
  }

  prune(height?: number): Promise<void> {
    return this.request(() => this.change(() => flushState(this.state, 'none', height ?? 'to-target')));
  }

  /** The invalid header with most work, NO_HEADER when there is none. */
  get bestInvalid(): HeaderId {
    return this.state.candidates.bestInvalid;
  }

  /** Bytes that block and undo files take. */
  sizeOnDisk(): number {
    return this.stores.blocks.usedBytes;
  }

  at(height: number): HeaderId {
    return this.state.active.at(height);
  }

  isActive(id: HeaderId): boolean {
    return id !== NO_HEADER && this.state.active.contains(id);
  }

  locator(id: HeaderId = this.tip): Hash256[] {
    return makeLocator(this.headers, id);
  }

  findFork(locator: readonly Hash256[]): HeaderId {
    return findLocatorFork(this.state.tree, this.state.active, locator);
  }

  processHeaders(headers: readonly BlockHeader[]): ProcessHeadersResult {
    const result = acceptHeaders(this.state, headers);
    // In the middle of a reorganisation not all invariants hold.
    if (this.queue.size === 0) this.changed();
    return result;
  }

  processBlock(block: Block, options: ProcessBlockOptions): Promise<ProcessBlockResult> {
    return this.request(async () => {
      await this.untilIndexed();
      const verdict = this.watch(block);
      try {
        const result = await this.change(() => this.store(block, options));
        if (result.rejection !== undefined) return result;
        await this.activate();
        return verdict.rejection === undefined ? result : { ...result, rejection: verdict.rejection };
      } finally {
        verdict.stop();
      }
    });
  }

  testBlock(
    block: Block,
    options: { readonly checkPow: boolean; readonly checkMerkle: boolean },
  ): Promise<BlockRejection | undefined> {
    return this.request(() => this.change(() => testBlock(this.state, block, options)));
  }

  readBlock(id: HeaderId): Promise<Block> {
    return readBlock(this.state, id);
  }

  readBlockBytes(id: HeaderId): Promise<Uint8Array> {
    return readBlockBytes(this.state, id);
  }

  readUndo(id: HeaderId): Promise<BlockUndo> {
    return readUndo(this.state, id);
  }

  invalidate(id: HeaderId): Promise<void> {
    return this.request(async () => {
      await this.change(() => invalidateBlock(this.state, id));
      await this.activate();
    });
  }

  reconsider(id: HeaderId): Promise<void> {
    return this.request(async () => {
      await this.change(() => reconsiderBlock(this.state, id));
      await this.activate();
    });
  }

  precious(id: HeaderId): Promise<void> {
    return this.request(async () => {
      await this.change(() => this.state.candidates.prefer(id));
      await this.activate();
    });
  }

  runStable<T>(work: () => T): Promise<T> {
    return this.request(() => this.queue.push(() => orFailSync(this.state, READ_FAILED, work)));
  }

  async settled(): Promise<void> {
    while (this.requests.size > 0) await Promise.allSettled(this.requests);
    await this.queue.drain();
  }

  flush(): Promise<void> {
    return this.request(() => this.change(() => flushState(this.state, 'always')));
  }

  utxoStats(hashType: UtxoHashType): Promise<UtxoStats> {
    const heightOf = (block: Hash256) => this.headers.height(this.headers.find(block));
    return this.fromDisk(() => computeUtxoStats(this.state.coinsStore, hashType, heightOf));
  }

  /**
   * Walks all coins on disk, after a flush, in the order of their keys and in lots, giving the event loop its turns.
   * `visit` ends the walk by returning false.
   *
   * @returns the block after which these were the coins
   */
  walkCoins(visit: (coins: readonly CoinRecord[]) => boolean): Promise<Hash256> {
    return this.fromDisk(async () => {
      const best = this.headers.hash(this.tip);
      for await (const lot of this.state.coinsStore.iterate()) if (!visit(lot)) break;
      return best;
    });
  }

  /** RPC verifychain: checks the last blocks of the chain against their data and the coins. */
  verify(options: VerifyOptions): Promise<VerifyResult> {
    return this.request(() => this.change(() => verifyChain(this.state, options)));
  }

  /**
   * Throws unless the invariants of tree and candidates hold, as they do when the chain is settled. For tests;
   * `-checkblockindex` does it regularly.
   */
  checkInvariants(): void {
    checkInvariants(this.state);
  }

  private async open(): Promise<void> {
    const { clock, logger, onPhase = () => {} } = this.modules;
    logger.info(`Script verification uses ${this.ownVerifier?.threads ?? 0} additional threads`);
    await openChain(this.state, this.stores, this.options, this.importSteps, onPhase);
    if (!this.state.reindexing) this.indexed.resolve();
    if (!this.state.stopping) this.flushTimer = clock.every(FLUSH_CHECK_MS, () => this.flushIfDue());
  }

  /**
   * Where the next block may be written is not known before all in the files are: it might lie over others.
   *
   * @throws QueueError when the chain stops first
   */
  private async untilIndexed(): Promise<void> {
    if (!this.state.reindexing) return;
    await this.indexed.promise;
    if (this.state.reindexing) throw new QueueError('closed', 'chain');
  }

  /** Moves to the best chain, one step in the queue at a time. */
  private async activate(): Promise<void> {
    while (
      !this.state.stopping &&
      !this.heightReached &&
      (await this.change(() => activateStep(this.state)))
    ) {
      this.checkStopHeight();
      const now = this.modules.clock.steadyMs();
      if (now - this.lastTurn < TURN_MS) continue;
      await setImmediate();
      this.lastTurn = this.modules.clock.steadyMs();
    }
  }

  private checkStopHeight(): void {
    const { stopAtHeight = 0 } = this.options;
    if (stopAtHeight === 0 || this.height < stopAtHeight) return;
    this.heightReached = true;
    this.modules.onStopHeight?.();
  }

  /** A block that is stored may be the one that needs others to be pruned. */
  private async store(block: Block, options: ProcessBlockOptions): Promise<ProcessBlockResult> {
    const result = this.accept(block, options);
    if (result.isNew) await flushState(this.state, 'none');
    return result;
  }

  private accept(block: Block, options: ProcessBlockOptions): ProcessBlockResult {
    const { state } = this;
    // Before the header is taken in: were the checks to take a good block's malleated form for bad, the good one would
    // not be harmed.
    const broken = checkBlock(block, this.params.consensus);
    const result =
      broken === undefined
        ? acceptBlock(state, block, options)
        : { accepted: false, isNew: false, id: state.tree.find(block.hash), rejection: broken };
    announceBestHeader(state);
    if (result.rejection !== undefined) {
      this.events.emit('checked', block, result.rejection);
      state.logger.error(`ProcessNewBlock: AcceptBlock FAILED (${formatRejection(result.rejection)})`);
    }
    return result;
  }

  /** Notes what connecting `block` comes to. */
  private watch(block: Block): { rejection: BlockRejection | undefined; stop(): void } {
    const onChecked = (checked: Block, rejection: BlockRejection | undefined) => {
      if (bytesEqual(checked.hash, block.hash)) verdict.rejection = rejection;
    };
    const verdict = {
      rejection: undefined as BlockRejection | undefined,
      stop: () => this.events.off('checked', onChecked),
    };
    this.events.on('checked', onChecked);
    return verdict;
  }

  /** Runs one change in the queue. Whatever it throws means that the chain cannot be trusted any more. */
  private change<T>(job: () => Promise<T> | T): Promise<T> {
    return this.queue.push(async () => {
      const { state } = this;
      if (state.failure !== undefined) throw new ChainFailure(state.failure);
      try {
        const result = await job();
        this.changed();
        return result;
      } catch (thrown) {
        throw thrown instanceof ChainFailure ? thrown : failChain(state, failureMessage(thrown), thrown);
      }
    });
  }

  private changed(): void {
    const { checkBlockIndex = 0 } = this.options;
    if (checkBlockIndex > 0 && ++this.changes % checkBlockIndex === 0) checkInvariants(this.state);
  }

  private request<T>(work: () => Promise<T>): Promise<T> {
    const request = work().finally(() => this.requests.delete(request));
    this.requests.add(request);
    return request;
  }

  /**
   * Starts to read the coins on disk when all is written and before the next change, so that what is read is one state;
   * the chain goes on while the reading does.
   */
  private fromDisk<T>(read: () => Promise<T>): Promise<T> {
    return this.request(async () => {
      const { reading } = await this.change(async () => {
        await flushState(this.state, 'always');
        return { reading: read() };
      });
      return reading;
    });
  }

  private flushIfDue(): void {
    if (this.state.stopping || this.state.failure !== undefined) return;
    const work = this.request(() => this.change(() => flushState(this.state, 'periodic')));
    runDetached(work, message => this.modules.logger.error(`failed to flush state (${message})`));
  }
}

function openStores(options: ChainOptions, { logger }: ChainModules): ChainStores {
  const { storage, params, fastPrune } = options;
  if (storage === 'memory') return memoryStores(params.magic, fastPrune);
  return 'blocksDir' in storage ? diskStores(storage, options, logger) : storage;
}

function failureMessage(thrown: unknown): string {
  if (thrown instanceof StoreError && thrown.code === 'corrupt') return READ_FAILED;
  return `System error while changing the chain: ${errorMessage(thrown)}`;
}
