import type { KeyValue, KeyValueStore, WriteBatch } from '../../chain/store/kv.js';
import { asBuffer, type Hash256, type HashKey, hashKey } from '../../primitives/bytes.js';
import { DecodeError, Reader, Writer } from '../../primitives/codec.js';
import { type OutPointKey, outPointKeyAt } from '../../primitives/outpoint.js';
import { assert, errorMessage } from '../../runtime/errors.js';
import { serializeExtendedPublic } from '../../script/bip32.js';
import { DescriptorCache } from '../../script/descriptor/cache.js';
import type { OutputType } from '../../script/output-type.js';
import type { PrivateKey } from '../../script/private-key.js';
import { decodeFlags, encodeFlags, type WalletFlag, type WalletFlags } from '../flags.js';
import {
  type ActiveRecord,
  type AddressEntry,
  activeKey,
  type BlockLocator,
  type DescriptorRecord,
  decodeActive,
  decodeAddress,
  decodeDerivedKey,
  decodeDescriptor,
  decodeLocator,
  decodePrivateKey,
  decodeTx,
  derivedKeyKey,
  encodeAddress,
  encodeDerivedKey,
  encodeDescriptor,
  encodeLocator,
  encodePrivateKey,
  encodeTx,
  LAYOUT_VERSION,
  RecordKind,
  recordKey,
  type TxRecord,
} from './records.js';

/** A descriptor with all that belongs to it. */
export interface StoredDescriptor {
  readonly record: DescriptorRecord;
  readonly cache: DescriptorCache;
  readonly privateKeys: readonly PrivateKey[];
}

/** All that a database holds. */
export interface StoredWallet {
  readonly flags: Set<WalletFlag>;
  readonly descriptors: readonly StoredDescriptor[];
  readonly active: readonly ActiveRecord[];
  readonly transactions: readonly TxRecord[];
  readonly addresses: ReadonlyMap<string, AddressEntry>;
  readonly lockedCoins: readonly OutPointKey[];
  readonly bestBlock: BlockLocator | undefined;
}

const VERSION_KEY = Uint8Array.of(RecordKind.version);
const FLAGS_KEY = Uint8Array.of(RecordKind.flags);
const BEST_BLOCK_KEY = Uint8Array.of(RecordKind.bestBlock);
const NOTHING = new Uint8Array(0);

/**
 * A wallet's database. Changes gather in a batch that is written when the current turn of the event loop ends, so what
 * belongs together (all of a block, a transaction with its change address) is written together or not at all.
 * Writes happen in the order of the changes.
 */
export class WalletStore {
  private pending: WriteBatch | undefined;
  private written: Promise<void> = Promise.resolve();
  private failure: unknown;
  /** Adds what is cheaper to write once per batch than with each change. */
  private beforeWrite: ((store: this) => void) | undefined;

  /** @param unsafe never wait for the disk itself */
  constructor(
    private readonly db: KeyValueStore,
    private readonly onFailure: (message: string) => void,
    private readonly unsafe: boolean,
  ) {}

  get location(): string {
    return this.db.location;
  }

  open(): Promise<void> {
    return this.db.open();
  }

  /** Writes what is pending and closes. */
  async close(): Promise<void> {
    await this.flush(true).catch(() => {});
    await this.db.close();
  }

  set onBeforeWrite(add: (store: this) => void) {
    this.beforeWrite = add;
  }

  /**
   * Resolves when all changes so far are written.
   *
   * @param sync on the disk, not only with the operating system
   * @throws what the first failed write failed with
   */
  async flush(sync = false): Promise<void> {
    this.write(sync && !this.unsafe);
    await this.written;
    if (this.failure !== undefined) throw this.failure;
  }

  private write(sync: boolean): void {
    // An fsync covers what was written before, but needs a write to go with.
    const batch = this.pending ?? (sync ? this.versionBatch() : undefined);
    if (batch === undefined) return;
    this.beforeWrite?.(this);
    this.pending = undefined;
    this.written = this.written.then(async () => {
      if (this.failure !== undefined) return;
      try {
        await batch.write({ sync });
      } catch (thrown) {
        this.failure = thrown;
        this.onFailure(errorMessage(thrown));
      }
    });
  }

  private versionBatch(): WriteBatch {
    const batch = this.batch();
    batch.put(VERSION_KEY, new Writer().u32(LAYOUT_VERSION).finish());
    return batch;
  }

  private batch(): WriteBatch {
    if (this.pending === undefined) {
      this.pending = this.db.batch();
      queueMicrotask(() => this.write(false));
    }
    return this.pending;
  }

  private put(key: Uint8Array, value: Uint8Array): void {
    this.batch().put(key, value);
  }

  /** Marks a new database. */
  writeVersion(): void {
    this.versionBatch();
  }

  writeFlags(flags: WalletFlags): void {
    this.put(FLAGS_KEY, new Writer().u64(BigInt(encodeFlags(flags))).finish());
  }

  writeDescriptor(record: DescriptorRecord): void {
    this.put(recordKey(RecordKind.descriptor, record.id), encodeDescriptor(record));
  }

  /** Writes what is new in a descriptor's cache. */
  writeDerivedKeys(descriptorId: Hash256, added: DescriptorCache): void {
    for (const [expression, key] of added.parents) {
      const at = derivedKeyKey({ descriptorId, kind: 'parent', expression, index: 0 });
      this.put(at, encodeDerivedKey(serializeExtendedPublic(key)));
    }
    for (const [expression, key] of added.lastHardened) {
      const at = derivedKeyKey({ descriptorId, kind: 'lastHardened', expression, index: 0 });
      this.put(at, encodeDerivedKey(serializeExtendedPublic(key)));
    }
    for (const [expression, byIndex] of added.derived) {
      for (const [index, key] of byIndex) {
        const at = derivedKeyKey({ descriptorId, kind: 'derived', expression, index });
        this.put(at, encodeDerivedKey(serializeExtendedPublic(key)));
      }
    }
  }

