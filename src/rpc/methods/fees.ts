import { type BucketRange, FEE_HORIZONS, type FeeEstimates } from '../../mempool/fees/estimate.js';
import type { RpcContext } from '../context.js';
import { RpcCode, RpcError } from '../errors.js';
import { amount, type JsonValue } from '../json.js';
import type { RpcMethod } from '../method.js';
import type { Param } from '../param.js';

const CONF_TARGET: Param = {
  name: 'conf_target',
  type: 'number',
  description: 'Confirmation target in blocks (1 - 1008)',
};

const DEFAULT_THRESHOLD = 0.95;

function requireEstimator({ feeEstimator }: RpcContext): FeeEstimates {
  if (feeEstimator !== undefined) return feeEstimator;
  throw new RpcError(RpcCode.INTERNAL_ERROR, 'Fee estimation disabled');
}

/** Core's ParseConfirmTarget. @throws RpcError outside of 1 to the longest target that is kept account of */
export function checkConfirmTarget(target: number, highest: number): number {
  if (target >= 1 && target <= highest) return target;
  throw new RpcError(RpcCode.INVALID_PARAMETER, `Invalid conf_target, must be between 1 and ${highest}`);
}

const FEE_MODES = ['unset', 'economical', 'conservative'] as const;
export type FeeMode = (typeof FEE_MODES)[number];

/** An `estimate_mode`, in any case. @throws RpcError when there is no such mode */
export function parseFeeMode(text: string): FeeMode {
  const mode = FEE_MODES.find(name => name === text.toLowerCase());
  if (mode !== undefined) return mode;
  throw new RpcError(
    RpcCode.INVALID_PARAMETER,
    `Invalid estimate_mode parameter, must be one of: "${FEE_MODES.join('", "')}"`,
  );
}

const estimatesmartfee: RpcMethod = {
  name: 'estimatesmartfee',
  category: 'Util',
  description:
    'Estimates the approximate fee per kilobyte needed for a transaction to begin\nconfirmation within conf_target blocks if possible and return the number of blocks\nfor which the estimate is valid. Uses virtual transaction size as defined\nin BIP 141 (witness data is discounted).',
  params: [
    CONF_TARGET,
    {
      name: 'estimate_mode',
      type: 'string',
      default: 'economical',
      description:
        'The fee estimate mode.\nunset, economical, conservative\nunset means the default mode will be used\neconomical estimates use a shorter time horizon, making them more responsive to short-term drops in the prevailing fee market.\nconservative estimates use a longer time horizon, making them less responsive to short-term drops in the prevailing fee market.',
    },
  ],
  result: '{ "feerate", "errors": [ … ], "blocks" }',
  examples: ['6'],
  run: async (context, args) => {
    const estimator = requireEstimator(context);
    await context.notificationsDone();
    const target = checkConfirmTarget(args.int('conf_target'), estimator.highestTarget('long'));
    const mode = parseFeeMode(args.optionalString('estimate_mode') ?? 'economical');
    const estimate = estimator.estimateSmart(target, mode === 'conservative');
    if (estimate.feeRate === 0) {
      return { errors: ['Insufficient data or no feerate found'], blocks: estimate.target };
    }
    const feeRate = Math.max(estimate.feeRate, context.mempool.info().minFeeRate);
    return { feerate: amount(feeRate), blocks: estimate.target };
  },
};

const estimaterawfee: RpcMethod = {
  name: 'estimaterawfee',
  category: 'Hidden',
  description:
    'WARNING: This interface is unstable and may disappear or change!\nWARNING: This is an advanced API call that is tightly coupled to the specific\nimplementation of fee estimation. The parameters it can be called with\nand the results it returns will change if the internal implementation changes.\nEstimates the approximate fee per kilobyte needed for a transaction to begin\nconfirmation within conf_target blocks if possible. Uses virtual transaction size as\ndefined in BIP 141 (witness data is discounted).',
  params: [
    CONF_TARGET,
    {
      name: 'threshold',
      type: 'number',
      default: DEFAULT_THRESHOLD,
      description:
        'The proportion of transactions in a given feerate range that must have been\nconfirmed within conf_target in order to consider those feerates as high enough and proceed to check\nlower buckets.',
    },
  ],
  result:
    '{ "short": { "feerate", "decay", "scale", "pass": { "startrange", "endrange", "withintarget", "totalconfirmed", "inmempool", "leftmempool" }, "fail": { … }, "errors": [ … ] }, "medium": { … }, "long": { … } }',
  examples: ['6 0.9'],
  run: async (context, args) => {
    const estimator = requireEstimator(context);
    await context.notificationsDone();
    const target = checkConfirmTarget(args.int('conf_target'), estimator.highestTarget('long'));
    const threshold = args.has('threshold') ? args.number('threshold') : DEFAULT_THRESHOLD;
    if (threshold < 0 || threshold > 1) {
      throw new RpcError(RpcCode.INVALID_PARAMETER, 'Invalid threshold');
    }
    const horizons = FEE_HORIZONS.filter(horizon => target <= estimator.highestTarget(horizon));
    return Object.fromEntries(
      horizons.map(horizon => [horizon, rawEstimateView(estimator.estimateRaw(target, threshold, horizon))]),
    );
  },
};

function rawEstimateView({ feeRate, detail }: ReturnType<FeeEstimates['estimateRaw']>): JsonValue {
  if (detail === undefined) return undefined;
  const { decay, scale, pass, fail } = detail;
  if (feeRate === 0) {
    return {
      decay,
      scale,
      fail: rangeView(fail),
      errors: ['Insufficient data or no feerate found which meets threshold'],
    };
  }
  return {
    feerate: amount(feeRate),
    decay,
    scale,
    pass: rangeView(pass),
    fail: fail.start === -1 ? undefined : rangeView(fail),
  };
}

function rangeView(range: BucketRange): JsonValue {
  const hundredths = (value: number) => Math.round(value * 100) / 100;
  return {
    startrange: Math.round(range.start),
    endrange: Math.round(range.end),
    withintarget: hundredths(range.withinTarget),
    totalconfirmed: hundredths(range.totalConfirmed),
    inmempool: hundredths(range.inMempool),
    leftmempool: hundredths(range.leftMempool),
  };
}

/** What fees are worth paying. */
export const feeMethods: readonly RpcMethod[] = [estimatesmartfee, estimaterawfee];
