import { ATTACK_KINDS, type AttackKind } from '../../../attack-kinds.js';
import type { AttackDefences, AttackField, AttackRequest } from '../../../attacks/attack-request.js';
import { PRESETS } from '../../../presets.js';
import { RACE_MODES } from '../../../rules/race-rules.js';
import type { AttackMoney } from '../../../theory/economics.js';

/** A field of the form. What stands in it is text; an empty one is left to the lab. */
export interface FieldSpec {
  readonly name: FieldName;
  readonly label: string;
  readonly kinds: readonly AttackKind[];
  /** A share is shown in per cent. */
  readonly input: 'share' | 'number' | 'choice' | 'check';
  readonly choices?: readonly string[];
  readonly placeholder?: string;
  readonly section: 'attack' | 'defences' | 'money';
  /** Of no use in trials. */
  readonly isLive?: true;
}

/** Fields that are typed in; kind and preset are chosen. */
export type FieldName = Exclude<AttackField, 'kind' | 'preset'>;

export type FieldValues = Readonly<Partial<Record<FieldName, string>>>;

export const FIELD_SPECS: readonly FieldSpec[] = [
  { name: 'hashrate', label: 'Attacker’s hash rate', kinds: ATTACK_KINDS, input: 'share', section: 'attack' },
  {
    name: 'confirmations',
    label: 'Confirmations',
    kinds: ['double-spend', 'eclipse'],
    input: 'number',
    placeholder: '6',
    section: 'attack',
  },
  {
    name: 'mode',
    label: 'Wins with',
    kinds: ['double-spend'],
    input: 'choice',
    choices: RACE_MODES,
    section: 'attack',
  },
  {
    name: 'preMined',
    label: 'Blocks in store',
    kinds: ['double-spend'],
    input: 'number',
    placeholder: '0',
    section: 'attack',
  },
  {
    name: 'giveUp',
    label: 'Gives up behind by',
    kinds: ['double-spend', 'censor'],
    input: 'number',
    placeholder: 'auto',
    section: 'attack',
  },
  { name: 'gamma', label: 'γ', kinds: ['selfish'], input: 'number', placeholder: '0', section: 'attack' },
  {
    name: 'period',
    label: 'Blocks per adjustment',
    kinds: ['selfish'],
    input: 'number',
    placeholder: '32 live',
    section: 'attack',
  },
  {
    name: 'patience',
    label: 'Patience in block times',
    kinds: ['eclipse'],
    input: 'number',
    placeholder: 'auto',
    section: 'attack',
  },
  {
    name: 'duration',
    label: 'Lasts, in block times',
    kinds: ['partition'],
    input: 'number',
    placeholder: '20',
    section: 'attack',
  },
  {
    name: 'blocks',
    label: 'Blocks in all',
    kinds: ['selfish', 'censor', 'partition'],
    input: 'number',
    placeholder: 'auto',
    section: 'attack',
    isLive: true,
  },
  { name: 'seed', label: 'Seed', kinds: ATTACK_KINDS, input: 'number', placeholder: '1', section: 'attack' },
  {
    name: 'maxReorg',
    label: 'Nodes undo at most',
    kinds: ['double-spend', 'partition'],
    input: 'number',
    placeholder: 'no limit',
    section: 'defences',
  },
  {
    name: 'checkpoint',
    label: 'Checkpoint this deep',
    kinds: ['double-spend'],
    input: 'number',
    placeholder: 'none',
    section: 'defences',
  },
  {
    name: 'watch',
    label: 'Conflict seen, chance',
    kinds: ['double-spend', 'eclipse'],
    input: 'number',
    placeholder: '0',
    section: 'defences',
  },
  {
    name: 'randomTieBreak',
    label: 'Ties are broken by lot',
    kinds: ['selfish'],
    input: 'check',
    section: 'defences',
  },
  {
    name: 'value',
    label: 'Value at stake',
    kinds: ['double-spend'],
    input: 'number',
    placeholder: '0',
    section: 'money',
  },
  {
    name: 'reward',
    label: 'Reward of a block',
    kinds: ['double-spend'],
    input: 'number',
    placeholder: 'its cost',
    section: 'money',
  },
  {
    name: 'blockCost',
    label: 'Cost of a block',
    kinds: ['double-spend'],
    input: 'number',
    placeholder: 'its reward',
    section: 'money',
  },
];

export const KIND_TITLES: Readonly<Record<AttackKind, string>> = {
  'double-spend': 'Double spend',
  selfish: 'Selfish mining',
  eclipse: 'Eclipse of a merchant',
  censor: 'Censorship',
  partition: 'Partition',
};

/** What each is about, in a sentence. */
export const KIND_TEXTS: Readonly<Record<AttackKind, string>> = {
  'double-spend':
    'The attacker pays the merchant, and mines a branch in private where the same coins go back to him.',
  selfish:
    'The attacker holds blocks back, so that others waste theirs; it pays once the difficulty has fallen.',
  eclipse: 'The merchant sees the attacker’s blocks only, and takes them for the network’s.',
  censor: 'The attacker works on branches without some transactions, until others leave them out too.',
  partition: 'The network falls in two; when it is whole again one side’s blocks are undone.',
};

export function fieldsOf(kind: AttackKind): readonly FieldSpec[] {
  return FIELD_SPECS.filter(({ kinds }) => kinds.includes(kind));
}

export function labelOf(field: AttackField): string {
  return FIELD_SPECS.find(({ name }) => name === field)?.label ?? field;
}

/** A share as the form has it. */
export function inPercent(share: number): string {
  return String(Number((100 * share).toFixed(4)));
}

/** What a preset fills in. */
export function presetValues(name: string): FieldValues {
  const preset = PRESETS[name];
  if (preset === undefined) return {};
  const { hashrate, confirmations, giveUp, money } = preset;
  return {
    hashrate: inPercent(hashrate),
    confirmations: String(confirmations),
    ...(giveUp === undefined ? {} : { giveUp: String(giveUp) }),
    ...(money === undefined
      ? {}
      : { value: String(money.value), reward: String(money.reward), blockCost: String(money.blockCost) }),
  };
}

/** The request that the form makes; fields that the kind has no use for, and those left empty, are not in it. */
export function requestOf(kind: AttackKind, values: FieldValues, use: 'live' | 'trials'): AttackRequest {
  const given = (section: FieldSpec['section']) =>
    Object.fromEntries(
      fieldsOf(kind)
        .filter(spec => spec.section === section && !(use === 'trials' && spec.isLive === true))
        .flatMap(spec => {
          const value = valueOfField(spec, values[spec.name] ?? '');
          return value === undefined ? [] : [[spec.name, value] as const];
        }),
    );
  const own: Partial<AttackRequest> = given('attack');
  const defences: AttackDefences = given('defences');
  const money: Partial<AttackMoney> = given('money');
  return {
    kind,
    ...own,
    ...(Object.keys(defences).length === 0 ? {} : { defences }),
    ...(Object.keys(money).length === 0 || use === 'trials' ? {} : { money }),
  };
}

function valueOfField({ input }: FieldSpec, text: string): string | number | boolean | undefined {
  if (text === '') return undefined;
  switch (input) {
    case 'share':
      return Number(text) / 100;
    case 'number':
      return Number(text);
    case 'check':
      return true;
    case 'choice':
      return text;
  }
}
