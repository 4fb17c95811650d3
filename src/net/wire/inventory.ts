import { type Hash256, hashToHex } from '../../primitives/bytes.js';
import type { Reader, Writer } from '../../primitives/codec.js';
import { type Codec, readList } from './codec.js';
import { MAX_INV_SIZE } from './limits.js';

/** Asks for the form with witness (BIP144). */
export const MSG_WITNESS_FLAG = 1 << 30;
const MSG_TYPE_MASK = 0xffffffff >>> 2;

export const MSG_TX = 1;
export const MSG_BLOCK = 2;
/** The next three occur in getdata only. */
export const MSG_FILTERED_BLOCK = 3;
export const MSG_CMPCT_BLOCK = 4;
/** By wtxid (BIP339). */
export const MSG_WTX = 5;
export const MSG_WITNESS_BLOCK = MSG_BLOCK | MSG_WITNESS_FLAG;
export const MSG_WITNESS_TX = MSG_TX | MSG_WITNESS_FLAG;

/** What is announced or asked for. */
export interface Inventory {
  readonly type: number;
  readonly hash: Hash256;
}

export function isTxInventory({ type }: Inventory): boolean {
  return type === MSG_TX || type === MSG_WTX || type === MSG_WITNESS_TX;
}

export function isBlockInventory({ type }: Inventory): boolean {
  return (
    type === MSG_BLOCK ||
    type === MSG_FILTERED_BLOCK ||
    type === MSG_CMPCT_BLOCK ||
    type === MSG_WITNESS_BLOCK
  );
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [MSG_TX, 'tx'],
  [MSG_WTX, 'wtx'],
  [MSG_BLOCK, 'block'],
  [MSG_FILTERED_BLOCK, 'merkleblock'],
  [MSG_CMPCT_BLOCK, 'cmpctblock'],
]);

/** `witness-tx 00…`, as Core logs it. */
export function formatInventory({ type, hash }: Inventory): string {
  const name = NAMES.get(type & MSG_TYPE_MASK);
  if (name === undefined) return `0x${type.toString(16).padStart(8, '0')} ${hashToHex(hash)}`;
  return `${(type & MSG_WITNESS_FLAG) === 0 ? '' : 'witness-'}${name} ${hashToHex(hash)}`;
}

export interface InvMessage {
  readonly type: 'inv';
  readonly items: readonly Inventory[];
}
export interface GetDataMessage {
  readonly type: 'getdata';
  readonly items: readonly Inventory[];
}
export interface NotFoundMessage {
  readonly type: 'notfound';
  readonly items: readonly Inventory[];
}

function readInventory(reader: Reader): Inventory {
  const type = reader.u32();
  return { type, hash: reader.hash() };
}

function inventoryCodec<T extends 'inv' | 'getdata' | 'notfound'>(
  type: T,
): Codec<{ readonly type: T; readonly items: readonly Inventory[] }> {
  return {
    decode: reader => ({ type, items: readList(reader, type, MAX_INV_SIZE, readInventory) }),
    encode: (writer: Writer, { items }) => {
      writer.compactSize(items.length);
      for (const item of items) writer.u32(item.type).bytes(item.hash);
    },
  };
}

export const invCodec: Codec<InvMessage> = inventoryCodec('inv');
export const getDataCodec: Codec<GetDataMessage> = inventoryCodec('getdata');
export const notFoundCodec: Codec<NotFoundMessage> = inventoryCodec('notfound');
