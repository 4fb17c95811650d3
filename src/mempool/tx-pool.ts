import type { EventEmitter } from 'node:events';
import type { HeaderId } from '../consensus/chain-view.js';
import type { Block } from '../primitives/block.js';
import { type Hash256, type HashKey, hashKey } from '../primitives/bytes.js';
import type { Coin } from '../primitives/coin.js';
import { type OutPoint, type OutPointKey, outPointKey } from '../primitives/outpoint.js';
import type { Transaction } from '../primitives/transaction.js';
import { acceptSingle } from './accept/accept.js';
import type { AcceptContext } from './accept/candidate.js';
import { acceptPackage } from './accept/child-with-parents.js';
import { acceptMultiple } from './accept/package.js';
import { packageRules, packageTestRules, singleRules } from './accept/rules.js';
import { ancestorsWithinLimits } from './chain-limits.js';
import { checkGraph } from './check.js';
import { outpointsToFetch, PoolCoins } from './coins.js';
import { DisconnectedTransactions } from './disconnected.js';
import { ancestorsOf, descendantsOf } from './graph.js';
import type {
  AcceptOptions,
  AcceptResult,
  ImportOptions,
  Mempool,
  MempoolEntry,
  MempoolEvents,
  MempoolInfo,
  PackageAcceptResult,
  PackageOptions,
  Prioritisation,
} from './mempool.js';
import type { MempoolModules } from './modules.js';
import { compareByDepthAndScore } from './order.js';
import {
  dumpMempool,
  importMempool,
  importMempoolImage,
  mempoolImage,
  type PersistModules,
} from './persist.js';
import { isReplaceable } from './policy/rbf.js';
import { checkMempoolOptions, type MempoolOptions } from './policy/settings.js';
import { restoreAfterReorg } from './reorg.js';
import { PoolStore } from './store.js';

/**
 * Blocks whose transactions return when the operator takes the chain back, as in Core: after more of them most would not
 * be valid, or wanted, any more.
 */
const MAX_RESTORED_REWINDS = 10;

export interface TxPoolOptions extends MempoolOptions {
  /** Path of mempool.dat. */
  readonly file: string;
  /** -persistmempool: `load` reads the file and `stop` writes it. */
  readonly persist: boolean;
}

/**
 * The mempool. Accepts transactions while the chain stands still, follows the chain's blocks and reorganisations in the
 * step in which they happen, and keeps itself on disk over a restart.
 */
export class TxPool implements Mempool {
  private readonly store: PoolStore;
  private readonly coins: PoolCoins;
  private readonly context: AcceptContext;
  private readonly disconnected = new DisconnectedTransactions();
  private stopped = false;
  private loading: Promise<boolean> | undefined;
  private isLoaded = false;
  private sinceCheck = 0;

  /** @throws StartError for options that do not go together */
  constructor(
    private readonly options: TxPoolOptions,
    private readonly modules: MempoolModules,
  ) {
    checkMempoolOptions(options);
    this.store = new PoolStore(options, modules);
    this.coins = new PoolCoins(this.store.graph, modules.chain);
    this.context = { store: this.store, coins: this.coins, modules };
  }

  get events(): EventEmitter<MempoolEvents> {
    return this.store.events;
  }

  get size(): number {
    return this.store.graph.size;
  }

  get sequence(): number {
    return this.store.sequence;
  }

  get updates(): number {
    return this.store.updates;
  }

  get loaded(): boolean {
    return this.isLoaded;
  }

  get unbroadcast(): ReadonlySet<HashKey> {
    return this.store.unbroadcast;
  }

  async accept(tx: Transaction, options: AcceptOptions = {}): Promise<AcceptResult> {
    const { chain, clock } = this.modules;
    await chain.coins.prefetch(outpointsToFetch(this.store.graph, [tx]));
    return chain.runStable(() => {
      const time = options.time ?? clock.now();
      const { testOnly = false, bypassLimits = false, maxFee } = options;
      const rules = singleRules(time, testOnly, bypassLimits, maxFee);
      const result = acceptSingle(tx, rules, this.context);
      if (result.accepted && !rules.testOnly) this.checkSometimes();
      return result;
    });
  }

