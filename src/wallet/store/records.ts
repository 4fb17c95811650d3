import type { Hash256 } from '../../primitives/bytes.js';
import { DecodeError, Reader, Writer } from '../../primitives/codec.js';
import { Transaction } from '../../primitives/transaction.js';
import { EXTENDED_KEY_SIZE, type ExtendedPublicKey, parseExtendedPublic } from '../../script/bip32.js';
import { OUTPUT_TYPES, type OutputType } from '../../script/output-type.js';
import { PrivateKey } from '../../script/private-key.js';

/**
 * Layout of a wallet's database. The first byte of a key says what the record is:
 *
 * | key                                          | value                                    |
 * |----------------------------------------------|------------------------------------------|
 * | `v`                                          | version of this layout                   |
 * | `f`                                          | flags                                    |
 * | `d` descriptor id                            | descriptor, range, next index            |
 * | `c` descriptor id, kind, expression, index   | an extended public key derived for it    |
 * | `k` descriptor id, public key's HASH160      | private key                              |
 * | `a` kind of address, internal                | id of the descriptor that gives them out |
 * | `t` txid                                     | transaction with what is known of it     |
 * | `l` address                                  | label, purpose                           |
 * | `o` outpoint                                 | coin is locked (empty value)             |
 * | `b`                                          | locator of the last block taken in       |
 *
 * Every value but the last two and the flags begins with the version of its own form.
 */
export const RecordKind = {
  version: 'v'.charCodeAt(0),
  flags: 'f'.charCodeAt(0),
  descriptor: 'd'.charCodeAt(0),
  derivedKey: 'c'.charCodeAt(0),
  privateKey: 'k'.charCodeAt(0),
  active: 'a'.charCodeAt(0),
  transaction: 't'.charCodeAt(0),
  address: 'l'.charCodeAt(0),
  lockedCoin: 'o'.charCodeAt(0),
  bestBlock: 'b'.charCodeAt(0),
} as const;

/** Layout written by this version. A higher one is refused. */
export const LAYOUT_VERSION = 1;

/** Form of the values that carry a version. */
const RECORD_VERSION = 1;

function openRecord(value: Uint8Array): Reader {
  const reader = new Reader(value);
  const version = reader.u8();
  if (version !== RECORD_VERSION) throw new DecodeError(`unknown record version ${version}`);
  return reader;
}

function startRecord(): Writer {
  return new Writer().u8(RECORD_VERSION);
}

/** A descriptor as it is stored, without keys. */
export interface DescriptorRecord {
  /** SHA-256 of the descriptor's text, as Core names them. */
  readonly id: Hash256;
  /** Public form with checksum. */
  readonly text: string;
  /** Unix seconds; no transaction of these scripts is older. */
  readonly creationTime: number;
  /** First index, and the one after the last. */
  readonly rangeStart: number;
  readonly rangeEnd: number;
  /** Index of the next address to give out. */
  readonly nextIndex: number;
}

export function encodeDescriptor(record: DescriptorRecord): Uint8Array {
  return startRecord()
    .varString(record.text)
    .amount(record.creationTime)
    .u32(record.rangeStart)
    .u32(record.rangeEnd)
    .u32(record.nextIndex)
    .finish();
}

export function decodeDescriptor(id: Hash256, value: Uint8Array): DescriptorRecord {
  const reader = openRecord(value);
  return {
    id,
    text: reader.varString(),
    creationTime: reader.amount(),
    rangeStart: reader.u32(),
    rangeEnd: reader.u32(),
    nextIndex: reader.u32(),
  };
}

/** What a derived key of a descriptor's cache is: see `DescriptorCache`. */
export type DerivedKeyKind = 'parent' | 'derived' | 'lastHardened';
const DERIVED_KEY_KINDS: readonly DerivedKeyKind[] = ['parent', 'derived', 'lastHardened'];

