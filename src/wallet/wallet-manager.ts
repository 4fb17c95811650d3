import type { ChainParams } from '../consensus/params.js';
import type { Block } from '../primitives/block.js';
import { DecodeError } from '../primitives/codec.js';
import type { Transaction } from '../primitives/transaction.js';
import type { Clock, Timer } from '../runtime/clock.js';
import { StartError } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import { runDetached } from '../runtime/queue.js';
import { readBackup, restoreRecords } from './backup.js';
import { ResendSchedule, resubmit } from './broadcast.js';
import { catchUp } from './catch-up.js';
import type { BlockRef, WalletChain, WalletNotifications } from './chain-access.js';
import type { KnownDescriptors } from './keys/known-descriptors.js';
import type { NewWallet, WalletModules } from './modules.js';
import { createWallet, loadWallet } from './opening.js';
import type { WalletOptions } from './options.js';
import { DirectoryStorage, type WalletStorage } from './storage.js';
import type { Wallet } from './wallet.js';
import { WalletError } from './wallet-error.js';

export interface WalletManagerOptions {
  /** `-walletdir`. */
  readonly dir: string;
  readonly params: ChainParams;
  readonly options: WalletOptions;
  /** Wallets to load at start: `-wallet` and the settings file. Undefined loads the nameless one if it is there. */
  readonly load?: readonly string[] | undefined;
}

/** The list of wallets to load at the next start, in the settings file. Both tell whether it could be written. */
export interface LoadOnStart {
  add(name: string): boolean;
  remove(name: string): boolean;
}

export interface WalletManagerModules {
  readonly chain: WalletChain;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly loadOnStart?: LoadOnStart;
  /** Where wallets are kept, if not in {@link WalletManagerOptions.dir}. */
  readonly storage?: WalletStorage;
  /** What wallets of other nodes in this process found out already. */
  readonly knownDescriptors?: KnownDescriptors | undefined;
}

/** Why {@link WalletManager.get} gives none. */
export type NoWallet = 'none-loaded' | 'not-specified' | 'not-found';

export interface OpenedWallet {
  readonly wallet: Wallet;
  readonly warnings: readonly string[];
}

/** What came to nothing is known when it is the start: Core leaves out the beginning of RPC's sentences. */
function withoutContext(message: string): string {
  return message.replace(/^Wallet (?:loading|file verification) failed\. /, '');
}

/** How often wallets look whether they should send their unconfirmed transactions again, as Core. */
const RESEND_CHECK_PERIOD_MS = 60_000;

/**
 * The wallets of a node. Notifications change what wallets know at once, in the order given; writing that to the disk
 * goes on behind and can be waited for with {@link settled}.
 */
export class WalletManager implements WalletNotifications {
  private readonly wallets: Wallet[] = [];
  /** Places of wallets that are loaded or being loaded. */
  private readonly taken = new Set<string>();
  private readonly schedules = new WeakMap<Wallet, ResendSchedule>();
  private readonly storage: WalletStorage;
  private resendTimer: Timer | undefined;

  constructor(
    private readonly settings: WalletManagerOptions,
    private readonly modules: WalletManagerModules,
  ) {
    this.storage = modules.storage ?? new DirectoryStorage(settings.dir, modules.logger);
  }

  /**
   * Loads the wallets wanted at start, each up to the tip.
   *
   * @throws StartError when one is there but cannot be loaded
   */
  async start(): Promise<void> {
    const { logger } = this.modules;
    logger.info(`Using wallet directory ${this.settings.dir}`);
    for (const name of await this.namesToLoad()) {
      if (this.taken.has(this.storage.locate(name))) {
        logger.warn(`Ignoring duplicate -wallet ${name}.`);
        continue;
      }
      if ((await this.storage.look(name)) === 'absent') {
        logger.warn(`Skipping -wallet path that doesn't exist. ${this.missingText(name)}`);
        continue;
      }
      try {
        await this.open(name);
      } catch (thrown) {
        throw thrown instanceof WalletError ? new StartError(withoutContext(thrown.message)) : thrown;
      }
    }
    this.resendTimer = this.modules.clock.every(RESEND_CHECK_PERIOD_MS, () => this.resend());
  }

