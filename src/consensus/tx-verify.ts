import { formatMoney, isMoney } from '../primitives/amount.js';
import { EMPTY_BYTES } from '../primitives/bytes.js';
import type { Coin } from '../primitives/coin.js';
import {
  SEQUENCE_LOCKTIME_DISABLE_FLAG,
  SEQUENCE_LOCKTIME_GRANULARITY,
  SEQUENCE_LOCKTIME_MASK,
  SEQUENCE_LOCKTIME_TYPE_FLAG,
} from '../primitives/sequence.js';
import { SEQUENCE_FINAL, type Transaction, WITNESS_SCALE_FACTOR } from '../primitives/transaction.js';
import { assert, defined } from '../runtime/errors.js';
import { ScriptFlag, type ScriptFlags } from '../script/flags.js';
import { isPayToScriptHash, isPayToWitnessScriptHash } from '../script/parse.js';
import { countP2shSigOps, countSigOps, countWitnessSigOps } from '../script/sigops.js';
import { type HeaderId, type HeaderView, NO_HEADER } from './chain-view.js';
import { COINBASE_MATURITY, LOCKTIME_THRESHOLD } from './limits.js';
import { reject, type TxRejection } from './rejection.js';

/**
 * Whether a transaction's lock time lets it into a block.
 *
 * @param height of that block
 * @param time what the lock time is compared with, Unix seconds: the median time past of the block before (BIP113)
 */
export function isFinalTx(tx: Transaction, height: number, time: number): boolean {
  const { lockTime } = tx;
  if (lockTime === 0) return true;
  if (lockTime < (lockTime < LOCKTIME_THRESHOLD ? height : time)) return true;
  // Inputs that are all final switch the lock time off.
  for (let i = 0; i < tx.inputCount; i++) if (tx.sequence(i) !== SEQUENCE_FINAL) return false;
  return true;
}

/** The last height and the last median time at which relative locks still hold; -1 for none. */
export interface SequenceLocks {
  readonly minHeight: number;
  readonly minTime: number;
}

const NO_SEQUENCE_LOCKS: SequenceLocks = { minHeight: -1, minTime: -1 };

/** True when a sequence number carries no relative lock, so that its coin's height does not matter (BIP68). */
export function isSequenceLockDisabled(sequence: number): boolean {
  return (sequence & SEQUENCE_LOCKTIME_DISABLE_FLAG) !== 0;
}

/**
 * What the relative lock times of a transaction (BIP68) come to in a block on top of `prev`.
 *
 * @param prevHeights heights of the blocks of the coins spent, in input order; for coins of unconfirmed transactions
 *   the height of that block
 */
export function calculateSequenceLocks(
  tx: Transaction,
  prevHeights: readonly number[],
  prev: HeaderId,
  view: HeaderView,
  enforceBip68: boolean,
): SequenceLocks {
  assert(prevHeights.length === tx.inputCount, 'a height for every input');
  // Versions are compared as unsigned numbers: a negative one is a high one.
  if (!enforceBip68 || tx.version >>> 0 < 2) return NO_SEQUENCE_LOCKS;
  let { minHeight, minTime } = NO_SEQUENCE_LOCKS;
  for (let index = 0; index < tx.inputCount; index++) {
    const sequence = tx.sequence(index);
    if (isSequenceLockDisabled(sequence)) continue;
    const coinHeight = prevHeights[index] as number;
    const length = sequence & SEQUENCE_LOCKTIME_MASK;
    // One less than when it is valid again: locks, like lock times, name the last height or time that is not.
    if ((sequence & SEQUENCE_LOCKTIME_TYPE_FLAG) === 0) {
      minHeight = Math.max(minHeight, coinHeight + length - 1);
      continue;
    }
    // Time runs from the earliest time that the coin's block could have: the median time past before it.
    const before = view.ancestor(prev, Math.max(coinHeight - 1, 0));
    assert(before !== NO_HEADER, 'a coin is no higher than the block that spends it');
    const seconds = length << SEQUENCE_LOCKTIME_GRANULARITY;
    minTime = Math.max(minTime, view.medianTimePast(before) + seconds - 1);
  }
  return { minHeight, minTime };
}

/** Whether the locks are over in a block on top of `prev`. */
export function evaluateSequenceLocks(locks: SequenceLocks, prev: HeaderId, view: HeaderView): boolean {
  return locks.minHeight < view.height(prev) + 1 && locks.minTime < view.medianTimePast(prev);
}

/**
 * The rules between a transaction and the coins it spends: they exist, are mature, and pay for its outputs.
 * `tx` has passed `checkTransaction`, so its own amounts are in range.
 *
 * @param coins one for each input, undefined where there is none to spend
 * @param spendHeight height of the block that `tx` is or would be in
 * @returns the fee in satoshis, or why not
 */
