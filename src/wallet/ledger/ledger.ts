import { COINBASE_MATURITY } from '../../consensus/limits.js';
import { type Hash256, type HashKey, hashKey, hashToHex, ZERO_HASH } from '../../primitives/bytes.js';
import { type OutPointKey, outPointKey, outPointTxidKey } from '../../primitives/outpoint.js';
import type { Transaction, TxOutput } from '../../primitives/transaction.js';
import type { TxRecord, TxState } from '../store/records.js';
import type { WalletStore } from '../store/wallet-store.js';
import { smartTime } from './smart-time.js';
import { copyNotes } from './sync-notes.js';
import { WalletTx } from './wallet-tx.js';

/** A state that the chain or the mempool tells; conflicts follow from those of other transactions. */
export type ToldState = Exclude<TxState, { type: 'conflicted' }>;

/** What the ledger asks of the rest of the wallet. */
export interface LedgerHost {
  isMine(script: Uint8Array): boolean;
  /** Unix seconds. */
  now(): number;
  log(message: string): void;
  /** An output of the wallet's is being spent. */
  spends(output: TxOutput): void;
  /** A coin has a spender now, whoever owned it. */
  taken(coin: OutPointKey): void;
  /** A transaction of that time is the wallet's: keys are at least that old. */
  noteTime(time: number): void;
}

export interface SyncOptions {
  /** Header time of the block, for a confirmed transaction. */
  readonly blockTime?: number;
  /** False leaves a transaction that is known as it is. */
  readonly update?: boolean;
  /** The block was found by a rescan: its time is shown. */
  readonly rescanning?: boolean;
  /** Called with a transaction that is the wallet's, before it is entered. */
  readonly onOwn?: (tx: Transaction) => void;
}

/** An output that pays to the wallet and that nothing live spends. */
export interface OwnCoin {
  readonly wtx: WalletTx;
  readonly vout: number;
  readonly output: TxOutput;
}

export interface LedgerTip {
  readonly hash: Hash256;
  /** -1 before the first block. */
  readonly height: number;
}

/**
 * The wallet's transactions: which there are, where each stands, which coins they leave.
 *
 * Invariants: `spenders` has every input of every transaction but coinbases; `coins` has exactly the outputs that are the
 * wallet's and have no live spender.
 */
export class Ledger {
  private readonly txs = new Map<HashKey, WalletTx>();
  private readonly ordered: WalletTx[] = [];
  private readonly spenders = new Map<OutPointKey, WalletTx[]>();
  private readonly coins = new Map<OutPointKey, OwnCoin>();
  private nextOrder = 0;
  private lastBlock: LedgerTip = { hash: ZERO_HASH, height: -1 };

  constructor(
    private readonly store: WalletStore,
    private readonly host: LedgerHost,
  ) {}

  /** Brings a stored transaction back; `state` is the stored one, checked against the active chain. */
  restore(record: TxRecord, state: TxState): void {
    const wtx = WalletTx.restore({ ...record, state });
    this.insert(wtx);
    this.nextOrder = Math.max(this.nextOrder, record.order + 1);
    for (let i = 0; i < wtx.tx.inputCount; i++) {
      const parent = this.byKey(outPointTxidKey(wtx.tx.prevoutKey(i)))?.state;
      if (parent?.type === 'conflicted') this.markConflicted(wtx, parent.hash, parent.height);
    }
  }

  private insert(wtx: WalletTx): void {
    this.txs.set(wtx.key, wtx);
    this.ordered.push(wtx);
    if (!wtx.tx.isCoinbase) {
      for (let i = 0; i < wtx.tx.inputCount; i++) {
        const key = wtx.tx.prevoutKey(i);
        this.host.taken(key);
        const others = this.spenders.get(key);
        if (others === undefined) this.spenders.set(key, [wtx]);
        else {
          others.push(wtx);
          for (const changed of copyNotes(others)) this.store.writeTx(changed);
        }
      }
    }
    this.refreshCoins(wtx);
  }

