/** How a transaction is judged: the ways in differ in what they allow. */
export interface AcceptRules {
  /** Unix seconds of entry. */
  readonly time: number;
  /** No fee checks, no size limits: transactions of disconnected blocks. */
  readonly bypassLimits: boolean;
  readonly testOnly: boolean;
  /** May replace what it conflicts with. */
  readonly allowReplacement: boolean;
  /** May evict a version 3 sibling. */
  readonly allowSiblingEviction: boolean;
  /** One of several: the mempool is cut back to size after the last of them. */
  readonly inPackage: boolean;
  /** Fees are judged by the feerate of the package. */
  readonly packageFeeRates: boolean;
  /** Satoshis per 1000 vbytes that the sender wants to pay at most. */
  readonly maxFeeRate: number | undefined;
  /** Satoshis that the sender wants to pay at most. */
  readonly maxFee: number | undefined;
  /** One more descendant for a small child, and for a replacement of one (CPFP and RBF carve-out). */
  readonly allowCarveOuts: boolean;
}

/** One transaction by itself. */
export function singleRules(
  time: number,
  testOnly: boolean,
  bypassLimits: boolean,
  maxFee?: number,
): AcceptRules {
  return {
    time,
    bypassLimits,
    testOnly,
    allowReplacement: true,
    allowSiblingEviction: true,
    inPackage: false,
    packageFeeRates: false,
    maxFeeRate: undefined,
    maxFee,
    allowCarveOuts: true,
  };
}

/** Several that are only looked at: each must pay for itself, none replaces anything. */
export function packageTestRules(time: number): AcceptRules {
  return {
    time,
    bypassLimits: false,
    testOnly: true,
    allowReplacement: false,
    allowSiblingEviction: false,
    inPackage: false,
    packageFeeRates: false,
    maxFeeRate: undefined,
    maxFee: undefined,
    allowCarveOuts: false,
  };
}

/** A child with its unconfirmed parents. */
export function packageRules(time: number, maxFeeRate: number | undefined): AcceptRules {
  return {
    time,
    bypassLimits: false,
    testOnly: false,
    allowReplacement: true,
    allowSiblingEviction: false,
    inPackage: true,
    packageFeeRates: true,
    maxFeeRate,
    maxFee: undefined,
    allowCarveOuts: false,
  };
}

/** One transaction of a package, tried by itself first. */
export function singleInPackageRules(rules: AcceptRules): AcceptRules {
  return {
    ...rules,
    bypassLimits: false,
    allowReplacement: true,
    allowSiblingEviction: true,
    packageFeeRates: false,
  };
}
