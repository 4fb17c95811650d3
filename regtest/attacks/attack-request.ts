import { ATTACK_KINDS, type AttackKind } from '../attack-kinds.js';
import { PRESETS } from '../presets.js';
import { MAX_SEED } from '../random.js';
import { RACE_MODES, type RaceDefences, type RaceMode } from '../rules/race-rules.js';
import type { AttackMoney } from '../theory/economics.js';

/** An attack as it is asked for, live or many times over. What a kind has no use for is refused. */
export interface AttackRequest {
  /** Without it a double spend, or what the preset is. */
  readonly kind?: AttackKind | undefined;
  /** Name of a preset; what is given besides goes before what it says. */
  readonly preset?: string | undefined;
  /** The attacker's share of the hash rate, or the first side's of a partition. */
  readonly hashrate?: number | undefined;
  /** Double spend and eclipse: what the merchant waits for. */
  readonly confirmations?: number | undefined;
  /** Double spend and censorship: deficit to give up at. */
  readonly giveUp?: number | undefined;
  /** Double spend: what it takes to win, and blocks in store. */
  readonly mode?: RaceMode | undefined;
  readonly preMined?: number | undefined;
  readonly defences?: AttackDefences | undefined;
  /** Double spend: what is at stake. */
  readonly money?: Partial<AttackMoney> | undefined;
  /** Selfish mining: share of honest power on the attacker's side in a tie. */
  readonly gamma?: number | undefined;
  /** Selfish mining: blocks from one adjustment of the difficulty to the next. */
  readonly period?: number | undefined;
  /** Eclipse: how long the merchant waits, in mean block times. */
  readonly patience?: number | undefined;
  /** Partition: how long it lasts, in mean block times. */
  readonly duration?: number | undefined;
  /** Live selfish mining and censorship: blocks found in all. Live partition: blocks that each side finds at least. */
  readonly blocks?: number | undefined;
  /** Decides who finds which block. */
  readonly seed?: number | undefined;
}

export interface AttackDefences extends RaceDefences {
  /** Nodes choose between branches of equal work by lot. */
  readonly randomTieBreak?: boolean | undefined;
}

/** More confirmations take minutes to compute and hours to mine. */
export const MAX_CONFIRMATIONS = 5000;
export const MAX_GIVE_UP = 10_000;
/** Limits of defences, and blocks between adjustments: far more than any chain has. */
export const MAX_DEPTH_LIMIT = 100_000;
export const MIN_PERIOD = 16;
export const MAX_PERIOD = 100_000;
/** Mean block times: about twenty years of them would be a million, of which each costs a header in every trial. */
export const MAX_DURATION = 10_000;
/** Money is computed in doubles, to the cent up to here. */
export const MAX_MONEY = 1e13;
/** A live block takes a few milliseconds with nodes in one process, tens of them with daemons. */
export const MAX_LIVE_BLOCKS = 20_000;

/** A single thing that can be asked for, by its name; those of `defences` and `money` have no longer name. */
export type AttackField =
  | Exclude<keyof AttackRequest, 'defences' | 'money'>
  | keyof AttackDefences
  | keyof AttackMoney;

interface FieldRule {
  /** Kinds of attack that know it; all, where absent. */
  readonly kinds?: readonly AttackKind[];
  /** Only where the attack runs on nodes. */
  readonly live?: true;
  /** Says what it must be, when it is not. */
  readonly check: (value: unknown) => string | undefined;
}

const share: FieldRule['check'] = value =>
  isNumber(value) && value > 0 && value < 1
    ? undefined
    : 'is a share of the hash rate, between 0 and 1, such as 0.3';

const chance: FieldRule['check'] = value =>
  isNumber(value) && value >= 0 && value <= 1 ? undefined : 'is a number from 0 to 1, such as 0.5';

const whole =
  (least: number, most: number): FieldRule['check'] =>
  value =>
    Number.isSafeInteger(value) && isNumber(value) && value >= least && value <= most
      ? undefined
      : `is a whole number from ${least} to ${most}`;

const above =
  (least: number, most: number): FieldRule['check'] =>
  value =>
    isNumber(value) && value > least && value <= most
      ? undefined
      : `is a number above ${least}, up to ${most}`;

const money: FieldRule['check'] = value =>
  isNumber(value) && value >= 0 && value <= MAX_MONEY ? undefined : `is a number from 0 up to ${MAX_MONEY}`;

const oneOf =
  (words: readonly string[]): FieldRule['check'] =>
  value =>
    typeof value === 'string' && words.includes(value) ? undefined : `is one of ${words.join(', ')}`;

