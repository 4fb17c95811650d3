import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { type HeaderId, NO_HEADER } from '../consensus/chain-view.js';
import type { VersionBitsCache } from '../consensus/deployments.js';
import type { ChainParams } from '../consensus/params.js';
import type { BlockRejection } from '../consensus/rejection.js';
import type { Block } from '../primitives/block.js';
import { type Hash256, hashToHex } from '../primitives/bytes.js';
import type { BlockHeader } from '../primitives/header.js';
import type { Timer } from '../runtime/clock.js';
import { type Deferred, deferred, QueueError, runDetached } from '../runtime/queue.js';
import { atOnce, type Steps } from '../runtime/steps.js';
import { Activation } from './activation.js';
import { readBlock, readBlockBytes, readUndo } from './block-data.js';
import type {
  BlockUndo,
  Chain,
  ChainEvents,
  ChainStateInfo,
  CoinsView,
  HeaderIndex,
  ProcessBlockOptions,
  ProcessBlockResult,
  ProcessHeadersResult,
  UtxoHashType,
  UtxoStats,
} from './chain.js';
import { ChainState, SharedState } from './chain-state.js';
import { ChangeQueue } from './change-queue.js';
import { type CoinRecord, CoinsStore, DEFAULT_DB_BATCH_SIZE } from './coins/coins-db.js';
import { computeUtxoStats } from './coins/utxo-stats.js';
import { acceptHeaders } from './connect/accept-headers.js';
import { submitBlock } from './connect/submit-block.js';
import { testBlock } from './connect/test-block.js';
import { ChainFailure } from './fatal.js';
import { type FlushMode, flushState } from './flush-state.js';
import { activateStep, type Step } from './fork-choice/activate-best-chain.js';
import {
  BlockOutOfReach,
  invalidateBlock,
  isWithinReach,
  reconsiderBlock,
} from './fork-choice/invalidate.js';
import { expectsManyScripts, hasRoomForBlocks, lookAhead } from './fork-choice/look-ahead.js';
import { moreWillCome } from './fork-choice/try-block.js';
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
import { SnapshotControl } from './snapshot/snapshot-control.js';
import type { SnapshotReader } from './snapshot/snapshot-reader.js';
import type { SnapshotTarget } from './snapshot/snapshot-writer.js';
import { type WrittenSnapshot, writeSnapshot } from './snapshot/write-snapshot.js';
import { type ImportSteps, importBlocks } from './startup/import-blocks.js';
import { keepIndexImage } from './startup/index-image.js';
import { openChain } from './startup/open-chain.js';
import { type VerifyOptions, type VerifyResult, verifyChain } from './startup/verify-chain.js';
import { BlockIndexDb } from './store/block-index-db.js';
import type { KeyValueStore } from './store/kv.js';
import { COINS_CACHE_BYTES, diskStores, memoryStores } from './stores.js';

/** How often to look whether something is due to be written. */
const FLUSH_CHECK_MS = 60_000;

/** Connecting blocks gives the event loop a turn when it has worked for so long. */
const TURN_MS = 10;

/**
 * The chain of one network: orders the verbs of `connect/`, `fork-choice/` and `startup/` in its queue, and answers
 * questions about what they made. Holds no rules.
 */
export class BlockChain implements Chain {
  readonly params: ChainParams;
  readonly headers: HeaderIndex;
  readonly events = new EventEmitter<ChainEvents>();
  readonly backgroundEvents = new EventEmitter<ChainEvents>();
  /** States of soft forks, shared by all who ask about them. */
  readonly versionBits: VersionBitsCache;

