import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FeeEstimator } from '../../../src/mempool/fee-estimator.js';
import { type EstimatorTx, PolicyEstimator } from '../../../src/mempool/fees/policy-estimator.js';
import type { HashKey } from '../../../src/primitives/bytes.js';
import { DecodeError, Writer } from '../../../src/primitives/codec.js';
import { type Logger, silentLogger } from '../../../src/runtime/logger.js';
import { type Fixture, fixture, spend } from '../../support/mempool-fixture.js';

let made = 0;

function newTx(feeRate: number, height: number): EstimatorTx {
  const txid = `tx ${made++}` as string as HashKey;
  return { txid, fee: feeRate / 10, vsize: 100, height };
}

/**
 * A market of ten feerates: in each block a tenth of the mempool enters at each, and those from `cleared` up are mined at
 * once, the others when the block is a multiple of their rank.
 */
function market(blocks: number): PolicyEstimator {
  const estimator = new PolicyEstimator(silentLogger);
  estimator.blockConnected(1, []);
  let waiting: { tx: EstimatorTx; rank: number }[] = [];
  for (let height = 1; height <= blocks; height++) {
    for (let rank = 1; rank <= 10; rank++) {
      for (let i = 0; i < 4; i++) {
        const tx = newTx(2000 * rank, height);
        estimator.added(tx, true);
        waiting.push({ tx, rank });
      }
    }
    const mined = waiting.filter(({ rank }) => height % (11 - rank) === 0);
    waiting = waiting.filter(({ rank }) => height % (11 - rank) !== 0);
    estimator.blockConnected(
      height + 1,
      mined.map(({ tx }) => tx),
    );
  }
  return estimator;
}

describe('smart estimates', () => {
  it('are none without data', () => {
    const estimator = new PolicyEstimator(silentLogger);
    expect(estimator.estimateSmart(6, false)).toEqual({ feeRate: 0, target: 0, reason: 'None' });
    expect(estimator.estimateSmart(0, false).feeRate).toBe(0);
    expect(estimator.estimateSmart(1009, false).feeRate).toBe(0);
  });

  it('fall as the target gets longer', () => {
    const estimator = market(200);
    const rates = [1, 2, 4, 6, 8, 10, 20, 40].map(target => estimator.estimateSmart(target, false).feeRate);
    expect(rates[0]).toBe(rates[1]);
    expect(rates.every(rate => rate >= 2000 && rate <= 20_000)).toBe(true);
    for (const [i, rate] of rates.entries()) expect(rate).toBeLessThanOrEqual(rates[i - 1] ?? rate);
    expect(rates.at(-1)).toBeLessThan(rates[0] ?? 0);
  });

  it('that are conservative are not lower', () => {
    const estimator = market(200);
    for (const target of [2, 6, 12, 24])
      expect(estimator.estimateSmart(target, true).feeRate).toBeGreaterThanOrEqual(
        estimator.estimateSmart(target, false).feeRate,
      );
  });

  it('reach half as far as there are blocks of data', () => {
    const estimator = market(41);
    expect(estimator.estimateSmart(500, false).target).toBe(20);
  });
});

describe('raw estimates', () => {
  it('tell what became of the transactions of the range', () => {
    const { feeRate, detail } = market(200).estimateRaw(2, 0.95, 'short');
    expect(feeRate).toBeGreaterThanOrEqual(18_000);
    expect(detail).toMatchObject({ decay: 0.962, scale: 1 });
    expect(detail?.pass.withinTarget).toBeGreaterThan(0);
    expect(detail?.fail.end).toBeLessThanOrEqual(detail?.pass.start ?? 0);
  });

  it('are none beyond the horizon', () => {
    const estimator = market(10);
    expect(['short', 'medium', 'long'].map(one => estimator.highestTarget(one as 'short'))).toEqual([
      12, 48, 1008,
    ]);
    expect(estimator.estimateRaw(13, 0.5, 'short')).toEqual({ feeRate: 0, detail: undefined });
  });

  it('count what leaves unconfirmed as failed', () => {
    const estimator = market(100);
    const before = estimator.estimateRaw(2, 0.9, 'short').detail?.pass.leftMempool ?? 0;
    const doomed = Array.from({ length: 50 }, () => newTx(20_000, 101));
    for (const tx of doomed) estimator.added(tx, true);
    for (let height = 102; height < 110; height++) estimator.blockConnected(height, []);
    for (const tx of doomed) estimator.removed(tx.txid);
    const after = estimator.estimateRaw(2, 0.9, 'short');
    expect(after.detail?.fail.leftMempool ?? 0).toBeGreaterThan(before);
  });
});

