import type { Block } from '../primitives/block.js';
import type { Hash256 } from '../primitives/bytes.js';
import { type OutPointKey, outPointKey } from '../primitives/outpoint.js';
import type { Transaction, TxOutput } from '../primitives/transaction.js';
import { JobQueue } from '../runtime/queue.js';
import { scriptToAddress } from '../script/address.js';
import type { OutputType } from '../script/output-type.js';
import { AddressBook } from './address-book.js';
import type { BlockRef, WalletNotifications } from './chain-access.js';
import type { WalletFlag } from './flags.js';
import { Keychain } from './keys/keychain.js';
import { Ledger } from './ledger/ledger.js';
import type { WalletModules } from './modules.js';
import type { BlockLocator } from './store/records.js';
import type { StoredWallet } from './store/wallet-loader.js';
import type { WalletStore } from './store/wallet-store.js';
import { WalletError } from './wallet-error.js';

/** How far the clocks of block makers may be off, in seconds; Core's TIMESTAMP_WINDOW. */
export const TIMESTAMP_WINDOW = 2 * 60 * 60;

/** Spends waiting for their turn, at most. Each is an RPC request, of which the server holds far fewer. */
const MAX_WAITING_SPENDS = 1000;

/** Blocks close to the tip that a locator names one by one. */
const LOCATOR_DENSE = 10;

/** A rescan that is running. */
export interface Scanning {
  readonly startedMs: number;
  /** From 0 to 1. */
  progress: number;
  aborted: boolean;
}

/**
 * One wallet: its keys, its transactions, its address book, over one database. What it is told by the node changes it at
 * once; the free functions of this room (balances, history, spending) work on it.
 */
export class Wallet implements WalletNotifications {
  readonly keychain: Keychain;
  readonly ledger: Ledger;
  readonly addressBook: AddressBook;
  /** Coins that the user keeps from being spent; the value tells whether that is stored. */
  readonly lockedCoins = new Map<OutPointKey, boolean>();
  /** Making and committing a transaction is one job, so that two do not choose the same coins. */
  readonly spending = new JobQueue('wallet spends', MAX_WAITING_SPENDS);
  /** Feerate set by `settxfee`, satoshis per 1000 vbytes; 0 for none. */
  payTxFee: number;
  /** The running rescan. */
  scanning: Scanning | undefined;
  /** The last block that the wallet saw before it was loaded, if the node has fallen back behind it (after a crash). */
  blockToComeBack: Hash256 | undefined;
  /** When the last block was told, Unix seconds. */
  private lastBlockAt = 0;
  private birth: number | undefined;
  private isClosed = false;

  constructor(
    readonly name: string,
    readonly store: WalletStore,
    readonly modules: WalletModules,
    readonly flags: Set<WalletFlag>,
    stored?: StoredWallet,
  ) {
    const { params, options, knownDescriptors } = modules;
    this.payTxFee = options.payTxFee;
    this.keychain = new Keychain(store, params.address, Math.max(options.keypool, 1), knownDescriptors);
    this.addressBook = new AddressBook(store, stored?.addresses);
    this.ledger = new Ledger(store, {
      isMine: script => this.keychain.isMine(script),
      now: () => modules.clock.now(),
      log: message => this.log(message),
      spends: output => this.noteSpend(output),
      taken: coin => this.unlockCoin(coin),
      noteTime: time => this.noteTime(time),
    });
    for (const coin of stored?.lockedCoins ?? []) this.lockedCoins.set(coin, true);
    store.onBeforeWrite = target => {
      const locator = this.locator();
      if (locator.length > 0) target.writeBestBlock(locator);
    };
  }

  get displayName(): string {
    return this.name === '' ? 'default wallet' : this.name;
  }

  log(message: string): void {
    this.modules.logger.info(`[${this.displayName}] ${message}`);
  }

  has(flag: WalletFlag): boolean {
    return this.flags.has(flag);
  }

  setFlag(flag: WalletFlag, on: boolean): void {
    if (on === this.flags.has(flag)) return;
    if (on) this.flags.add(flag);
    else this.flags.delete(flag);
    this.store.writeFlags(this.flags);
  }

  /** Writes what is pending; rescans end, and no notification has an effect any more. */
  async close(): Promise<void> {
    this.isClosed = true;
    if (this.scanning !== undefined) this.scanning.aborted = true;
    await this.spending.close();
    await this.store.close();
  }

  get closed(): boolean {
    return this.isClosed;
  }

  settled(): Promise<void> {
    return this.store.flush();
  }

  /** Writes how far the wallet has come, so that what it has seen need not be read again. */
  async checkpoint(): Promise<void> {
    const locator = this.locator();
    if (locator.length > 0) this.store.writeBestBlock(locator);
    await this.store.flush();
  }

  // ---- What the node tells ----

  blockConnected(block: Block, ref: BlockRef): void {
    this.takeBlock(block, ref, false);
    this.lastBlockAt = this.modules.clock.now();
  }

  /** Takes a block in: the next one, or an older one that a rescan reads again. */
  takeBlock(block: Block, ref: BlockRef, rescanning: boolean): void {
    const { ledger } = this;
    if (!rescanning || ref.height > ledger.tip.height) ledger.tip = { hash: ref.hash, height: ref.height };
    // Nothing from before the wallet was made can be its own; block times are only roughly in order.
    if (!rescanning && ref.time < this.birthTime - 2 * TIMESTAMP_WINDOW) return;
    // Transactions keep it: a hash may be a view of much more.
    const hash = new Uint8Array(ref.hash);
    for (const [index, tx] of block.transactions.entries()) {
      const state = { type: 'confirmed', hash, height: ref.height, index } as const;
      ledger.sync(tx, state, { blockTime: ref.time, rescanning, onOwn: own => this.markAddressesUsed(own) });
      ledger.leftMempool(tx, false);
    }
  }