  private readonly shared: SharedState;
  private readonly stores: ChainStores;
  private readonly snapshots: SnapshotControl;
  private readonly queue: ChangeQueue;
  private readonly ownVerifier: ScriptThreadPool | undefined;
  private readonly activation = new Activation({
    request: work => this.queue.request(work),
    takeStep: () => this.takeStep(),
    giveTurn: () => this.giveTurn(),
    cameToRest: () => {
      if (this.shared.background !== undefined) this.validateInBackground();
    },
  });
  private readonly importSteps: ImportSteps = {
    change: work => this.queue.change(work),
    activate: () => this.activate(),
  };
  /** Resolved when the index knows all blocks in the files. */
  private readonly indexed: Deferred = deferred();
  private starting: Promise<void> | undefined;
  private flushTimer: Timer | undefined;
  private lastTurn: number;
  private heightReached = false;
  /** Not too many blocks wait to be connected. */
  private hasRoom = true;

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
    this.shared = new SharedState({
      params,
      limits: {
        dbCacheBytes: options.dbCacheBytes ?? DEFAULT_DB_CACHE_BYTES,
        maxTipAge: options.maxTipAge ?? DEFAULT_MAX_TIP_AGE,
        checkBlocks: options.checkBlocks ?? DEFAULT_CHECK_BLOCKS,
        checkLevel: options.checkLevel ?? DEFAULT_CHECK_LEVEL,
        trustIndex: options.trustIndex ?? false,
        useCheckpoints: options.checkpoints ?? true,
        maxReorgDepth: options.maxReorgDepth,
        pruneTarget: options.prune,
      },
      clock,
      logger,
      events: this.events,
      backgroundEvents: this.backgroundEvents,
      blocks: this.stores.blocks,
      index: new BlockIndexDb(this.stores.index),
      verifier: modules.scriptVerifier ?? (this.ownVerifier as ScriptThreadPool),
      executionCache,
    });
    this.queue = new ChangeQueue(this.shared, options.checkBlockIndex ?? 0);
    this.shared.states.push(this.makeState(this.stores.coins));
    this.snapshots = new SnapshotControl(this.shared, {
      stores: this.stores,
      makeCoinsStore: coins => this.makeCoinsStore(coins),
      change: job => this.queue.change(job),
      mayGoOn: () => this.mayGoOn,
      giveTurn: () => this.giveTurn(),
    });
    this.params = params;
    this.headers = this.shared.tree;
    this.versionBits = this.shared.versionBits;
    this.lastTurn = clock.steadyMs();
    // One for each block in the queue, and those of the rooms above.
    this.events.setMaxListeners(0);
    this.backgroundEvents.setMaxListeners(0);
  }

  get coins(): CoinsView {
    return this.state.coins;
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
    return this.queue.request(async () => {
      try {
        if (!this.shared.stopping) await importBlocks(this.shared, files, this.importSteps);
      } finally {
        this.indexed.resolve();
      }
    });
  }

  /** Tells long work, a start above all, to break off at the next good place; {@link stop} is to follow. */
  interrupt(): void {
    this.shared.stopping = true;
  }

  /**
   * Waits for what is under way (a start as well: it breaks off at the next good place), writes all, closes all.
   *
   * @throws ChainFailure when something cannot be written; all is closed then, too
   */
  async stop(): Promise<void> {
    const { shared, stores } = this;
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
      if (opened === true && shared.isSound) await this.queue.changeAtEnd(() => this.flushAll('always'));
    } finally {
      await this.queue.close();
      await this.ownVerifier?.stop();
      await stores.index.close();
      await stores.snapshot.coins.close();
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
    return this.shared.bestHeader;
  }

  get isInitialBlockDownload(): boolean {
    return isInitialDownload(this.shared);
  }

  /** Blocks are read from files: none are taken from peers. */
  get isLoadingBlocks(): boolean {
    return this.shared.isLoadingBlocks;
  }

  /** What the operator should know: Core's `warnings`. */
  get warnings(): readonly string[] {
    return [...this.shared.warnings.values()];
  }

  get snapshotBase(): HeaderId {
    return this.state.base;
  }

  get isValidatingSnapshot(): boolean {
    return this.shared.background !== undefined;
  }

  get backgroundTip(): HeaderId {
    return this.shared.background?.active.tip ?? NO_HEADER;
  }

  /** The chains in use, the one that the node follows last. */
  chainStates(): ChainStateInfo[] {
    const { states } = this.shared;
    return states.map(({ active, base, cacheBytes }) => ({
      tip: active.tip,
      base,
      databaseCacheBytes: COINS_CACHE_BYTES,
      coinsCacheBytes: cacheBytes,
      isValidated: base === NO_HEADER || states.length === 1,
    }));
  }

  get pruneTarget(): PruneTarget | undefined {
    return this.shared.limits.pruneTarget;
  }

  get havePruned(): boolean {
    return this.shared.havePruned;
  }

  get prunedHeight(): number | undefined {
    return prunedHeight(this.state);
  }

  setPruneLock(name: string, height: number | undefined): void {
    this.shared.pruneLocks.set(name, height);
  }

  prune(height?: number): Promise<void> {
    return this.queue.request(() =>
      this.queue.change(() => flushState(this.state, 'none', height ?? 'to-target')),
    );
  }

  /** The invalid header with most work, NO_HEADER when there is none. */
  get bestInvalid(): HeaderId {
    return this.shared.links.bestInvalid;
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
    return atOnce(this.headerSteps(headers));
  }

  *headerSteps(headers: readonly BlockHeader[]): Steps<ProcessHeadersResult> {
    const result = yield* acceptHeaders(this.shared, headers);
    if (expectsManyScripts(this.state)) this.shared.verifier.prepare?.();
    // In the middle of a reorganisation not all invariants hold.
    if (this.queue.isIdle) this.queue.changed();
    return result;
  }

  processBlock(block: Block, options: ProcessBlockOptions): Promise<ProcessBlockResult> {
    const { onTaken } = options;
    return this.queue.request(async () => {
      await this.untilIndexed();
      const verdict = this.watch(block);
      try {
        const { result, mayWait } = await this.queue.change(() => this.takeBlock(block, options));
        if (result.rejection !== undefined) return result;
        if (onTaken === undefined || !mayWait) await this.activate();
        else await this.activateBehind(onTaken, verdict);
        return verdict.rejection === undefined ? result : { ...result, rejection: verdict.rejection };
      } finally {
        onTaken?.();
        verdict.stop();
      }
    });
  }

  testBlock(
    block: Block,
    options: { readonly checkPow: boolean; readonly checkMerkle: boolean },
  ): Promise<BlockRejection | undefined> {
    return this.queue.request(() => this.queue.change(() => testBlock(this.state, block, options)));
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
    return this.queue.request(async () => {
      const isDone = await this.queue.change(async () => {
        if (!isWithinReach(this.state, id)) return false;
        await invalidateBlock(this.state, id);
        return true;
      });
      if (!isDone) {
        const hash = hashToHex(this.headers.hash(id));
        throw new BlockOutOfReach(
          `Block ${hash} cannot be taken back: it lies below a snapshot that is not validated yet`,
        );
      }
      await this.activate();
    });
  }

  reconsider(id: HeaderId): Promise<void> {
    return this.queue.request(async () => {
      await this.queue.change(() => reconsiderBlock(this.shared, id));
      await this.activate();
    });
  }

  precious(id: HeaderId): Promise<void> {
    return this.queue.request(async () => {
      await this.queue.change(() => this.state.candidates.prefer(id));
      await this.activate();
    });
  }

  runStable<T>(work: () => T): Promise<T> {
    return this.queue.look(work);
  }

  settled(): Promise<void> {
    return this.queue.settled();
  }

  flush(): Promise<void> {
    return this.queue.request(() => this.queue.change(() => this.flushAll('always')));
  }

  /**
   * Writes all, then does `work` while neither chain nor mempool changes. Chains that are opened on clones of the stores,
   * made meanwhile, have less to read.
   *
   * @param work must not wait for changes of either; what it throws is a failure of the chain
   */
  flushAndHold<T>(work: () => Promise<T>): Promise<T> {
    return this.queue.request(() =>
      this.queue.change(async () => {
        await this.flushAll('always');
        keepIndexImage(this.shared);
        return work();
      }),
    );
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

  /** Writes all coins, as they are now, to a snapshot, giving the event loop its turns. */
  dumpCoins(target: SnapshotTarget): Promise<WrittenSnapshot> {
    return this.fromDisk(() => {
      const { shared } = this;
      return writeSnapshot(this.state.coinsStore, shared.params.magic, target, () => shared.stopping);
    });
  }

  /**
   * RPC loadtxoutset: takes the coins of a snapshot, and follows the chain from its base on. What lies below is validated
   * in the background from then on.
   *
   * @param isMempoolEmpty nothing in the mempool hangs on the coins that were used so far
   * @returns the base
   * @throws SnapshotRefused in Core's words
   */
  loadSnapshot(reader: SnapshotReader, isMempoolEmpty: () => boolean): Promise<HeaderId> {
    return this.queue.request(async () => {
      const base = await this.snapshots.load(reader, isMempoolEmpty);
      await this.activate();
      return base;
    });
  }

  /** RPC verifychain: checks the last blocks of the chain against their data and the coins. */
  verify(options: VerifyOptions): Promise<VerifyResult> {
    return this.queue.request(() => this.queue.change(() => verifyChain(this.state, options)));
  }

  /**
   * Throws unless the invariants of tree and candidates hold, as they do when the chain is settled. For tests;
   * `-checkblockindex` does it regularly.
   */
  checkInvariants(): void {
    checkInvariants(this.shared);
  }

  private async open(): Promise<void> {
    const { clock, logger, onPhase = () => {} } = this.modules;
    logger.info(`Script verification uses ${this.ownVerifier?.threads ?? 0} additional threads`);
    await openChain(this.shared, this.options, {
      stores: this.stores,
      makeState: (coins, base) => this.makeState(coins, base),
      steps: this.importSteps,
      onPhase,
    });
    if (!this.shared.reindexing) this.indexed.resolve();
    if (!this.shared.stopping) this.flushTimer = clock.every(FLUSH_CHECK_MS, () => this.flushIfDue());
  }

  /**
   * Where the next block may be written is not known before all in the files are: it might lie over others.
   *
   * @throws QueueError when the chain stops first
   */
  private async untilIndexed(): Promise<void> {
    if (!this.shared.reindexing) return;
    await this.indexed.promise;
    if (this.shared.reindexing) throw new QueueError('closed', 'chain');
  }

  /**
   * Stores a block; if others before it wait for their scripts, it is tried on top of them.
   *
   * @returns also whether it will be connected before others that are to come
   */
  private async takeBlock(
    block: Block,
    options: ProcessBlockOptions,
  ): Promise<{ readonly result: ProcessBlockResult; readonly mayWait: boolean }> {
    const { state } = this;
    const result = await submitBlock(state, block, options);
    const best = state.candidates.mostWork();
    if (result.isNew && state.ahead.count > 0) await lookAhead(state, best);
    this.hasRoom = hasRoomForBlocks(state);
    const isOnTheWay = result.isNew && state.tree.descends(best, result.id);
    return { result, mayWait: isOnTheWay && moreWillCome(state, result.id) };
  }

  /** Moves to the best chain, one step in the queue at a time, and goes on with what is validated in the background. */
  private activate(): Promise<void> {
    return this.activation.run();
  }

  /** Moves to the best chain: calls `onTaken` when more blocks are welcome, and waits for the verdict on this one. */
  private async activateBehind(onTaken: () => void, verdict: Verdict): Promise<void> {
    const { activation, shared } = this;
    shared.blocksFollowed++;
    activation.start();
    await activation.until(() => this.hasRoom);
    onTaken();
    await activation.until(() => verdict.isKnown);
    shared.blocksFollowed--;
    if (!verdict.isKnown && shared.failure !== undefined) throw new ChainFailure(shared.failure);
  }

  private async takeStep(): Promise<Step> {
    if (!this.mayGoOn) return 'at rest';
    const step = await this.queue.change(async () => {
      const step = await activateStep(this.state);
      this.hasRoom = hasRoomForBlocks(this.state);
      return step;
    });
    if (step === 'moved') this.checkStopHeight();
    return step;
  }

  private validateInBackground(): void {
    const work = this.queue.request(async () => {
      if (await this.snapshots.validate()) await this.activate();
    });
    runDetached(work, message => this.modules.logger.error(`validating the snapshot failed (${message})`));
  }

  private get mayGoOn(): boolean {
    return !this.shared.stopping && !this.heightReached;
  }

  private async giveTurn(): Promise<void> {
    const { clock } = this.modules;
    if (clock.steadyMs() - this.lastTurn < TURN_MS) return;
    await setImmediate();
    this.lastTurn = clock.steadyMs();
  }

  private makeState(coins: KeyValueStore, base?: HeaderId): ChainState {
    return new ChainState(this.shared, this.makeCoinsStore(coins), base);
  }

  private makeCoinsStore(coins: KeyValueStore): CoinsStore {
    const batchSize = this.options.dbBatchSize ?? DEFAULT_DB_BATCH_SIZE;
    const onPartialBatch = this.modules.onPartialBatch ?? (() => {});
    return new CoinsStore(coins, { batchSize, onPartialBatch }, this.modules.logger);
  }

  private async flushAll(mode: FlushMode): Promise<void> {
    for (const state of this.shared.states) await flushState(state, mode);
  }

  private checkStopHeight(): void {
    const { stopAtHeight = 0 } = this.options;
    if (stopAtHeight === 0 || this.height < stopAtHeight) return;
    this.heightReached = true;
    this.modules.onStopHeight?.();
  }

  /** Notes what connecting `block` comes to. */
  private watch(block: Block): Verdict {
    const onChecked = (checked: Block, rejection: BlockRejection | undefined) => {
      if (checked !== block && checked.header.key !== block.header.key) return;
      verdict.rejection = rejection;
      verdict.isKnown = true;
    };
    const verdict = {
      rejection: undefined as BlockRejection | undefined,
      isKnown: false,
      stop: () => this.events.off('checked', onChecked),
    };
    this.events.on('checked', onChecked);
    return verdict;
  }

  private get state(): ChainState {
    return this.shared.current;
  }

  /**
   * Starts to read the coins on disk when all is written and before the next change, so that what is read is one state;
   * the chain goes on while the reading does.
   */
  private fromDisk<T>(read: () => Promise<T>): Promise<T> {
    return this.queue.request(async () => {
      const { reading } = await this.queue.change(async () => {
        await flushState(this.state, 'always');
        return { reading: read() };
      });
      return reading;
    });
  }

  private flushIfDue(): void {
    if (this.shared.stopping || this.shared.failure !== undefined) return;
    const work = this.queue.request(() => this.queue.change(() => this.flushAll('periodic')));
    runDetached(work, message => this.modules.logger.error(`failed to flush state (${message})`));
  }
}

/** What is known of a block that is being connected. */
interface Verdict {
  readonly rejection: BlockRejection | undefined;
  /** It was connected, or refused. */
  readonly isKnown: boolean;
  /** Takes no more notice. */
  stop(): void;
}

function openStores(options: ChainOptions, { logger }: ChainModules): ChainStores {
  const { storage, params, fastPrune } = options;
  if (storage === 'memory') return memoryStores(params.magic, fastPrune);
  return 'blocksDir' in storage ? diskStores(storage, options, logger) : storage;
}
