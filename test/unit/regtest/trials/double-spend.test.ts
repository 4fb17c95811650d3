import { describe, expect, it } from 'vitest';
import { HeaderRace } from '../../../../regtest/headers/header-race.js';
import { chanceOf, decide, type RaceDefences, raceRules } from '../../../../regtest/rules/race-rules.js';
import { strictlyLonger } from '../../../../regtest/theory/index.js';
import { runTrials, type TrialOptions } from '../../../../regtest/trials/double-spend.js';
import { agrees } from '../../../../regtest/trials/figures.js';

function times(count: number, act: () => void): void {
  for (let i = 0; i < count; i++) act();
}

describe('race of headers', () => {
  function raced(honest: number, attacker: number): HeaderRace {
    const race = new HeaderRace();
    race.start();
    times(honest, () => race.mineHonest());
    times(attacker, () => race.mineInPrivate());
    return race;
  }

  it('a branch with more work wins', () => {
    expect(raced(3, 4).release()).toBe(true);
    expect(raced(3, 7).release()).toBe(true);
    expect(raced(0, 1).release()).toBe(true);
  });

  it('a tie goes to the branch that was seen first', () => {
    expect(raced(3, 3).release()).toBe(false);
  });

  it('less work loses', () => {
    expect(raced(3, 2).release()).toBe(false);
    expect(raced(3, 0).release()).toBe(false);
  });

  it('the next race starts at the tip of the last, through any number of trees', () => {
    const race = new HeaderRace();
    for (let round = 0; round < 1000; round++) {
      race.start();
      expect([race.honest, race.attacker]).toEqual([0, 0]);
      times(2, () => race.mineHonest());
      times(3, () => race.mineInPrivate());
      expect([race.honest, race.attacker]).toEqual([2, 3]);
      expect(race.release()).toBe(true);
    }
  });
});

describe('rules of a race', () => {
  it('a minority releases as soon as it is ahead and the merchant is satisfied', () => {
    const rules = raceRules(0.3, 2, 4);
    expect(decide(rules, 1, 5)).toBe('race');
    expect(decide(rules, 2, 2)).toBe('race');
    expect(decide(rules, 2, 3)).toBe('release');
    expect(decide(rules, 3, 0)).toBe('race');
    expect(decide(rules, 4, 0)).toBe('give up');
  });

  it('a majority waits for one more block', () => {
    const rules = raceRules(0.6, 6);
    expect(decide(rules, 6, 9)).toBe('race');
    expect(decide(rules, 7, 8)).toBe('release');
  });

  it('one whose ties win, or who has blocks in store, needs less', () => {
    const tie = raceRules(0.3, 2, 4, { mode: 'tie' });
    expect(decide(tie, 2, 2)).toBe('release');
    expect(decide(tie, 2, 1)).toBe('race');
    const stored = raceRules(0.3, 2, 4, { mode: 'pre-mined', preMined: 3 });
    expect(chanceOf(stored)).toBe(1);
    expect(chanceOf(stored, 0, 0)).toBeLessThan(1);
  });

  it('a majority does not wait where nodes refuse deep reorganisations', () => {
    expect(raceRules(0.6, 6).depth).toBe(7);
    expect(raceRules(0.6, 6, 10, { defences: { maxReorg: 6 } }).depth).toBe(6);
  });

  it('without any of that are as plain as ever', () => {
    expect(raceRules(0.3, 2, 4)).toEqual({ hashrate: 0.3, confirmations: 2, depth: 2, giveUp: 4 });
  });

  it('gives up by default where it costs next to nothing', () => {
    expect(raceRules(0.1, 1).giveUp).toBeLessThan(10);
    expect(raceRules(0.5, 1).giveUp).toBe(102);
  });
});