  blockDisconnected(block: Block, ref: BlockRef): void {
    this.ledger.tip = { hash: block.header.prevHash, height: ref.height - 1 };
    for (const tx of block.transactions) this.ledger.blockGone(tx, ref.height);
  }

  transactionAdded(tx: Transaction): void {
    this.ledger.enteredMempool(tx, own => this.markAddressesUsed(own));
  }

  transactionRemoved(tx: Transaction, reason: string): void {
    this.ledger.leftMempool(tx, reason === 'conflict');
  }

  /** Addresses of the keypool that were paid to count as given out from now on. */
  private markAddressesUsed(tx: Transaction): void {
    for (const output of tx.outputs) {
      for (const owner of this.keychain.ownersOf(output.script)) {
        const used = this.keychain.markUsed(owner);
        if (used.length === 0 || this.keychain.activity(owner.descriptor) !== 'receive') continue;
        for (const script of used) {
          const address = this.addressOf(script);
          if (address !== undefined && this.addressBook.find(address) === undefined) {
            this.addressBook.setLabel(address, '', 'receive');
          }
        }
      }
    }
  }

  // ---- Addresses ----

  addressOf(script: Uint8Array): string | undefined {
    return scriptToAddress(script, this.modules.params.address);
  }

  /** An address to be paid at. @throws WalletError when there is none of that kind */
  async newAddress(type: OutputType, label: string): Promise<string> {
    const address = this.requireAddress(this.takeScript(type, false));
    this.addressBook.setLabel(address, label, 'receive');
    await this.store.flush();
    return address;
  }

  /** An address for change. @throws WalletError when there is none of that kind */
  async newChangeAddress(type: OutputType): Promise<string> {
    const address = this.requireAddress(this.takeScript(type, true));
    await this.store.flush();
    return address;
  }

  private requireAddress(script: Uint8Array): string {
    const address = this.addressOf(script);
    if (address === undefined) {
      throw new WalletError(
        'keypool-ran-out',
        'Error: Cannot extract destination from the generated scriptpubkey',
      );
    }
    return address;
  }

  /** The next script of a kind. @throws WalletError when there is none */
  takeScript(type: OutputType, internal: boolean): Uint8Array {
    const descriptor = this.keychain.activeFor(type, internal);
    if (descriptor === undefined) {
      throw new WalletError('keypool-ran-out', `Error: No ${type} addresses available.`);
    }
    const script = this.keychain.takeNext(descriptor);
    if (script === undefined) {
      throw new WalletError('keypool-ran-out', 'Error: Keypool ran out, please call keypoolrefill first');
    }
    return script;
  }

  /** Change: pays to the wallet, and to no address that was given out. */
  isChange(script: Uint8Array): boolean {
    if (!this.keychain.isMine(script)) return false;
    const address = this.addressOf(script);
    return address === undefined || this.addressBook.find(address) === undefined;
  }

  /** True when the address was spent from before, and the wallet cares. */
  isReused(script: Uint8Array): boolean {
    if (!this.has('avoid_reuse')) return false;
    const address = this.addressOf(script);
    return address !== undefined && this.addressBook.isUsedBefore(address);
  }

  private noteSpend(output: TxOutput): void {
    if (!this.has('avoid_reuse')) return;
    const address = this.addressOf(output.script);
    if (address !== undefined) this.addressBook.setUsedBefore(address);
  }

  // ---- Locked coins ----

  isLocked(txid: Hash256, vout: number): boolean {
    return this.lockedCoins.has(outPointKey(txid, vout));
  }

  lockCoin(coin: OutPointKey, persistent: boolean): void {
    this.lockedCoins.set(coin, persistent);
    if (persistent) this.store.writeLockedCoin(coin);
  }

  unlockCoin(coin: OutPointKey): void {
    if (this.lockedCoins.get(coin) === true) this.store.eraseLockedCoin(coin);
    this.lockedCoins.delete(coin);
  }

  // ---- Time and place ----

  /** No transaction of the wallet is older, Unix seconds; 0 when that is not known, far in the future without keys. */
  get birthTime(): number {
    return this.birth ?? Number.MAX_SAFE_INTEGER;
  }

  noteTime(time: number): void {
    this.birth = Math.min(this.birthTime, time);
  }

  get lastBlockTime(): number {
    return this.lastBlockAt;
  }

  /** Names the last block taken in, and blocks below it ever wider apart, down to genesis. */
  private locator(): BlockLocator {
    const { chain } = this.modules;
    const { tip } = this.ledger;
    if (tip.height < 0) return [];
    const hashes = [tip.hash];
    let step = 1;
    for (let height = tip.height - 1; height > 0; height -= step) {
      const hash = chain.at(height)?.hash;
      if (hash !== undefined) hashes.push(hash);
      if (hashes.length > LOCATOR_DENSE) step *= 2;
    }
    const genesis = chain.at(0)?.hash;
    if (tip.height > 0 && genesis !== undefined) hashes.push(genesis);
    return hashes;
  }
}