  async testPackage(txs: readonly Transaction[]): Promise<PackageAcceptResult> {
    const { chain, clock } = this.modules;
    await chain.coins.prefetch(outpointsToFetch(this.store.graph, txs));
    return chain.runStable(() => acceptMultiple(txs, packageTestRules(clock.now()), this.context));
  }

  async submitPackage(
    txs: readonly Transaction[],
    options: PackageOptions = {},
  ): Promise<PackageAcceptResult> {
    const { chain, clock } = this.modules;
    await chain.coins.prefetch(outpointsToFetch(this.store.graph, txs));
    return chain.runStable(() => {
      const result = acceptPackage(txs, packageRules(clock.now(), options.maxFeeRate), this.context);
      this.checkSometimes();
      return result;
    });
  }

  has(txid: HashKey): boolean {
    return this.store.graph.has(txid);
  }

  get(txid: HashKey): MempoolEntry | undefined {
    return this.store.graph.get(txid);
  }

  getByWtxid(wtxid: HashKey): MempoolEntry | undefined {
    return this.store.graph.getByWtxid(wtxid);
  }

  entries(): Iterable<MempoolEntry> {
    return this.store.graph.entries();
  }

  entriesByDepthAndScore(): MempoolEntry[] {
    return [...this.store.graph.entries()].sort(compareByDepthAndScore);
  }

  entriesByAncestorScore(): Iterable<MempoolEntry> {
    return this.store.graph.inMiningOrder();
  }

  spender(outpoint: OutPointKey): MempoolEntry | undefined {
    return this.store.graph.spender(outpoint);
  }

  coin(outpoint: OutPoint): Coin | undefined {
    const spender = this.spender(outPointKey(outpoint.txid, outpoint.vout));
    return spender === undefined ? this.coins.get(outpoint) : undefined;
  }

  ancestors(entry: MempoolEntry): Set<MempoolEntry> {
    return ancestorsOf(entry);
  }

  descendants(entry: MempoolEntry): Set<MempoolEntry> {
    return descendantsOf(entry);
  }

  isReplaceable(entry: MempoolEntry): boolean {
    return isReplaceable(entry);
  }

  checkChainLimits(tx: Transaction): string | undefined {
    const result = ancestorsWithinLimits(this.store.graph, tx, tx.vsize, this.options.limits);
    return 'error' in result ? result.error : undefined;
  }

  descendantMaximum(entry: MempoolEntry): number {
    let maximum = 0;
    for (const candidate of [entry, ...ancestorsOf(entry)]) {
      if (candidate.parents.size === 0) maximum = Math.max(maximum, candidate.descendantCount);
    }
    return maximum;
  }

  prioritise(txid: Hash256, deltaSatoshis: number): void {
    this.store.prioritise(txid, deltaSatoshis);
  }

  prioritisations(): Prioritisation[] {
    return this.store.prioritisations();
  }

  addUnbroadcast(txid: Hash256): void {
    this.store.addUnbroadcast(hashKey(txid));
  }

  removeUnbroadcast(txid: Hash256): void {
    this.store.removeUnbroadcast(hashKey(txid));
  }

  info(): MempoolInfo {
    const { store, options } = this;
    const rollingFeeRate = store.rollingFeeRate;
    return {
      count: store.graph.size,
      bytes: store.graph.totalVsize,
      usage: store.usage,
      maxBytes: options.maxBytes,
      totalFee: store.graph.totalFee,
      minFeeRate: Math.max(rollingFeeRate, options.minRelayFeeRate),
      rollingFeeRate,
      minRelayFeeRate: options.minRelayFeeRate,
      incrementalFeeRate: options.incrementalFeeRate,
      fullRbf: options.fullRbf,
      unbroadcastCount: store.unbroadcast.size,
    };
  }

