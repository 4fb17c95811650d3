import { checkPlan } from '../mining/check-plan.js';
import type { MiningPlan } from '../mining/plan.js';
import { invalid, needed, type ParamReader } from './param-reader.js';

const KINDS = ['off', 'transaction', 'interval', 'clocks', 'work'] as const;

/**
 * A plan as it comes in, for so many nodes.
 *
 * @throws LabError when it is no plan
 * @throws RangeError when it cannot be carried out
 */
export function readPlan(params: ParamReader, nodes: number): MiningPlan {
  const kind = needed(params.oneOf('kind', KINDS), 'kind');
  const plan = planOf(kind, params, nodes);
  params.refuseOthers();
  checkPlan(plan, nodes);
  return plan;
}

function planOf(kind: MiningPlan['kind'], params: ParamReader, nodes: number): MiningPlan {
  if (kind === 'off' || kind === 'transaction') return { kind };
  const shares = sharesIn(params, nodes);
  const withShares = shares === undefined ? {} : { shares };
  if (kind === 'work') return { kind, ...withShares };
  if (kind === 'interval')
    return { kind, seconds: needed(params.number('seconds'), 'seconds'), ...withShares };
  const seed = params.number('seed');
  return {
    kind,
    meanSeconds: needed(params.number('meanSeconds'), 'meanSeconds'),
    ...withShares,
    ...(seed === undefined ? {} : { seed }),
  };
}

function sharesIn(params: ParamReader, most: number): readonly number[] | undefined {
  return params.array('shares', most)?.map(share => {
    if (typeof share === 'number') return share;
    throw invalid('shares are numbers');
  });
}
