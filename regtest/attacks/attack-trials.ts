import type { AnyTrialResult } from '../trials/any-result.js';
import { runCensorTrials } from '../trials/censor.js';
import { runTrials } from '../trials/double-spend.js';
import { runEclipseTrials } from '../trials/eclipse.js';
import type { TrialRun } from '../trials/outcome.js';
import { runPartitionTrials } from '../trials/partition.js';
import { runSelfishTrials } from '../trials/selfish.js';
import { planAttack } from './attack-plan.js';
import type { AttackRequest } from './attack-request.js';

/**
 * Runs an attack many times on headers alone: the statistics of what {@link runAttack} does once on nodes.
 *
 * @throws RangeError when the request makes no sense
 */
export async function runAttackTrials(
  request: AttackRequest,
  { trials, onProgress }: Omit<TrialRun, 'seed'>,
): Promise<AnyTrialResult> {
  const plan = planAttack(request, 'trials');
  const run = { trials, onProgress, seed: plan.seed };
  switch (plan.kind) {
    case 'double-spend': {
      const { raceMode: mode, ...rules } = plan.rules;
      return runTrials({ ...run, ...rules, mode });
    }
    case 'selfish': {
      const { gamma, ...rules } = plan.rules;
      return runSelfishTrials({ ...run, ...rules, ...(rules.randomTieBreak ? {} : { gamma }) });
    }
    case 'eclipse':
      return runEclipseTrials({ ...run, ...plan.rules });
    case 'censor':
      return runCensorTrials({ ...run, ...plan.rules });
    case 'partition':
      return runPartitionTrials({ ...run, ...plan.rules });
  }
}
