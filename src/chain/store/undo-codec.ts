import { compactSizeLength, DecodeError, Reader } from '../../primitives/codec.js';
import type { Coin } from '../../primitives/coin.js';
import type { BlockUndo } from '../chain.js';
import {
  MAX_HEIGHT_CODE_SIZE,
  maxTxOutSize,
  putHeightCode,
  putTxOut,
  readTxOut,
} from '../coins/coin-codec.js';
import { readVarInt } from './varint.js';

/*
 * Core's CBlockUndo: for every transaction but the coinbase its number of inputs, and for every input the coin it spent:
 * VarInt(height·2 + coinbase), a zero byte when the height is not zero, compressed amount and script. Counts are
 * CompactSizes. The zero is where old versions wrote the version of the transaction.
 */

/** Smallest encoding of a coin: three numbers and an empty script's length share at least this. */
const MIN_COIN_SIZE = 3;

export function encodeBlockUndo(undo: BlockUndo): Uint8Array {
  const target = new Uint8Array(maxUndoSize(undo));
  let at = putCompactSize(target, 0, undo.length);
  for (const coins of undo) {
    at = putCompactSize(target, at, coins.length);
    for (const coin of coins) at = putSpentCoin(target, at, coin);
  }
  return target.subarray(0, at);
}

/** @throws DecodeError on anything that is not the undo data of a block */
export function decodeBlockUndo(bytes: Uint8Array): BlockUndo {
  const reader = new Reader(bytes);
  const undo = readList(reader, 1, () => readList(reader, MIN_COIN_SIZE, () => readSpentCoin(reader)));
  reader.finish();
  return undo;
}

/** Most bytes of a count. */
const MAX_COUNT_SIZE = 5;

function maxUndoSize(undo: BlockUndo): number {
  let size = MAX_COUNT_SIZE;
  for (const coins of undo) {
    size += MAX_COUNT_SIZE;
    for (const coin of coins) size += MAX_HEIGHT_CODE_SIZE + 1 + maxTxOutSize(coin);
  }
  return size;
}

function putSpentCoin(target: Uint8Array, start: number, coin: Coin): number {
  let at = putHeightCode(target, start, coin);
  if (coin.height > 0) target[at++] = 0;
  return putTxOut(target, at, coin);
}

function putCompactSize(target: Uint8Array, at: number, value: number): number {
  const width = compactSizeLength(value);
  target[at] = width === 1 ? value : width === 3 ? 0xfd : 0xfe;
  for (let i = 1; i < width; i++) target[at + i] = value >>> (8 * (i - 1));
  return at + width;
}

function readList<T>(reader: Reader, minItemSize: number, readItem: () => T): T[] {
  const count = reader.compactSize();
  if (count * minItemSize > reader.remaining) throw new DecodeError('unexpected end of data');
  const items: T[] = [];
  for (let i = 0; i < count; i++) items.push(readItem());
  return items;
}

function readSpentCoin(reader: Reader): Coin {
  const code = readVarInt(reader, 0xffffffff);
  const height = Math.floor(code / 2);
  if (height > 0) readVarInt(reader);
  return readTxOut(reader, height, code % 2 === 1);
}
