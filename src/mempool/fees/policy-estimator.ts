import type { HashKey } from '../../primitives/bytes.js';
import { DecodeError, Reader, Writer } from '../../primitives/codec.js';
import { feeRateOf } from '../../primitives/feerate.js';
import type { Logger } from '../../runtime/logger.js';
import { ConfirmStats, type HorizonParams, writeDoubles } from './confirm-stats.js';
import type { EstimateDetail, FeeEstimates, FeeHorizon, FeeReason, SmartEstimate } from './estimate.js';

/** Half-lives of about 18 blocks, a day, and a week; targets up to 12, 48 and 1008 blocks. */
const HORIZONS: Readonly<Record<FeeHorizon, HorizonParams>> = {
  short: { periods: 12, scale: 1, decay: 0.962, sufficientTxs: 0.5 },
  medium: { periods: 24, scale: 2, decay: 0.9952, sufficientTxs: 0.1 },
  long: { periods: 42, scale: 24, decay: 0.99931, sufficientTxs: 0.1 },
};

/** Probabilities of confirming that a smart estimate asks for at half the target, at it, and at twice it. */
const HALF_SUCCESS = 0.6;
const SUCCESS = 0.85;
const DOUBLE_SUCCESS = 0.95;

/** Buckets from 1000 to 10^7 satoshis per 1000 vbytes, each 5 % wider, and one for all above. */
const MIN_BUCKET_FEE_RATE = 1000;
const MAX_BUCKET_FEE_RATE = 1e7;
const BUCKET_SPACING = 1.05;
const INFINITE_FEE_RATE = 1e99;

/** Blocks after which data of an earlier run do not count any more. */
const OLDEST_ESTIMATE_HISTORY = 6 * 1008;

/** Core's file format: the version that can read it, and the one that wrote it. */
const FILE_VERSION = 149_900;
const WRITER_VERSION = 280_100;
/** Buckets that a file may have. */
const MAX_FILE_BUCKETS = 1000;

/** A transaction as the estimator sees it. */
export interface EstimatorTx {
  readonly txid: HashKey;
  /** Satoshis, without deltas. */
  readonly fee: number;
  readonly vsize: number;
  /** Height of the tip when it entered. */
  readonly height: number;
}

interface Tracked {
  readonly height: number;
  readonly bucket: number;
}

/** Core's CBlockPolicyEstimator: looks at who enters the mempool and when they are mined, and at nothing else. */
export class PolicyEstimator implements FeeEstimates {
  private buckets: readonly number[] = defaultBuckets();
  private stats = newStats(this.buckets);
  private readonly tracked = new Map<HashKey, Tracked>();
  private bestHeight = 0;
  /** Height of the first block that data of this run come from; 0 before it. */
  private firstHeight = 0;
  /** Heights that data of earlier runs span; 0 for none. */
  private historicalFirst = 0;
  private historicalBest = 0;
  private trackedSinceBlock = 0;
  private untrackedSinceBlock = 0;

  constructor(private readonly logger: Logger) {}

  /** A transaction entered. @param counts false for one whose fee says nothing: of a package, a reorganisation, … */
  added(tx: EstimatorTx, counts: boolean): void {
    // Only what enters on top of the block looked at last has a known start.
    if (this.tracked.has(tx.txid) || tx.height !== this.bestHeight) return;
    if (!counts) {
      this.untrackedSinceBlock++;
      return;
    }
    this.trackedSinceBlock++;
    const bucket = this.bucketOf(feeRateOf(tx.fee, tx.vsize));
    this.tracked.set(tx.txid, { height: tx.height, bucket });
    for (const stats of this.all()) stats.add(tx.height, bucket);
  }

  /** A transaction left, not into a block. */
  removed(txid: HashKey): void {
    this.untrack(txid, false);
  }

  /** A block was connected; `mined` are its transactions that were in the mempool. */
  blockConnected(height: number, mined: readonly EstimatorTx[]): void {
    // Blocks of a reorganisation say nothing that was not known.
    if (height <= this.bestHeight) return;
    this.bestHeight = height;
    for (const stats of this.all()) {
      stats.clearCurrent(height);
      stats.decayAverages();
    }
    const counted = this.countMined(height, mined);
    if (this.firstHeight === 0 && counted > 0) {
      this.firstHeight = this.bestHeight;
      this.logger.debug('estimatefee', `Blockpolicy first recorded height ${this.firstHeight}`);
    }
    this.logBlock(counted, mined.length);
    this.trackedSinceBlock = 0;
    this.untrackedSinceBlock = 0;
  }

  private logBlock(counted: number, mined: number): void {
    const seen = this.trackedSinceBlock + this.untrackedSinceBlock;
    const source = this.historicalBlockSpan > this.blockSpan ? 'historical' : 'current';
    const since = `since last block ${this.trackedSinceBlock} of ${seen} tracked`;
    const state = `mempool map size ${this.tracked.size}, max target ${this.maxUsableTarget} from ${source}`;
    const what = `Blockpolicy estimates updated by ${counted} of ${mined} block txs`;
    this.logger.debug('estimatefee', `${what}, ${since}, ${state}`);
  }

