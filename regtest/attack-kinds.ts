/** What an attacker is after. */
export type AttackKind = 'double-spend' | 'selfish' | 'eclipse' | 'censor' | 'partition';

export const ATTACK_KINDS: readonly AttackKind[] = [
  'double-spend',
  'selfish',
  'eclipse',
  'censor',
  'partition',
];

/** Figures of every kind, by which expectations name them: see `TrialOutcome`. */
const COMMON_METRICS = ['rate', 'low', 'high', 'low99', 'high99', 'theory'] as const;

const OWN_METRICS: Readonly<Record<AttackKind, readonly string[]>> = {
  'double-spend': ['success', 'reorg', 'blocks', 'refused', 'split'],
  selfish: ['share', 'before', 'after', 'growth'],
  eclipse: ['success', 'time', 'reorg'],
  censor: ['orphaned', 'share', 'censor', 'delay', 'growth'],
  partition: ['win', 'reorg', 'split'],
};

/** Names of what trials of a kind measure. */
export function metricsOf(kind: AttackKind): readonly string[] {
  return [...COMMON_METRICS, ...OWN_METRICS[kind]];
}

/** Figures of every live attack. */
const COMMON_LIVE_METRICS = ['success', 'reorg', 'honest', 'attacker', 'theory', 'split'] as const;

const OWN_LIVE_METRICS: Readonly<Record<AttackKind, readonly string[]>> = {
  'double-spend': ['refused', 'profit'],
  selfish: ['share', 'before', 'after', 'growth', 'difficulty'],
  eclipse: ['time'],
  censor: ['orphaned', 'delay'],
  partition: ['lost', 'conflicts'],
};

/** Names of what one live attack of a kind shows. */
export function liveMetricsOf(kind: AttackKind): readonly string[] {
  return [...COMMON_LIVE_METRICS, ...OWN_LIVE_METRICS[kind]];
}
