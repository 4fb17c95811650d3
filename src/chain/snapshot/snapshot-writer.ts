import { bytesEqual, type Hash256 } from '../../primitives/bytes.js';
import { Writer } from '../../primitives/codec.js';
import { encodeCoin } from '../coins/coin-codec.js';
import type { CoinRecord } from '../coins/coins-db.js';
import { encodeSnapshotHeader, SNAPSHOT_HEADER_SIZE } from './snapshot-format.js';

/** Where a snapshot is written to. */
export interface SnapshotTarget {
  /** Writes all of `bytes` from byte `at` on. */
  write(bytes: Uint8Array, at: number): Promise<void>;
}

/** Bytes collected before they are written: large enough that the calls do not matter. */
const WRITE_LOT_BYTES = 1 << 20;

/** Writes a snapshot, coin by coin in the order of the database. The header, with the number of coins, is written last. */
export class SnapshotWriter {
  private pending = new Writer(WRITE_LOT_BYTES);
  private position = SNAPSHOT_HEADER_SIZE;
  private txid: Hash256 | undefined;
  /** Coins of the transaction at hand. */
  private group = new Writer();
  private groupSize = 0;
  private coins = 0;

  constructor(
    private readonly target: SnapshotTarget,
    private readonly magic: Uint8Array,
  ) {}

  async add(lot: readonly CoinRecord[]): Promise<void> {
    for (const { txid, vout, coin } of lot) {
      if (this.txid === undefined || !bytesEqual(this.txid, txid)) this.endGroup();
      this.txid = txid;
      this.group.compactSize(vout).bytes(encodeCoin(coin));
      this.groupSize++;
      this.coins++;
    }
    if (this.pending.size >= WRITE_LOT_BYTES) await this.writePending();
  }

  /** @returns the number of coins written */
  async finish(baseHash: Hash256): Promise<number> {
    this.endGroup();
    await this.writePending();
    await this.target.write(encodeSnapshotHeader(this.magic, { baseHash, coinsCount: this.coins }), 0);
    return this.coins;
  }

  private endGroup(): void {
    if (this.txid === undefined) return;
    this.pending.bytes(this.txid).compactSize(this.groupSize).bytes(this.group.finish());
    this.group = new Writer();
    this.groupSize = 0;
  }

  private async writePending(): Promise<void> {
    const bytes = this.pending.finish();
    this.pending = new Writer(WRITE_LOT_BYTES);
    await this.target.write(bytes, this.position);
    this.position += bytes.length;
  }
}
