import {
  type AttackBalance,
  type AttackMoney,
  type ExpectedAccount,
  expectedAccount,
  MOST_CONFIRMATIONS,
  type TrialResult,
} from '../../../regtest/index.js';
import { columns } from './terminal.js';

/** What a double spend costs and brings on average under the rules of these trials, in words and as numbers. */
export function accountFor(
  { rules }: TrialResult,
  money: AttackMoney,
): { readonly lines: readonly string[]; readonly money: ExpectedAccount } {
  const account = expectedAccount(rules, money);
  return { lines: tellAccount(account), money: account };
}

/** @param actual what one attempt cost and brought, beside the means */
export function tellAccount(account: ExpectedAccount, actual?: AttackBalance): string[] {
  const row = (name: string, key: keyof AttackBalance) => [
    name,
    amount(account[key]),
    ...(actual === undefined ? [] : [amount(actual[key])]),
  ];
  const table = columns(
    [
      ...(actual === undefined ? [] : [['', 'by theory', 'this time']]),
      row('cost of hash', 'cost'),
      row('rewards', 'rewards'),
      row('loot', 'loot'),
      row('profit', 'profit'),
    ],
    [1, 2],
  );
  const { value, reward, blockCost, breakEvenValue, breakEvenConfirmations } = account;
  return [
    '',
    `Money by theory, for ${amount(value)} at stake, a reward of ${amount(reward)} and a cost of ${amount(blockCost)} a block; means of one attempt:`,
    ...table.map(line => `  ${line}`),
    stakes(breakEvenValue),
    breakEvenConfirmations === null
      ? `  no number of confirmations up to ${MOST_CONFIRMATIONS} makes it a loss`
      : `  a loss from ${breakEvenConfirmations} confirmations on`,
  ];
}

function stakes(value: number | null): string {
  if (value === null) return '  pays at no stake whatsoever';
  return value === 0
    ? '  pays for itself by its rewards, whatever is at stake'
    : `  pays from ${amount(value)} at stake`;
}

function amount(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 100 ? 2 : 0 });
}