describe('what is learned from', () => {
  it('is only what entered on top of the last block and paid its way', () => {
    const estimator = new PolicyEstimator(silentLogger);
    estimator.blockConnected(10, []);
    const [late, free, good] = [newTx(5000, 9), newTx(5000, 10), newTx(5000, 10)];
    estimator.added(late, true);
    estimator.added(free, false);
    estimator.added(good, true);
    expect(estimator.flushUnconfirmed()).toBe(1);
  });
});

describe('the file', () => {
  it('gives the same estimates back', () => {
    const estimator = market(150);
    estimator.flushUnconfirmed();
    const bytes = estimator.encode();
    const other = new PolicyEstimator(silentLogger);
    other.decode(bytes);
    for (const target of [2, 6, 20, 60])
      expect(other.estimateSmart(target, true)).toEqual(estimator.estimateSmart(target, true));
    expect(Buffer.from(other.encode()).equals(bytes)).toBe(true);
    expect(Buffer.from(bytes.subarray(0, 4)).readInt32LE()).toBe(149_900);
  });

  it('that is broken changes nothing', () => {
    const estimator = market(50);
    const before = estimator.encode();
    for (const bytes of [
      before.subarray(0, 100),
      new Writer().i32(999_999).u32(0).finish(),
      new Uint8Array(0),
    ])
      expect(() => estimator.decode(bytes)).toThrow(DecodeError);
    expect(estimator.encode()).toEqual(before);
  });
});

describe('the estimator of a node', () => {
  let folder: string;
  let f: Fixture;
  const log: string[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'blocksmith-fees-'));
    f = await fixture({ checkRatio: 0 });
    log.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true }));

  function estimator(acceptStale = false): FeeEstimator {
    const logger: Logger = { ...silentLogger, info: message => log.push(message) };
    const options = { file: join(folder, 'fee_estimates.dat'), acceptStale };
    return new FeeEstimator(options, { mempool: f.pool, chain: f.chain, clock: f.clock, logger });
  }

  it('learns from the mempool and keeps what it learned', async () => {
    const first = estimator();
    await first.start();
    expect(log).toEqual([`${join(folder, 'fee_estimates.dat')} is not found. Continue anyway.`]);
    f.chain.mine([]);
    for (let block = 0; block < 30; block++) {
      f.clock.setMockTime(f.chain.headers.time(f.chain.tip));
      const txs = Array.from({ length: 4 }, () => spend([f.chain.fund()], { fee: 960 }));
      for (const tx of txs) await f.accept(tx);
      f.chain.mine(txs);
    }
    const { feeRate } = first.estimateSmart(2, false);
    expect(feeRate).toBe(10_000);
    await first.stop();
    expect(log.at(-1)).toBe('Flushed fee estimates to fee_estimates.dat.');
    const second = estimator();
    f.clock.setMockTime(0);
    await second.start();
    expect(second.estimateSmart(2, false).feeRate).toBe(10_000);
    await second.stop();
  });

  it('writes its file once more when it is stopped in the middle of writing it', async () => {
    const stopped = estimator();
    await stopped.start();
    log.length = 0;
    f.clock.advanceScheduler(60 * 60);
    await stopped.stop();
    const flushed = 'Flushed fee estimates to fee_estimates.dat.';
    expect(log).toEqual([flushed, flushed]);
  });

  it('does not serve stale estimates', async () => {
    const file = join(folder, 'fee_estimates.dat');
    await writeFile(file, market(150).encode());
    const hours = f.clock.now() - 62 * 3600;
    await utimes(file, hours, hours);
    const fresh = estimator();
    await fresh.start();
    expect(log[0]).toBe(
      `Fee estimation file ${file} too old (age=62 > 60 hours) and will not be used to avoid serving stale estimates.`,
    );
    expect(fresh.estimateSmart(2, false).feeRate).toBe(0);
    const lenient = estimator(true);
    await lenient.start();
    expect(lenient.estimateSmart(2, false).feeRate).toBeGreaterThan(0);
    expect((await readFile(file)).length).toBeGreaterThan(1000);
  });
});