  /** The last block taken in. */
  get tip(): LedgerTip {
    return this.lastBlock;
  }

  set tip(tip: LedgerTip) {
    this.lastBlock = tip;
  }

  get size(): number {
    return this.txs.size;
  }

  get(txid: Hash256): WalletTx | undefined {
    return this.txs.get(hashKey(txid));
  }

  byKey(key: HashKey): WalletTx | undefined {
    return this.txs.get(key);
  }

  /** All transactions in the order in which they came. */
  inOrder(): readonly WalletTx[] {
    return this.ordered;
  }

  ownCoins(): Iterable<OwnCoin> {
    return this.coins.values();
  }

  /**
   * Blocks on top of and including the one it is in; 0 outside of the chain; less than 0 when a transaction in conflict
   * with it is that deep.
   */
  depth({ state }: WalletTx): number {
    if (state.type === 'confirmed') return this.lastBlock.height - state.height + 1;
    if (state.type === 'conflicted') return -(this.lastBlock.height - state.height + 1);
    return 0;
  }

  /** Blocks until a coinbase can be spent; 0 for other transactions. */
  blocksToMaturity(wtx: WalletTx): number {
    return wtx.tx.isCoinbase ? Math.max(0, COINBASE_MATURITY + 1 - this.depth(wtx)) : 0;
  }

  isImmature(wtx: WalletTx): boolean {
    return this.blocksToMaturity(wtx) > 0;
  }

  isSpent(outpoint: OutPointKey): boolean {
    return this.spenders.get(outpoint)?.some(wtx => wtx.isLive) ?? false;
  }

  /** True when some output has a live spender in the wallet. */
  hasSpend(wtx: WalletTx): boolean {
    return wtx.tx.outputs.some((_, vout) => this.isSpent(outPointKey(wtx.tx.txid, vout)));
  }

  /** Other transactions of the wallet that spend a coin this one spends. */
  conflictsOf(wtx: WalletTx): WalletTx[] {
    const found = new Set<WalletTx>();
    for (let i = 0; i < wtx.tx.inputCount; i++) {
      for (const other of this.spenders.get(wtx.tx.prevoutKey(i)) ?? []) if (other !== wtx) found.add(other);
    }
    return [...found];
  }

  /** The output of the wallet's that an input spends. */
  ownPrevout(tx: Transaction, inputIndex: number): TxOutput | undefined {
    const key = tx.prevoutKey(inputIndex);
    const parent = this.txs.get(outPointTxidKey(key));
    if (parent === undefined) return undefined;
    const output = parent.tx.outputs[tx.prevoutIndex(inputIndex)];
    return output !== undefined && this.host.isMine(output.script) ? output : undefined;
  }

  /** Satoshis of the wallet's that the transaction spends. */
  debit(tx: Transaction): number {
    let sum = 0;
    for (let i = 0; i < tx.inputCount; i++) sum += this.ownPrevout(tx, i)?.value ?? 0;
    return sum;
  }

  /** Satoshis that the transaction pays to the wallet. */
  credit(tx: Transaction): number {
    return tx.outputs.reduce((sum, { value, script }) => sum + (this.host.isMine(script) ? value : 0), 0);
  }

  private concerns(tx: Transaction): boolean {
    return tx.outputs.some(({ script }) => this.host.isMine(script)) || this.debit(tx) > 0;
  }

  /**
   * Takes in what the chain or the mempool tells of a transaction, if it is the wallet's.
   *
   * @returns the transaction of the wallet, undefined when it is none or is left as it was
   */
  sync(tx: Transaction, state: ToldState, options: SyncOptions = {}): WalletTx | undefined {
    if (state.type === 'confirmed') this.conflictSpenders(tx, state);
    const known = this.txs.get(tx.txidKey);
    if (known !== undefined && options.update === false) return undefined;
    if (known === undefined && !this.concerns(tx)) return undefined;
    options.onOwn?.(tx);
    return this.add(tx, state, options);
  }