  private async namesToLoad(): Promise<readonly string[]> {
    const { load } = this.settings;
    if (load !== undefined) return load;
    return (await this.storage.look('')) === 'wallet' ? [''] : [];
  }

  /** Closes all wallets; what they know is on the disk afterwards. */
  async stop(): Promise<void> {
    this.resendTimer?.cancel();
    this.resendTimer = undefined;
    for (const wallet of [...this.wallets]) await this.close(wallet);
  }

  /** Makes a wallet. @throws WalletError in Core's words */
  async create(name: string, spec: NewWallet, loadOnStart?: boolean): Promise<OpenedWallet> {
    const place = this.storage.locate(name);
    const exists = () =>
      new WalletError(
        'failed',
        `Wallet file verification failed. Failed to create database path '${place}'. Database already exists.`,
      );
    if (this.taken.has(place)) throw exists();
    const wallet = await this.claim(place, async () => {
      if ((await this.storage.look(name)) !== 'absent') throw exists();
      const made = await createWallet(name, this.storage.store(name), this.walletModules(), spec);
      await this.attach(made);
      return made;
    });
    return { wallet, warnings: this.rememberForStart(name, loadOnStart) };
  }

  /** Opens a wallet that is there. @throws WalletError in Core's words */
  async load(name: string, loadOnStart?: boolean): Promise<OpenedWallet> {
    const place = this.storage.locate(name);
    if (this.wallets.some(wallet => this.storage.locate(wallet.name) === place)) {
      throw new WalletError('already-loaded', `Wallet "${name}" is already loaded.`);
    }
    if (this.taken.has(place)) throw new WalletError('failed', 'Wallet already loading.');
    const wallet = await this.open(name);
    return { wallet, warnings: this.rememberForStart(name, loadOnStart) };
  }

  /**
   * Makes a wallet from a backup and loads it.
   *
   * @throws WalletError in Core's words
   */
  async restore(name: string, backupFile: string, loadOnStart?: boolean): Promise<OpenedWallet> {
    const records = await readBackup(backupFile).catch((thrown: unknown) => {
      if (thrown instanceof DecodeError) {
        throw new WalletError('invalid-parameter', `Backup file is not valid: ${thrown.message}`);
      }
      throw new WalletError('invalid-parameter', 'Backup file does not exist');
    });
    const place = this.storage.locate(name);
    if (this.taken.has(place) || (await this.storage.look(name)) !== 'absent') {
      throw new WalletError(
        'already-exists',
        `Failed to create database path '${place}'. Database already exists.`,
      );
    }
    try {
      await restoreRecords(this.storage.store(name), records);
      return await this.load(name, loadOnStart);
    } catch (thrown) {
      // The backup is still there, and its name free for another try.
      await this.storage.remove(name);
      throw thrown;
    }
  }

  private open(name: string): Promise<Wallet> {
    const place = this.storage.locate(name);
    return this.claim(place, async () => {
      const found = await this.storage.look(name);
      if (found === 'absent') {
        throw new WalletError('not-found', `Wallet file verification failed. ${this.missingText(name)}`);
      }
      if (found === 'foreign') {
        throw new WalletError(
          'failed',
          `Wallet file verification failed. Failed to load database path '${place}'. Data is not in recognized format.`,
        );
      }
      const wallet = await loadWallet(name, this.storage.store(name), this.walletModules());
      await this.attach(wallet);
      return wallet;
    });
  }

  /** Closes a wallet and forgets about it. */
  async unload(wallet: Wallet, loadOnStart?: boolean): Promise<readonly string[]> {
    await this.close(wallet);
    return this.rememberForStart(wallet.name, loadOnStart);
  }