describe('trials', () => {
  it.each([
    [0.3, 3, 20_000],
    [0.1, 1, 20_000],
    [0.45, 2, 4000],
  ])(
    'with the default seed hold the theory in their interval: q=%d z=%d, %d trials',
    async (hashrate, confirmations, trials) => {
      const result = await runTrials({ hashrate, confirmations, trials });
      expect(result.theory).toBeCloseTo(strictlyLonger(hashrate, confirmations), 4);
      expect(result.low).toBeLessThanOrEqual(result.theory);
      expect(result.high).toBeGreaterThanOrEqual(result.theory);
      expect(result.rate).toBe(result.successes / trials);
    },
  );

  it('with an early giving up hold the theory of that', async () => {
    const result = await runTrials({ hashrate: 0.4, confirmations: 2, giveUp: 3, trials: 10_000 });
    expect(result.theory).toBeLessThan(strictlyLonger(0.4, 2) - 0.02);
    expect(result.low).toBeLessThanOrEqual(result.theory);
    expect(result.high).toBeGreaterThanOrEqual(result.theory);
  });

  it('are the same for the same seed', async () => {
    const run = (seed: number) => runTrials({ hashrate: 0.4, confirmations: 2, trials: 500, seed });
    expect(await run(3)).toEqual(await run(3));
    expect((await run(3)).successes).not.toBe((await run(4)).successes);
  });

  it('succeed more often with more hash rate, less often with more confirmations', async () => {
    const rate = async (hashrate: number, confirmations: number) =>
      (await runTrials({ hashrate, confirmations, trials: 2000 })).rate;
    const byShare = [await rate(0.1, 2), await rate(0.25, 2), await rate(0.4, 2), await rate(0.6, 2)];
    const byDepth = [await rate(0.35, 0), await rate(0.35, 2), await rate(0.35, 5), await rate(0.35, 10)];
    expect(byShare).toEqual([...byShare].sort((a, b) => a - b));
    expect(byDepth).toEqual([...byDepth].sort((a, b) => b - a));
    expect(byShare.at(-1)).toBe(1);
  });

  it('tell their progress', async () => {
    const seen: number[] = [];
    await runTrials({ hashrate: 0.2, confirmations: 1, trials: 1200, onProgress: done => seen.push(done) });
    expect(seen).toEqual([500, 1000, 1200]);
  });

  it.each([
    ['ties', { mode: 'tie' }],
    ['two blocks in store', { mode: 'pre-mined', preMined: 2 }],
    ['a limit of reorganisations', { defences: { maxReorg: 3 } }],
    ['a checkpoint', { defences: { checkpoint: 3 } }],
    ['a limit and a deeper checkpoint', { defences: { maxReorg: 2, checkpoint: 4 } }],
    ['a merchant who watches', { defences: { watch: 0.4 } }],
  ] satisfies [string, Partial<TrialOptions>][])(
    'with %s hold the theory of that',
    async (_name, options) => {
      const result = await runTrials({ hashrate: 0.38, confirmations: 2, trials: 2500, seed: 5, ...options });
      expect(result.theory).not.toBeCloseTo(strictlyLonger(0.38, 2), 2);
      for (const figure of result.figures) expect(agrees(figure), figure.name).toBe(true);
    },
  );

  it('a limit splits the network for good where a checkpoint does not', async () => {
    const names = async (defences: RaceDefences) =>
      (await runTrials({ hashrate: 0.4, confirmations: 2, trials: 500, defences })).figures.map(
        ({ name }) => name,
      );
    expect(await names({ maxReorg: 3 })).toEqual(['success', 'refused', 'split', 'reorg', 'blocks']);
    expect(await names({ checkpoint: 3 })).toEqual(['success', 'refused', 'reorg', 'blocks']);
  });

  it('no branch is as deep as the limit forbids', async () => {
    const { figures } = await runTrials({
      hashrate: 0.45,
      confirmations: 2,
      trials: 1000,
      defences: { maxReorg: 2 },
    });
    const reorg = figures.find(({ name }) => name === 'reorg');
    expect([reorg?.measured, reorg?.low, reorg?.high]).toEqual([2, 2, 2]);
  });
});
