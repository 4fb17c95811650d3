import {
  type AnyTrialResult,
  type AttackPreset,
  MAX_RECORDED_TRIALS,
  RunRecorder,
  runAnyTrials,
  type TrialRules,
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
  const result = await runRecorded(options, done => {
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

/** Runs the trials, and records the first of them when that is asked for. */
async function runRecorded(
  options: TrialCommandOptions,
  onProgress: (done: number) => void,
): Promise<AnyTrialResult> {
  const { trials, seed, record } = options;
  const rules = rulesOf(options);
  if (record === undefined) return runAnyTrials(rules, { trials, seed, onProgress });
  const recorded = { kind: 'trials', rules, seed, trials: Math.min(trials, MAX_RECORDED_TRIALS) } as const;
  const recorder = RunRecorder.open(record, recorded);
  const result = await runAnyTrials(rules, { trials, seed, onProgress, observer: recorder.tape });
  recorder.close();
  return result;
}

function rulesOf(options: TrialCommandOptions): TrialRules {
  const { kind, hashrate, confirmations, giveUp, watch, maxReorg } = options;
  switch (kind) {
    case 'double-spend': {
      const { mode, preMined } = options;
      return { kind, hashrate, confirmations, giveUp, mode, preMined, defences: defencesOf(options) };
    }
    case 'selfish': {
      const { gamma, randomTieBreak, period } = options;
      return { kind, hashrate, gamma, randomTieBreak, period };
    }
    case 'eclipse':
      return { kind, hashrate, confirmations, patience: options.patience, watch };
    case 'censor':
      return { kind, hashrate, giveUp };
    case 'partition':
      return { kind, hashrate, duration: options.duration, ...(maxReorg === undefined ? {} : { maxReorg }) };
  }
}

function figuresOf(result: AnyTrialResult): Record<string, number> {
  const { rate, low, high, low99, high99, theory } = result;
  const own = result.figures.map(({ name, measured }) => [name, measured]);
  return { rate, low, high, low99, high99, theory, ...Object.fromEntries(own) };
}
