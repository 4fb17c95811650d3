import type {
  AttackDefences,
  AttackField,
  AttackKind,
  AttackMoney,
  AttackRequest,
  Expectation,
  RaceMode,
} from '../../../regtest/index.js';

/** The options of the attack command as they are typed; what was not typed is left to the attack. */
export interface AttackCommandOptions extends AttackDefences, Partial<AttackMoney> {
  readonly kind?: AttackKind;
  readonly preset?: string;
  readonly hashrate?: number;
  readonly confirmations?: number;
  readonly giveUp?: number;
  readonly mode?: RaceMode;
  readonly preMined?: number;
  readonly gamma?: number;
  readonly period?: number;
  readonly patience?: number;
  readonly duration?: number;
  readonly blocks?: number;
  readonly seed?: number;
  readonly nodes: number;
  readonly inProcess?: boolean;
  readonly trials?: number;
  readonly live?: boolean;
  readonly expect?: readonly Expectation[];
}

/** The attack that the options ask for. */
export function requestOf(options: AttackCommandOptions): AttackRequest {
  const { kind, preset, hashrate, confirmations, giveUp, mode, preMined, gamma, period, patience } = options;
  const { duration, blocks, seed, maxReorg, checkpoint, watch, randomTieBreak } = options;
  const { value, reward, blockCost } = options;
  return {
    ...{ kind, preset, hashrate, confirmations, giveUp, mode, preMined, gamma, period, patience },
    ...{ duration, blocks, seed },
    defences: { maxReorg, checkpoint, watch, randomTieBreak },
    money: {
      ...(value === undefined ? {} : { value }),
      ...(reward === undefined ? {} : { reward }),
      ...(blockCost === undefined ? {} : { blockCost }),
    },
  };
}

/** A field of an attack as it is typed. */
export function flag(field: AttackField): string {
  return `--${field.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`;
}
