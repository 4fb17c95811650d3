import type { AttackKind, AttackMoney, Expectation, RaceDefences, RaceMode } from '../../../regtest/index.js';

/** The options of the attack command as they are typed; those with a default are always there. */
export interface AttackCommandOptions {
  readonly kind: AttackKind;
  readonly hashrate: number;
  readonly confirmations: number;
  readonly giveUp?: number;
  readonly nodes: number;
  readonly seed: number;
  readonly trials?: number;
  readonly record?: string;
  readonly mode: RaceMode;
  readonly preMined?: number;
  readonly gamma?: number;
  readonly randomTieBreak?: boolean;
  readonly period?: number;
  readonly patience?: number;
  readonly duration: number;
  readonly maxReorg?: number;
  readonly checkpoint?: number;
  readonly watch?: number;
  readonly value?: number;
  readonly reward?: number;
  readonly blockCost?: number;
  readonly preset?: string;
  readonly expect?: readonly Expectation[];
}

/** The same with everything that an attack many times over needs. */
export interface TrialCommandOptions extends AttackCommandOptions {
  readonly trials: number;
}

/** Options that belong to some kinds of attack only. */
const KINDS_OF: Readonly<Partial<Record<keyof AttackCommandOptions, readonly AttackKind[]>>> = {
  confirmations: ['double-spend', 'eclipse'],
  giveUp: ['double-spend', 'censor'],
  mode: ['double-spend'],
  preMined: ['double-spend'],
  gamma: ['selfish'],
  randomTieBreak: ['selfish'],
  period: ['selfish'],
  patience: ['eclipse'],
  duration: ['partition'],
  maxReorg: ['double-spend', 'partition'],
  checkpoint: ['double-spend'],
  watch: ['double-spend', 'eclipse'],
  value: ['double-spend'],
  reward: ['double-spend'],
  blockCost: ['double-spend'],
};

/** Options that need --trials: live attacks do not know them. */
const TRIALS_ONLY: readonly (keyof AttackCommandOptions)[] = [
  'mode',
  'preMined',
  'maxReorg',
  'checkpoint',
  'watch',
  'value',
  'reward',
  'blockCost',
  'record',
];

/** The share of the hash rate without `--hashrate`: one with which the attack is worth a look. */
const DEFAULT_HASHRATES: Readonly<Record<AttackKind, number>> = {
  'double-spend': 0.6,
  selfish: 0.35,
  eclipse: 0.3,
  censor: 0.3,
  partition: 0.4,
};

/** The share of the hash rate for a kind of attack, unless it is given. */
export function defaultHashrate(kind: AttackKind): number {
  return DEFAULT_HASHRATES[kind];
}

/**
 * What is wrong with the options taken together, in words for people; undefined when nothing is.
 *
 * @param isGiven whether an option was typed
 */
export function contradiction(
  options: AttackCommandOptions,
  isGiven: (name: keyof AttackCommandOptions) => boolean,
): string | undefined {
  const { kind, trials, mode, hashrate, randomTieBreak } = options;
  for (const name of Object.keys(KINDS_OF) as (keyof AttackCommandOptions)[]) {
    const kinds = KINDS_OF[name] ?? [];
    if (isGiven(name) && !kinds.includes(kind))
      return `${flag(name)} belongs to ${kinds.join(' and ')}, not to ${kind}`;
  }
  if (trials === undefined) {
    if (kind !== 'double-spend') return `${kind} needs --trials`;
    const wrong = TRIALS_ONLY.find(name => isGiven(name));
    if (wrong !== undefined) return `${flag(wrong)} needs --trials`;
  }
  if (isGiven('preMined') && mode !== 'pre-mined') return '--pre-mined needs --mode pre-mined';
  if (isGiven('gamma') && randomTieBreak === true) return '--gamma is one half with --random-tie-break';
  if (kind === 'selfish' && hashrate >= 0.5)
    return 'selfish mining is for less than half of the hash rate: with more, nobody else ever gets a block in';
  return undefined;
}

function flag(name: string): string {
  return `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`;
}

/** Undefined when none is switched on. */
export function defencesOf({ maxReorg, checkpoint, watch }: AttackCommandOptions): RaceDefences | undefined {
  if (maxReorg === undefined && checkpoint === undefined && watch === undefined) return undefined;
  return {
    ...(maxReorg === undefined ? {} : { maxReorg }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...(watch === undefined ? {} : { watch }),
  };
}

/** What is at stake, where any of it was said; a block's cost is its reward unless given, and the other way round. */
export function moneyOf({ value, reward, blockCost }: AttackCommandOptions): AttackMoney | undefined {
  if (value === undefined && reward === undefined && blockCost === undefined) return undefined;
  return { value: value ?? 0, reward: reward ?? blockCost ?? 0, blockCost: blockCost ?? reward ?? 0 };
}
