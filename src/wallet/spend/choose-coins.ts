import { feeAt } from '../../primitives/feerate.js';
import { formatOutPoint } from '../../primitives/outpoint.js';
import { type TxOutput, WITNESS_SCALE_FACTOR } from '../../primitives/transaction.js';
import type { Wallet } from '../wallet.js';
import { availableCoins, coinType } from './available-coins.js';
import type { CoinControl, PresetInput } from './coin-control.js';
import { SpendFailure } from './failure.js';
import { vsizeOf } from './fee-math.js';
import { inputSize } from './input-size.js';
import { type SelectionParams, selectAutomatically } from './selection/automatic.js';
import { type SelectableCoin, sumOf } from './selection/coin.js';
import { Selection, SelectionFailure } from './selection/result.js';

/** The coins for a transaction: those the user chose, and as many others as are needed. */
export function chooseCoins(
  wallet: Wallet,
  control: CoinControl,
  target: number,
  params: SelectionParams,
): Selection | SpendFailure {
  const preset: SelectableCoin[] = [];
  for (const input of control.preset ?? []) {
    const coin = presetCoin(wallet, control, input, params.feeRate);
    if (coin instanceof SpendFailure) return coin;
    preset.push(coin);
  }
  const presetSum = sumOf(preset, coin => (params.subtractFee ? coin.output.value : coin.effectiveValue));
  const missing = target - presetSum;
  if (control.allowOtherInputs === false && missing > 0) {
    return new SpendFailure(
      'The preselected coins total amount does not cover the transaction target. Please allow other inputs to be automatically selected or include more coins manually',
    );
  }
  if (missing <= 0) return new Selection(preset, target, 'manual', params.subtractFee);
  const outcome = selectMissing(wallet, control, missing, params);
  if (outcome instanceof SelectionFailure) return new SpendFailure(outcome.message ?? 'Insufficient funds');
  if (preset.length === 0) return outcome;
  const merged = outcome.with(preset, presetSum);
  if (merged.weight > params.maxTxWeight - params.noInputsSize * WITNESS_SCALE_FACTOR) {
    return new SpendFailure(
      "The combination of the pre-selected inputs and the wallet automatic inputs selection exceeds the transaction maximum weight. Please try sending a smaller amount or manually consolidating your wallet's UTXOs",
    );
  }
  return merged;
}

function selectMissing(
  wallet: Wallet,
  control: CoinControl,
  missing: number,
  params: SelectionParams,
): Selection | SelectionFailure {
  const available = availableCoins(wallet, control, params.feeRate);
  const total = sumOf(available, coin => (params.subtractFee ? coin.output.value : coin.effectiveValue));
  return missing > total ? new SelectionFailure() : selectAutomatically(available, missing, params);
}

function presetCoin(
  wallet: Wallet,
  control: CoinControl,
  input: PresetInput,
  feeRate: number,
): SelectableCoin | SpendFailure {
  const { outpoint } = input;
  const output = presetOutput(wallet, input);
  if (output instanceof SpendFailure) return output;
  const isExternal = input.output !== undefined;
  const size =
    input.weight === undefined
      ? inputSize(wallet, output.script, control, isExternal)
      : vsizeOf(input.weight);
  // Core writes outpoints in such messages with the class name and ten digits of the hash.
  if (size === undefined) return new SpendFailure(`Not solvable pre-selected input ${outPointText(input)}`);
  const fee = feeAt(feeRate, size);
  return {
    outpoint,
    output,
    type: coinType(wallet, output),
    depth: 0,
    inputSize: size,
    fromMe: false,
    safe: true,
    fee,
    effectiveValue: output.value - fee,
  };
}

function presetOutput(wallet: Wallet, input: PresetInput): TxOutput | SpendFailure {
  const wtx = wallet.ledger.get(input.outpoint.txid);
  if (wtx === undefined) {
    return input.output ?? new SpendFailure(`Not found pre-selected input ${outPointText(input)}`);
  }
  return (
    wtx.tx.outputs[input.outpoint.vout] ??
    new SpendFailure(`Invalid pre-selected input ${outPointText(input)}`)
  );
}

function outPointText({ outpoint }: PresetInput): string {
  const [txid = ''] = formatOutPoint(outpoint).split(':');
  return `COutPoint(${txid.slice(0, 10)}, ${outpoint.vout})`;
}
