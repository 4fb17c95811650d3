import { MAX_BLOCK_SECONDS, MIN_BLOCK_SECONDS } from '../mining/check-plan.js';
import type { MiningPlan } from '../mining/plan.js';
import { MAX_SEED } from '../random.js';
import { invalid, needed, type ParamReader } from './param-reader.js';

const KINDS = ['off', 'transaction', 'interval', 'clocks', 'work'] as const;

/** Shares are in any unit, up to here. */
const MAX_SHARE = 1e9;

/** A plan as it comes in. That its shares fit the network is seen when it is set. @throws LabError */
export function readPlan(params: ParamReader, mostShares: number): MiningPlan {
  const kind = needed(params.oneOf('kind', KINDS), 'kind');
  const plan = planOf(kind, params, mostShares);
  params.refuseOthers();
  return plan;
}

function planOf(kind: MiningPlan['kind'], params: ParamReader, mostShares: number): MiningPlan {
  const secondsIn = (name: string) => needed(params.number(name, MIN_BLOCK_SECONDS, MAX_BLOCK_SECONDS), name);
  if (kind === 'off' || kind === 'transaction') return { kind };
  const shares = sharesIn(params, mostShares);
  const withShares = shares === undefined ? {} : { shares };
  if (kind === 'work') return { kind, ...withShares };
  if (kind === 'interval') return { kind, seconds: secondsIn('seconds'), ...withShares };
  const seed = params.integer('seed', 0, MAX_SEED);
  return {
    kind,
    meanSeconds: secondsIn('meanSeconds'),
    ...withShares,
    ...(seed === undefined ? {} : { seed }),
  };
}

function sharesIn(params: ParamReader, most: number): readonly number[] | undefined {
  return params.array('shares', most)?.map(share => {
    if (typeof share === 'number' && share >= 0 && share <= MAX_SHARE) return share;
    throw invalid(`shares are numbers from 0 to ${MAX_SHARE}`);
  });
}
