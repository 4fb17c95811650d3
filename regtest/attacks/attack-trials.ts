import type { AnyTrialResult } from '../trials/any-result.js';
import { runAnyTrials, type TrialRules } from '../trials/any-trials.js';
import type { TrialRun } from '../trials/outcome.js';
import { planAttack } from './attack-plan.js';
import type { AttackRequest } from './attack-request.js';

/**
 * Runs an attack many times on headers alone: the statistics of what {@link runAttack} does once on nodes.
 *
 * @throws RangeError when the request makes no sense
 */
export async function runAttackTrials(
  request: AttackRequest,
  run: Omit<TrialRun, 'seed'>,
): Promise<AnyTrialResult> {
  const { rules, seed } = trialRules(request);
  return runAnyTrials(rules, { ...run, seed });
}

/** What a request says of trials. @throws RangeError when it makes no sense */
export function trialRules(request: AttackRequest): { readonly rules: TrialRules; readonly seed: number } {
  const plan = planAttack(request, 'trials');
  const { kind, seed } = plan;
  switch (kind) {
    case 'double-spend': {
      const { raceMode: mode, ...rules } = plan.rules;
      return { seed, rules: { kind, ...rules, mode } };
    }
    case 'selfish': {
      const { gamma, ...rules } = plan.rules;
      return { seed, rules: { kind, ...rules, ...(rules.randomTieBreak ? {} : { gamma }) } };
    }
    case 'eclipse':
      return { seed, rules: { kind, ...plan.rules } };
    case 'censor':
      return { seed, rules: { kind, ...plan.rules } };
    case 'partition':
      return { seed, rules: { kind, ...plan.rules } };
  }
}
