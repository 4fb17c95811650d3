import type { HeaderId, HeaderView } from '../../consensus/chain-view.js';
import { buriedActive } from '../../consensus/deployments.js';
import { MAX_BLOCK_SIGOPS_COST } from '../../consensus/limits.js';
import type { ConsensusParams } from '../../consensus/params.js';
import { type BlockRejection, reject } from '../../consensus/rejection.js';
import {
  calculateSequenceLocks,
  checkTxInputs,
  evaluateSequenceLocks,
  transactionSigOpCost,
} from '../../consensus/tx-verify.js';
import { isMoney } from '../../primitives/amount.js';
import type { Block } from '../../primitives/block.js';
import { EMPTY_BYTES } from '../../primitives/bytes.js';
import type { Coin } from '../../primitives/coin.js';
import type { Transaction } from '../../primitives/transaction.js';
import type { ScriptFlags } from '../../script/flags.js';
import type { MutableCoins } from '../coins/mutable-coins.js';

/** Where a block stands while its transactions are applied. */
export interface BlockPlace {
  readonly prev: HeaderId;
  readonly height: number;
  readonly flags: ScriptFlags;
  readonly view: HeaderView;
  readonly params: ConsensusParams;
}

export interface AppliedTransactions {
  /** Coins spent by each transaction after the coinbase, as far as the rules held: the block's undo data. */
  readonly spent: readonly (readonly Coin[])[];
  /** Satoshis. */
  readonly fees: number;
  /** The first broken rule. The transactions whose coins are in `spent` come before it. */
  readonly rejection?: BlockRejection;
}

/**
 * Spends and creates the coins of a block's transactions in order, checking each against the coins before it: inputs,
 * fees, relative lock times, signature operations. Runs no scripts. Stops at the first broken rule.
 *
 * Effects: changes `coins`, which are worth nothing after a rejection.
 */
export function applyTransactions(block: Block, coins: MutableCoins, place: BlockPlace): AppliedTransactions {
  const spent: Coin[][] = [];
  const enforceBip68 = buriedActive('csv', place.height, place.params);
  let fees = 0;
  let sigOpCost = 0;
  for (const tx of block.transactions) {
    let inputs: Coin[] = [];
    if (!tx.isCoinbase) {
      const taken = takeInputs(tx, coins, place, enforceBip68);
      if ('rejection' in taken) return { spent, fees, rejection: taken.rejection };
      inputs = taken.coins;
      fees += taken.fee;
      if (!isMoney(fees)) {
        return { spent, fees, rejection: reject('consensus', 'bad-txns-accumulated-fee-outofrange') };
      }
      if (!taken.final) return { spent, fees, rejection: reject('consensus', 'bad-txns-nonfinal') };
    }
    sigOpCost += transactionSigOpCost(tx, inputs, place.flags);
    if (sigOpCost > MAX_BLOCK_SIGOPS_COST) {
      return { spent, fees, rejection: reject('consensus', 'bad-blk-sigops') };
    }
    if (!tx.isCoinbase) spent.push(inputs);
    createCoins(tx, coins, place.height);
  }
  return { spent, fees };
}

interface TakenInputs {
  readonly coins: Coin[];
  readonly fee: number;
  /** Relative lock times are over. */
  readonly final: boolean;
}

function takeInputs(
  tx: Transaction,
  coins: MutableCoins,
  { height, prev, view }: BlockPlace,
  enforceBip68: boolean,
): TakenInputs | { readonly rejection: BlockRejection } {
  const inputs: (Coin | undefined)[] = [];
  for (let i = 0; i < tx.inputCount; i++) inputs.push(coins.spend(tx.prevout(i)));
  const checked = checkTxInputs(tx, inputs, height);
  if ('rejection' in checked) {
    // Whatever is wrong with one of its transactions makes the block break the rules of consensus.
    return { rejection: reject('consensus', checked.rejection.reason, checked.rejection.debug) };
  }
  const found = inputs as Coin[];
  const heights = found.map(coin => coin.height);
  const locks = calculateSequenceLocks(tx, heights, prev, view, enforceBip68);
  return { coins: found, fee: checked.fee, final: evaluateSequenceLocks(locks, prev, view) };
}

/** Adds a transaction's outputs. A coinbase's may replace unspent ones: before BIP30 two coinbases came twice. */
export function createCoins(
  tx: Transaction,
  coins: MutableCoins,
  height: number,
  overwrite = tx.isCoinbase,
): void {
  const { txid, isCoinbase: coinbase } = tx;
  const options = { overwrite };
  const outpoint = { txid, vout: 0 };
  const coin = { value: 0, script: EMPTY_BYTES as Uint8Array, height, coinbase };
  for (let vout = 0; vout < tx.outputCount; vout++) {
    outpoint.vout = vout;
    coin.value = tx.outputValue(vout);
    coin.script = tx.outputScript(vout);
    coins.add(outpoint, coin, options);
  }
}
