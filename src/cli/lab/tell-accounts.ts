import { accountBalances, type LabAccount, type RegtestNetwork } from '../../../regtest/index.js';
import { bitcoins, columns } from './terminal.js';

/** An account with what lies at its address now, in bitcoins. */
export interface AccountFacts {
  readonly account: LabAccount;
  readonly balance: number;
}

export async function accountFacts({ accounts, nodes }: RegtestNetwork): Promise<readonly AccountFacts[]> {
  const [first] = nodes;
  const balances = first === undefined ? [] : await accountBalances(first.rpc, accounts);
  return accounts.map((account, index) => ({ account, balance: balances[index] ?? 0 }));
}

/** The phrase and the keys it gives, for people. */
export function accountLines(mnemonic: string, facts: readonly AccountFacts[]): string[] {
  const rows = facts.map(({ account, balance }, index) => [
    `(${index})`,
    account.address,
    account.wif,
    bitcoins(balance),
    account.node === undefined ? '' : `node${account.node}`,
  ]);
  return [
    '',
    'Accounts: address, private key, balance, the node whose wallet has it. For play money only.',
    ...columns(rows, [3]).map(line => `  ${line}`),
    '',
    `Mnemonic: ${mnemonic}`,
    `Path:     ${facts[0]?.account.path.replace(/\d+$/, '<number>') ?? ''}`,
  ];
}
