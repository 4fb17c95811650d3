import { hash160 } from '../../../crypto/hash.js';
import { fromHex } from '../../../primitives/bytes.js';
import { outPointKey } from '../../../primitives/outpoint.js';
import { addressToScript } from '../../../script/address.js';
import { parseDescriptor } from '../../../script/descriptor/parse.js';
import { parseOutputType } from '../../../script/output-type.js';
import { MAX_STANDARD_TX_WEIGHT } from '../../../script/relay-limits.js';
import { FlatProvider } from '../../../script/signing-provider.js';
import { p2wpkh } from '../../../script/templates.js';
import type { CoinControl, PresetInput } from '../../../wallet/spend/coin-control.js';
import type { Wallet } from '../../../wallet/wallet.js';
import {
  asArray,
  asInteger,
  asObject,
  asString,
  checkObject,
  type JsonObject,
  parseAmount,
  parseHash,
} from '../../args.js';
import { RpcCode, RpcError } from '../../errors.js';
import type { Param } from '../../param.js';
import { parsePublicKey } from '../util.js';
import { CONF_TARGET, ESTIMATE_MODE, FEE_RATE, feeControl, REPLACEABLE } from './fee-options.js';

const INT_MAX = 2 ** 31 - 1;
const INT64_LIMIT = 2 ** 63;

/** Weight of an input that has nothing but outpoint and sequence. */
const MIN_INPUT_WEIGHT = 165;

const OPTION_TYPES = {
  add_inputs: 'bool',
  include_unsafe: 'bool',
  add_to_wallet: 'bool',
  changeAddress: 'string',
  change_address: 'string',
  changePosition: 'number',
  change_position: 'number',
  change_type: 'string',
  includeWatching: 'bool',
  include_watching: 'bool',
  inputs: 'array',
  lockUnspents: 'bool',
  lock_unspents: 'bool',
  locktime: 'number',
  fee_rate: 'any',
  feeRate: 'any',
  psbt: 'bool',
  solving_data: 'object',
  subtractFeeFromOutputs: 'array',
  subtract_fee_from_outputs: 'array',
  replaceable: 'bool',
  conf_target: 'number',
  estimate_mode: 'string',
  minconf: 'number',
  maxconf: 'number',
  input_weights: 'array',
  max_tx_weight: 'number',
} as const;

/** Options that methods which fund a transaction share, for help and for named arguments. */
export const FUNDING_MEMBERS: readonly Param[] = [
  {
    name: 'add_inputs',
    type: 'bool',
    optional: true,
    description: 'Let the wallet add coins until the amount is covered',
  },
  {
    name: 'include_unsafe',
    type: 'bool',
    default: false,
    description:
      'Let it pick coins that may still vanish: unconfirmed ones from others, or from transactions that replaced another',
  },
  {
    name: 'minconf',
    type: 'number',
    default: 0,
    description: 'Fewest confirmations of coins that it adds',
  },
  {
    name: 'maxconf',
    type: 'number',
    optional: true,
    description: 'Most confirmations of coins that it adds (default: no limit)',
  },
  {
    name: 'change_type',
    type: 'string',
    optional: true,
    description:
      'Kind of change address: "legacy", "p2sh-segwit", "bech32" or "bech32m" (default: set by -changetype)',
  },
  FEE_RATE,
  CONF_TARGET,
  ESTIMATE_MODE,
  REPLACEABLE,
  {
    name: 'solving_data',
    type: 'object',
    optional: true,
    description:
      'What is needed to tell the size of inputs that are not the wallet\'s: "pubkeys", "scripts", "descriptors"',
  },
  {
    name: 'max_tx_weight',
    type: 'number',
    default: MAX_STANDARD_TX_WEIGHT,
    description: 'Largest weight of the finished transaction, in weight units',
  },
];

export interface FundingOptions {
  readonly control: CoinControl;
  readonly changePosition: number | undefined;
  readonly lockUnspents: boolean;
  /** Weights of inputs by outpoint, where the user gives them. */
  readonly weights: ReadonlyMap<string, number>;
}

function invalid(text: string): RpcError {
  return new RpcError(RpcCode.INVALID_PARAMETER, text);
}

/** Either spelling of an option. */
function either(options: JsonObject, name: string, oldName: string): unknown {
  return options[name] ?? options[oldName] ?? undefined;
}

/**
 * Reads the options of fundrawtransaction, send and their kin (Core's FundTransaction).
 *
 * @param outputCount payments of the transaction
 * @param overrideMinimum any feerate goes
 * @throws RpcError with Core's texts
 */
export function parseFundingOptions(
  wallet: Wallet,
  options: JsonObject,
  outputCount: number,
  overrideMinimum: boolean,
): FundingOptions {
  checkObject(options, OPTION_TYPES);
  const replaceable = typeof options.replaceable === 'boolean' ? options.replaceable : undefined;
  const control: CoinControl = {
    avoidAddressReuse: false,
    ...(typeof options.add_inputs === 'boolean' ? { allowOtherInputs: options.add_inputs } : {}),
    ...changeControl(wallet, options),
    includeUnsafe: options.include_unsafe === true,
    ...depthControl(options),
    ...rateControl(options, replaceable, overrideMinimum),
    ...(options.solving_data === undefined
      ? {}
      : { external: solvingData(wallet, asObject(options.solving_data)) }),
    ...(options.max_tx_weight === undefined
      ? {}
      : { maxTxWeight: asInteger(options.max_tx_weight, -INT_MAX - 1, INT_MAX) }),
  };
  return {
    control,
    changePosition: changePosition(options, outputCount),
    lockUnspents: either(options, 'lock_unspents', 'lockUnspents') === true,
    weights: inputWeights(options.input_weights),
  };
}

