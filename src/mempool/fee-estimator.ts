import type { EventEmitter } from 'node:events';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Clock, Timer } from '../runtime/clock.js';
import { errorMessage } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import { runDetached } from '../runtime/queue.js';
import type { EstimateDetail, FeeEstimates, FeeHorizon, SmartEstimate } from './fees/estimate.js';
import { type EstimatorTx, PolicyEstimator } from './fees/policy-estimator.js';
import type { EntryCircumstances, MempoolEntry, MempoolEvents } from './mempool.js';
import type { MempoolChain } from './modules.js';

/** How often estimates are written. */
const FLUSH_INTERVAL_MS = 60 * 60 * 1000;
/** Older files would give stale estimates. */
const MAX_FILE_AGE_HOURS = 60;
/** Seconds that the tip may be old for transactions to count. */
const MAX_TIP_AGE = 3 * 60 * 60;

export interface FeeEstimatorOptions {
  /** Path of fee_estimates.dat; undefined forgets what was learned. */
  readonly file: string | undefined;
  /** -acceptstalefeeestimates. */
  readonly acceptStale: boolean;
}

export interface FeeEstimatorModules {
  readonly mempool: { readonly events: EventEmitter<MempoolEvents> };
  readonly chain: Pick<MempoolChain, 'headers' | 'tip' | 'height' | 'bestHeader' | 'isInitialBlockDownload'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Fee estimates of the node: listens to the mempool and keeps what it learns in Core's fee_estimates.dat. */
export class FeeEstimator implements FeeEstimates {
  private readonly policy: PolicyEstimator;
  private timer: Timer | undefined;
  /** Of the last that was begun; never fails. */
  private writing: Promise<void> = Promise.resolve();
  /** What the mempool told that was not looked at yet: whoever changes it does not wait for this, as in Core. */
  private told: (() => void)[] = [];

  constructor(
    private readonly options: FeeEstimatorOptions,
    private readonly modules: FeeEstimatorModules,
  ) {
    this.policy = new PolicyEstimator(modules.logger);
  }

  /** Reads what the last run left and listens from here on; before the mempool takes anything in. */
  async start(): Promise<void> {
    await this.read();
    const { mempool, clock, logger } = this.modules;
    mempool.events.on('added', this.added);
    mempool.events.on('removed', this.removed);
    mempool.events.on('minedInBlock', this.mined);
    this.timer = clock.every(FLUSH_INTERVAL_MS, () => {
      runDetached(this.write(), message => logger.error(message));
    });
  }

  async stop(): Promise<void> {
    if (this.timer === undefined) return;
    this.timer.cancel();
    this.timer = undefined;
    const { mempool, clock, logger } = this.modules;
    mempool.events.off('added', this.added);
    mempool.events.off('removed', this.removed);
    mempool.events.off('minedInBlock', this.mined);
    const started = clock.steadyMs();
    const count = this.upToDate.flushUnconfirmed();
    const seconds = ((clock.steadyMs() - started) / 1000).toFixed(3);
    logger.debug('estimatefee', `Recorded ${count} unconfirmed txs from mempool in ${seconds}s`);
    await this.write();
  }

  estimateSmart(target: number, conservative: boolean): SmartEstimate {
    return this.upToDate.estimateSmart(target, conservative);
  }

  estimateRaw(
    target: number,
    threshold: number,
    horizon: FeeHorizon,
  ): { readonly feeRate: number; readonly detail: EstimateDetail | undefined } {
    return this.upToDate.estimateRaw(target, threshold, horizon);
  }

  highestTarget(horizon: FeeHorizon): number {
    return this.upToDate.highestTarget(horizon);
  }

  private readonly added = (entry: MempoolEntry, _: number, how: EntryCircumstances): void => {
    const paidItsWay = !how.bypassedLimits && !how.inPackage && !how.hasMempoolParents;
    const counts = paidItsWay && this.isCurrent;
    this.later(() => this.policy.added(describe(entry), counts));
  };

  private readonly removed = (entry: MempoolEntry): void => {
    this.later(() => this.policy.removed(entry.tx.txidKey));
  };

  private readonly mined = (entries: readonly MempoolEntry[], height: number): void => {
    this.later(() => this.policy.blockConnected(height, entries.map(describe)));
  };

  private later(look: () => void): void {
    if (this.told.push(look) === 1) setImmediate(this.catchUp);
  }

  private readonly catchUp = (): void => {
    const { told } = this;
    this.told = [];
    for (const look of told) look();
  };

  private get upToDate(): PolicyEstimator {
    this.catchUp();
    return this.policy;
  }

  /** The node keeps up with the chain, so that waiting times are real. */
  private get isCurrent(): boolean {
    const { chain, clock } = this.modules;
    if (chain.isInitialBlockDownload) return false;
    if (chain.headers.time(chain.tip) < clock.now() - MAX_TIP_AGE) return false;
    return chain.height >= chain.headers.height(chain.bestHeader) - 1;
  }

  private async read(): Promise<void> {
    const { file, acceptStale } = this.options;
    const { clock, logger } = this.modules;
    if (file === undefined) return;
    let bytes: Uint8Array;
    let modifiedMs: number;
    try {
      bytes = await readFile(file);
      modifiedMs = (await stat(file)).mtimeMs;
    } catch {
      logger.info(`${file} is not found. Continue anyway.`);
      return;
    }
    const hours = Math.trunc((clock.nowMs() - modifiedMs) / 3_600_000);
    if (hours > MAX_FILE_AGE_HOURS && !acceptStale) {
      const age = `(age=${hours} > ${MAX_FILE_AGE_HOURS} hours)`;
      const why = 'and will not be used to avoid serving stale estimates.';
      logger.info(`Fee estimation file ${file} too old ${age} ${why}`);
      return;
    }
    try {
      this.policy.decode(bytes);
    } catch (thrown) {
      const problem = errorMessage(thrown);
      const who = 'CBlockPolicyEstimator::Read()';
      logger.info(`${who}: unable to read policy estimator data (non-fatal): ${problem}`);
      logger.info(`Failed to read fee estimates from ${file}. Continue anyway.`);
    }
  }

  /** Writes the file, after who is writing it already. */
  private write(): Promise<void> {
    this.writing = this.writing.then(() => this.writeFile());
    return this.writing;
  }

  private async writeFile(): Promise<void> {
    const { file } = this.options;
    const { logger } = this.modules;
    if (file === undefined) return;
    try {
      await writeFile(`${file}.new`, this.upToDate.encode());
      await rename(`${file}.new`, file);
      logger.info(`Flushed fee estimates to ${basename(file)}.`);
    } catch {
      logger.info(`Failed to write fee estimates to ${file}. Continue anyway.`);
    }
  }
}

function describe(entry: MempoolEntry): EstimatorTx {
  return { txid: entry.tx.txidKey, fee: entry.fee, vsize: entry.vsize, height: entry.height };
}
