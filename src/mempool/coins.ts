import type { CoinsView } from '../chain/chain.js';
import { hashKey } from '../primitives/bytes.js';
import type { Coin } from '../primitives/coin.js';
import { type OutPoint, type OutPointKey, outPointKey } from '../primitives/outpoint.js';
import type { Transaction } from '../primitives/transaction.js';
import type { TxGraph } from './graph.js';
import { MEMPOOL_HEIGHT } from './policy/limits.js';

/**
 * Coins as a transaction that wants to enter sees them: of the chain, of the mempool, and of transactions of the same
 * package that are not in yet. A coin that an entry spends is still here; who may spend it again is a matter of
 * replacement.
 */
export class PoolCoins {
  private readonly temporary = new Map<OutPointKey, Coin>();

  constructor(
    private readonly graph: TxGraph,
    /** Asked each time: a chain that starts from a snapshot changes its coins for others. */
    private readonly chain: { readonly coins: CoinsView },
  ) {}

  get(outpoint: OutPoint): Coin | undefined {
    const { txid, vout } = outpoint;
    const added = this.temporary.size > 0 ? this.temporary.get(outPointKey(txid, vout)) : undefined;
    if (added !== undefined) return added;
    const parent = this.graph.get(hashKey(txid));
    if (parent !== undefined) return unconfirmedCoin(parent.tx, vout);
    return this.chain.coins.get(outpoint);
  }

  /** Of the chain only. */
  confirmed(outpoint: OutPoint): Coin | undefined {
    return this.chain.coins.get(outpoint);
  }

  /** Makes the outputs of `tx` spendable by transactions of the same package. */
  addTemporary(tx: Transaction): void {
    for (let i = 0; i < tx.outputCount; i++) {
      const coin = unconfirmedCoin(tx, i);
      if (coin !== undefined) this.temporary.set(outPointKey(tx.txid, i), coin);
    }
  }

  clearTemporary(): void {
    this.temporary.clear();
  }
}

function unconfirmedCoin(tx: Transaction, vout: number): Coin | undefined {
  const output = tx.outputs[vout];
  if (output === undefined) return undefined;
  return { value: output.value, script: output.script, height: MEMPOOL_HEIGHT, coinbase: false };
}

/** Outpoints that `txs` spend and that are neither in the mempool nor made by one of them: to be fetched beforehand. */
export function outpointsToFetch(graph: TxGraph, txs: readonly Transaction[]): OutPoint[] {
  const own = txs.length > 1 ? new Set(txs.map(tx => tx.txidKey)) : undefined;
  const outpoints: OutPoint[] = [];
  for (const tx of txs) {
    for (const { prevout } of tx.inputs) {
      const txid = hashKey(prevout.txid);
      if (!graph.has(txid) && own?.has(txid) !== true) outpoints.push(prevout);
    }
  }
  return outpoints;
}
