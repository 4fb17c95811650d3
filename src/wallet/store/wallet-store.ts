import type { KeyValue, KeyValueStore, WriteBatch } from '../../chain/store/kv.js';
import type { Hash256 } from '../../primitives/bytes.js';
import { Writer } from '../../primitives/codec.js';
import type { OutPointKey } from '../../primitives/outpoint.js';
import { errorMessage } from '../../runtime/errors.js';
import { serializeExtendedPublic } from '../../script/bip32.js';
import type { DescriptorCache } from '../../script/descriptor/cache.js';
import type { OutputType } from '../../script/output-type.js';
import type { PrivateKey } from '../../script/private-key.js';
import { encodeFlags, type WalletFlags } from '../flags.js';
import {
  type AddressEntry,
  activeKey,
  type BlockLocator,
  type DescriptorRecord,
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
import { decodeRecord, knownRecord, type StoredWallet, WalletLoader } from './wallet-loader.js';

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
    const loader = new WalletLoader();
    const read = this.db.contents === undefined ? decodeRecord : knownRecord;
    for await (const lot of this.db.iterate()) for (const record of lot) loader.add(read(record));
    return loader.finish();
  }
}