  private countMined(height: number, mined: readonly EstimatorTx[]): number {
    const all = this.all();
    /** How many waited equally long with about the same feerate. */
    const alike = new Map<number, { readonly blocks: number; readonly bucket: number; count: number }>();
    let counted = 0;
    for (const tx of mined) {
      const tracked = this.untrack(tx.txid, true);
      const blocks = height - tx.height;
      if (tracked === undefined || blocks <= 0) continue;
      counted++;
      const { bucket } = tracked;
      const feeRate = feeRateOf(tx.fee, tx.vsize);
      for (let i = 0; i < all.length; i++) (all[i] as ConfirmStats).record(bucket, feeRate);
      const key = blocks * this.buckets.length + bucket;
      const group = alike.get(key);
      if (group === undefined) alike.set(key, { blocks, bucket, count: 1 });
      else group.count++;
    }
    for (const { blocks, bucket, count } of alike.values())
      for (const stats of all) stats.recordWait(blocks, bucket, count);
    return counted;
  }

  private untrack(txid: HashKey, inBlock: boolean): Tracked | undefined {
    const tracked = this.tracked.get(txid);
    if (tracked === undefined) return undefined;
    for (const stats of this.all()) stats.remove(tracked.height, this.bestHeight, tracked.bucket, inBlock);
    this.tracked.delete(txid);
    return tracked;
  }

  /** Counts all that still waits as not confirmed. Returns how many. */
  flushUnconfirmed(): number {
    const count = this.tracked.size;
    for (const txid of [...this.tracked.keys()]) this.untrack(txid, false);
    return count;
  }

  highestTarget(horizon: FeeHorizon): number {
    return this.stats[horizon].maxConfirms;
  }

  estimateRaw(target: number, threshold: number, horizon: FeeHorizon) {
    const stats = this.stats[horizon];
    if (target <= 0 || target > stats.maxConfirms || threshold > 1) return { feeRate: 0, detail: undefined };
    const detail = stats.estimate(target, threshold, this.bestHeight);
    this.logEstimate(target, threshold, detail);
    return { feeRate: detail.median < 0 ? 0 : Math.round(detail.median), detail };
  }

  estimateSmart(asked: number, conservative: boolean): SmartEstimate {
    if (asked <= 0 || asked > this.stats.long.maxConfirms)
      return { feeRate: 0, target: asked, reason: 'None' };
    // Nothing gets into the very next block for sure.
    const target = Math.min(Math.max(asked, 2), this.maxUsableTarget);
    if (target <= 1) return { feeRate: 0, target, reason: 'None' };
    let median = -1;
    let reason: FeeReason = 'Half Target 60% Threshold';
    const consider = (estimate: number, because: FeeReason): void => {
      if (estimate <= median) return;
      median = estimate;
      reason = because;
    };
    consider(this.combined(Math.floor(target / 2), HALF_SUCCESS, true), 'Half Target 60% Threshold');
    consider(this.combined(target, SUCCESS, true), 'Target 85% Threshold');
    // Conservative estimates take the highest of all horizons, so shorter ones must not lower this.
    consider(this.combined(2 * target, DOUBLE_SUCCESS, !conservative), 'Double Target 95% Threshold');
    if (conservative || median === -1)
      consider(this.conservative(2 * target), 'Conservative Double Target longer horizon');
    return { feeRate: median < 0 ? 0 : Math.round(median), target, reason };
  }

  /** From the shortest horizon that reaches the target; a shorter one may lower it, which keeps estimates monotonic. */
  private combined(target: number, threshold: number, checkShorter: boolean): number {
    const { short, medium, long } = this.stats;
    if (target < 1 || target > long.maxConfirms) return -1;
    const horizon = target <= short.maxConfirms ? 'short' : target <= medium.maxConfirms ? 'medium' : 'long';
    let estimate = this.median(target, threshold, horizon);
    if (!checkShorter) return estimate;
    for (const shorter of ['medium', 'short'] as const) {
      const reach = this.stats[shorter].maxConfirms;
      if (target <= reach) continue;
      const other = this.median(reach, threshold, shorter);
      if (other > 0 && (estimate === -1 || other < estimate)) estimate = other;
    }
    return estimate;
  }

  /** The double target must hold on longer horizons than the one that it was taken from, too. */
  private conservative(doubleTarget: number): number {
    const { short, medium } = this.stats;
    let estimate = -1;
    if (doubleTarget <= short.maxConfirms) estimate = this.median(doubleTarget, DOUBLE_SUCCESS, 'medium');
    if (doubleTarget <= medium.maxConfirms)
      estimate = Math.max(estimate, this.median(doubleTarget, DOUBLE_SUCCESS, 'long'));
    return estimate;
  }

