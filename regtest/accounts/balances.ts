import { COIN } from '../../src/primitives/amount.js';
import type { RpcCaller } from '../rpc/caller.js';
import { scanCoins } from '../scan-coins.js';
import type { LabAccount } from './account.js';

/** Confirmed bitcoins of each account's address, looked up among all coins of a node: no wallet need know them. */
export async function accountBalances(
  rpc: RpcCaller,
  accounts: readonly LabAccount[],
): Promise<readonly number[]> {
  const { unspents } = await scanCoins(
    rpc,
    accounts.map(({ address }) => address),
  );
  const satoshis = new Map<string, number>();
  for (const { desc, amount } of unspents) {
    const address = desc.slice('addr('.length, desc.indexOf(')'));
    satoshis.set(address, (satoshis.get(address) ?? 0) + Math.round(amount * COIN));
  }
  return accounts.map(({ address }) => (satoshis.get(address) ?? 0) / COIN);
}