const FIELDS: Readonly<Record<AttackField, FieldRule>> = {
  kind: { check: oneOf(ATTACK_KINDS) },
  preset: { check: oneOf(Object.keys(PRESETS)) },
  hashrate: { check: share },
  confirmations: { kinds: ['double-spend', 'eclipse'], check: whole(0, MAX_CONFIRMATIONS) },
  giveUp: { kinds: ['double-spend', 'censor'], check: whole(1, MAX_GIVE_UP) },
  mode: { kinds: ['double-spend'], check: oneOf(RACE_MODES) },
  preMined: { kinds: ['double-spend'], check: whole(1, MAX_CONFIRMATIONS) },
  gamma: { kinds: ['selfish'], check: chance },
  period: { kinds: ['selfish'], check: whole(MIN_PERIOD, MAX_PERIOD) },
  patience: { kinds: ['eclipse'], check: above(0, MAX_DURATION) },
  duration: { kinds: ['partition'], check: above(0, MAX_DURATION) },
  blocks: { kinds: ['selfish', 'censor', 'partition'], live: true, check: whole(1, MAX_LIVE_BLOCKS) },
  seed: { check: whole(0, MAX_SEED) },
  maxReorg: { kinds: ['double-spend', 'partition'], check: whole(0, MAX_DEPTH_LIMIT) },
  checkpoint: { kinds: ['double-spend'], check: whole(0, MAX_DEPTH_LIMIT) },
  watch: { kinds: ['double-spend', 'eclipse'], check: chance },
  randomTieBreak: {
    kinds: ['selfish'],
    check: value => (typeof value === 'boolean' ? undefined : 'is true or false'),
  },
  value: { kinds: ['double-spend'], check: money },
  reward: { kinds: ['double-spend'], check: money },
  blockCost: { kinds: ['double-spend'], check: money },
};

const GROUPS = ['defences', 'money'] as const;
const IN_GROUPS: Readonly<Record<(typeof GROUPS)[number], readonly AttackField[]>> = {
  defences: ['maxReorg', 'checkpoint', 'watch', 'randomTieBreak'],
  money: ['value', 'reward', 'blockCost'],
};

/** Runs once on nodes, or many times on headers alone. */
export type AttackUse = 'live' | 'trials';

/**
 * What is wrong with a request, in words for people; undefined when nothing is.
 *
 * @param spell how a field is called where it is read, such as `--give-up`
 */
export function contradiction(
  request: AttackRequest,
  use: AttackUse,
  spell: (field: AttackField) => string = field => field,
): string | undefined {
  const given = givenFields(request);
  for (const [field, value] of given) {
    const wrong = FIELDS[field].check(value);
    if (wrong !== undefined) return `${spell(field)} ${wrong}`;
  }
  const kind = kindOf(request);
  for (const [field] of given) {
    const { kinds, live } = FIELDS[field];
    if (kinds !== undefined && !kinds.includes(kind))
      return `${spell(field)} belongs to ${kinds.join(' and ')}, not to ${kind}`;
    if (live === true && use !== 'live') return `${spell(field)} is for live attacks, not for trials`;
  }
  return contradictionOfSome(request, kind, spell);
}

function contradictionOfSome(
  request: AttackRequest,
  kind: AttackKind,
  spell: (field: AttackField) => string,
): string | undefined {
  const { preset = '', preMined, mode, gamma, defences, duration, blocks, hashrate = 0 } = request;
  const presetKind = PRESETS[preset]?.kind ?? kind;
  if (kind !== presetKind) return `${preset} is a ${presetKind}, not a ${kind}`;
  if (preMined !== undefined && mode !== 'pre-mined')
    return `${spell('preMined')} needs ${spell('mode')} pre-mined`;
  if (gamma !== undefined && defences?.randomTieBreak === true)
    return `${spell('gamma')} is one half with ${spell('randomTieBreak')}`;
  if (kind === 'partition' && duration !== undefined && blocks !== undefined)
    return `a partition ends by ${spell('duration')} or by ${spell('blocks')}, not by both`;
  if (kind === 'selfish' && hashrate >= 0.5)
    return 'selfish mining is for less than half of the hash rate: with more, nobody else ever gets a block in';
  return undefined;
}

/** The kind of attack that a request is for. */
export function kindOf({ kind, preset }: AttackRequest): AttackKind {
  return kind ?? (preset === undefined ? undefined : PRESETS[preset]?.kind) ?? 'double-spend';
}

function givenFields(request: AttackRequest): (readonly [AttackField, unknown])[] {
  const { defences, money: stake, ...own } = request;
  const all = Object.entries({ ...own, ...defences, ...stake }) as [AttackField, unknown][];
  return all.filter(([, value]) => value !== undefined);
}

/**
 * Reads a request that came from outside.
 *
 * @throws RangeError with a sentence for people
 */
export function parseAttackRequest(value: unknown, use: AttackUse): AttackRequest {
  const request = objectOf(value, 'an attack');
  for (const group of GROUPS) {
    if (request[group] === undefined) continue;
    for (const name of Object.keys(objectOf(request[group], group))) {
      if (!IN_GROUPS[group].some(field => field === name)) throw new RangeError(`${group} has no "${name}"`);
    }
  }
  const grouped = new Set(Object.values(IN_GROUPS).flat());
  for (const name of Object.keys(request)) {
    const isOwn = Object.hasOwn(FIELDS, name) && ![...grouped].some(field => field === name);
    if (!isOwn && !GROUPS.some(group => group === name)) throw new RangeError(`an attack has no "${name}"`);
  }
  // Every name is known now, and `contradiction` checks every value.
  const checked = request as AttackRequest;
  const wrong = contradiction(checked, use);
  if (wrong !== undefined) throw new RangeError(wrong);
  return checked;
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RangeError(`${what} is an object`);
  return value as Readonly<Record<string, unknown>>;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
