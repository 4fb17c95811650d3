import { createHash, type Hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { sha256 } from '../../crypto/hash.js';
import { MuHash3072 } from '../../crypto/muhash.js';
import { bytesEqual, type Hash256 } from '../../primitives/bytes.js';
import { Writer } from '../../primitives/codec.js';
import { defined } from '../../runtime/errors.js';
import type { UtxoHashType, UtxoStats } from '../chain.js';
import type { CoinRecord, CoinsStore } from './coins-db.js';

/** Coins between two turns of the event loop: MuHash takes about 20 µs for one. */
const COINS_PER_TURN = 250;

/** txid 32, index 4, height and coinbase 4, amount 8, length of the script 2: fixed, whatever a database takes. */
const BOGO_OVERHEAD = 50;

/** Core's measure of a coin's size that does not depend on the database. */
export function bogoSize(script: Uint8Array): number {
  return BOGO_OVERHEAD + script.length;
}

/** A coin as it goes into both hashes of the set: outpoint, height·2 + coinbase (4 bytes), output as in a transaction. */
export function serializeForHash(record: CoinRecord): Uint8Array {
  return writeForHash(new Writer(64 + record.coin.script.length), record).finish();
}

function writeForHash(writer: Writer, { txid, vout, coin }: CoinRecord): Writer {
  return writer
    .bytes(txid)
    .u32(vout)
    .u32(coin.height * 2 + (coin.coinbase ? 1 : 0))
    .amount(coin.value)
    .varBytes(coin.script);
}

/** Bytes collected before they are hashed: one call per coin would cost more than the hash. */
const HASH_LOT_BYTES = 32 << 10;

interface SetHash {
  add(record: CoinRecord): void;
  finish(): Hash256 | undefined;
}

/** Double SHA-256 of all coins in order. */
class SerializedHash implements SetHash {
  private readonly context: Hash = createHash('sha256');
  private pending = new Writer(HASH_LOT_BYTES);

  add(record: CoinRecord): void {
    writeForHash(this.pending, record);
    if (this.pending.size >= HASH_LOT_BYTES) this.hashPending();
  }

  finish(): Hash256 {
    this.hashPending();
    return sha256(this.context.digest());
  }

  private hashPending(): void {
    this.context.update(this.pending.finish());
    this.pending = new Writer(HASH_LOT_BYTES);
  }
}

/** Order does not matter to this one, so that an index can keep it up to date. */
class MuHash implements SetHash {
  private readonly set = new MuHash3072();

  add(record: CoinRecord): void {
    this.set.insert(serializeForHash(record));
  }

  finish(): Hash256 {
    return this.set.digest();
  }
}

const NO_HASH: SetHash = { add: () => {}, finish: () => undefined };

function setHash(type: UtxoHashType): SetHash {
  switch (type) {
    case 'hash_serialized_3':
      return new SerializedHash();
    case 'muhash':
      return new MuHash();
    case 'none':
      return NO_HASH;
  }
}

/** Puts the coins of each transaction in the order of their indexes, which is not quite the order of the database. */
class TransactionOrder {
  private pending: CoinRecord[] = [];

  /** Takes the next coin of the database; returns those of the transaction before, when that is complete. */
  push(record: CoinRecord): readonly CoinRecord[] {
    const first = this.pending[0];
    if (first === undefined || bytesEqual(first.txid, record.txid)) {
      this.pending.push(record);
      return [];
    }
    const complete = this.finish();
    this.pending = [record];
    return complete;
  }

  finish(): readonly CoinRecord[] {
    const complete = this.pending;
    this.pending = [];
    return complete.length < 2 ? complete : complete.sort((a, b) => a.vout - b.vout);
  }
}

/** What is counted of a set of coins, and its hash. */
export type UtxoTotals = Pick<UtxoStats, 'transactions' | 'outputs' | 'bogoSize' | 'totalAmount' | 'hash'>;

/** Counts and hashes coins that come in the order of the database. */
export class UtxoCounter {
  private readonly hash: SetHash;
  private readonly order = new TransactionOrder();
  private readonly totals = { transactions: 0, outputs: 0, bogoSize: 0, totalAmount: 0 };

  constructor(hashType: UtxoHashType) {
    this.hash = setHash(hashType);
  }

  add(record: CoinRecord): void {
    this.takeTransaction(this.order.push(record));
  }

  finish(): UtxoTotals {
    this.takeTransaction(this.order.finish());
    return { ...this.totals, hash: this.hash.finish() };
  }

  private takeTransaction(coins: readonly CoinRecord[]): void {
    if (coins.length === 0) return;
    const { totals, hash } = this;
    totals.transactions++;
    for (const record of coins) {
      totals.outputs++;
      totals.bogoSize += bogoSize(record.coin.script);
      totals.totalAmount += record.coin.value;
      hash.add(record);
    }
  }
}

/** Told to, a computation over all coins breaks off. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * Counts all coins of a store, handing each lot to `visit` when it was counted. Gives the event loop its turns; coins
 * written meanwhile are not seen, since the walk begins in this very call.
 *
 * @throws Interrupted when `isStopping` comes to be true
 */
export async function countCoins(
  store: CoinsStore,
  hashType: UtxoHashType,
  isStopping: () => boolean,
  visit?: (lot: readonly CoinRecord[]) => Promise<void>,
): Promise<UtxoTotals> {
  const counter = new UtxoCounter(hashType);
  let sinceTurn = 0;
  for await (const lot of store.iterate()) {
    for (const record of lot) {
      counter.add(record);
      if (++sinceTurn < COINS_PER_TURN) continue;
      sinceTurn = 0;
      await setImmediate();
    }
    if (isStopping()) throw new Interrupted('Counting the coins was interrupted');
    await visit?.(lot);
  }
  return counter.finish();
}

/**
 * Counts and hashes all coins in the database (flush the cache first), as {@link countCoins} does.
 *
 * @param heightOf height of a block by its hash
 */
export async function computeUtxoStats(
  store: CoinsStore,
  hashType: UtxoHashType,
  heightOf: (block: Hash256) => number,
  isStopping: () => boolean = () => false,
): Promise<UtxoStats> {
  const bestBlock = defined(store.bestBlock(), 'best block of a flushed coins database');
  const totals = await countCoins(store, hashType, isStopping);
  const diskSize = await store.estimateSize();
  return { height: heightOf(bestBlock), bestBlock, ...totals, diskSize };
}
