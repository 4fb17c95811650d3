import {
  type AnyTrialResult,
  type AttackRequest,
  type Expectation,
  MAX_RECORDED_TRIALS,
  PRESETS,
  planAttack,
  RunRecorder,
  runAttackTrials,
  trialRules,
} from '../../../regtest/index.js';
import { checkExpectations } from './expect.js';
import { accountFor } from './money.js';
import { shareDone, tellingProgress } from './progress.js';
import { summarizeTrials, tellPreset } from './tell-trials.js';
import type { Terminal } from './terminal.js';

export interface TrialOptions {
  readonly trials: number;
  /** File for a recording of the first of them. */
  readonly record?: string | undefined;
  readonly expect?: readonly Expectation[] | undefined;
}

/** An attack many times over, on headers alone. */
export async function attackManyTimes(
  request: AttackRequest,
  { trials, record, expect = [] }: TrialOptions,
  terminal: Terminal,
): Promise<void> {
  const say = (lines: readonly string[]) => {
    for (const line of lines) terminal.say(line);
  };
  const preset = request.preset === undefined ? undefined : PRESETS[request.preset];
  if (preset !== undefined) say(tellPreset(preset));
  let done = 0;
  const onProgress = (trials: number) => {
    done = trials;
  };
  const result = await tellingProgress(
    terminal,
    () => runRecorded(request, trials, record, onProgress),
    () => shareDone(done, trials, 'races'),
  );
  say(summarizeTrials(result));
  const account = accountOf(request, result);
  if (account !== undefined) say(account.lines);
  checkExpectations(expect, figuresOf(result), terminal);
  terminal.json({
    ...result,
    ...(account === undefined ? {} : { money: account.money }),
    ...(preset === undefined ? {} : { preset: request.preset }),
  });
}

/** Runs the trials, and records the first of them when that is asked for. */
async function runRecorded(
  request: AttackRequest,
  trials: number,
  file: string | undefined,
  onProgress: (done: number) => void,
): Promise<AnyTrialResult> {
  if (file === undefined) return runAttackTrials(request, { trials, onProgress });
  const { rules, seed } = trialRules(request);
  const recorded = { kind: 'trials', rules, seed, trials: Math.min(trials, MAX_RECORDED_TRIALS) } as const;
  const recorder = RunRecorder.open(file, recorded);
  const result = await runAttackTrials(request, { trials, onProgress, observer: recorder.tape });
  recorder.close();
  return result;
}

function accountOf(request: AttackRequest, result: AnyTrialResult) {
  const plan = planAttack(request, 'trials');
  if (plan.kind !== 'double-spend' || result.kind !== 'double-spend' || plan.money === undefined)
    return undefined;
  return accountFor(result, plan.money);
}

function figuresOf(result: AnyTrialResult): Record<string, number> {
  const { rate, low, high, low99, high99, theory } = result;
  const own = result.figures.map(({ name, measured }) => [name, measured]);
  return { rate, low, high, low99, high99, theory, ...Object.fromEntries(own) };
}
