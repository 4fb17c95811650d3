import { COINBASE_MATURITY } from '../src/consensus/limits.js';
import { hashFromHex, toHex } from '../src/primitives/bytes.js';
import { defined } from '../src/runtime/errors.js';
import type { KeepAliveRpc } from './keep-alive-rpc.js';
import { coinsOf, type OwnCoin, Payer } from './payer.js';

/** Outputs of one transaction that shares out a coinbase: well below what is standard. */
const OUTPUTS = 2000;

const SUBSIDY = 50e8;

/** Satoshis: generous for {@link OUTPUTS}. */
const FEE = 1_000_000;

/** Mines blocks on a fresh regtest daemon and shares out coinbases. @returns confirmed coins of equal value */
export async function fundedCoins(
  rpc: KeepAliveRpc,
  count: number,
): Promise<{ readonly payer: Payer; readonly coins: readonly OwnCoin[] }> {
  const payer = new Payer();
  const shares = Math.ceil(count / OUTPUTS);
  const hashes = await rpc.call<string[]>('generatetoaddress', COINBASE_MATURITY + shares, payer.address);
  const coins: OwnCoin[] = [];
  for (const hash of hashes.slice(0, shares)) {
    const { tx } = await rpc.call<{ tx: string[] }>('getblock', hash);
    const txid = defined(hashFromHex(defined(tx[0], 'a coinbase')), 'its id');
    const shared = payer.split({ txid, vout: 0, value: SUBSIDY }, OUTPUTS, FEE);
    await rpc.call('sendrawtransaction', toHex(shared.raw));
    coins.push(...coinsOf(shared));
  }
  await rpc.call('generatetoaddress', 1, payer.address);
  return { payer, coins: coins.slice(0, count) };
}
