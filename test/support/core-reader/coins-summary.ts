import { createHash } from 'node:crypto';
import { hashText } from './hashing.js';
import type { CoinData } from './undo.js';

/** What gettxoutsetinfo says of a set of coins. */
export interface CoinsSummary {
  readonly txouts: number;
  readonly transactions: number;
  readonly bogosize: number;
  /** Satoshis. */
  readonly total: bigint;
  readonly hashSerialized: string;
}

/** Txid, index, height and coinbase, value, and two bytes for the length of a script, as Core reckons. */
const BOGO_SIZE = 32 + 4 + 4 + 8 + 2;

function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function lengthPrefix(length: number): Uint8Array {
  if (length < 253) return Uint8Array.of(length);
  const bytes = Buffer.alloc(3, 253);
  bytes.writeUInt16LE(length, 1);
  return bytes;
}

/**
 * Sums a set up. `hashSerialized` is the double SHA-256 of all coins in the order of their txids' bytes, then of their
 * index: outpoint, twice the height with the coinbase bit, value, script behind its length.
 */
export function summarize(coins: ReadonlyMap<string, CoinData>): CoinsSummary {
  const rows = [...coins].map(([outpoint, coin]) => {
    const [text = '', index = ''] = outpoint.split(':');
    return { txid: Buffer.from(text, 'hex').reverse(), index: Number(index), coin };
  });
  rows.sort((a, b) => Buffer.compare(a.txid, b.txid) || a.index - b.index);
  const first = createHash('sha256');
  let [bogosize, total] = [0, 0n];
  for (const { txid, index, coin } of rows) {
    const value = Buffer.alloc(8);
    value.writeBigInt64LE(coin.value);
    first.update(txid).update(u32(index));
    first.update(u32(coin.height * 2 + (coin.coinbase ? 1 : 0))).update(value);
    first.update(lengthPrefix(coin.script.length)).update(coin.script);
    bogosize += BOGO_SIZE + coin.script.length;
    total += coin.value;
  }
  const hash = createHash('sha256').update(first.digest()).digest();
  const transactions = new Set(rows.map(({ txid }) => txid.toString('hex'))).size;
  return { txouts: rows.length, transactions, bogosize, total, hashSerialized: hashText(hash) };
}