  private conflictSpenders(tx: Transaction, block: Extract<TxState, { type: 'confirmed' }>): void {
    for (let i = 0; i < tx.inputCount; i++) {
      for (const other of this.spenders.get(tx.prevoutKey(i)) ?? []) {
        if (other.key === tx.txidKey) continue;
        this.host.log(
          `Transaction ${hashToHex(tx.txid)} (in block ${hashToHex(block.hash)}) conflicts with wallet transaction ${hashToHex(other.tx.txid)}`,
        );
        this.markConflicted(other, block.hash, block.height);
      }
    }
  }

  /** Puts a transaction into the ledger, whether or not it concerns the wallet; `edit` may change it before it is stored. */
  add(
    tx: Transaction,
    state: ToldState,
    options: SyncOptions = {},
    edit?: (wtx: WalletTx) => void,
  ): WalletTx {
    for (let i = 0; i < tx.inputCount; i++) {
      const spent = this.ownPrevout(tx, i);
      if (spent !== undefined) this.host.spends(spent);
    }
    let wtx = this.txs.get(tx.txidKey);
    const isNew = wtx === undefined;
    const now = this.host.now();
    wtx ??= new WalletTx(tx.detached(), state, now, 0, this.nextOrder++, false);
    if (isNew) {
      wtx.timeSmart = smartTime(wtx, this.ordered, options);
      edit?.(wtx);
      this.insert(wtx);
      this.host.noteTime(wtx.time);
    } else {
      edit?.(wtx);
      wtx.state = state;
      // A form without witness, as old nodes hand out, cannot be sent again.
      if (tx.hasWitness && !wtx.tx.hasWitness) wtx.tx = tx.detached();
    }
    this.host.log(`AddToWallet ${hashToHex(tx.txid)}  ${isNew ? 'new' : 'update'} ${describe(state)}`);
    this.changed(wtx);
    if (tx.isCoinbase && state.type === 'inactive') this.abandonBranch(wtx);
    return wtx;
  }

  /** A coinbase outside of the chain can never come back by itself, nor what spends it. */
  private abandonBranch(coinbase: WalletTx): void {
    this.updateBranch(coinbase, wtx => {
      if (wtx.isAbandoned) return false;
      wtx.state = { type: 'inactive', abandoned: true };
      return true;
    });
  }

  private changed(wtx: WalletTx): void {
    this.store.writeTx(wtx);
    this.refreshCoins(wtx);
  }

  /** Stores what was changed in a transaction's notes. */
  saveNotes(wtx: WalletTx): void {
    this.store.writeTx(wtx);
  }

  /** Brings `coins` up to date with the transaction's outputs and with what it spends. */
  private refreshCoins(wtx: WalletTx): void {
    const { tx } = wtx;
    for (const [vout, output] of tx.outputs.entries()) this.refreshCoin(wtx, vout, output);
    if (tx.isCoinbase) return;
    for (let i = 0; i < tx.inputCount; i++) {
      const parent = this.txs.get(outPointTxidKey(tx.prevoutKey(i)));
      const vout = tx.prevoutIndex(i);
      const output = parent?.tx.outputs[vout];
      if (parent !== undefined && output !== undefined) this.refreshCoin(parent, vout, output);
    }
  }

  private refreshCoin(wtx: WalletTx, vout: number, output: TxOutput): void {
    const key = outPointKey(wtx.tx.txid, vout);
    if (!this.host.isMine(output.script) || this.isSpent(key)) this.coins.delete(key);
    else if (!this.coins.has(key)) this.coins.set(key, { wtx, vout, output });
  }

  /** To be called when scripts became the wallet's: outputs known before may be its own now. */
  recountCoins(): void {
    for (const wtx of this.ordered) this.refreshCoins(wtx);
  }

  /**
   * Changes a transaction and, as long as that has an effect, all of the wallet's that descend from it.
   *
   * @param update true when it changed something
   */
  private updateBranch(first: WalletTx, update: (wtx: WalletTx) => boolean, store = true): void {
    const seen = new Set<WalletTx>([first]);
    for (const wtx of seen) {
      if (!update(wtx)) continue;
      if (store) this.store.writeTx(wtx);
      this.refreshCoins(wtx);
      for (let vout = 0; vout < wtx.tx.outputCount; vout++) {
        for (const child of this.spenders.get(outPointKey(wtx.tx.txid, vout)) ?? []) seen.add(child);
      }
    }
  }

