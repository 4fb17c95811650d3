import { describe, expect, it } from 'vitest';
import { type CensorOptions, runCensorTrials } from '../../../../regtest/trials/censor.js';
import { type EclipseOptions, runEclipseTrials } from '../../../../regtest/trials/eclipse.js';
import { agrees, type Figure } from '../../../../regtest/trials/figures.js';
import { type PartitionOptions, runPartitionTrials } from '../../../../regtest/trials/partition.js';
import { runSelfishTrials, type SelfishOptions } from '../../../../regtest/trials/selfish.js';

const TRIALS = 4000;

function expectTheory(figures: readonly Figure[], names: readonly string[]): void {
  expect(figures.map(({ name }) => name)).toEqual(names);
  for (const figure of figures) {
    expect(figure.theory, figure.name).toBeDefined();
    expect(agrees(figure), `${figure.name} ${figure.low} to ${figure.high}, theory ${figure.theory}`).toBe(
      true,
    );
  }
}

type Rules<T> = Omit<T, 'trials'>;

describe('selfish mining', () => {
  const names = ['share', 'before', 'after', 'growth'];

  it.each([
    { hashrate: 0.3, period: 100 },
    { hashrate: 0.4, gamma: 0.5, period: 100 },
    { hashrate: 0.4, gamma: 1, period: 100 },
    { hashrate: 0.4, randomTieBreak: true, period: 100 },
    { hashrate: 0.1, gamma: 0.3, period: 100 },
  ] satisfies Rules<SelfishOptions>[])('%o holds the theory', async rules => {
    const result = await runSelfishTrials({ ...rules, trials: TRIALS });
    expectTheory(result.figures, names);
    expect(result.low99).toBeLessThanOrEqual(result.theory);
    expect(result.high99).toBeGreaterThanOrEqual(result.theory);
  });

  it('pays after the difficulty has adjusted, not before', async () => {
    const { figures } = await runSelfishTrials({ hashrate: 0.42, gamma: 0.5, trials: 20_000, period: 300 });
    const of = (name: string) => figures.find(figure => figure.name === name);
    expect(of('before')?.high).toBeLessThan(0.42);
    expect(of('after')?.low).toBeGreaterThan(0.42);
  });

  it('breaking ties by lot is as good as a gamma of one half', async () => {
    const shares = await Promise.all(
      [{ randomTieBreak: true }, { gamma: 1 }, { gamma: 0 }].map(
        async rules =>
          (await runSelfishTrials({ hashrate: 0.35, trials: TRIALS, period: 100, ...rules })).rate,
      ),
    );
    expect(shares[0]).toBeLessThan(shares[1] ?? 0);
    expect(shares[0]).toBeGreaterThan(shares[2] ?? 1);
  });

  it('is refused with half of the hash rate', async () => {
    await expect(runSelfishTrials({ hashrate: 0.5, trials: 1 })).rejects.toThrow(RangeError);
  });
});

describe('eclipse', () => {
  it.each([
    { hashrate: 0.3, confirmations: 2 },
    { hashrate: 0.2, confirmations: 3, patience: 30, watch: 0.3 },
    { hashrate: 0.7, confirmations: 4, patience: 4 },
    { hashrate: 0.3, confirmations: 0 },
  ] satisfies Rules<EclipseOptions>[])('%o holds the theory', async rules => {
    const { figures } = await runEclipseTrials({ ...rules, trials: 2500, seed: 2 });
    expectTheory(figures, ['success', 'time', 'reorg']);
  });
});

describe('censorship', () => {
  it.each([
    { hashrate: 0.3 },
    { hashrate: 0.3, giveUp: 1 },
    { hashrate: 0.4, giveUp: 3 },
    { hashrate: 0.55, giveUp: 5 },
  ] satisfies Rules<CensorOptions>[])('%o holds the theory', async rules => {
    const { figures } = await runCensorTrials({ ...rules, trials: TRIALS, seed: 3 });
    expectTheory(figures, ['orphaned', 'share', 'censor', 'delay', 'growth']);
  });

  it('by a patient majority lets nothing pass', async () => {
    const { rate, figures } = await runCensorTrials({ hashrate: 0.65, trials: 1000 });
    expect(rate).toBe(1);
    expect(figures.find(({ name }) => name === 'share')?.measured).toBe(0);
    expect(figures.some(({ name }) => name === 'delay')).toBe(false);
  });
});

describe('partition', () => {
  it.each([
    { hashrate: 0.4, duration: 15 },
    { hashrate: 0.1, duration: 3 },
    { hashrate: 0.5, duration: 0.7 },
  ] satisfies Rules<PartitionOptions>[])('%o holds the theory', async rules => {
    const { figures, depths } = await runPartitionTrials({ ...rules, trials: TRIALS });
    expectTheory(figures, ['win', 'reorg']);
    expect(depths.fit.fits).toBe(true);
    expect(depths.counts.reduce((sum, count) => sum + count, 0)).toBe(TRIALS);
  });

  it('with a limit splits for good as often as theory says', async () => {
    const { figures, depths } = await runPartitionTrials({
      hashrate: 0.4,
      duration: 10,
      maxReorg: 4,
      trials: TRIALS,
    });
    const split = figures.find(({ name }) => name === 'split');
    expect(split && agrees(split)).toBe(true);
    const deep = depths.counts.slice(5).reduce((sum, count) => sum + count, 0);
    expect(split?.measured).toBe(deep / TRIALS);
  });
});

it('the same seed gives the same figures, another one others', async () => {
  const all = (seed: number) =>
    Promise.all([
      runSelfishTrials({ hashrate: 0.4, trials: 700, seed }),
      runEclipseTrials({ hashrate: 0.3, confirmations: 2, trials: 700, seed }),
      runCensorTrials({ hashrate: 0.3, trials: 700, seed }),
      runPartitionTrials({ hashrate: 0.4, duration: 6, trials: 700, seed }),
    ]);
  const [first, again, other] = [await all(1), await all(1), await all(2)];
  expect(again).toEqual(first);
  for (const [i, result] of other.entries()) expect(result.rate).not.toBe(first[i]?.rate);
});
