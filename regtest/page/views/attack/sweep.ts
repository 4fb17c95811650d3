import type { AttackKind } from '../../../attack-kinds.js';
import { type AttackPlan, planAttack } from '../../../attacks/attack-plan.js';
import type { AttackRequest } from '../../../attacks/attack-request.js';
import { chanceOf } from '../../../rules/race-rules.js';
import { censorshipOutlook } from '../../../theory/censorship.js';
import { eclipseChance } from '../../../theory/eclipse.js';
import { partitionWin } from '../../../theory/partition.js';
import { selfishMiningShare } from '../../../theory/selfish-mining.js';

/** One thing that is varied, all else being as in the request: where it is tried, and what theory says between. */
export interface Sweep {
  /** What is varied, and what comes of it. */
  readonly label: string;
  readonly outcome: string;
  readonly kind: AttackKind;
  /** Places that are tried, the request's own among them. */
  readonly points: readonly number[];
  /** Places at which the curve of the theory is computed, the tried ones among them. */
  readonly curve: readonly number[];
  /** Where the request stands. */
  readonly own: number;
  readonly isShare: boolean;
  readonly theoryAt: (x: number) => number;
  readonly requestAt: (x: number) => AttackRequest;
}

/** Places on either side of the request's own. */
const CONFIRMATIONS_AROUND = 4;
const SHARES: readonly number[] = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45];
const MORE_SHARES: readonly number[] = [...SHARES, 0.5, 0.55, 0.6, 0.65, 0.7];

/** What is worth varying for each kind of attack: confirmations where a merchant waits, else the share of the hash rate. */
export function sweepOf(request: AttackRequest): Sweep {
  const plan = planAttack(request, 'trials');
  return 'confirmations' in plan.rules ? overConfirmations(request, plan) : overShares(request, plan);
}

function overConfirmations(request: AttackRequest, plan: AttackPlan): Sweep {
  const own = 'confirmations' in plan.rules ? plan.rules.confirmations : 0;
  const low = Math.max(1, own - CONFIRMATIONS_AROUND);
  const points = Array.from({ length: 2 * CONFIRMATIONS_AROUND + 1 }, (_, index) => low + index);
  return {
    label: 'confirmations',
    outcome: OUTCOMES[plan.kind],
    kind: plan.kind,
    points,
    curve: points,
    own,
    isShare: false,
    theoryAt: confirmations => theoryOf({ ...request, confirmations }),
    requestAt: confirmations => ({ ...request, confirmations }),
  };
}

function overShares(request: AttackRequest, plan: AttackPlan): Sweep {
  const own = plan.rules.hashrate;
  const shares = plan.kind === 'selfish' ? SHARES : MORE_SHARES;
  const points = [...new Set([...shares, own])].sort((a, b) => a - b);
  return {
    label: 'share of the hash rate',
    outcome: OUTCOMES[plan.kind],
    kind: plan.kind,
    points,
    curve: curveOver(points),
    own,
    isShare: true,
    theoryAt: hashrate => theoryOf({ ...request, hashrate }),
    requestAt: hashrate => ({ ...request, hashrate }),
  };
}

/** Every per cent from the first point to the last. */
function curveOver(points: readonly number[]): number[] {
  const [low, high] = [Math.round(100 * (points[0] ?? 0)), Math.round(100 * (points.at(-1) ?? 0))];
  const between = Array.from({ length: high - low + 1 }, (_, index) => (low + index) / 100);
  return [...new Set([...between, ...points])].sort((a, b) => a - b);
}

const OUTCOMES: Readonly<Record<AttackKind, string>> = {
  'double-spend': 'chance of the attacker',
  eclipse: 'chance that the goods are lost',
  selfish: 'the attacker’s share of the chain',
  censor: 'share of blocks that are orphaned',
  partition: 'chance that the first side wins',
};

function theoryOf(request: AttackRequest): number {
  const plan = planAttack(request, 'trials');
  switch (plan.kind) {
    case 'double-spend':
      return chanceOf(plan.rules);
    case 'eclipse': {
      const { hashrate, confirmations, patience, watch } = plan.rules;
      return eclipseChance(hashrate, confirmations, patience) * (1 - watch);
    }
    case 'selfish':
      return selfishMiningShare(plan.rules.hashrate, plan.rules.gamma);
    case 'censor':
      return censorshipOutlook(plan.rules.hashrate, plan.rules.giveUp).orphaned;
    case 'partition':
      return partitionWin(plan.rules.hashrate, plan.rules.duration);
  }
}
