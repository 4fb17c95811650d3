import { open, readFile, rename, stat } from 'node:fs/promises';
import { concatBytes, hashKey, keyToHash } from '../primitives/bytes.js';
import type { Transaction } from '../primitives/transaction.js';
import type { Clock } from '../runtime/clock.js';
import { errorMessage } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import type { AcceptOptions, AcceptResult, ImportOptions } from './mempool.js';
import {
  encodeMempoolFile,
  HeldMempool,
  type MempoolContent,
  MempoolFileReader,
  type MempoolSource,
  type StoredTransaction,
} from './mempool-file.js';
import { compareByDepthAndScore } from './order.js';
import type { PoolStore } from './store.js';

export interface PersistModules {
  readonly store: PoolStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly accept: (tx: Transaction, options: AcceptOptions) => Promise<AcceptResult>;
  /** Told before each transaction: no more of them. */
  readonly isStopped: () => boolean;
}

/**
 * Writes the mempool to a file: to a new one beside it first, which then takes its place, so that there is always a
 * whole one.
 *
 * @returns false when it could not be written; the log says why
 */
export async function dumpMempool(path: string, modules: PersistModules): Promise<boolean> {
  const { store, clock, logger } = modules;
  const started = clock.steadyMs();
  const content = contentOf(store);
  const copied = clock.steadyMs();
  logger.info(`Writing ${content.transactions.length} mempool transactions to file...`);
  logger.info(`Writing ${content.unbroadcast.length} unbroadcast transactions to file.`);
  try {
    const parts = encodeMempoolFile(content, store.options.persistV1);
    await replaceFile(path, parts);
    const seconds = (from: number, to: number) => ((to - from) / 1000).toFixed(3);
    const times = `${seconds(started, copied)}s to copy, ${seconds(copied, clock.steadyMs())}s to dump`;
    logger.info(`Dumped mempool: ${times}, ${(await stat(path)).size} bytes dumped to file`);
    return true;
  } catch (thrown) {
    logger.info(`Failed to dump mempool: ${errorMessage(thrown)}. Continuing anyway.`);
    return false;
  }
}

/** What images hold that were made in this process. Neither is ever changed. */
const contents = new WeakMap<Uint8Array, MempoolContent>();

/** What {@link dumpMempool} would write. */
export function mempoolImage(store: PoolStore): Uint8Array {
  const content = contentOf(store);
  const image = concatBytes(...encodeMempoolFile(content, true));
  contents.set(image, content);
  return image;
}

function contentOf(store: PoolStore): MempoolContent {
  const entries = [...store.graph.entries()].sort(compareByDepthAndScore);
  return {
    transactions: entries.map(({ tx, time, fee, modifiedFee }) => ({
      tx,
      time,
      feeDelta: modifiedFee - fee,
    })),
    deltas: store.prioritisations().filter(({ entry }) => entry === undefined),
    unbroadcast: [...store.unbroadcast].map(keyToHash),
  };
}

async function replaceFile(path: string, parts: Iterable<Uint8Array>): Promise<void> {
  const file = await open(`${path}.new`, 'w');
  try {
    for (const part of parts) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

/**
 * Takes the transactions of a file in, one after the other, as if they came by themselves.
 *
 * @returns false when there is no such file, it does not decode, or the node stops; the log says why
 */
export async function importMempool(
  path: string,
  options: ImportOptions,
  modules: PersistModules,
): Promise<boolean> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch {
    modules.logger.info('Failed to open mempool file. Continuing anyway.');
    return false;
  }
  return importFrom(() => new MempoolFileReader(bytes), options, modules);
}

/** The same with an image, or the content of a file. */
export function importMempoolImage(
  image: Uint8Array,
  options: ImportOptions,
  modules: PersistModules,
): Promise<boolean> {
  const content = contents.get(image);
  const source = () =>
    content === undefined ? new MempoolFileReader(Uint8Array.from(image)) : new HeldMempool(content);
  return importFrom(source, options, modules);
}

async function importFrom(
  open: () => MempoolSource,
  options: ImportOptions,
  modules: PersistModules,
): Promise<boolean> {
  const { logger } = modules;
  try {
    return await new Import(open(), options, modules).run();
  } catch (thrown) {
    const why = errorMessage(thrown);
    logger.info(`Failed to deserialize mempool data on file: ${why}. Continuing anyway.`);
    return false;
  }
}

/** One run of an import, with its counts. */
class Import {
  private succeeded = 0;
  private failed = 0;
  private expired = 0;
  private alreadyThere = 0;
  private nextTenth = 0;

  constructor(
    private readonly source: MempoolSource,
    private readonly options: ImportOptions,
    private readonly modules: PersistModules,
  ) {}

  async run(): Promise<boolean> {
    const { source } = this;
    const { store, logger } = this.modules;
    logger.info(`Loading ${source.count} mempool transactions from file...`);
    for (let tried = 0; source.hasTransaction; tried++) {
      this.reportProgress(tried);
      await this.take(source.transaction());
      if (this.modules.isStopped()) return false;
    }
    const deltas = source.deltas();
    if (this.options.applyFeeDeltas !== false)
      for (const { txid, delta } of deltas) store.prioritise(txid, delta);
    const unbroadcast = this.options.applyUnbroadcast === false ? [] : source.unbroadcast();
    for (const txid of unbroadcast) store.addUnbroadcast(hashKey(txid));
    const counts = `${this.succeeded} succeeded, ${this.failed} failed, ${this.expired} expired`;
    const rest = `${this.alreadyThere} already there, ${unbroadcast.length} waiting for initial broadcast`;
    logger.info(`Imported mempool transactions from file: ${counts}, ${rest}`);
    return true;
  }

  private async take(stored: StoredTransaction): Promise<void> {
    const { store, clock } = this.modules;
    const { tx } = stored;
    if (stored.feeDelta !== 0 && this.options.applyFeeDeltas !== false)
      store.prioritise(tx.txid, stored.feeDelta);
    const time = this.options.useCurrentTime === true ? clock.now() : stored.time;
    if (time <= clock.now() - store.options.expirySeconds) {
      this.expired++;
      return;
    }
    const { bypassLimits = false } = this.options;
    const result = await this.modules.accept(tx, { time, bypassLimits });
    if (result.accepted) this.succeeded++;
    else if (store.graph.has(tx.txidKey)) this.alreadyThere++;
    else this.failed++;
  }

  private reportProgress(tried: number): void {
    const { count } = this.source;
    const percent = Math.trunc((100 * tried) / count);
    if (this.nextTenth >= Math.trunc(percent / 10)) return;
    const progress = `${percent}% (tried ${tried}, ${count - tried} remaining)`;
    this.modules.logger.info(`Progress loading mempool transactions from file: ${progress}`);
    this.nextTenth = Math.trunc(percent / 10);
  }
}
