import { COINBASE_MATURITY } from '../consensus/limits.js';
import { hashKey } from '../primitives/bytes.js';
import type { Coin } from '../primitives/coin.js';
import type { Transaction } from '../primitives/transaction.js';
import type { PoolCoins } from './coins.js';
import type { PoolEntry } from './entry.js';
import { withDescendants } from './graph.js';
import {
  areLockPointsValid,
  areLocksOver,
  isFinalIn,
  lockPointsAtTip,
  type NextBlock,
  nextBlock,
} from './locks.js';
import type { MempoolChain } from './modules.js';
import type { PoolStore } from './store.js';

export interface ReorgContext {
  readonly store: PoolStore;
  readonly coins: PoolCoins;
  readonly chain: MempoolChain;
  /** Accepts past fee checks and size limits; false when that cannot be, or is not wanted. */
  readonly acceptAgain: (tx: Transaction) => boolean;
}

/**
 * Brings the mempool in line with the chain after blocks were disconnected: their transactions return where they can;
 * what builds on those that cannot goes; so does what the next block could not hold any more. Then the mempool is cut
 * back to size.
 *
 * @param transactions of the disconnected blocks that no new block holds, parents first
 */
export function restoreAfterReorg(transactions: readonly Transaction[], context: ReorgContext): void {
  const { store } = context;
  const resurrected: PoolEntry[] = [];
  for (const tx of transactions) {
    const isBack = !tx.isCoinbase && context.acceptAgain(tx);
    const entry = store.graph.get(tx.txidKey);
    if (!isBack) store.removeRecursive(tx, 'reorg');
    else if (entry !== undefined) resurrected.push(entry);
  }
  // A later one may have thrown out an earlier one.
  const present = resurrected.filter(entry => store.graph.get(entry.txidKey) === entry);
  for (const entry of store.graph.linkResurrected(present, store.options.limits))
    store.removeRecursive(entry.tx, 'sizelimit');
  const next = nextBlock(context.chain);
  const unminable = [...store.graph.entries()].filter(entry => !isMinable(entry, next, context));
  store.remove(withDescendants(unminable), 'reorg');
  store.limitSize();
}

/** Whether locks and maturity let an entry into the next block. Renews lock points that hung on a lost block. */
function isMinable(entry: PoolEntry, next: NextBlock, context: ReorgContext): boolean {
  const { chain } = context;
  if (!isFinalIn(entry.tx, next)) return false;
  if (!areLockPointsValid(entry.lockPoints, chain)) {
    const spent = coinsOf(entry.tx, context.coins);
    if (spent === undefined) return false;
    entry.lockPoints = lockPointsAtTip(entry.tx, spent, chain);
  }
  return areLocksOver(entry.lockPoints, next) && isMature(entry, context);
}

function isMature(entry: PoolEntry, { store, coins, chain }: ReorgContext): boolean {
  if (!entry.spendsCoinbase) return true;
  for (const { prevout } of entry.tx.inputs) {
    if (store.graph.has(hashKey(prevout.txid))) continue;
    const coin = coins.confirmed(prevout);
    if (coin === undefined) return false;
    if (coin.coinbase && chain.height + 1 - coin.height < COINBASE_MATURITY) return false;
  }
  return true;
}

function coinsOf(tx: Transaction, coins: PoolCoins): Coin[] | undefined {
  const found: Coin[] = [];
  for (const { prevout } of tx.inputs) {
    const coin = coins.get(prevout);
    if (coin === undefined) return undefined;
    found.push(coin);
  }
  return found;
}
