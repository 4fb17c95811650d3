import { feeAt } from '../../../primitives/feerate.js';
import type { OutPoint } from '../../../primitives/outpoint.js';
import { type TxOutput, WITNESS_SCALE_FACTOR } from '../../../primitives/transaction.js';
import type { OutputType } from '../../../script/output-type.js';

/** Kind of address of a coin; `unknown` for scripts that have none. */
export type CoinType = OutputType | 'unknown';

/** A coin that may be chosen for spending. */
export interface SelectableCoin {
  readonly outpoint: OutPoint;
  readonly output: TxOutput;
  readonly type: CoinType;
  /** Confirmations. */
  readonly depth: number;
  /** Virtual size of the signed input that spends it; undefined when that is not known. */
  readonly inputSize: number | undefined;
  /** The wallet itself made the transaction that has it. */
  readonly fromMe: boolean;
  /** Confirmed, or change of the wallet's own that will be. */
  readonly safe: boolean;
  /** Fee of the input at the transaction's feerate, satoshis. */
  readonly fee: number;
  /** Value less that fee. */
  readonly effectiveValue: number;
}

/** Coins that are spent together or not at all. Without `avoidPartialSpends` each coin is a group. */
export interface CoinGroup {
  readonly coins: readonly SelectableCoin[];
  readonly value: number;
  readonly effectiveValue: number;
  /** What selection adds up: the effective value, or the value when recipients pay the fee. */
  readonly amount: number;
  readonly fee: number;
  /** Fee of the same inputs at the long-term feerate. */
  readonly longTermFee: number;
  readonly weight: number;
  readonly fromMe: boolean;
  /** Confirmations of the youngest coin. */
  readonly depth: number;
  /** Unconfirmed ancestors of all coins together, counted with repetition. */
  readonly ancestors: number;
  /** Largest count of descendants of one of their transactions. */
  readonly descendants: number;
}

export interface Ancestry {
  readonly ancestors: number;
  readonly descendants: number;
}

/** More than any confirmation count that a filter asks for. */
const DEEP = 999;

/**
 * @param ancestry of each coin, in their order
 * @param subtractFee recipients pay the fee
 */
export function makeGroup(
  coins: readonly SelectableCoin[],
  ancestry: readonly Ancestry[],
  longTermFeeRate: number,
  subtractFee: boolean,
): CoinGroup {
  const value = sumOf(coins, coin => coin.output.value);
  const effectiveValue = sumOf(coins, coin => coin.effectiveValue);
  return {
    coins,
    value,
    effectiveValue,
    amount: subtractFee ? value : effectiveValue,
    fee: sumOf(coins, coin => coin.fee),
    longTermFee: sumOf(coins, coin => longTermFee(coin, longTermFeeRate)),
    weight: sumOf(coins, coin => coinWeight(coin)),
    fromMe: coins.every(coin => coin.fromMe),
    depth: coins.reduce((least, coin) => Math.min(least, coin.depth), DEEP),
    ancestors: sumOf(ancestry, one => one.ancestors),
    descendants: ancestry.reduce((most, one) => Math.max(most, one.descendants), 0),
  };
}

export function sumOf<T>(items: readonly T[], amountOf: (item: T) => number): number {
  let sum = 0;
  for (const item of items) sum += amountOf(item);
  return sum;
}

export function longTermFee(coin: SelectableCoin, longTermFeeRate: number): number {
  return coin.inputSize === undefined ? 0 : feeAt(longTermFeeRate, coin.inputSize);
}

export function coinWeight(coin: SelectableCoin): number {
  return (coin.inputSize ?? 0) * WITNESS_SCALE_FACTOR;
}