  private median(target: number, threshold: number, horizon: FeeHorizon): number {
    const detail = this.stats[horizon].estimate(target, threshold, this.bestHeight);
    this.logEstimate(target, threshold, detail);
    return detail.median;
  }

  private logEstimate(
    target: number,
    threshold: number,
    { median, pass, fail, decay }: EstimateDetail,
  ): void {
    if (!this.logger.enabled('estimatefee')) return;
    const range = ({ start, end, withinTarget, totalConfirmed, inMempool, leftMempool }: typeof pass) => {
      const all = totalConfirmed + inMempool + leftMempool;
      const percent = all === 0 ? 0 : (100 * withinTarget) / all;
      const counts = `${totalConfirmed.toFixed(1)} ${inMempool} mem ${leftMempool.toFixed(1)} out`;
      return `(${start} - ${end}) ${percent.toFixed(2)}% ${withinTarget.toFixed(1)}/(${counts})`;
    };
    const what = `FeeEst: ${target} > ${(100 * threshold).toFixed(0)}% decay ${decay.toFixed(5)}`;
    this.logger.debug('estimatefee', `${what}: feerate: ${median} from ${range(pass)} Fail: ${range(fail)}`);
  }

  private get blockSpan(): number {
    return this.firstHeight === 0 ? 0 : this.bestHeight - this.firstHeight;
  }

  private get historicalBlockSpan(): number {
    if (this.historicalFirst === 0) return 0;
    if (this.bestHeight - this.historicalBest > OLDEST_ESTIMATE_HISTORY) return 0;
    return this.historicalBest - this.historicalFirst;
  }

  /** Longest target that there are data for: failures take as long as successes to show. */
  private get maxUsableTarget(): number {
    const span = Math.max(this.blockSpan, this.historicalBlockSpan);
    return Math.min(this.stats.long.maxConfirms, Math.floor(span / 2));
  }

  /** In Core's fee_estimates.dat format. */
  encode(): Uint8Array {
    const writer = new Writer(1 << 18).i32(FILE_VERSION).i32(WRITER_VERSION).u32(this.bestHeight);
    if (this.blockSpan > this.historicalBlockSpan / 2) writer.u32(this.firstHeight).u32(this.bestHeight);
    else writer.u32(this.historicalFirst).u32(this.historicalBest);
    writeDoubles(writer, this.buckets);
    for (const stats of this.all()) stats.write(writer);
    return writer.finish();
  }

  /** Takes over stored data in place of its own. @throws DecodeError, having changed nothing */
  decode(bytes: Uint8Array): void {
    const reader = new Reader(bytes);
    const required = reader.i32();
    reader.i32();
    if (required > WRITER_VERSION) throw new DecodeError(`up-version (${required}) fee estimate file`);
    const bestHeight = reader.u32();
    // Files of versions before hold other things and are passed over.
    if (required < FILE_VERSION) return;
    const first = reader.u32();
    const best = reader.u32();
    if (first > best || best > bestHeight) {
      const what = 'Historical block range for estimates is invalid';
      throw new DecodeError(`Corrupt estimates file. ${what}`);
    }
    const count = reader.compactSize();
    if (count <= 1 || count > MAX_FILE_BUCKETS)
      throw new DecodeError('Corrupt estimates file. Must have between 2 and 1000 feerate buckets');
    const buckets = Array.from({ length: count }, () => reader.f64());
    const medium = ConfirmStats.read(reader, buckets, HORIZONS.medium);
    const short = ConfirmStats.read(reader, buckets, HORIZONS.short);
    const long = ConfirmStats.read(reader, buckets, HORIZONS.long);
    this.buckets = buckets;
    this.stats = { short, medium, long };
    this.bestHeight = bestHeight;
    this.historicalFirst = first;
    this.historicalBest = best;
  }

  /** In the order of the file. */
  private all(): readonly ConfirmStats[] {
    return [this.stats.medium, this.stats.short, this.stats.long];
  }

  /** The first bucket whose bound is not below the feerate. */
  private bucketOf(feeRate: number): number {
    const at = this.buckets.findIndex(bound => bound >= feeRate);
    return at < 0 ? this.buckets.length - 1 : at;
  }
}

function defaultBuckets(): number[] {
  const buckets: number[] = [];
  for (let bound = MIN_BUCKET_FEE_RATE; bound <= MAX_BUCKET_FEE_RATE; bound *= BUCKET_SPACING)
    buckets.push(bound);
  return [...buckets, INFINITE_FEE_RATE];
}

function newStats(buckets: readonly number[]): Record<FeeHorizon, ConfirmStats> {
  return {
    short: new ConfirmStats(buckets, HORIZONS.short),
    medium: new ConfirmStats(buckets, HORIZONS.medium),
    long: new ConfirmStats(buckets, HORIZONS.long),
  };
}
