import {
  type AnyTrialResult,
  type AttackPreset,
  runCensorTrials,
  runEclipseTrials,
  runPartitionTrials,
  runSelfishTrials,
  runTrials,
} from '../../../regtest/index.js';
import { defencesOf, moneyOf, type TrialCommandOptions } from './attack-options.js';
import { checkExpectations } from './expect.js';
import { accountFor } from './money.js';
import { progressOf } from './progress.js';
import { summarizeTrials, tellPreset } from './tell-trials.js';
import type { Terminal } from './terminal.js';

/** An attack many times over, on headers alone. */
export async function attackManyTimes(
  options: TrialCommandOptions,
  preset: AttackPreset | undefined,
  terminal: Terminal,
): Promise<void> {
  const say = (lines: readonly string[]) => {
    for (const line of lines) terminal.say(line);
  };
  if (preset !== undefined) say(tellPreset(preset));
  const { trials, expect = [] } = options;
  const report = progressOf(terminal);
  const result = await runKind(options, done => {
    if (done < trials) report(() => `${done} of ${trials} races (${Math.floor((done / trials) * 100)} %)`);
  });
  say(summarizeTrials(result));
  const money = moneyOf(options);
  const account =
    money === undefined || result.kind !== 'double-spend' ? undefined : accountFor(result, money);
  if (account !== undefined) say(account.lines);
  checkExpectations(expect, figuresOf(result), terminal);
  terminal.json({
    ...result,
    ...(account === undefined ? {} : { money: account.money }),
    ...(options.preset === undefined ? {} : { preset: options.preset }),
  });
}

function runKind(options: TrialCommandOptions, onProgress: (done: number) => void): Promise<AnyTrialResult> {
  const { hashrate, confirmations, giveUp, trials, seed, watch, maxReorg } = options;
  const run = { trials, seed, onProgress };
  switch (options.kind) {
    case 'double-spend': {
      const { mode, preMined } = options;
      const defences = defencesOf(options);
      return runTrials({ ...run, hashrate, confirmations, giveUp, mode, preMined, defences });
    }
    case 'selfish': {
      const { gamma, randomTieBreak, period } = options;
      return runSelfishTrials({ ...run, hashrate, gamma, randomTieBreak, period });
    }
    case 'eclipse':
      return runEclipseTrials({ ...run, hashrate, confirmations, patience: options.patience, watch });
    case 'censor':
      return runCensorTrials({ ...run, hashrate, giveUp });
    case 'partition':
      return runPartitionTrials({ ...run, hashrate, duration: options.duration, maxReorg });
  }
}

function figuresOf(result: AnyTrialResult): Record<string, number> {
  const { rate, low, high, low99, high99, theory } = result;
  const own = result.figures.map(({ name, measured }) => [name, measured]);
  return { rate, low, high, low99, high99, theory, ...Object.fromEntries(own) };
}
