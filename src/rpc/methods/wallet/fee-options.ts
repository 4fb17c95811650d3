import type { CoinControl } from '../../../wallet/spend/coin-control.js';
import { asInteger, asString, parseAmount } from '../../args.js';
import { RpcCode, RpcError } from '../../errors.js';
import type { Param } from '../../param.js';
import { checkConfirmTarget, parseFeeMode } from '../fees.js';

/** Longest horizon of fee estimates, in blocks. */
const HIGHEST_TARGET = 1008;

/** Feerates in sat/vB have no more than three decimals: those are satoshis per 1000 vbytes. */
const SAT_VB_DECIMALS = 3;

const INT_MAX = 2 ** 31 - 1;

export const CONF_TARGET: Param = {
  name: 'conf_target',
  type: 'number',
  optional: true,
  description: 'Within how many blocks to confirm (default: set by -txconfirmtarget)',
};

export const ESTIMATE_MODE: Param = {
  name: 'estimate_mode',
  type: 'string',
  default: 'unset',
  description:
    'How fees are estimated, in any case of letters: "economical", "conservative", or "unset", which is economical for replaceable transactions and conservative for others',
};

export const FEE_RATE: Param = {
  name: 'fee_rate',
  type: 'amount',
  optional: true,
  description: 'Fee rate in sat/vB (default: estimated)',
};

export const REPLACEABLE: Param = {
  name: 'replaceable',
  type: 'bool',
  optional: true,
  description: 'Signal that a higher fee may replace the transaction (BIP 125)',
};

/** How the user wants the fee to be found, as given; missing and null are the same. */
export interface FeeInstructions {
  readonly confTarget: unknown;
  readonly estimateMode: unknown;
  readonly feeRate: unknown;
}

/**
 * Turns the three ways to speak of fees into what the wallet goes by (Core's SetFeeEstimateMode).
 *
 * @param overrideMinimum take any feerate the user gives
 * @throws RpcError when they contradict each other or are no such values
 */
export function feeControl(
  { confTarget, estimateMode, feeRate }: FeeInstructions,
  signalRbf: boolean | undefined,
  overrideMinimum = false,
): Pick<CoinControl, 'feeRate' | 'overrideFeeRate' | 'feeMode' | 'confirmTarget' | 'signalRbf'> {
  const rbf = signalRbf === undefined ? {} : { signalRbf };
  const mode = estimateMode ?? undefined;
  const target = confTarget ?? undefined;
  if ((feeRate ?? undefined) !== undefined) {
    if (target !== undefined) {
      throw new RpcError(
        RpcCode.INVALID_PARAMETER,
        'Cannot specify both conf_target and fee_rate. Please provide either a confirmation target in blocks for automatic fee estimation, or an explicit fee rate.',
      );
    }
    if (mode !== undefined && asString(mode) !== 'unset') {
      throw new RpcError(RpcCode.INVALID_PARAMETER, 'Cannot specify both estimate_mode and fee_rate');
    }
    return {
      feeRate: parseAmount(feeRate, SAT_VB_DECIMALS),
      overrideFeeRate: overrideMinimum,
      signalRbf: signalRbf ?? true,
    };
  }
  return {
    ...rbf,
    ...(mode === undefined ? {} : { feeMode: parseFeeMode(asString(mode)) }),
    ...(target === undefined
      ? {}
      : { confirmTarget: checkConfirmTarget(asInteger(target, -INT_MAX - 1, INT_MAX), HIGHEST_TARGET) }),
  };
}
