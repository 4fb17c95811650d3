import type { Reader, Writer } from '../../primitives/codec.js';
import { DecodeError } from '../../primitives/codec.js';
import { CountRows } from './count-rows.js';
import { type BucketRange, type EstimateDetail, NO_RANGE } from './estimate.js';

export interface HorizonParams {
  /** Periods that are told apart. */
  readonly periods: number;
  /** Blocks of a period. */
  readonly scale: number;
  /** Factor by which data lose weight with each block. */
  readonly decay: number;
  /** Transactions per block, on average, that a range needs for an answer. */
  readonly sufficientTxs: number;
}

/** Longest target that a file may hold: one week of blocks. */
const MAX_CONFIRMS = 6 * 24 * 7;

/**
 * How long transactions of each feerate bucket took to confirm, as moving averages over blocks, and how many wait now.
 * Feerates are in satoshis per 1000 vbytes.
 */
export class ConfirmStats {
  private decay: number;
  private scale: number;
  /** Per bucket: transactions that confirmed, and the sum of their feerates. */
  private txCounts: Float64Array;
  private feeRateSums: Float64Array;
  /** [period][bucket]: confirmed within that many periods; left unconfirmed after more than that. */
  private confirmed: CountRows<Float64Array>;
  private failed: CountRows<Float64Array>;
  /** [height modulo length][bucket]: waiting since that height. Longer ones are in `waitingLong`. */
  private waiting: CountRows<Int32Array>;
  private waitingLong: Int32Array;
  /** Buckets in which anything was ever counted, the last included: the others hold zeroes, and there are many of them. */
  private low: number;
  private high = -1;

  /** @param buckets upper bounds of the buckets, rising; the last is beyond all feerates */
  constructor(
    private readonly buckets: readonly number[],
    private readonly params: HorizonParams,
  ) {
    this.decay = params.decay;
    this.scale = params.scale;
    this.low = buckets.length;
    this.txCounts = new Float64Array(buckets.length);
    this.feeRateSums = new Float64Array(buckets.length);
    this.confirmed = averages(params.periods, buckets.length);
    this.failed = averages(params.periods, buckets.length);
    this.waitingLong = new Int32Array(buckets.length);
    this.waiting = this.noneWaiting();
  }

  /** Longest target, in blocks. */
  get maxConfirms(): number {
    return this.scale * this.confirmed.length;
  }

  /** A new block: who waits since so long that the ring comes round again counts as waiting long. */
  clearCurrent(height: number): void {
    const ring = this.waiting.peek(height % this.waiting.length);
    if (ring === undefined) return;
    for (let bucket = this.low; bucket <= this.high; bucket++) {
      this.waitingLong[bucket] = (this.waitingLong[bucket] as number) + (ring[bucket] as number);
      ring[bucket] = 0;
    }
  }

  /** A new block: all that was counted before weighs less. */
  decayAverages(): void {
    const { low, high, decay } = this;
    for (const values of [
      this.txCounts,
      this.feeRateSums,
      ...this.confirmed.filled(),
      ...this.failed.filled(),
    ])
      for (let i = low; i <= high; i++) values[i] = (values[i] as number) * decay;
  }

  /** A transaction confirmed; {@link recordWait} is to tell after how many blocks. */
  record(bucket: number, feeRate: number): void {
    this.use(bucket);
    bump(this.txCounts, bucket, 1);
    bump(this.feeRateSums, bucket, feeRate);
  }

  /** So many transactions of a bucket confirmed after so many blocks (at least 1). */
  recordWait(blocks: number, bucket: number, transactions: number): void {
    this.use(bucket);
    for (let period = Math.ceil(blocks / this.scale); period <= this.confirmed.length; period++) {
      const row = this.confirmed.row(period - 1);
      row[bucket] = countedOn(row[bucket] as number, transactions);
    }
  }

  /** A transaction entered the mempool at a height. */
  add(height: number, bucket: number): void {
    this.use(bucket);
    bump(this.waiting.row(height % this.waiting.length), bucket, 1);
  }

  /** A transaction left the mempool; unless into a block, that is a failure of all targets it waited out. */
  remove(entryHeight: number, bestHeight: number, bucket: number, inBlock: boolean): void {
    const blocksAgo = bestHeight === 0 ? 0 : bestHeight - entryHeight;
    if (blocksAgo < 0) return;
    const from =
      blocksAgo >= this.waiting.length
        ? this.waitingLong
        : this.waiting.row(entryHeight % this.waiting.length);
    if ((from[bucket] as number) > 0) bump(from, bucket, -1);
    if (inBlock || blocksAgo < this.scale) return;
    this.use(bucket);
    const periods = Math.min(Math.floor(blocksAgo / this.scale), this.failed.length);
    for (let i = 0; i < periods; i++) bump(this.failed.row(i), bucket, 1);
  }

