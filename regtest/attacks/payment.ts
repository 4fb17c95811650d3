import { COIN, formatAmount } from '../../src/primitives/amount.js';
import type { RegtestNode } from '../node.js';

/** Two transactions that spend one coin; nobody has either yet. Amounts are in bitcoins. */
export interface DoubleSpend {
  readonly amount: number;
  /** Pays the merchant. */
  readonly paymentTxid: string;
  readonly paymentHex: string;
  /** Pays the same coin back to the attacker. */
  readonly conflictTxid: string;
  readonly conflictHex: string;
}

/** What the payment is worth at most, in satoshis; less when the attacker is not rich enough. */
const MAX_PAYMENT = 10 * COIN;

/** Of either transaction, in satoshis: tens a virtual byte. */
const FEE = 10_000;

/** Makes a payment to `address` from the payer's richest coin, and a transaction that gives him the same coin back. */
export async function prepareDoubleSpend(payer: RegtestNode, address: string): Promise<DoubleSpend> {
  const coin = await richestCoin(payer);
  const amount = Math.min(MAX_PAYMENT, Math.floor(coin.value / 2));
  const own = payer.key.address;
  const payment = await signed(payer, coin, [
    { [address]: formatAmount(amount) },
    { [own]: formatAmount(coin.value - amount - FEE) },
  ]);
  const conflict = await signed(payer, coin, [{ [own]: formatAmount(coin.value - FEE) }]);
  return {
    amount: amount / COIN,
    paymentTxid: payment.txid,
    paymentHex: payment.hex,
    conflictTxid: conflict.txid,
    conflictHex: conflict.hex,
  };
}

/** A transaction of the payer's to `address` alone, that nobody has yet. */
export async function preparePayment(
  payer: RegtestNode,
  address: string,
): Promise<{ readonly txid: string; readonly hex: string }> {
  const { paymentTxid, paymentHex } = await prepareDoubleSpend(payer, address);
  return { txid: paymentTxid, hex: paymentHex };
}

interface Coin {
  readonly txid: string;
  readonly vout: number;
  /** Satoshis. */
  readonly value: number;
}

/** Among coins of equal value the first by txid: the same chain gives the same coin. */
async function richestCoin(node: RegtestNode): Promise<Coin> {
  const unspent = await node.wallet().call('listunspent', 1);
  const coins = unspent
    .map(({ txid, vout, amount }) => ({ txid, vout, value: Math.round(amount * COIN) }))
    .sort((a, b) => b.value - a.value || (a.txid < b.txid ? -1 : 1));
  const [coin] = coins;
  if (coin === undefined || coin.value <= 10 * FEE)
    throw new Error(`${node.name} has no confirmed coin to spend`);
  return coin;
}

async function signed(
  node: RegtestNode,
  { txid, vout }: Coin,
  outputs: readonly Readonly<Record<string, string>>[],
): Promise<{ readonly txid: string; readonly hex: string }> {
  const unsigned = await node.rpc.call('createrawtransaction', [{ txid, vout }], outputs);
  const { hex } = await node.wallet().call('signrawtransactionwithwallet', unsigned);
  const decoded = await node.rpc.call('decoderawtransaction', hex);
  return { txid: decoded.txid, hex };
}
