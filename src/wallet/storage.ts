import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import type { KeyValueStore } from '../chain/store/kv.js';
import { LevelStore } from '../chain/store/level-store.js';
import { MemoryStore } from '../chain/store/memory-store.js';
import type { Logger } from '../runtime/logger.js';

/** What lies at the place of a wallet. */
export type WalletPlace = 'absent' | 'wallet' | 'foreign';

/** Where wallets are kept, by name. */
export interface WalletStorage {
  /** Identity of a wallet's place: two names for the same place give the same text. Shown in messages. */
  locate(name: string): string;
  look(name: string): Promise<WalletPlace>;
  /** Names of the wallets that are there. */
  list(): Promise<string[]>;
  /** A store that is not open yet; opening makes it. */
  store(name: string): KeyValueStore;
  /** Removes a wallet that is not open. */
  remove(name: string): Promise<void>;
}

/** Name of the database inside of a wallet's directory. Core keeps its own `wallet.dat` there. */
const DATABASE_NAME = 'wallet.ldb';
const CORE_DATABASE_NAME = 'wallet.dat';

/** Wallets are small and read once, at load: LevelDB needs little memory for them. */
const STORE_CACHE_BYTES = 1 << 20;

/** Directories below the wallet directory that `list` looks into. */
const MAX_LIST_DEPTH = 5;

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** One directory per wallet under `-walletdir`; the wallet with the empty name lies in that directory itself. */
export class DirectoryStorage implements WalletStorage {
  constructor(
    private readonly dir: string,
    private readonly logger: Logger,
  ) {}

  locate(name: string): string {
    return isAbsolute(name) ? resolve(name) : resolve(this.dir, name);
  }

  async look(name: string): Promise<WalletPlace> {
    const path = this.locate(name);
    if (await exists(join(path, DATABASE_NAME))) return 'wallet';
    if (await exists(join(path, CORE_DATABASE_NAME))) return 'foreign';
    const found = await stat(path).catch(() => undefined);
    return found === undefined || found.isDirectory() ? 'absent' : 'foreign';
  }

  async list(): Promise<string[]> {
    const names: string[] = [];
    await this.collect('', 0, names);
    return names;
  }

  private async collect(name: string, depth: number, names: string[]): Promise<void> {
    const entries = await readdir(join(this.dir, name), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (!entry.isDirectory()) continue;
      if (entry.name === DATABASE_NAME) names.push(name);
      else if (depth < MAX_LIST_DEPTH) {
        await this.collect(name === '' ? entry.name : `${name}/${entry.name}`, depth + 1, names);
      }
    }
  }

  store(name: string): KeyValueStore {
    return new LevelStore(
      {
        path: join(this.locate(name), DATABASE_NAME),
        cacheBytes: STORE_CACHE_BYTES,
        obfuscate: false,
      },
      this.logger,
    );
  }

  async remove(name: string): Promise<void> {
    const path = this.locate(name);
    await rm(join(path, DATABASE_NAME), { recursive: true, force: true });
    // Other things may be there as well.
    if (path !== resolve(this.dir)) await rmdir(path).catch(() => {});
  }
}

/** Wallets that live as long as this object: closing and opening one again finds what it had. */
export class MemoryStorage implements WalletStorage {
  private readonly stores = new Map<string, MemoryStore>();

  /** What was written so far; neither sees what the other gets from here on. */
  clone(): MemoryStorage {
    const copy = new MemoryStorage();
    for (const [name, store] of this.stores) copy.stores.set(name, store.clone());
    return copy;
  }

  /** Bytes of all wallets. */
  get bytes(): number {
    return [...this.stores.values()].reduce((sum, store) => sum + store.bytes, 0);
  }

  locate(name: string): string {
    return `[${name}]`;
  }

  look(name: string): Promise<WalletPlace> {
    return Promise.resolve(this.stores.has(name) ? 'wallet' : 'absent');
  }

  list(): Promise<string[]> {
    return Promise.resolve([...this.stores.keys()]);
  }

  store(name: string): KeyValueStore {
    let store = this.stores.get(name);
    if (store === undefined) {
      store = new MemoryStore();
      this.stores.set(name, store);
    }
    return store;
  }

  async remove(name: string): Promise<void> {
    this.stores.delete(name);
  }
}
