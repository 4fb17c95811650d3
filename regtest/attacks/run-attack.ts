import { assert } from '../../src/runtime/errors.js';
import type { AttackKind } from '../attack-kinds.js';
import type { RegtestNetwork } from '../network.js';
import type { AttackOutcome } from './attack-outcome.js';
import { type AttackPlan, planAttack } from './attack-plan.js';
import type { AttackRequest } from './attack-request.js';
import { runDoubleSpend } from './double-spend.js';
import type { AttackRun } from './stage.js';

/**
 * Attacks a network of real nodes, by the same rules as the trials on headers alone. The network is one whole again at the
 * end, whatever the outcome, unless a reorg limit of its nodes has split it for good.
 *
 * @example
 * const result = await runAttack(network, { hashrate: 0.6, confirmations: 6 });
 * console.log(result.success, result.reorgDepth);
 *
 * @throws RangeError when the request makes no sense, or not on this network
 */
export async function runAttack<K extends AttackKind = 'double-spend'>(
  network: RegtestNetwork,
  request: AttackRequest & { readonly kind?: K | undefined },
  run: AttackRun = {},
): Promise<OutcomeOf<K>> {
  const outcome = await runPlan(network, planAttack(request, 'live'), run);
  assert(isOf(outcome, request.kind), 'the outcome is of the kind that was asked for');
  return outcome;
}

type OutcomeOf<K extends AttackKind> = Extract<AttackOutcome, { readonly kind: K }>;

/** What was asked for without a kind is a double spend, as all presets are. */
function isOf<K extends AttackKind>(outcome: AttackOutcome, kind: K | undefined): outcome is OutcomeOf<K> {
  return outcome.kind === (kind ?? 'double-spend');
}

async function runPlan(network: RegtestNetwork, plan: AttackPlan, run: AttackRun): Promise<AttackOutcome> {
  switch (plan.kind) {
    case 'double-spend':
      return runDoubleSpend(network, plan, run);
    default:
      throw new RangeError(`${plan.kind} needs trials`);
  }
}
