import { saltedHash } from '../../crypto/salted-hash.js';
import { EMPTY_BYTES } from '../../primitives/bytes.js';
import type { Coin } from '../../primitives/coin.js';
import type { OutPoint } from '../../primitives/outpoint.js';
import { IdIndex } from '../id-index.js';
import type { PackedCoin } from './coin-codec.js';
import {
  type ChunkPool,
  CoinRecords,
  CoinState,
  type OutPointAt,
  type OutPointCopy,
  type RecordId,
} from './coin-records.js';

/** What tables file an outpoint under: for who looks it up in several of them. */
export function outPointHash({ txid, vout }: OutPoint): number {
  return saltedHash(txid, 0, vout);
}

/** What is looked for, which nobody keeps: one for all tables, since they are asked all the time. */
const wanted: { -readonly [Part in keyof OutPointAt]: OutPointAt[Part] } = {
  bytes: EMPTY_BYTES,
  at: 0,
  vout: 0,
};

/**
 * Coins by their outpoints, each in a state, in bytes outside of the JavaScript heap: about 90 bytes for a coin that pays
 * to a key hash, index included. The garbage collector does not see them.
 */
export class CoinTable {
  private readonly records: CoinRecords;
  private readonly index: IdIndex<OutPointAt>;

  /** @param pool whose memory the table uses, and gives back when it is cleared */
  constructor(pool: ChunkPool) {
    this.records = new CoinRecords(pool);
    this.index = new IdIndex(this.records);
  }

  /** Coins held, spent ones included. */
  get size(): number {
    return this.index.size;
  }

  /** Those that are not clean. */
  get dirtyCount(): number {
    return this.records.dirtyCount;
  }

  /** Memory that the coins take. */
  get bytes(): number {
    return this.records.bytes + this.index.bytes;
  }

  /** The record of an outpoint, NO_RECORD when there is none. @param hash what {@link outPointHash} gives */
  find(outpoint: OutPoint, hash = outPointHash(outpoint)): RecordId {
    wanted.bytes = outpoint.txid;
    wanted.at = 0;
    wanted.vout = outpoint.vout;
    return this.index.find(hash, wanted);
  }

  /** The record of the outpoint that a record of another table is of. @param hash what that one's {@link hash} gives */
  findOf(other: CoinTable, record: RecordId, hash: number): RecordId {
    return this.index.find(hash, other.records.outPointAt(record));
  }

  /** Adds a coin where there is none. */
  add(outpoint: OutPoint, state: CoinState, packed: PackedCoin): RecordId {
    const id = this.records.add(outpoint, state, packed);
    this.index.add(this.records.hash(id), id);
    return id;
  }

  /** Adds a copy of another table's coin, where there is none. */
  addCopy(other: CoinTable, record: RecordId, state: CoinState, hash: number): void {
    this.index.add(hash, this.records.addCopy(other.records, record, state));
  }

  /** Puts another coin in place of one that is fresh, which it is then too, or of any other, from which it differs. */
  replace(id: RecordId, outpoint: OutPoint, packed: PackedCoin): void {
    const state = this.state(id) === CoinState.FRESH ? CoinState.FRESH : CoinState.CHANGED;
    this.remove(id);
    this.add(outpoint, state, packed);
  }

  /** Spends a coin: a fresh one leaves no trace, of any other it is known that it is gone. */
  spend(id: RecordId): void {
    if (this.state(id) === CoinState.FRESH) this.remove(id);
    else this.setState(id, CoinState.SPENT);
  }

  remove(id: RecordId): void {
    this.index.remove(this.records.hash(id), id);
    this.records.release(id);
  }

  /** Forgets all coins. */
  clear(): void {
    this.index.clear();
    this.records.clear();
  }

  state(id: RecordId): CoinState {
    return this.records.state(id);
  }

  setState(id: RecordId, state: CoinState): void {
    this.records.setState(id, state);
  }

  /** The coin of a record. @throws DecodeError when what was stored is not a coin */
  coin(id: RecordId): Coin {
    return this.records.coin(id);
  }

  /** A view, which is good until the table changes. */
  packed(id: RecordId): PackedCoin {
    return this.records.packed(id);
  }

  /** Its txid is a view, which is good until the table changes. */
  outPoint(id: RecordId): OutPoint {
    return this.records.outPoint(id);
  }

  /** What the outpoint of a record is filed under. */
  hash(id: RecordId): number {
    return this.records.hash(id);
  }

  copyOutPoint(id: RecordId, to: OutPointCopy): void {
    this.records.copyOutPoint(id, to);
  }

  /** See {@link CoinRecords.packedCopy}. */
  packedCopy(id: RecordId): PackedCoin {
    return this.records.packedCopy(id);
  }

  /** All records, in the order in which they lie. The table must not change meanwhile. */
  all(): Iterable<RecordId> {
    return this.records.all();
  }

  /**
   * The records that are not clean. Clean ones may be added or removed between two of them, and any may be made clean or
   * removed once it was met.
   */
  dirty(): Iterable<RecordId> {
    return this.records.dirty();
  }
}