  writePrivateKey(descriptorId: Hash256, keyId: Uint8Array, key: PrivateKey): void {
    this.put(recordKey(RecordKind.privateKey, descriptorId, keyId), encodePrivateKey(key));
  }

  writeActive(type: OutputType, internal: boolean, id: Hash256): void {
    this.put(activeKey(type, internal), id);
  }

  eraseActive(type: OutputType, internal: boolean): void {
    this.batch().delete(activeKey(type, internal));
  }

  writeTx(record: TxRecord): void {
    this.put(recordKey(RecordKind.transaction, record.tx.txid), encodeTx(record));
  }

  writeAddress(address: string, entry: AddressEntry): void {
    this.put(recordKey(RecordKind.address, Buffer.from(address, 'utf8')), encodeAddress(entry));
  }

  eraseAddress(address: string): void {
    this.batch().delete(recordKey(RecordKind.address, Buffer.from(address, 'utf8')));
  }

  writeLockedCoin(coin: OutPointKey): void {
    this.put(recordKey(RecordKind.lockedCoin, Buffer.from(coin, 'latin1')), NOTHING);
  }

  eraseLockedCoin(coin: OutPointKey): void {
    this.batch().delete(recordKey(RecordKind.lockedCoin, Buffer.from(coin, 'latin1')));
  }

  writeBestBlock(locator: BlockLocator): void {
    this.put(BEST_BLOCK_KEY, encodeLocator(locator));
  }

  /** All records as they are stored, in lots. */
  records(): AsyncGenerator<readonly KeyValue[], void, undefined> {
    return this.db.iterate();
  }

  /**
   * Reads everything; undefined when the database is empty.
   *
   * @throws DecodeError when it is damaged or of a later version
   */
  async load(): Promise<StoredWallet | undefined> {
    const loader = new Loader();
    for await (const lot of this.db.iterate()) for (const [key, value] of lot) loader.add(key, value);
    return loader.finish();
  }
}

class Loader {
  private version: number | undefined;
  private flags = new Set<WalletFlag>();
  private readonly records = new Map<HashKey, DescriptorRecord>();
  private readonly caches = new Map<HashKey, DescriptorCache>();
  private readonly privateKeys = new Map<HashKey, PrivateKey[]>();
  private readonly active: ActiveRecord[] = [];
  private readonly transactions: TxRecord[] = [];
  private readonly addresses = new Map<string, AddressEntry>();
  private readonly lockedCoins: OutPointKey[] = [];
  private bestBlock: BlockLocator | undefined;

  add(key: Uint8Array, value: Uint8Array): void {
    switch (key[0]) {
      case RecordKind.version:
        this.version = new Reader(value).u32();
        break;
      case RecordKind.flags:
        this.readFlags(value);
        break;
      case RecordKind.descriptor: {
        const id = key.slice(1);
        this.records.set(hashKey(id), decodeDescriptor(id, value));
        break;
      }
      case RecordKind.derivedKey:
        this.readDerivedKey(key, value);
        break;
      case RecordKind.privateKey:
        listIn(this.privateKeys, hashKey(key.subarray(1, 33))).push(decodePrivateKey(value));
        break;
      case RecordKind.active:
        this.active.push(decodeActive(key, value));
        break;
      case RecordKind.transaction:
        this.transactions.push(decodeTx(value));
        break;
      case RecordKind.address:
        this.addresses.set(asBuffer(key).toString('utf8', 1), decodeAddress(value));
        break;
      case RecordKind.lockedCoin:
        this.lockedCoins.push(outPointKeyAt(key, 1));
        break;
      case RecordKind.bestBlock:
        this.bestBlock = decodeLocator(value);
        break;
      default:
        throw new DecodeError(`unknown record of kind ${key[0]}`);
    }
  }

  private readFlags(value: Uint8Array): void {
    const flags = decodeFlags(Number(new Reader(value).u64()));
    if (flags === undefined) throw new DecodeError('unknown wallet flags');
    this.flags = flags;
  }

  private readDerivedKey(key: Uint8Array, value: Uint8Array): void {
    const { descriptorId, kind, expression, index, key: extended } = decodeDerivedKey(key, value);
    const id = hashKey(descriptorId);
    const cache = this.caches.get(id) ?? new DescriptorCache();
    this.caches.set(id, cache);
    if (kind === 'parent') cache.parents.set(expression, extended);
    else if (kind === 'lastHardened') cache.lastHardened.set(expression, extended);
    else cache.setDerived(expression, index, extended);
  }

  finish(): StoredWallet | undefined {
    if (this.version === undefined) {
      assert(this.records.size === 0, 'a wallet with keys has a version');
      return undefined;
    }
    if (this.version > LAYOUT_VERSION) throw new DecodeError(`layout version ${this.version} is too new`);
    const descriptors = [...this.records].map(([id, record]) => ({
      record,
      cache: this.caches.get(id) ?? new DescriptorCache(),
      privateKeys: this.privateKeys.get(id) ?? [],
    }));
    const { flags, active, transactions, addresses, lockedCoins, bestBlock } = this;
    transactions.sort((a, b) => a.order - b.order);
    return { flags, descriptors, active, transactions, addresses, lockedCoins, bestBlock };
  }
}

function listIn<K, V>(map: Map<K, V[]>, key: K): V[] {
  let list = map.get(key);
  if (list === undefined) {
    list = [];
    map.set(key, list);
  }
  return list;
}
