import { COIN, formatAmount } from '../src/primitives/amount.js';
import type { RegtestNode } from './node.js';

/** Two transactions that spend one coin. Amounts are in bitcoins. */
export interface DoubleSpend {
  readonly amount: number;
  /** Pays the merchant. */
  readonly paymentTxid: string;
  /** Pays the same coin back to the attacker; nobody else has it yet. */
  readonly conflictTxid: string;
  readonly conflictHex: string;
}

/** What the payment is worth at most, in satoshis; less when the attacker is not rich enough. */
const MAX_PAYMENT = 10 * COIN;

/** Of the conflicting transaction, in satoshis. */
const CONFLICT_FEE = 10_000;

interface Coin {
  readonly txid: string;
  readonly vout: number;
  /** Satoshis. */
  readonly value: number;
}

/**
 * Pays `address` from the attacker's wallet, and prepares a transaction that spends the same coins back to him. The
 * payment is broadcast; the other one stays here.
 */
export async function payAndPrepareConflict(attacker: RegtestNode, address: string): Promise<DoubleSpend> {
  const coins = await coinsOf(attacker);
  const richest = Math.max(0, ...coins.map(({ value }) => value));
  if (richest <= CONFLICT_FEE * 10) throw new Error(`${attacker.name} has no confirmed coin to spend`);
  const amount = Math.min(MAX_PAYMENT, Math.floor(richest / 2));
  const wallet = attacker.wallet();
  const paymentTxid = await wallet.call('sendtoaddress', address, formatAmount(amount));
  const { hex: paymentHex } = await wallet.call('gettransaction', paymentTxid);
  const { vin } = await attacker.rpc.call('decoderawtransaction', paymentHex);
  const spent = coins.filter(coin => vin.some(({ txid, vout }) => txid === coin.txid && vout === coin.vout));
  const value = spent.reduce((sum, coin) => sum + coin.value, 0);
  const unsigned = await attacker.rpc.call(
    'createrawtransaction',
    spent.map(({ txid, vout }) => ({ txid, vout })),
    [{ [attacker.key.address]: formatAmount(value - CONFLICT_FEE) }],
  );
  const { hex: conflictHex } = await wallet.call('signrawtransactionwithwallet', unsigned);
  const { txid: conflictTxid } = await attacker.rpc.call('decoderawtransaction', conflictHex);
  return { amount: amount / COIN, paymentTxid, conflictTxid, conflictHex };
}

async function coinsOf(node: RegtestNode): Promise<Coin[]> {
  const unspent = await node.wallet().call('listunspent', 1);
  return unspent.map(({ txid, vout, amount }) => ({ txid, vout, value: Math.round(amount * COIN) }));
}

/** What has become of a transaction. */
export interface TransactionFate {
  readonly txid: string;
  /** Negative: a transaction this many blocks deep in the chain conflicts with it. */
  readonly confirmations: number;
  readonly inChain: boolean;
  readonly inMempool: boolean;
}

/** Looks for a transaction in the blocks above `forkHeight`, in the mempool and in the wallet of its owner's node. */
export async function fateOf(node: RegtestNode, txid: string, forkHeight: number): Promise<TransactionFate> {
  const { confirmations } = await node.wallet().call('gettransaction', txid);
  const pool = await node.rpc.call('getrawmempool');
  return {
    txid,
    confirmations,
    inChain: await isInChain(node, txid, forkHeight),
    inMempool: pool.includes(txid),
  };
}

async function isInChain(node: RegtestNode, txid: string, forkHeight: number): Promise<boolean> {
  const height = await node.rpc.call('getblockcount');
  for (let at = forkHeight + 1; at <= height; at++) {
    const { tx } = await node.rpc.call('getblock', await node.rpc.call('getblockhash', at));
    if (tx.includes(txid)) return true;
  }
  return false;
}