export interface DerivedKeyRecord {
  readonly descriptorId: Hash256;
  readonly kind: DerivedKeyKind;
  readonly expression: number;
  /** 0 for the kinds that have none. */
  readonly index: number;
  readonly key: ExtendedPublicKey;
}

export function derivedKeyKey(record: Omit<DerivedKeyRecord, 'key'>): Uint8Array {
  return new Writer()
    .u8(RecordKind.derivedKey)
    .bytes(record.descriptorId)
    .u8(DERIVED_KEY_KINDS.indexOf(record.kind))
    .u32(record.expression)
    .u32(record.index)
    .finish();
}

export function decodeDerivedKey(key: Uint8Array, value: Uint8Array): DerivedKeyRecord {
  const reader = new Reader(key, 1);
  const descriptorId = reader.hash();
  const kind = DERIVED_KEY_KINDS[reader.u8()];
  const expression = reader.u32();
  const index = reader.u32();
  const record = openRecord(value);
  const extended = parseExtendedPublic(record.take(EXTENDED_KEY_SIZE));
  if (kind === undefined || extended === undefined) throw new DecodeError('damaged derived key');
  return { descriptorId, kind, expression, index, key: extended };
}

export function encodeDerivedKey(serialized: Uint8Array): Uint8Array {
  return startRecord().bytes(serialized).finish();
}

export function encodePrivateKey(key: PrivateKey): Uint8Array {
  return startRecord()
    .u8(key.compressed ? 1 : 0)
    .bytes(key.secret)
    .finish();
}

export function decodePrivateKey(value: Uint8Array): PrivateKey {
  const reader = openRecord(value);
  const compressed = reader.u8() === 1;
  const key = PrivateKey.from(reader.hash().slice(), compressed);
  if (key === undefined) throw new DecodeError('damaged private key');
  return key;
}

export interface ActiveRecord {
  readonly type: OutputType;
  readonly internal: boolean;
  readonly id: Hash256;
}

export function activeKey(type: OutputType, internal: boolean): Uint8Array {
  return Uint8Array.of(RecordKind.active, OUTPUT_TYPES.indexOf(type), internal ? 1 : 0);
}

export function decodeActive(key: Uint8Array, value: Uint8Array): ActiveRecord {
  const type = OUTPUT_TYPES[key[1] ?? OUTPUT_TYPES.length];
  if (type === undefined) throw new DecodeError('damaged address kind');
  return { type, internal: key[2] === 1, id: new Reader(value).hash() };
}

/** Where a transaction stands with respect to the active chain and the mempool. */
export type TxState =
  | { readonly type: 'confirmed'; readonly hash: Hash256; readonly height: number; readonly index: number }
  | { readonly type: 'inMempool' }
  /** Neither in a block nor in the mempool. */
  | { readonly type: 'inactive'; readonly abandoned: boolean }
  /** A block has another transaction that spends a coin of this one or of its ancestors. */
  | { readonly type: 'conflicted'; readonly hash: Hash256; readonly height: number };

/** A transaction as it is stored. */
export interface TxRecord {
  readonly tx: Transaction;
  readonly state: TxState;
  /** Unix seconds when the wallet first saw it. */
  readonly timeReceived: number;
  /** Unix seconds to show: in the order of the wallet's transactions, block time where that fits. */
  readonly timeSmart: number;
  /** Place in the order in which transactions came to the wallet. */
  readonly order: number;
  /** Made by this wallet. */
  readonly fromMe: boolean;
  /** `comment`, `to`, `replaces_txid`, `replaced_by_txid`. */
  readonly notes: ReadonlyMap<string, string>;
}

const STATE_INACTIVE = 0;
const STATE_ABANDONED = 1;
const STATE_CONFIRMED = 2;
const STATE_CONFLICTED = 3;