  /** Loaded wallets, in the order of loading. */
  list(): readonly Wallet[] {
    return this.wallets;
  }

  /** Names of the wallets in the wallet directory, loaded or not. */
  listDir(): Promise<string[]> {
    return this.storage.list();
  }

  /** The wallet of that name, or without a name the only one that is loaded. */
  get(name?: string): Wallet | NoWallet {
    if (name !== undefined) return this.wallets.find(wallet => wallet.name === name) ?? 'not-found';
    const [only] = this.wallets;
    if (only === undefined) return 'none-loaded';
    return this.wallets.length === 1 ? only : 'not-specified';
  }

  blockConnected(block: Block, ref: BlockRef): void {
    for (const wallet of this.wallets) {
      wallet.blockConnected(block, ref);
      this.detached(wallet, this.schedules.get(wallet)?.blockConnected(ref.hash));
    }
  }

  blockDisconnected(block: Block, ref: BlockRef): void {
    for (const wallet of this.wallets) wallet.blockDisconnected(block, ref);
  }

  transactionAdded(tx: Transaction): void {
    for (const wallet of this.wallets) wallet.transactionAdded(tx);
  }

  transactionRemoved(tx: Transaction, reason: string): void {
    for (const wallet of this.wallets) wallet.transactionRemoved(tx, reason);
  }

  /** Resolves when all that wallets have been told so far is on the disk. */
  async settled(): Promise<void> {
    await Promise.all(this.wallets.map(wallet => wallet.settled()));
  }

  /** Writes how far each wallet has come. */
  async checkpoint(): Promise<void> {
    await Promise.all(this.wallets.map(wallet => wallet.checkpoint()));
  }

  private walletModules(): WalletModules {
    const { chain, clock, logger, knownDescriptors } = this.modules;
    const { params, options } = this.settings;
    return { params, options, chain, clock, logger, knownDescriptors };
  }

  /** Marks a place as in use while and, unless it fails, after `make` runs. */
  private async claim(place: string, make: () => Promise<Wallet>): Promise<Wallet> {
    this.taken.add(place);
    try {
      return await make();
    } catch (thrown) {
      this.taken.delete(place);
      throw thrown;
    }
  }

  private async attach(wallet: Wallet): Promise<void> {
    try {
      await catchUp(wallet, () => this.wallets.push(wallet));
      this.schedules.set(wallet, new ResendSchedule(wallet));
      await resubmit(wallet, false, true);
    } catch (thrown) {
      this.forget(wallet);
      await wallet.close();
      throw thrown;
    }
  }

  private forget(wallet: Wallet): void {
    const index = this.wallets.indexOf(wallet);
    if (index >= 0) this.wallets.splice(index, 1);
  }

  private async close(wallet: Wallet): Promise<void> {
    this.forget(wallet);
    await wallet.close();
    this.taken.delete(this.storage.locate(wallet.name));
  }

  private rememberForStart(name: string, loadOnStart: boolean | undefined): string[] {
    if (loadOnStart === undefined) return [];
    const settings = this.modules.loadOnStart;
    const written = loadOnStart ? settings?.add(name) : settings?.remove(name);
    if (written === true) return [];
    const fate = loadOnStart ? 'may not be loaded' : 'may still be loaded';
    return [`Wallet load on startup setting could not be updated, so wallet ${fate} next node startup.`];
  }

  private resend(): void {
    for (const wallet of this.wallets) this.detached(wallet, this.schedules.get(wallet)?.runIfDue());
  }

  private detached(wallet: Wallet, work: Promise<void> = Promise.resolve()): void {
    runDetached(work, message =>
      this.modules.logger.error(`[${wallet.name}] cannot send transactions again: ${message}`),
    );
  }

  private missingText(name: string): string {
    return `Failed to load database path '${this.storage.locate(name)}'. Path does not exist.`;
  }
}
