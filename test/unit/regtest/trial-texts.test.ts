import { describe, expect, it } from 'vitest';
import {
  reportOf,
  runPartitionTrials,
  runSelfishTrials,
  runTrials,
  Simulation,
  simulationOptions,
} from '../../../regtest/index.js';
import { accountFor } from '../../../src/cli/lab/money.js';
import { summarizeSimulation } from '../../../src/cli/lab/tell-simulation.js';
import { summarizeTrials } from '../../../src/cli/lab/tell-trials.js';

const TRIALS = 200;

describe('trials in words', () => {
  it('name rules, defences, both intervals and theory', async () => {
    const defences = { maxReorg: 4, watch: 0.25 };
    const result = await runTrials({ hashrate: 0.4, confirmations: 2, giveUp: 5, trials: TRIALS, defences });
    const text = summarizeTrials(result).join('\n');
    expect(text).toContain('200 double spends with 40.00 % of the hash rate against 2 confirmations, seed 1');
    expect(text).toContain('nodes undo 4 blocks at most; sees the conflict in time in 25.00 % of all cases');
    expect(text).toMatch(
      /with 95 % confidence\n.*with 99 % confidence\n {2}theory {4}\S+ %, inside the interval/,
    );
    expect(text).toMatch(/permanent splits +\S+ % +\S+ % to \S+ % +\S+ % {2}inside/);
  });

  it('say what selfish mining needs', async () => {
    const text = summarizeTrials(await runSelfishTrials({ hashrate: 0.4, gamma: 0.5, trials: TRIALS })).join(
      '\n',
    );
    expect(text).toContain('it pays above 25.00 % of the hash rate');
    const byLot = await runSelfishTrials({ hashrate: 0.4, randomTieBreak: true, trials: TRIALS });
    expect(summarizeTrials(byLot)[0]).toContain('ties broken by lot');
  });

  it('draw depths', async () => {
    const lines = summarizeTrials(await runPartitionTrials({ hashrate: 0.4, duration: 5, trials: TRIALS }));
    expect(lines.filter(line => line.includes('█')).length).toBeGreaterThan(3);
    expect(lines.at(-1)).toMatch(/chi-square \d+\.\d with \d+ degrees of freedom, below the 99 % limit/);
  });
});

describe('money in words', () => {
  const result = runTrials({ hashrate: 0.3, confirmations: 3, giveUp: 8, trials: TRIALS });

  it('says from which value on it pays, and from how many confirmations on not', async () => {
    const { lines, money } = accountFor(await result, { value: 10_000, reward: 100, blockCost: 100 });
    expect(money.profit).toBeCloseTo(money.loot + money.rewards - money.cost, 8);
    expect(lines.join('\n')).toMatch(/pays from [\d,.]+ at stake\n {2}a loss from \d+ confirmations on/);
    expect(money.breakEvenConfirmations).toBeGreaterThan(3);
  });

  it('says when nothing helps, or nothing is needed', async () => {
    const free = accountFor(await result, { value: 10_000, reward: 100, blockCost: 0 });
    expect(free.lines.join('\n')).toContain('pays for itself by its rewards');
    const rich = accountFor(await result, { value: 1e13, reward: 1, blockCost: 1 });
    expect(rich.money.breakEvenConfirmations).toBeGreaterThan(10);
  });
});

describe('a simulation in words', () => {
  const report = (options: Parameters<typeof simulationOptions>[0]) => {
    const simulation = new Simulation(simulationOptions(options));
    while (simulation.advance(1e6));
    return summarizeSimulation(reportOf(simulation), 1.25).join('\n');
  };

  it('shows rates beside theory, times, forks and agreement', () => {
    const text = report({ nodes: 30, blocks: 300, interval: 2 });
    expect(text).toMatch(/^300 blocks in \d+ seconds, simulated in 1\.3 s \(\d+ events\)/);
    expect(text).toMatch(/stale blocks +\S+ % +\d+ of 300/);
    expect(text).toMatch(/to the rest of the hash rate +\S+ s +\S+ to \S+ s/);
    expect(text).toMatch(/forks by length {4}\d+ of 1 block, /);
  });

  it('has words for nothing', () => {
    const text = report({ nodes: 2, blocks: 1, latency: 0 });
    expect(text).toMatch(/forks by length {4}none/);
    expect(text).toContain('1 block in');
  });
});