function writeState(writer: Writer, state: TxState): void {
  switch (state.type) {
    case 'confirmed':
      writer.u8(STATE_CONFIRMED).bytes(state.hash).u32(state.height).u32(state.index);
      return;
    case 'conflicted':
      writer.u8(STATE_CONFLICTED).bytes(state.hash).u32(state.height);
      return;
    // Whether it is in the mempool is the mempool's to say, at the next start.
    case 'inMempool':
      writer.u8(STATE_INACTIVE);
      return;
    case 'inactive':
      writer.u8(state.abandoned ? STATE_ABANDONED : STATE_INACTIVE);
  }
}

function readState(reader: Reader): TxState {
  const tag = reader.u8();
  switch (tag) {
    case STATE_INACTIVE:
    case STATE_ABANDONED:
      return { type: 'inactive', abandoned: tag === STATE_ABANDONED };
    case STATE_CONFIRMED:
      return { type: 'confirmed', hash: reader.hash(), height: reader.u32(), index: reader.u32() };
    case STATE_CONFLICTED:
      return { type: 'conflicted', hash: reader.hash(), height: reader.u32() };
    default:
      throw new DecodeError('damaged transaction state');
  }
}

export function encodeTx(record: TxRecord): Uint8Array {
  const writer = startRecord();
  writeState(writer, record.state);
  writer
    .amount(record.timeReceived)
    .amount(record.timeSmart)
    .amount(record.order)
    .u8(record.fromMe ? 1 : 0);
  writer.compactSize(record.notes.size);
  for (const [name, text] of record.notes) writer.varString(name).varString(text);
  return writer.varBytes(record.tx.raw).finish();
}

export function decodeTx(value: Uint8Array): TxRecord {
  const reader = openRecord(value);
  const state = readState(reader);
  const timeReceived = reader.amount();
  const timeSmart = reader.amount();
  const order = reader.amount();
  const fromMe = reader.u8() === 1;
  const notes = new Map<string, string>();
  for (let count = reader.compactSize(); count > 0; count--)
    notes.set(reader.varString(), reader.varString());
  return { tx: Transaction.parse(reader.varBytes()), state, timeReceived, timeSmart, order, fromMe, notes };
}

export type AddressPurpose = 'receive' | 'send' | 'refund';
const PURPOSES: readonly (AddressPurpose | undefined)[] = [undefined, 'receive', 'send', 'refund'];

/** What the wallet knows of an address. */
export interface AddressEntry {
  /** Undefined for change, which is in the book only for having been spent from. */
  readonly label: string | undefined;
  readonly purpose: AddressPurpose | undefined;
  /** Spent from: with `avoid_reuse`, what it receives later is not spent. */
  readonly usedBefore: boolean;
}

export function encodeAddress(entry: AddressEntry): Uint8Array {
  return startRecord()
    .u8(entry.label === undefined ? 0 : 1)
    .varString(entry.label ?? '')
    .u8(PURPOSES.indexOf(entry.purpose))
    .u8(entry.usedBefore ? 1 : 0)
    .finish();
}

export function decodeAddress(value: Uint8Array): AddressEntry {
  const reader = openRecord(value);
  const hasLabel = reader.u8() === 1;
  const label = reader.varString();
  return {
    label: hasLabel ? label : undefined,
    purpose: PURPOSES[reader.u8()],
    usedBefore: reader.u8() === 1,
  };
}

/** Hashes of blocks from the last one taken in down to genesis, first close and then ever wider. */
export type BlockLocator = readonly Hash256[];

export function encodeLocator(locator: BlockLocator): Uint8Array {
  const writer = new Writer(locator.length * 32 + 3).compactSize(locator.length);
  for (const hash of locator) writer.bytes(hash);
  return writer.finish();
}

export function decodeLocator(value: Uint8Array): BlockLocator {
  const reader = new Reader(value);
  return Array.from({ length: reader.compactSize() }, () => reader.hash());
}

/** Key of a record that is found by bytes after its kind. */
export function recordKey(kind: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const writer = new Writer().u8(kind);
  for (const part of parts) writer.bytes(part);
  return writer.finish();
}
