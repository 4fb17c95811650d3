import {
  type AttackBalance,
  type AttackMoney,
  attackBalance,
  breakEvenConfirmations,
  breakEvenValue,
  type RaceRules,
  raceRules,
  raceState,
  type TrialResult,
} from '../../../regtest/index.js';
import { columns } from './terminal.js';

/** Confirmations that are tried before the answer is that none of these protects. */
const MOST_CONFIRMATIONS = 200;

/** The money of an attack by theory, for people and for programs. */
export interface Account {
  readonly lines: readonly string[];
  readonly money: AttackMoney &
    AttackBalance & {
      readonly breakEvenValue: number;
      /** The fewest that make it a loss; null when none up to 200 does. */
      readonly breakEvenConfirmations: number | null;
    };
}

/** What a double spend costs and brings on average under the rules of these trials. */
export function accountFor({ rules }: TrialResult, money: AttackMoney): Account {
  const { hashrate, defences } = rules;
  const state = raceState(rules);
  const watch = defences?.watch ?? 0;
  const balance = attackBalance(hashrate, state, money, watch);
  const value = breakEvenValue(hashrate, state, money, watch);
  const confirmations = breakEvenConfirmations(
    hashrate,
    money,
    z => raceState(rulesAt(rules, z)),
    MOST_CONFIRMATIONS,
    watch,
  );
  return {
    lines: tell(money, balance, value, confirmations),
    money: { ...money, ...balance, breakEvenValue: value, breakEvenConfirmations: confirmations ?? null },
  };
}

/** The same attack against another number of confirmations: the attacker is as patient beyond them as he was. */
function rulesAt(rules: RaceRules, confirmations: number): RaceRules {
  const giveUp = Math.max(1, rules.giveUp - rules.confirmations + confirmations);
  const { raceMode: mode, preMined, defences } = rules;
  return raceRules(rules.hashrate, confirmations, giveUp, { mode, preMined, defences });
}

function tell(
  money: AttackMoney,
  balance: AttackBalance,
  value: number,
  confirmations: number | undefined,
): string[] {
  const table = columns(
    [
      ['cost of hash', amount(balance.cost)],
      ['rewards', amount(balance.rewards)],
      ['loot', amount(balance.loot)],
      ['profit', amount(balance.profit)],
    ],
    [1],
  );
  return [
    '',
    `Money by theory, for ${amount(money.value)} at stake, a reward of ${amount(money.reward)} and a cost of ${amount(money.blockCost)} a block; means of one attempt:`,
    ...table.map(line => `  ${line}`),
    value === 0
      ? '  pays for itself by its rewards, whatever is at stake'
      : `  pays from ${amount(value)} at stake`,
    confirmations === undefined
      ? `  no number of confirmations up to ${MOST_CONFIRMATIONS} makes it a loss`
      : `  a loss from ${confirmations} confirmations on`,
  ];
}

function amount(value: number): string {
  if (!Number.isFinite(value)) return 'nothing ever';
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 100 ? 2 : 0 });
}