export function checkTxInputs(
  tx: Transaction,
  coins: readonly (Coin | undefined)[],
  spendHeight: number,
): { readonly fee: number } | { readonly rejection: TxRejection } {
  let valueIn = 0;
  for (let i = 0; i < tx.inputCount; i++) {
    if (coins[i] === undefined) return { rejection: MISSING_INPUTS };
  }
  for (let i = 0; i < tx.inputCount; i++) {
    const coin = coins[i] as Coin;
    const depth = spendHeight - coin.height;
    if (coin.coinbase && depth < COINBASE_MATURITY) return { rejection: immature(depth) };
    valueIn += coin.value;
    if (!isMoney(coin.value) || !isMoney(valueIn)) {
      return { rejection: reject('consensus', 'bad-txns-inputvalues-outofrange') };
    }
  }
  const { valueOut } = tx;
  if (valueIn < valueOut) return { rejection: belowOut(valueIn, valueOut) };
  const fee = valueIn - valueOut;
  // A transaction with outputs in range cannot come here; kept because Core's rule is.
  if (!isMoney(fee)) return { rejection: reject('consensus', 'bad-txns-fee-outofrange') };
  return { fee };
}

const MISSING_INPUTS = reject(
  'missing-inputs',
  'bad-txns-inputs-missingorspent',
  'CheckTxInputs: inputs missing/spent',
);

function immature(depth: number): TxRejection {
  const debug = `tried to spend coinbase at depth ${depth}`;
  return reject('premature-spend', 'bad-txns-premature-spend-of-coinbase', debug);
}

function belowOut(valueIn: number, valueOut: number): TxRejection {
  const debug = `value in (${formatMoney(valueIn)}) < value out (${formatMoney(valueOut)})`;
  return reject('consensus', 'bad-txns-in-belowout', debug);
}

/** Signature operations in a transaction's own scripts, those it spends apart. Unscaled. */
export function legacySigOpCount(tx: Transaction): number {
  tx.countedSigOps ??= countLegacySigOps(tx);
  return tx.countedSigOps;
}

function countLegacySigOps(tx: Transaction): number {
  const { source } = tx;
  let count = 0;
  for (let i = 0; i < tx.inputCount; i++) count += countSigOps(source, false, tx.scriptSigRange(i));
  for (let i = 0; i < tx.outputCount; i++) count += countSigOps(source, false, tx.outputScriptRange(i));
  return count;
}

/** Signature operations in the redeem scripts of a transaction's P2SH inputs (BIP16). Unscaled. */
export function p2shSigOpCount(tx: Transaction, coins: readonly (Coin | undefined)[]): number {
  if (tx.isCoinbase) return 0;
  let count = 0;
  for (let i = 0; i < tx.inputCount; i++) {
    const { script } = coinOf(coins, i);
    if (isPayToScriptHash(script)) count += countP2shSigOps(tx.scriptSig(i), script);
  }
  return count;
}

/** Signature operations in a transaction's witness programs, bare or in P2SH (BIP141). Each costs 1. */
function witnessSigOpCount(tx: Transaction, coins: readonly (Coin | undefined)[]): number {
  let count = 0;
  for (let i = 0; i < tx.inputCount; i++) {
    const { script } = coinOf(coins, i);
    const isNested = isPayToScriptHash(script);
    const scriptSig = isNested ? tx.scriptSig(i) : EMPTY_BYTES;
    // A key hash says all by itself: most witnesses need not be taken apart.
    const witness = isNested || isPayToWitnessScriptHash(script) ? tx.witness(i) : NO_WITNESS;
    count += countWitnessSigOps(scriptSig, script, witness);
  }
  return count;
}

const NO_WITNESS: readonly Uint8Array[] = [];

/**
 * Signature operations of a transaction in the units of MAX_BLOCK_SIGOPS_COST (BIP141).
 *
 * @param coins one for each input, all there; none are needed for a coinbase
 * @param flags P2SH and WITNESS say whether those kinds count
 */
export function transactionSigOpCost(
  tx: Transaction,
  coins: readonly (Coin | undefined)[],
  flags: ScriptFlags,
): number {
  let cost = legacySigOpCount(tx) * WITNESS_SCALE_FACTOR;
  if (tx.isCoinbase) return cost;
  if ((flags & ScriptFlag.P2SH) !== 0) cost += p2shSigOpCount(tx, coins) * WITNESS_SCALE_FACTOR;
  if ((flags & ScriptFlag.WITNESS) !== 0) cost += witnessSigOpCount(tx, coins);
  return cost;
}

function coinOf(coins: readonly (Coin | undefined)[], index: number): Coin {
  return defined(coins[index], 'coin of an input that was checked');
}
