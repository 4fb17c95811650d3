import { DecodeError, Reader } from '../../primitives/codec.js';
import type { Coin } from '../../primitives/coin.js';
import type { OutPoint } from '../../primitives/outpoint.js';
import { MAX_SCRIPT_SIZE } from '../../script/limits.js';
import { putCompressedAmount, readCompressedAmount } from '../store/amount-compression.js';
import { Scratch } from '../store/scratch.js';
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
 * A coin in its encoding on disk, but for P2PK scripts of 65-byte keys, which stay whole (`raw`): a square root per read is
 * dear.
 */
export type PackedCoin = Uint8Array;

let scratch = new Uint8Array(10_100);

/** Fits every coin with a script that can be spent, and grows for those that have none. */
function reserve(size: number): Uint8Array {
  if (scratch.length < size) scratch = new Uint8Array(size);
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

/** The packed form of a coin: a view that is good until the next call. */
export function packCoin(coin: Coin): PackedCoin {
  const end = encodeInto(coin, 'raw');
  return scratch.subarray(0, end);
}

/** Upper bound of a packed coin whose script can be spent: three numbers before it, of the length the last. */
const MAX_PACKED_SIZE = MAX_HEIGHT_CODE_SIZE + MAX_AMOUNT_SIZE + 3 + MAX_SCRIPT_SIZE;

/**
 * The packed form of what {@link encodeCoin} made. Not checked until it is unpacked, unless it is too long.
 *
 * @throws DecodeError when it is too long, and not a coin
 */
export function packStored(stored: Uint8Array): PackedCoin {
  return stored.length <= MAX_PACKED_SIZE ? stored : packCoin(decodeCoin(stored)).slice();
}

/**
 * Reads a packed coin that ends before `end`. The script is a copy.
 *
 * @throws DecodeError when what was stored is not a coin
 */
export function unpackCoin(reader: Reader, end: number): Coin {
  const coin = readCoin(reader);
  if (reader.position !== end) throw new DecodeError('coin of wrong length');
  return coin;
}

/** A packed coin can hold a whole P2PK script only if it has its 67 bytes and three numbers of at least one byte. */
const LEAST_PACKED_WITH_KEY = 70;

/** The bytes to store for a packed coin. */
export function packedToStored(packed: PackedCoin): Uint8Array {
  return packed.length < LEAST_PACKED_WITH_KEY ? packed : encodeCoin(decodeCoin(packed));
}

/** Key of a coin in the database: `C`, txid, VarInt of the output's index. */
export function coinDbKey(outpoint: OutPoint): Uint8Array {
  return putDbKey(Buffer.allocUnsafe(dbKeySize(outpoint)), outpoint);
}

const MAX_DB_KEY_SIZE = 1 + TXID_SIZE + 5;
const dbKeys = new Scratch(MAX_DB_KEY_SIZE);

/** The same as a view that is good until the next call. */
export function coinDbKeyView(outpoint: OutPoint): Uint8Array {
  return putDbKey(dbKeys.view(dbKeySize(outpoint)), outpoint);
}

function dbKeySize({ vout }: OutPoint): number {
  return 1 + TXID_SIZE + varIntSize(vout);
}

function putDbKey(target: Uint8Array, { txid, vout }: OutPoint): Uint8Array {
  target[0] = COIN_PREFIX;
  target.set(txid, 1);
  putVarInt(target, 1 + TXID_SIZE, vout);
  return target;
}

/** Txid and index from a key made by {@link coinDbKey}. The txid is a view. */
export function parseCoinDbKey(dbKey: Uint8Array): OutPoint {
  if (dbKey[0] !== COIN_PREFIX || dbKey.length <= TXID_SIZE + 1)
    throw new DecodeError('not the key of a coin');
  const reader = new Reader(dbKey, 1 + TXID_SIZE);
  const vout = readVarInt(reader, 0xffffffff);
  reader.finish();
  return { txid: dbKey.subarray(1, 1 + TXID_SIZE), vout };
}
