import type { KeyValue } from '../../chain/store/kv.js';
import { asBuffer, type HashKey, hashKey } from '../../primitives/bytes.js';
import { DecodeError, Reader } from '../../primitives/codec.js';
import { type OutPointKey, outPointKeyAt } from '../../primitives/outpoint.js';
import { assert } from '../../runtime/errors.js';
import { DescriptorCache } from '../../script/descriptor/cache.js';
import type { PrivateKey } from '../../script/private-key.js';
import { decodeFlags, type WalletFlag, type WalletFlags } from '../flags.js';
import {
  type ActiveRecord,
  type AddressEntry,
  type BlockLocator,
  type DerivedKeyRecord,
  type DescriptorRecord,
  decodeActive,
  decodeAddress,
  decodeDerivedKey,
  decodeDescriptor,
  decodeLocator,
  decodePrivateKey,
  decodeTx,
  LAYOUT_VERSION,
  RecordKind,
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

/** One record of the database. Nothing of it is changed by who gets it. */
type WalletRecord =
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'flags'; readonly flags: WalletFlags }
  | { readonly kind: 'descriptor'; readonly record: DescriptorRecord }
  | { readonly kind: 'derivedKey'; readonly derived: DerivedKeyRecord }
  | { readonly kind: 'privateKey'; readonly descriptor: HashKey; readonly key: PrivateKey }
  | { readonly kind: 'active'; readonly active: ActiveRecord }
  | { readonly kind: 'transaction'; readonly tx: TxRecord }
  | { readonly kind: 'address'; readonly address: string; readonly entry: AddressEntry }
  | { readonly kind: 'lockedCoin'; readonly coin: OutPointKey }
  | { readonly kind: 'bestBlock'; readonly locator: BlockLocator };

/** Records that were decoded before: wallets in memory are opened again and again, and most records stay as they are. */
const known = new WeakMap<KeyValue, WalletRecord>();

/** {@link decodeRecord}, once for each record of a store that gives the same object for it every time. */
export function knownRecord(stored: KeyValue): WalletRecord {
  let record = known.get(stored);
  if (record === undefined) {
    record = decodeRecord(stored);
    known.set(stored, record);
  }
  return record;
}

/** @throws DecodeError when it is damaged or of a later version */
export function decodeRecord([key, value]: KeyValue): WalletRecord {
  switch (key[0]) {
    case RecordKind.version:
      return { kind: 'version', version: new Reader(value).u32() };
    case RecordKind.flags:
      return { kind: 'flags', flags: readFlags(value) };
    case RecordKind.descriptor:
      return { kind: 'descriptor', record: decodeDescriptor(key.slice(1), value) };
    case RecordKind.derivedKey:
      return { kind: 'derivedKey', derived: decodeDerivedKey(key, value) };
    case RecordKind.privateKey:
      return { kind: 'privateKey', descriptor: hashKey(key.subarray(1, 33)), key: decodePrivateKey(value) };
    case RecordKind.active:
      return { kind: 'active', active: decodeActive(key, value) };
    case RecordKind.transaction:
      return { kind: 'transaction', tx: decodeTx(value) };
    case RecordKind.address:
      return {
        kind: 'address',
        address: asBuffer(key).toString('utf8', 1),
        entry: decodeAddress(value),
      };
    case RecordKind.lockedCoin:
      return { kind: 'lockedCoin', coin: outPointKeyAt(key, 1) };
    case RecordKind.bestBlock:
      return { kind: 'bestBlock', locator: decodeLocator(value) };
    default:
      throw new DecodeError(`unknown record of kind ${key[0]}`);
  }
}

function readFlags(value: Uint8Array): WalletFlags {
  const flags = decodeFlags(Number(new Reader(value).u64()));
  if (flags === undefined) throw new DecodeError('unknown wallet flags');
  return flags;
}

/** Puts the records of a database together. */
export class WalletLoader {
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

  add(record: WalletRecord): void {
    switch (record.kind) {
      case 'version':
        this.version = record.version;
        break;
      case 'flags':
        this.flags = new Set(record.flags);
        break;
      case 'descriptor':
        this.records.set(hashKey(record.record.id), record.record);
        break;
      case 'derivedKey':
        this.addDerivedKey(record.derived);
        break;
      case 'privateKey':
        listIn(this.privateKeys, record.descriptor).push(record.key);
        break;
      case 'active':
        this.active.push(record.active);
        break;
      case 'transaction':
        this.transactions.push(record.tx);
        break;
      case 'address':
        this.addresses.set(record.address, record.entry);
        break;
      case 'lockedCoin':
        this.lockedCoins.push(record.coin);
        break;
      case 'bestBlock':
        this.bestBlock = record.locator;
    }
  }

  private addDerivedKey({ descriptorId, kind, expression, index, key }: DerivedKeyRecord): void {
    const id = hashKey(descriptorId);
    const cache = this.caches.get(id) ?? new DescriptorCache();
    this.caches.set(id, cache);
    if (kind === 'parent') cache.parents.set(expression, key);
    else if (kind === 'lastHardened') cache.lastHardened.set(expression, key);
    else cache.setDerived(expression, index, key);
  }

  /** Undefined when there was no record. @throws DecodeError when the wallet is of a later version */
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
