import { type BucketRange, FEE_HORIZONS, type FeeEstimates } from '../../mempool/fees/estimate.js';
import type { RpcContext } from '../context.js';
import { RpcCode, RpcError } from '../errors.js';
import { amount, type JsonValue } from '../json.js';
import type { RpcMethod } from '../method.js';
import type { Param } from '../param.js';

const CONF_TARGET: Param = {
  name: 'conf_target',
  type: 'number',
  description: 'Within how many blocks the transaction shall confirm, 1 to 1008',
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
    'Estimates the fee rate in BTC/kvB at which a transaction confirms within a number of blocks.\n"blocks" is the target that the answer holds for, which may be longer than the one asked for. Sizes are virtual sizes (BIP 141).',
  params: [
    CONF_TARGET,
    {
      name: 'estimate_mode',
      type: 'string',
      default: 'economical',
      description:
        '"economical" looks at recent blocks and follows a falling market soon; "conservative" also looks far back and pays more to be surer; "unset" leaves it to the node',
    },
  ],
  result: '{ "feerate", "errors": [ … ], "blocks" }',
  examples: ['3', '12 "conservative"'],
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
    "Shows what the fee estimator knows for one target, over each of its three horizons. Rates are in BTC/kvB.\nFor study only: arguments and result follow the estimator's inner workings and change with them.",
  params: [
    CONF_TARGET,
    {
      name: 'threshold',
      type: 'number',
      default: DEFAULT_THRESHOLD,
      description:
        'Share of the transactions at a fee rate that must have confirmed in time for the rate to count as enough, 0 to 1',
    },
  ],
  result:
    '{ "short": { "feerate", "decay", "scale", "pass": { "startrange", "endrange", "withintarget", "totalconfirmed", "inmempool", "leftmempool" }, "fail": { … }, "errors": [ … ] }, "medium": { … }, "long": { … } }',
  examples: ['12 0.95'],
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