  save(): Promise<boolean> {
    return dumpMempool(this.options.file, this.persistModules());
  }

  importFile(path: string, options: ImportOptions = {}): Promise<boolean> {
    return importMempool(path, options, this.persistModules());
  }

  /** What mempool.dat would hold now. */
  image(): Uint8Array {
    return mempoolImage(this.store);
  }

  /**
   * Takes in what {@link image} gave, as {@link load} does with the file; feerates are not looked at again, so that what
   * had come in as a package stays together.
   */
  restore(image: Uint8Array): Promise<boolean> {
    return importMempoolImage(image, { bypassLimits: true }, this.persistModules());
  }

  /** Follows the chain from here on. */
  async start(): Promise<void> {
    const { events } = this.modules.chain;
    events.on('connected', this.blockConnected);
    events.on('disconnected', this.blockDisconnected);
    events.on('rewound', this.chainRewound);
    events.on('tip', this.tipChanged);
  }

  /**
   * Takes in what the last run left, if it is to be kept at all. To be called once the chain has caught up with its own
   * files; may take long. Stopping interrupts it.
   */
  async load(): Promise<void> {
    if (this.options.persist) {
      this.loading = this.importFile(this.options.file);
      await this.loading;
    }
    this.isLoaded = !this.stopped;
  }

  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    const { events } = this.modules.chain;
    events.off('connected', this.blockConnected);
    events.off('disconnected', this.blockDisconnected);
    events.off('rewound', this.chainRewound);
    events.off('tip', this.tipChanged);
    await this.loading;
    // A mempool that was not read whole must not take the place of the one on disk.
    if (this.options.persist && this.isLoaded) await this.save();
  }

  /** Checks all invariants of the mempool. For tests and -checkmempool. @throws AssertionFailure */
  checkInvariants(): void {
    const { graph } = this.store;
    this.modules.logger.debug(
      'mempool',
      `Checking mempool with ${graph.size} transactions and ${graph.spendCount} inputs`,
    );
    checkGraph(graph, outpoint => this.coins.confirmed(outpoint) !== undefined);
  }

  private checkSometimes(): void {
    const { checkRatio } = this.options;
    if (checkRatio <= 0 || ++this.sinceCheck < checkRatio) return;
    this.sinceCheck = 0;
    this.checkInvariants();
  }

  private readonly blockConnected = (block: Block, id: HeaderId): void => {
    this.store.removeForBlock(block.transactions, this.modules.chain.headers.height(id));
    this.disconnected.removeForBlock(block.transactions);
    this.store.updates++;
  };

  private readonly blockDisconnected = (block: Block): void => {
    for (const tx of this.disconnected.addBlock(block.transactions)) this.store.removeRecursive(tx, 'reorg');
    this.store.updates++;
  };

  private readonly chainRewound = (blocks: number): void => {
    this.restoreDisconnected(blocks <= MAX_RESTORED_REWINDS);
  };

  private readonly tipChanged = (): void => {
    if (this.disconnected.size > 0) this.restoreDisconnected(true);
    this.checkSometimes();
  };

  /** @param keep false gives up what was disconnected, with all that builds on it */
  private restoreDisconnected(keep: boolean): void {
    const { store, coins, context } = this;
    const { chain, clock } = this.modules;
    const rules = singleRules(clock.now(), false, true);
    const acceptAgain = (tx: Transaction) => keep && acceptSingle(tx, rules, context).accepted;
    restoreAfterReorg(this.disconnected.take(), { store, coins, chain, acceptAgain });
  }

  private persistModules(): PersistModules {
    const { clock, logger } = this.modules;
    return {
      store: this.store,
      clock,
      logger,
      accept: (tx, options) => this.accept(tx, options),
      isStopped: () => this.stopped,
    };
  }
}