  /** Sets the state of transactions whose block is not in the active chain any more, to neither block nor mempool. */
  reconcile(isActive: (hash: Hash256) => boolean): void {
    for (const wtx of this.ordered) {
      const { state } = wtx;
      if ((state.type !== 'confirmed' && state.type !== 'conflicted') || isActive(state.hash)) continue;
      wtx.state = { type: 'inactive', abandoned: false };
      this.changed(wtx);
      if (wtx.tx.isCoinbase) this.abandonBranch(wtx);
    }
  }

  private markConflicted(first: WalletTx, hash: Hash256, height: number): void {
    const depth = -(this.lastBlock.height - height + 1);
    if (this.lastBlock.height < 0 || depth >= 0) return;
    this.updateBranch(first, wtx => {
      if (depth >= this.depth(wtx)) return false;
      wtx.state = { type: 'conflicted', hash, height };
      return true;
    });
  }

  /** Gives a transaction up with all that spend it; false when it is in a block or in the mempool. */
  abandon(first: WalletTx): boolean {
    if (this.depth(first) !== 0 || first.inMempool) return false;
    this.updateBranch(first, wtx => {
      if (wtx.isConflicted || wtx.isAbandoned) return false;
      wtx.state = { type: 'inactive', abandoned: true };
      return true;
    });
    return true;
  }

  /** The transaction entered the mempool: spenders of the same coins are out of it. */
  enteredMempool(tx: Transaction, onOwn?: (tx: Transaction) => void): void {
    this.sync(tx, { type: 'inMempool' }, onOwn === undefined ? {} : { onOwn });
    this.eachRival(tx, wtx => {
      if (wtx.mempoolConflicts.has(tx.txidKey)) return false;
      wtx.mempoolConflicts.add(tx.txidKey);
      return true;
    });
  }

  /** It left the mempool, or never was in it but is in a block now. */
  leftMempool(tx: Transaction, becauseOfConflict: boolean): void {
    const wtx = this.txs.get(tx.txidKey);
    if (wtx !== undefined && (wtx.inMempool || becauseOfConflict) && !wtx.isConfirmed && !wtx.isConflicted) {
      wtx.state = { type: 'inactive', abandoned: false };
      this.changed(wtx);
    }
    this.eachRival(tx, rival => rival.mempoolConflicts.delete(tx.txidKey));
  }

  private eachRival(tx: Transaction, update: (wtx: WalletTx) => boolean): void {
    for (let i = 0; i < tx.inputCount; i++) {
      for (const rival of this.spenders.get(tx.prevoutKey(i)) ?? []) {
        if (rival.key !== tx.txidKey) this.updateBranch(rival, update, false);
      }
    }
  }

  /** A block is gone: what conflicted only with it is no longer in conflict. */
  blockGone(tx: Transaction, height: number): void {
    this.sync(tx, { type: 'inactive', abandoned: false });
    for (let i = 0; i < tx.inputCount; i++) {
      for (const spender of this.spenders.get(tx.prevoutKey(i)) ?? []) {
        this.updateBranch(spender, wtx => {
          if (wtx.state.type !== 'conflicted' || wtx.state.height < height) return false;
          wtx.state = { type: 'inactive', abandoned: false };
          return true;
        });
      }
    }
  }
}

function describe(state: TxState): string {
  switch (state.type) {
    case 'confirmed':
      return `Confirmed (block=${hashToHex(state.hash)}, height=${state.height}, index=${state.index})`;
    case 'conflicted':
      return `BlockConflicted (block=${hashToHex(state.hash)}, height=${state.height})`;
    case 'inMempool':
      return 'InMempool';
    case 'inactive':
      return `Inactive (abandoned=${state.abandoned ? 1 : 0})`;
  }
}
