import {
  type AnyTrialResult,
  type AttackRequest,
  type Expectation,
  PRESETS,
  planAttack,
  runAttackTrials,
} from '../../../regtest/index.js';
import { checkExpectations } from './expect.js';
import { accountFor } from './money.js';
import { progressOf } from './progress.js';
import { summarizeTrials, tellPreset } from './tell-trials.js';
import type { Terminal } from './terminal.js';

/** An attack many times over, on headers alone. */
export async function attackManyTimes(
  request: AttackRequest,
  trials: number,
  expectations: readonly Expectation[],
  terminal: Terminal,
): Promise<void> {
  const say = (lines: readonly string[]) => {
    for (const line of lines) terminal.say(line);
  };
  const preset = request.preset === undefined ? undefined : PRESETS[request.preset];
  if (preset !== undefined) say(tellPreset(preset));
  const report = progressOf(terminal);
  const result = await runAttackTrials(request, {
    trials,
    onProgress: done => {
      if (done < trials) report(() => `${done} of ${trials} races (${Math.floor((done / trials) * 100)} %)`);
    },
  });
  say(summarizeTrials(result));
  const account = accountOf(request, result);
  if (account !== undefined) say(account.lines);
  checkExpectations(expectations, figuresOf(result), terminal);
  terminal.json({
    ...result,
    ...(account === undefined ? {} : { money: account.money }),
    ...(preset === undefined ? {} : { preset: request.preset }),
  });
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
