import { isBip30Unspendable } from '../../consensus/block-flags.js';
import type { Block } from '../../primitives/block.js';
import { bytesEqual } from '../../primitives/bytes.js';
import type { Coin } from '../../primitives/coin.js';
import type { OutPoint } from '../../primitives/outpoint.js';
import { Transaction, type TxOutput } from '../../primitives/transaction.js';
import { isUnspendable } from '../../script/parse.js';
import type { BlockUndo } from '../chain.js';
import type { MutableCoins } from '../coins/mutable-coins.js';

/**
 * - `clean`: the coins are exactly those before the block;
 * - `unclean`: so they are, but they were not quite those after the block (it had been undone in part already);
 * - `failed`: the undo data do not fit the block; the coins are worth nothing.
 */
export type DisconnectResult = 'clean' | 'unclean' | 'failed';

/**
 * Takes back a block: removes the coins it created and puts back those it spent, last transaction first.
 *
 * Effects: changes `coins`.
 */
export function disconnectBlock(
  block: Block,
  height: number,
  undo: BlockUndo,
  coins: MutableCoins,
): DisconnectResult {
  if (undo.length + 1 !== block.transactions.length) return 'failed';
  // Coinbases that were replaced by a later copy of themselves are not there any more.
  const mayBeGone = isBip30Unspendable(height, block.hash);
  let clean = true;
  // The block comes from its file, and no check before this one asked for ids.
  Transaction.makeTxids(block.transactions);
  for (let index = block.transactions.length - 1; index >= 0; index--) {
    const tx = block.transactions[index] as Transaction;
    if (!removeOutputs(tx, height, coins) && !(tx.isCoinbase && mayBeGone)) clean = false;
    if (index === 0) continue;
    const restored = restoreInputs(tx, undo[index - 1] ?? [], coins);
    if (restored === 'failed') return 'failed';
    if (restored === 'unclean') clean = false;
  }
  return clean ? 'clean' : 'unclean';
}

/** Removes what `tx` created; false when something else was there. */
function removeOutputs(tx: Transaction, height: number, coins: MutableCoins): boolean {
  let asCreated = true;
  for (let vout = 0; vout < tx.outputCount; vout++) {
    const output = tx.output(vout);
    if (isUnspendable(output.script)) continue;
    const coin = coins.spend({ txid: tx.txid, vout });
    if (coin === undefined || !isCoinOf(coin, output, height, tx.isCoinbase)) asCreated = false;
  }
  return asCreated;
}

function isCoinOf(coin: Coin, output: TxOutput, height: number, coinbase: boolean): boolean {
  return (
    coin.value === output.value &&
    coin.height === height &&
    coin.coinbase === coinbase &&
    bytesEqual(coin.script, output.script)
  );
}

function restoreInputs(tx: Transaction, spent: readonly Coin[], coins: MutableCoins): DisconnectResult {
  if (spent.length !== tx.inputCount) return 'failed';
  let clean = true;
  for (let i = tx.inputCount - 1; i >= 0; i--) {
    const coin = spent[i] as Coin;
    // Undo data from before Core 0.15 may leave out the height, which genesis coins, never spent, cannot have.
    if (coin.height === 0) return 'failed';
    if (!restoreCoin(tx.prevout(i), coin, coins)) clean = false;
  }
  return clean ? 'clean' : 'unclean';
}

/** Puts a coin back; false when there already was one, which is replaced. */
function restoreCoin(outpoint: OutPoint, coin: Coin, coins: MutableCoins): boolean {
  const isThere = coins.has(outpoint);
  coins.add(outpoint, coin, { overwrite: isThere });
  return !isThere;
}
