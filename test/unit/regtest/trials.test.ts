import { describe, expect, it } from 'vitest';
import { HeaderRace } from '../../../regtest/header-race.js';
import { decide, raceRules } from '../../../regtest/race-rules.js';
import { strictlyLonger } from '../../../regtest/theory.js';
import { runTrials } from '../../../regtest/trials.js';

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

  it('gives up by default where it costs next to nothing', () => {
    expect(raceRules(0.1, 1).giveUp).toBeLessThan(10);
    expect(raceRules(0.5, 1).giveUp).toBe(102);
  });
});

describe('trials', () => {
  it.each([
    [0.3, 3],
    [0.1, 1],
    [0.45, 2],
  ])(
    '20,000 with the default seed hold the theory in their interval: q=%d z=%d',
    async (hashrate, confirmations) => {
      const result = await runTrials({ hashrate, confirmations, trials: 20_000 });
      expect(result.theory).toBeCloseTo(strictlyLonger(hashrate, confirmations), 4);
      expect(result.low).toBeLessThanOrEqual(result.theory);
      expect(result.high).toBeGreaterThanOrEqual(result.theory);
      expect(result.rate).toBe(result.successes / 20_000);
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
});
