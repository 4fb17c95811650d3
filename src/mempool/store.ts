import { EventEmitter } from 'node:events';
import { formatMoney } from '../primitives/amount.js';
import { type Hash256, type HashKey, hashKey, hashToHex, keyToHash } from '../primitives/bytes.js';
import { type FeeRate, feeRateOf, formatFeeRate } from '../primitives/feerate.js';
import type { Transaction } from '../primitives/transaction.js';
import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import { type PoolEntry, saturatingAdd } from './entry.js';
import { TxGraph, withDescendants } from './graph.js';
import type { EntryCircumstances, MempoolEvents, Prioritisation, RemovalReason } from './mempool.js';
import type { MempoolOptions } from './policy/settings.js';
import { RollingFee } from './rolling-fee.js';

export interface StoreModules {
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The content of the mempool with what hangs on each change of it: events and their numbers, fee deltas, the set of
 * transactions not announced yet, and the bounds on age and memory. Decides nothing about who may enter.
 */
export class PoolStore {
  readonly events = new EventEmitter<MempoolEvents>();
  readonly graph = new TxGraph();
  readonly unbroadcast = new Set<HashKey>();
  /** Number that the next entry or removal gets. */
  sequence = 1;
  /** Grows with all that a block template may depend on. */
  updates = 0;
  private readonly deltas = new Map<HashKey, number>();
  private readonly rollingFee: RollingFee;

  constructor(
    readonly options: MempoolOptions,
    private readonly modules: StoreModules,
  ) {
    this.rollingFee = new RollingFee(options.incrementalFeeRate, modules.clock);
  }

  get usage(): number {
    return this.graph.usage(this.deltas.size);
  }

  /** Satoshis per 1000 vbytes that eviction asks for now; 0 when there is room. */
  get rollingFeeRate(): FeeRate {
    return this.rollingFee.current(this.usage, this.options.maxBytes);
  }

  /** Adds an entry; it is announced by {@link announce}, once it is sure to stay. */
  add(entry: PoolEntry, ancestors: ReadonlySet<PoolEntry>): void {
    this.graph.add(entry, ancestors);
    this.updates++;
  }

  announce(entry: PoolEntry, circumstances: EntryCircumstances): void {
    this.events.emit('added', entry, this.sequence++, circumstances);
  }

  /** Takes out entries, which include their descendants, and tells why. */
  remove(entries: ReadonlySet<PoolEntry>, reason: RemovalReason): void {
    for (const entry of this.graph.remove(entries, false)) this.tellRemoved(entry, reason);
  }

  private tellRemoved(entry: PoolEntry, reason: RemovalReason): void {
    this.events.emit('removed', entry, reason, this.countRemoved(entry));
  }

  /** The sequence number of a removal. */
  private countRemoved(entry: PoolEntry): number {
    this.updates++;
    this.dropUnbroadcast(entry.txidKey, ' before confirmation that txn was sent out');
    return this.sequence++;
  }

  /** Takes out a transaction with all that builds on it; when it is not here itself, only that. */
  removeRecursive(tx: Transaction, reason: RemovalReason): void {
    const entry = this.graph.get(tx.txidKey);
    this.remove(withDescendants(entry === undefined ? this.graph.spendersOf(tx) : [entry]), reason);
  }

  /** Takes out what a block confirms and what it makes impossible. */
  removeForBlock(transactions: readonly Transaction[], height: number): void {
    // A node that catches up has nothing here, and very many blocks.
    const isEmpty = this.graph.size === 0 && this.deltas.size === 0;
    const entries = isEmpty ? [] : transactions.map(tx => this.graph.get(tx.txidKey));
    const mined = entries.filter(entry => entry !== undefined);
    this.graph.removeConfirmed(mined);
    for (let i = 0; i < entries.length; i++) {
      const tx = transactions[i] as Transaction;
      const entry = entries[i];
      // What a mined one spends nobody else here spends.
      if (entry === undefined) this.removeConflicts(tx);
      else this.countRemoved(entry);
      this.deltas.delete(tx.txidKey);
    }
    this.events.emit('minedInBlock', mined, height);
    this.rollingFee.blockConnected();
  }

  private removeConflicts(tx: Transaction): void {
    for (let i = 0; i < tx.inputCount; i++) {
      const conflict = this.graph.spender(tx.prevoutKey(i));
      if (conflict === undefined || conflict.txidKey === tx.txidKey) continue;
      this.deltas.delete(conflict.txidKey);
      this.remove(withDescendants([conflict]), 'conflict');
    }
  }

  /** Takes out what is too old, then what is worth least until the rest fits in memory. */
  limitSize(): void {
    const { clock, logger } = this.modules;
    const limit = clock.now() - this.options.expirySeconds;
    const { oldest } = this.graph;
    if (oldest !== undefined && oldest.time < limit) {
      const expired = withDescendants([...this.graph.olderThan(limit)]);
      this.remove(expired, 'expiry');
      logger.debug('mempool', `Expired ${expired.size} transactions from the memory pool`);
    }
    this.trim(this.options.maxBytes);
  }

  /** Evicts the worst descendant packages until the mempool takes at most `maxBytes`. */
  trim(maxBytes: number): void {
    let removed = 0;
    let highest = 0;
    for (
      let worst = this.graph.worst;
      worst !== undefined && this.usage > maxBytes;
      worst = this.graph.worst
    ) {
      // What enters next must pay for its own relay on top of what was thrown out.
      const rate = feeRateOf(worst.descendantFees, worst.descendantSize) + this.options.incrementalFeeRate;
      this.rollingFee.bump(rate);
      highest = Math.max(highest, rate);
      const stage = withDescendants([worst]);
      removed += stage.size;
      this.remove(stage, 'sizelimit');
    }
    if (highest > 0) {
      const bumped = formatFeeRate(highest);
      this.modules.logger.debug('mempool', `Removed ${removed} txn, rolling minimum fee bumped to ${bumped}`);
    }
  }

  /** Satoshis added to a transaction's fee in the eyes of selection. */
  delta(txid: HashKey): number {
    return this.deltas.get(txid) ?? 0;
  }

  prioritise(txid: Hash256, change: number): void {
    const key = hashKey(txid);
    const delta = saturatingAdd(this.delta(key), change);
    if (delta === 0) this.deltas.delete(key);
    else this.deltas.set(key, delta);
    const entry = this.graph.get(key);
    if (entry !== undefined) {
      this.graph.changeFee(entry, change);
      this.updates++;
    }
    const what = `PrioritiseTransaction: ${hashToHex(txid)} (${entry === undefined ? 'not ' : ''}in mempool)`;
    const how =
      delta === 0 ? 'delta cleared' : `fee += ${formatMoney(change)}, new delta=${formatMoney(delta)}`;
    this.modules.logger.info(`${what} ${how}`);
  }

  prioritisations(): Prioritisation[] {
    return [...this.deltas].map(([key, delta]) => ({
      txid: keyToHash(key),
      delta,
      entry: this.graph.get(key),
    }));
  }

  addUnbroadcast(txid: HashKey): void {
    if (this.graph.has(txid)) this.unbroadcast.add(txid);
  }

  removeUnbroadcast(txid: HashKey): void {
    this.dropUnbroadcast(txid, '');
  }

  private dropUnbroadcast(key: HashKey, why: string): void {
    const { logger } = this.modules;
    if (!this.unbroadcast.delete(key) || !logger.enabled('mempool')) return;
    const txid = hashToHex(keyToHash(key));
    logger.debug('mempool', `Removed ${txid} from set of unbroadcast txns${why}`);
  }
}