  /**
   * The median feerate of the lowest range of buckets whose transactions, and those of all higher ones, confirm within
   * `target` blocks with at least the probability `threshold`. Ranges are made wide enough to hold enough data.
   */
  estimate(target: number, threshold: number, bestHeight: number): EstimateDetail {
    const search = new RangeSearch(this.buckets);
    const waiting = this.waitingFor(target, bestHeight);
    const period = Math.ceil(target / this.scale) - 1;
    const enough = this.params.sufficientTxs / (1 - this.decay);
    for (let bucket = this.buckets.length - 1; bucket >= 0; bucket--) {
      search.add(bucket, {
        confirmed: this.confirmed.at(period, bucket),
        total: this.txCounts[bucket] as number,
        failed: this.failed.at(period, bucket),
        waiting: waiting[bucket] as number,
      });
      search.judge(enough, threshold);
    }
    const { pass, fail, buckets } = search.finish();
    const median = buckets === undefined ? -1 : this.median(buckets.low, buckets.high);
    return {
      median,
      pass: median < 0 ? { ...pass, start: -1, end: -1 } : pass,
      fail,
      decay: this.decay,
      scale: this.scale,
    };
  }

  /** Per bucket, transactions that wait since at least `target` blocks. */
  private waitingFor(target: number, bestHeight: number): Int32Array {
    const counts = this.waitingLong.slice();
    for (let blocks = target; blocks < this.maxConfirms; blocks++) {
      // Unsigned, as in Core: below genesis the ring goes on.
      const row = this.waiting.peek(((bestHeight - blocks) >>> 0) % this.waiting.length);
      if (row === undefined) continue;
      for (let bucket = this.low; bucket <= this.high; bucket++)
        counts[bucket] = (counts[bucket] as number) + (row[bucket] as number);
    }
    return counts;
  }

  /** Mean feerate of the bucket that holds the median transaction of a range; -1 for an empty range. */
  private median(low: number, high: number): number {
    let half = 0;
    for (let bucket = low; bucket <= high; bucket++) half += this.txCounts[bucket] as number;
    if (half === 0) return -1;
    half /= 2;
    for (let bucket = low; bucket <= high; bucket++) {
      const count = this.txCounts[bucket] as number;
      if (count >= half) return (this.feeRateSums[bucket] as number) / count;
      half -= count;
    }
    return -1;
  }

  /** In Core's form: what is in the mempool now is not part of it. */
  write(writer: Writer): void {
    writer.f64(this.decay).u32(this.scale);
    writeDoubles(writer, this.feeRateSums);
    writeDoubles(writer, this.txCounts);
    const zeroes = new Float64Array(this.buckets.length);
    for (const rows of [this.confirmed, this.failed]) {
      writer.compactSize(rows.length);
      for (let i = 0; i < rows.length; i++) writeDoubles(writer, rows.peek(i) ?? zeroes);
    }
  }

  /** @throws DecodeError for numbers that cannot be */
  static read(reader: Reader, buckets: readonly number[], params: HorizonParams): ConfirmStats {
    const stats = new ConfirmStats(buckets, params);
    const count = buckets.length;
    stats.decay = reader.f64();
    if (!(stats.decay > 0 && stats.decay < 1))
      throw new DecodeError('Corrupt estimates file. Decay must be between 0 and 1 (non-inclusive)');
    stats.scale = reader.u32();
    if (stats.scale === 0) throw new DecodeError('Corrupt estimates file. Scale must be non-zero');
    stats.feeRateSums = readRow(reader, count, 'feerate average bucket count');
    stats.txCounts = readRow(reader, count, 'tx count bucket count');
    const periods = reader.compactSize();
    if (periods < 1 || periods * stats.scale > MAX_CONFIRMS) {
      const range = 'between 1 and 1008 (one week) confirms';
      throw new DecodeError(`Corrupt estimates file.  Must maintain estimates for ${range}`);
    }
    const rows = (what: string) => {
      const table = averages(periods, count);
      for (let i = 0; i < periods; i++) table.row(i).set(readRow(reader, count, what));
      return table;
    };
    stats.confirmed = rows('feerate conf average bucket count');
    if (reader.compactSize() !== periods)
      throw new DecodeError('Corrupt estimates file. Mismatch in confirms tracked for failures');
    stats.failed = rows('one of failure average bucket counts');
    stats.low = 0;
    stats.high = count - 1;
    stats.waiting = stats.noneWaiting();
    return stats;
  }

