import { asBuffer } from '../../primitives/bytes.js';
import { DecodeError, Reader } from '../../primitives/codec.js';
import type { Coin } from '../../primitives/coin.js';
import type { OutPointKey } from '../../primitives/outpoint.js';
import { putCompressedAmount, readCompressedAmount } from '../store/amount-compression.js';
import {
  type KeyForm,
  maxCompressedScriptSize,
  putCompressedScript,
  readCompressedScript,
} from '../store/script-compression.js';
import { putVarInt, readVarInt, varIntSize } from '../store/varint.js';

/** First byte of the key of a coin. */
export const COIN_PREFIX = 0x43;

const TXID_SIZE = 32;

/**
 * A coin in its encoding on disk, as a latin1 string. A string of 30 characters costs 48 bytes of heap, where an object
 * with a byte array for its script costs about 300; the cache holds millions of them.
 *
 * In memory P2PK scripts of 65-byte keys stay whole (`raw`), since a square root per read is dear; on disk they do not.
 */
export type PackedCoin = string & { readonly __brand: 'PackedCoin' };

/** Fits every coin with a script that can be spent; larger ones get a buffer of their own. */
let scratch = Buffer.allocUnsafe(10_100);
let scratchReader = new Reader(scratch);

function reserve(size: number): Buffer {
  if (scratch.length < size) {
    scratch = Buffer.allocUnsafe(size);
    scratchReader = new Reader(scratch);
  }
  return scratch;
}

function heightCode(coin: Coin): number {
  return coin.height * 2 + (coin.coinbase ? 1 : 0);
}

/** Most bytes of a compressed amount. */
const MAX_AMOUNT_SIZE = 10;

/** Upper bound of {@link putTxOut}'s size. */
export function maxTxOutSize(coin: Coin): number {
  return MAX_AMOUNT_SIZE + maxCompressedScriptSize(coin.script);
}

/** Writes compressed amount and script (Core's TxOutCompression); returns where they end. */
export function putTxOut(target: Uint8Array, at: number, coin: Coin, keys: KeyForm = 'point'): number {
  return putCompressedScript(target, putCompressedAmount(target, at, coin.value), coin.script, keys);
}

/** Height and coinbase flag in one number, as coins and undo data begin. */
export function putHeightCode(target: Uint8Array, at: number, coin: Coin): number {
  return putVarInt(target, at, heightCode(coin));
}

/** Most bytes of {@link putHeightCode}. */
export const MAX_HEIGHT_CODE_SIZE = 5;

function encodeInto(coin: Coin, keys: KeyForm): number {
  const target = reserve(MAX_HEIGHT_CODE_SIZE + maxTxOutSize(coin));
  return putTxOut(target, putHeightCode(target, 0, coin), coin, keys);
}

/** The value under which a coin is stored: VarInt(height·2 + coinbase), compressed amount, compressed script. */
export function encodeCoin(coin: Coin): Uint8Array {
  const end = encodeInto(coin, 'point');
  return Buffer.from(scratch.subarray(0, end));
}

/** @throws DecodeError on anything that is not an encoded coin */
export function decodeCoin(bytes: Uint8Array): Coin {
  const reader = new Reader(bytes);
  const coin = readCoin(reader);
  reader.finish();
  return coin;
}

function readCoin(reader: Reader): Coin {
  const { height, coinbase } = readHeightCode(reader);
  return readTxOut(reader, height, coinbase);
}

/** Reads what {@link putHeightCode} wrote. */
export function readHeightCode(reader: Reader): Pick<Coin, 'height' | 'coinbase'> {
  const code = readVarInt(reader, 0xffffffff);
  return { height: Math.floor(code / 2), coinbase: code % 2 === 1 };
}

/** Reads what {@link putTxOut} wrote, as a coin of that height. */
export function readTxOut(reader: Reader, height: number, coinbase: boolean): Coin {
  const value = readCompressedAmount(reader);
  const script = readCompressedScript(reader);
  return { value, script, height, coinbase };
}

export function packCoin(coin: Coin): PackedCoin {
  const end = encodeInto(coin, 'raw');
  return scratch.toString('latin1', 0, end) as PackedCoin;
}

/** The packed form of what {@link encodeCoin} made. Not checked until it is unpacked. */
export function packStored(stored: Uint8Array): PackedCoin {
  return asBuffer(stored).toString('latin1') as PackedCoin;
}

/**
 * Goes through one buffer that is used again and again, which is twice as fast as a new one.
 *
 * @throws DecodeError when what was stored is not a coin
 */
export function unpackCoin(packed: PackedCoin): Coin {
  const { length } = packed;
  reserve(length).write(packed, 0, 'latin1');
  scratchReader.position = 0;
  const coin = readCoin(scratchReader);
  if (scratchReader.position !== length) throw new DecodeError('coin of wrong length');
  return coin;
}

/** A packed coin can hold a whole P2PK script only if it has its 67 bytes and three numbers of at least one byte. */
const LEAST_PACKED_WITH_KEY = 70;

/** The bytes to store for a packed coin. */
export function packedToStored(packed: PackedCoin): Uint8Array {
  const bytes = Buffer.from(packed, 'latin1');
  return packed.length < LEAST_PACKED_WITH_KEY ? bytes : encodeCoin(decodeCoin(bytes));
}

/** Key of a coin in the database: `C`, txid, VarInt of the output's index. */
export function coinDbKey(key: OutPointKey): Uint8Array {
  const outpoint = Buffer.from(key, 'latin1');
  const vout = outpoint.readUInt32LE(TXID_SIZE);
  const dbKey = Buffer.allocUnsafe(1 + TXID_SIZE + varIntSize(vout));
  dbKey[0] = COIN_PREFIX;
  outpoint.copy(dbKey, 1, 0, TXID_SIZE);
  putVarInt(dbKey, 1 + TXID_SIZE, vout);
  return dbKey;
}

/** Txid and index from a key made by {@link coinDbKey}. The txid is a view. */
export function parseCoinDbKey(dbKey: Uint8Array): { txid: Uint8Array; vout: number } {
  if (dbKey[0] !== COIN_PREFIX || dbKey.length <= TXID_SIZE + 1)
    throw new DecodeError('not the key of a coin');
  const reader = new Reader(dbKey, 1 + TXID_SIZE);
  const vout = readVarInt(reader, 0xffffffff);
  reader.finish();
  return { txid: dbKey.subarray(1, 1 + TXID_SIZE), vout };
}
