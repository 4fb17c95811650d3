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

/** Names of what one live attack shows. */
export const LIVE_METRICS: readonly string[] = ['success', 'reorg', 'honest', 'attacker', 'theory'];
