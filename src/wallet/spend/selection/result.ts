import { coinWeight, longTermFee, type SelectableCoin, sumOf } from './coin.js';

/** Which algorithm chose, by Core's names. */
export type SelectionAlgorithm = 'bnb' | 'knapsack' | 'srd' | 'cg' | 'manual';

/** What a change output would cost and when it is made. All satoshis. */
export interface ChangeCosts {
  /** Less than this is not made into change but left to the fee. */
  readonly minViableChange: number;
  /** Fee of the change output itself. */
  readonly changeFee: number;
  /** The same, and the fee of spending it one day. */
  readonly costOfChange: number;
  /** Satoshis per 1000 vbytes. */
  readonly longTermFeeRate: number;
}

/** Chosen coins, enough for the target. */
export class Selection {
  constructor(
    readonly coins: readonly SelectableCoin[],
    /** What had to be reached: payments and the fee of everything but inputs and change. */
    readonly target: number,
    readonly algorithm: SelectionAlgorithm,
    /** Recipients pay the fee: coins count with their full value. */
    readonly subtractFee: boolean,
  ) {}

  get value(): number {
    return sumOf(this.coins, coin => coin.output.value);
  }

  get weight(): number {
    return sumOf(this.coins, coinWeight);
  }

  private get effectiveValue(): number {
    return sumOf(this.coins, coin => coin.effectiveValue);
  }

  /** Satoshis for a change output, 0 for none. The exact fee is known only when the transaction is built. */
  change({ minViableChange, changeFee }: ChangeCosts): number {
    const change = this.subtractFee
      ? this.value - this.target
      : this.effectiveValue - this.target - changeFee;
    return change < minViableChange ? 0 : change;
  }

  /**
   * What the choice costs beyond what is needed: spending these inputs now rather than at the long-term feerate, and
   * either change or the excess that goes to the fee.
   */
  waste(costs: ChangeCosts): number {
    const inputs = sumOf(this.coins, coin => coin.fee - longTermFee(coin, costs.longTermFeeRate));
    if (this.change(costs) > 0) return inputs + costs.costOfChange;
    return inputs + (this.subtractFee ? this.value : this.effectiveValue) - this.target;
  }

  /** Together with coins that the user chose. */
  with(preset: readonly SelectableCoin[], presetTarget: number): Selection {
    return new Selection(
      [...this.coins, ...preset],
      this.target + presetTarget,
      this.algorithm,
      this.subtractFee,
    );
  }
}

/** No choice was found. Without a message it is just that there is not enough. */
export class SelectionFailure {
  constructor(readonly message?: string) {}
}

export type SelectionOutcome = Selection | SelectionFailure;

export function tooHeavy(): SelectionFailure {
  return new SelectionFailure(
    "The inputs size exceeds the maximum weight. Please try sending a smaller amount or manually consolidating your wallet's UTXOs",
  );
}
