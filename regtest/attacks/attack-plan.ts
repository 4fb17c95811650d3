import type { AttackKind } from '../attack-kinds.js';
import { PRESETS } from '../presets.js';
import { DEFAULT_SEED } from '../random.js';
import { type CensorRules, censorRules } from '../rules/censor-rules.js';
import { type EclipseRules, patienceFor } from '../rules/eclipse-rules.js';
import type { PartitionRules } from '../rules/partition-rules.js';
import { type RaceRules, raceRules } from '../rules/race-rules.js';
import { DEFAULT_PERIOD, type SelfishRules } from '../rules/selfish-rules.js';
import type { AttackMoney } from '../theory/economics.js';
import { RANDOM_TIE_BREAK_GAMMA } from '../theory/selfish-mining.js';
import { type AttackRequest, type AttackUse, contradiction, kindOf } from './attack-request.js';

/** An attack with all that was left open filled in, by kind. */
export type AttackPlan = DoubleSpendPlan | SelfishPlan | EclipsePlan | CensorPlan | PartitionPlan;

interface CommonPlan<K extends AttackKind> {
  readonly kind: K;
  readonly seed: number;
}

export interface DoubleSpendPlan extends CommonPlan<'double-spend'> {
  readonly rules: RaceRules;
  /** Absent where nothing was said of it. */
  readonly money?: AttackMoney;
}

export interface SelfishPlan extends CommonPlan<'selfish'> {
  readonly rules: SelfishRules;
  /** Found in all, live. */
  readonly blocks: number;
}

export interface EclipsePlan extends CommonPlan<'eclipse'> {
  readonly rules: EclipseRules;
}

export interface CensorPlan extends CommonPlan<'censor'> {
  readonly rules: CensorRules;
  /** Found in all, live. */
  readonly blocks: number;
}

export interface PartitionPlan extends CommonPlan<'partition'> {
  readonly rules: PartitionRules;
  /** Live: the partition ends when each side has found as many, not by time. */
  readonly blocks?: number;
}

/** On live nodes: several adjustments within a minute. */
export const DEFAULT_LIVE_PERIOD = 32;

/** Periods that live selfish mining lasts, unless told in blocks: the first, and some after adjustments. */
const LIVE_PERIODS = 4;
const LIVE_CENSOR_BLOCKS = 60;
const DEFAULT_CONFIRMATIONS = 6;
/** Mean block times. */
const DEFAULT_PARTITION = 20;

/** The share of the hash rate for a kind of attack unless it is given: one with which the attack is worth a look. */
export const DEFAULT_HASHRATES: Readonly<Record<AttackKind, number>> = {
  'double-spend': 0.6,
  selfish: 0.35,
  eclipse: 0.3,
  censor: 0.3,
  partition: 0.4,
};

/**
 * Fills in what a request leaves open: by its preset, and then by what is usual.
 *
 * @throws RangeError when it makes no sense
 */
export function planAttack(request: AttackRequest, use: AttackUse): AttackPlan {
  const wrong = contradiction(request, use);
  if (wrong !== undefined) throw new RangeError(wrong);
  const kind = kindOf(request);
  const preset = request.preset === undefined ? undefined : PRESETS[request.preset];
  const { seed = DEFAULT_SEED } = request;
  const hashrate = request.hashrate ?? preset?.hashrate ?? DEFAULT_HASHRATES[kind];
  const confirmations = request.confirmations ?? preset?.confirmations ?? DEFAULT_CONFIRMATIONS;
  const giveUp = request.giveUp ?? preset?.giveUp;
  switch (kind) {
    case 'double-spend': {
      const { mode, preMined } = request;
      const { maxReorg, checkpoint, watch } = request.defences ?? {};
      const isDefended = maxReorg !== undefined || checkpoint !== undefined || watch !== undefined;
      const defences = isDefended ? { maxReorg, checkpoint, watch } : undefined;
      const rules = raceRules(hashrate, confirmations, giveUp, { mode, preMined, defences });
      const money = moneyOf({ ...preset?.money, ...request.money });
      return { kind, seed, rules, ...(money === undefined ? {} : { money }) };
    }
    case 'selfish': {
      const randomTieBreak = request.defences?.randomTieBreak ?? false;
      const gamma = randomTieBreak ? RANDOM_TIE_BREAK_GAMMA : (request.gamma ?? 0);
      const period = request.period ?? (use === 'live' ? DEFAULT_LIVE_PERIOD : DEFAULT_PERIOD);
      const rules = { hashrate, gamma, randomTieBreak, period };
      return { kind, seed, rules, blocks: request.blocks ?? LIVE_PERIODS * period };
    }
    case 'eclipse': {
      const { patience = patienceFor(confirmations), defences } = request;
      return { kind, seed, rules: { hashrate, confirmations, patience, watch: defences?.watch ?? 0 } };
    }
    case 'censor':
      return {
        kind,
        seed,
        rules: censorRules(hashrate, giveUp),
        blocks: request.blocks ?? LIVE_CENSOR_BLOCKS,
      };
    case 'partition': {
      const { duration = DEFAULT_PARTITION, blocks, defences } = request;
      const { maxReorg } = defences ?? {};
      const rules = { hashrate, duration, ...(maxReorg === undefined ? {} : { maxReorg }) };
      return { kind, seed, rules, ...(blocks === undefined ? {} : { blocks }) };
    }
  }
}

/** A block's cost is its reward unless given, and the other way round; undefined where nothing was said. */
function moneyOf({ value, reward, blockCost }: Partial<AttackMoney>): AttackMoney | undefined {
  if (value === undefined && reward === undefined && blockCost === undefined) return undefined;
  return { value: value ?? 0, reward: reward ?? blockCost ?? 0, blockCost: blockCost ?? reward ?? 0 };
}