  private use(bucket: number): void {
    if (bucket < this.low) this.low = bucket;
    if (bucket > this.high) this.high = bucket;
  }

  private noneWaiting(): CountRows<Int32Array> {
    return new CountRows(this.maxConfirms, () => new Int32Array(this.buckets.length));
  }
}

interface Counts {
  confirmed: number;
  total: number;
  failed: number;
  waiting: number;
}

/** Goes down through the buckets, puts them into ranges with enough data, and remembers the last good one. */
class RangeSearch {
  private counts: Counts = { confirmed: 0, total: 0, failed: 0, waiting: 0 };
  /** Transactions since the last time there were enough. */
  private partial = 0;
  private near: number;
  private far: number;
  private isNewRange = true;
  private passing = true;
  private best: { low: number; high: number } | undefined;
  private pass: BucketRange = NO_RANGE;
  private fail: BucketRange = NO_RANGE;

  constructor(private readonly buckets: readonly number[]) {
    this.near = this.far = buckets.length - 1;
  }

  add(bucket: number, counts: Counts): void {
    if (this.isNewRange) this.near = bucket;
    this.isNewRange = false;
    this.far = bucket;
    this.counts.confirmed += counts.confirmed;
    this.counts.total += counts.total;
    this.counts.failed += counts.failed;
    this.counts.waiting += counts.waiting;
    this.partial += counts.total;
  }

  judge(enough: number, threshold: number): void {
    if (this.partial < enough) return;
    this.partial = 0;
    const { confirmed, total, failed, waiting } = this.counts;
    if (confirmed / (total + failed + waiting) < threshold) {
      if (this.passing) this.fail = this.range();
      this.passing = false;
      return;
    }
    this.fail = NO_RANGE;
    this.passing = true;
    this.best = { low: Math.min(this.near, this.far), high: Math.max(this.near, this.far) };
    this.pass = this.range();
    this.counts = { confirmed: 0, total: 0, failed: 0, waiting: 0 };
    this.isNewRange = true;
  }

  finish() {
    // What is left over at the bottom had too few data to pass.
    if (this.passing && !this.isNewRange) this.fail = this.range();
    return { pass: this.pass, fail: this.fail, buckets: this.best };
  }

  private range(): BucketRange {
    const low = Math.min(this.near, this.far);
    const { confirmed, total, failed, waiting } = this.counts;
    return {
      start: low === 0 ? 0 : (this.buckets[low - 1] as number),
      end: this.buckets[Math.max(this.near, this.far)] as number,
      withinTarget: confirmed,
      totalConfirmed: total,
      inMempool: waiting,
      leftMempool: failed,
    };
  }
}

function averages(periods: number, buckets: number): CountRows<Float64Array> {
  return new CountRows(periods, () => new Float64Array(buckets));
}

function bump(values: Float64Array | Int32Array, index: number, by: number): void {
  values[index] = (values[index] as number) + by;
}

/**
 * `value`, at least 0, after so many additions of 1 to it, to the last bit: Core counts one by one. Only where a sum reaches the
 * next power of two is it rounded; up to there all of them are one, as they are for a whole number.
 */
export function countedOn(value: number, additions: number): number {
  let left = additions;
  let power = 1;
  while (left > 0 && value % 1 > 0) {
    while (power <= value) power *= 2;
    const exact = Math.min(left, Math.ceil(power - value) - 1);
    value += exact;
    left -= exact;
    if (left === 0) break;
    value++;
    left--;
  }
  return value + left;
}

export function writeDoubles(writer: Writer, values: ArrayLike<number>): void {
  writer.compactSize(values.length);
  for (let i = 0; i < values.length; i++) writer.f64(values[i] as number);
}

function readRow(reader: Reader, expected: number, what: string): Float64Array {
  if (reader.compactSize() !== expected) throw new DecodeError(`Corrupt estimates file. Mismatch in ${what}`);
  const row = new Float64Array(expected);
  for (let i = 0; i < expected; i++) row[i] = reader.f64();
  return row;
}