function changeControl(wallet: Wallet, options: JsonObject): Partial<CoinControl> {
  const address = either(options, 'change_address', 'changeAddress');
  const script =
    address === undefined ? undefined : addressToScript(asString(address), wallet.modules.params.address);
  if (address !== undefined && script === undefined) {
    throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, 'Change address must be a valid bitcoin address');
  }
  if (options.change_type === undefined) return script === undefined ? {} : { changeScript: script };
  if (script !== undefined) throw invalid('Cannot specify both change address and address type options');
  const text = asString(options.change_type);
  const changeType = parseOutputType(text);
  if (changeType !== undefined) return { changeType };
  throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, `Unknown change type '${text}'`);
}

function changePosition(options: JsonObject, outputCount: number): number | undefined {
  const value = either(options, 'change_position', 'changePosition');
  if (value === undefined) return undefined;
  const position = asInteger(value, -INT_MAX - 1, INT_MAX);
  if (position < 0 || position > outputCount) throw invalid('changePosition out of bounds');
  return position;
}

function depthControl(options: JsonObject): Partial<CoinControl> {
  const least = options.minconf === undefined ? undefined : asInteger(options.minconf, -INT_MAX - 1, INT_MAX);
  if (least !== undefined && least < 0) throw invalid('Negative minconf');
  const most = options.maxconf === undefined ? undefined : asInteger(options.maxconf, -INT_MAX - 1, INT_MAX);
  if (most !== undefined && most < (least ?? 0)) {
    throw invalid(`maxconf can't be lower than minconf: ${most} < ${least ?? 0}`);
  }
  return {
    ...(least === undefined ? {} : { minDepth: least }),
    ...(most === undefined ? {} : { maxDepth: most }),
  };
}

function rateControl(
  options: JsonObject,
  replaceable: boolean | undefined,
  overrideMinimum: boolean,
): Partial<CoinControl> {
  const { conf_target: confTarget, estimate_mode: estimateMode, fee_rate: feeRate } = options;
  const instructions = { confTarget, estimateMode, feeRate };
  if (options.feeRate === undefined) return feeControl(instructions, replaceable, overrideMinimum);
  if (feeRate !== undefined) {
    throw invalid('Cannot specify both fee_rate (sat/vB) and feeRate (BTC/kvB)');
  }
  if (confTarget !== undefined) {
    throw invalid(
      'Cannot specify both conf_target and feeRate. Please provide either a confirmation target in blocks for automatic fee estimation, or an explicit fee rate.',
    );
  }
  if (estimateMode !== undefined) throw invalid('Cannot specify both estimate_mode and feeRate');
  return {
    feeRate: parseAmount(options.feeRate),
    overrideFeeRate: true,
    ...(replaceable === undefined ? {} : { signalRbf: replaceable }),
  };
}

/** Keys and scripts of inputs that are not the wallet's, to tell their size. */
function solvingData(wallet: Wallet, data: JsonObject): FlatProvider {
  const provider = new FlatProvider();
  const listed = (name: string) => (data[name] === undefined ? [] : asArray(data[name]).map(asString));
  for (const hex of listed('pubkeys')) {
    const key = parsePublicKey(hex);
    provider.addPublicKey(key);
    provider.addScript(p2wpkh(hash160(key)));
  }
  for (const hex of listed('scripts')) {
    const script = hex === '' ? undefined : fromHex(hex);
    if (script === undefined) {
      throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, `'${hex}' is not hex`);
    }
    provider.addScript(script);
  }
  for (const text of listed('descriptors')) {
    const parsed = parseDescriptor(text, wallet.modules.params.address, { requireChecksum: true });
    if ('error' in parsed) throw invalid(`Unable to parse descriptor '${text}': ${parsed.error}`);
    const expansion = parsed.descriptor.expand(0, parsed.privateKeys);
    if (expansion !== undefined) provider.merge(expansion.provider);
  }
  return provider;
}

function inputWeights(value: unknown): Map<string, number> {
  const weights = new Map<string, number>();
  for (const item of value === undefined ? [] : asArray(value)) {
    const input = asObject(item);
    const txid = parseHash(input.txid, 'txid');
    if (typeof input.vout !== 'number') throw invalid('Invalid parameter, missing vout key');
    const vout = asInteger(input.vout, -INT_MAX - 1, INT_MAX);
    if (vout < 0) throw invalid('Invalid parameter, vout cannot be negative');
    if (typeof input.weight !== 'number') throw invalid('Invalid parameter, missing weight key');
    const weight = asInteger(input.weight, -INT64_LIMIT, INT64_LIMIT);
    if (weight < MIN_INPUT_WEIGHT) {
      throw invalid(
        'Invalid parameter, weight cannot be less than 165 (41 bytes (size of outpoint + sequence + empty scriptSig) * 4 (witness scaling factor)) + 1 (empty witness)',
      );
    }
    if (weight > MAX_STANDARD_TX_WEIGHT) {
      throw invalid(
        `Invalid parameter, weight cannot be greater than the maximum standard tx weight of ${MAX_STANDARD_TX_WEIGHT}`,
      );
    }
    weights.set(outPointKey(txid, vout), weight);
  }
  return weights;
}

/** Gives an input the weight that the user said it will have. */
export function withWeight(input: PresetInput, weights: ReadonlyMap<string, number>): PresetInput {
  const weight = weights.get(outPointKey(input.outpoint.txid, input.outpoint.vout));
  return weight === undefined ? input : { ...input, weight };
}
