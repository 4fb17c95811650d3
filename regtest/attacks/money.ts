import { type RaceRules, raceRules, raceState } from '../rules/race-rules.js';
import {
  type AttackBalance,
  type AttackMoney,
  attackBalance,
  breakEvenConfirmations,
  breakEvenValue,
} from '../theory/economics.js';

/** Confirmations that are tried before the answer is that none of these protects. */
export const MOST_CONFIRMATIONS = 200;

/** The money of a double spend: what was said of it, and what an attempt costs and brings by theory, on average. */
export interface ExpectedAccount extends AttackMoney, AttackBalance {
  /** What must be at stake for it to pay; null when it never does. */
  readonly breakEvenValue: number | null;
  /** The fewest that make it a loss; null when none up to {@link MOST_CONFIRMATIONS} does. */
  readonly breakEvenConfirmations: number | null;
}

/** The same with what one attempt really cost and brought. */
export interface Account extends ExpectedAccount {
  readonly actual: AttackBalance;
}

/** What a double spend costs and brings on average under these rules. */
export function expectedAccount(rules: RaceRules, money: AttackMoney): ExpectedAccount {
  const { hashrate, defences } = rules;
  const state = raceState(rules);
  const watch = defences?.watch ?? 0;
  const stakes = breakEvenValue(hashrate, state, money, watch);
  const confirmations = breakEvenConfirmations(
    hashrate,
    money,
    z => raceState(rulesAt(rules, z)),
    MOST_CONFIRMATIONS,
    watch,
  );
  return {
    ...money,
    ...attackBalance(hashrate, state, money, watch),
    breakEvenValue: Number.isFinite(stakes) ? stakes : null,
    breakEvenConfirmations: confirmations ?? null,
  };
}

/** What one attempt came to. */
export interface Attempt {
  /** How long the attacker's hash rate worked, in mean block times. */
  readonly time: number;
  /** His blocks that are in the chain. */
  readonly blocks: number;
  /** He has the goods, and his money back. */
  readonly success: boolean;
}

/** What one attempt really cost and brought. */
export function actualBalance(hashrate: number, money: AttackMoney, attempt: Attempt): AttackBalance {
  const cost = hashrate * attempt.time * money.blockCost;
  const rewards = attempt.blocks * money.reward;
  const loot = attempt.success ? money.value : 0;
  return { cost, rewards, loot, profit: loot + rewards - cost };
}

/** The same attack against another number of confirmations: the attacker is as patient beyond them as he was. */
function rulesAt(rules: RaceRules, confirmations: number): RaceRules {
  const giveUp = Math.max(1, rules.giveUp - rules.confirmations + confirmations);
  const { raceMode: mode, preMined, defences } = rules;
  return raceRules(rules.hashrate, confirmations, giveUp, { mode, preMined, defences });
}
