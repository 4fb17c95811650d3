import type { ChainParams } from '../../consensus/params.js';
import { isMoney } from '../../primitives/amount.js';
import type { Hash256 } from '../../primitives/bytes.js';
import { DecodeError } from '../../primitives/codec.js';
import type { Coin } from '../../primitives/coin.js';
import { MAX_SCRIPT_SIZE } from '../../script/limits.js';
import { readHeightCode } from '../coins/coin-codec.js';
import type { CoinRecord } from '../coins/coins-db.js';
import { readCompressedAmount } from '../store/amount-compression.js';
import { peekScriptLength, readCompressedScript, UNSPENDABLE_SCRIPT } from '../store/script-compression.js';
import { readVarInt } from '../store/varint.js';
import { BufferedInput, type ReadBytes } from './buffered-input.js';
import { decodeSnapshotHeader, SNAPSHOT_HEADER_SIZE, type SnapshotMetadata } from './snapshot-format.js';

/** The coins of a snapshot are not what it promises, or not coins: Core's text. */
export class BadSnapshot extends Error {
  override readonly name = 'BadSnapshot';
}

/** Coins handed over at a time: a few milliseconds of work for who takes them. */
const LOT_COINS = 1000;

/** Most bytes before a script: txid, two CompactSizes, and VarInts of height, amount and script. */
const LONGEST_PREFIX = 32 + 9 + 9 + 5 + 10 + 5;
/** Bytes at hand that hold any coin whose script is kept, with the head of its transaction. */
const LONGEST_COIN = LONGEST_PREFIX + MAX_SCRIPT_SIZE;

/** Reads a snapshot from its beginning to its end, holding no more than a lot of coins. */
export class SnapshotReader {
  private processed = 0;
  private lot: CoinRecord[] = [];
  /** Bytes of a script that is too long to be kept, before the next coin. */
  private toSkip = 0;

  private constructor(
    private readonly input: BufferedInput,
    readonly metadata: SnapshotMetadata,
  ) {}

  /** @throws DecodeError in Core's words, when it is no snapshot of this network that we can read */
  static async open(read: ReadBytes, params: ChainParams): Promise<SnapshotReader> {
    const input = new BufferedInput(read);
    await input.fill(SNAPSHOT_HEADER_SIZE);
    const { reader } = input;
    const header = reader.take(Math.min(SNAPSHOT_HEADER_SIZE, reader.remaining));
    return new SnapshotReader(input, decodeSnapshotHeader(header, params));
  }

  /**
   * All coins, once. A coin is the caller's; a txid is shared by the coins of its transaction.
   *
   * @param baseHeight height of the block that they are as after: none can be from above it
   * @throws BadSnapshot at the first thing that is wrong
   */
  async *coins(baseHeight: number): AsyncGenerator<readonly CoinRecord[], void, undefined> {
    const { coinsCount } = this.metadata;
    try {
      while (this.processed < coinsCount) yield* this.transaction(baseHeight);
    } catch (thrown) {
      if (!(thrown instanceof DecodeError)) throw thrown;
      throw new BadSnapshot(
        `Bad snapshot format or truncated snapshot after deserializing ${this.processed} coins`,
      );
    }
    if (this.lot.length > 0) yield this.takeLot();
    await this.input.fill(1);
    if (this.input.reader.isDone) return;
    throw new BadSnapshot(`Bad snapshot - coins left over after deserializing ${coinsCount} coins`);
  }

  /** The coins of one transaction; full lots are handed over. */
  private async *transaction(baseHeight: number): AsyncGenerator<readonly CoinRecord[], void, undefined> {
    const { input, metadata } = this;
    await input.fill(LONGEST_COIN);
    // A copy: what is at hand moves on.
    const txid = Buffer.from(input.reader.hash());
    const count = input.reader.compactSize();
    if (count > metadata.coinsCount - this.processed) {
      throw new BadSnapshot('Mismatch in coins count in snapshot metadata and actual snapshot data');
    }
    for (let i = 0; i < count; i++) {
      // Nearly always all is at hand: to wait for nothing costs more than to read a coin.
      if (input.reader.remaining < LONGEST_COIN) await input.fill(LONGEST_COIN);
      const record = this.readCoin(txid);
      if (this.toSkip > 0) await this.skipScript();
      this.check(record.coin, baseHeight);
      this.lot.push(record);
      this.processed++;
      if (this.lot.length === LOT_COINS) yield this.takeLot();
    }
  }

  private readCoin(txid: Hash256): CoinRecord {
    const { reader } = this.input;
    const vout = reader.compactSize();
    const { height, coinbase } = readHeightCode(reader);
    const value = readCompressedAmount(reader);
    return { txid, vout, coin: { value, script: this.readScript(), height, coinbase } };
  }

  /** The script, or, for one that is too long to be spent, what Core keeps in its place. */
  private readScript(): Uint8Array {
    const { reader } = this.input;
    const length = peekScriptLength(reader);
    if (length <= MAX_SCRIPT_SIZE) return readCompressedScript(reader);
    readVarInt(reader);
    this.toSkip = length;
    return UNSPENDABLE_SCRIPT;
  }

  private async skipScript(): Promise<void> {
    await this.input.skip(this.toSkip);
    this.toSkip = 0;
  }

  private check({ height, value }: Coin, baseHeight: number): void {
    const where = `Bad snapshot data after deserializing ${this.processed} coins`;
    if (height > baseHeight) throw new BadSnapshot(where);
    if (!isMoney(value)) throw new BadSnapshot(`${where} - bad tx out value`);
  }

  private takeLot(): readonly CoinRecord[] {
    const { lot } = this;
    this.lot = [];
    return lot;
  }
}
