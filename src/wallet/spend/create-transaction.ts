import { feeAt } from '../../primitives/feerate.js';
import { type OutPointKey, outPointKey } from '../../primitives/outpoint.js';
import {
  outputSize,
  Transaction,
  type TxOutput,
  type TxParts,
  WITNESS_SCALE_FACTOR,
} from '../../primitives/transaction.js';
import { assert } from '../../runtime/errors.js';
import { isDust } from '../../script/dust.js';
import { SigHash } from '../../script/hash-type.js';
import { MAX_STANDARD_TX_WEIGHT, MIN_STANDARD_TX_NONWITNESS_SIZE } from '../../script/relay-limits.js';
import { signWithWallet } from '../signing.js';
import type { Wallet } from '../wallet.js';
import { assemble, orderCoins, subtractFee, sumOutputs } from './assemble.js';
import { ChangePlan, reckonChange } from './change-plan.js';
import { chooseCoins } from './choose-coins.js';
import { type CoinControl, presetByKey, type Recipient } from './coin-control.js';
import { SpendFailure } from './failure.js';
import { formatSatPerVb, overheadSize, vsizeOf } from './fee-math.js';
import { type ChosenFeeRate, chooseFeeRate, discardFeeRate } from './fees.js';
import { signedWeight } from './input-size.js';
import type { SelectionParams } from './selection/automatic.js';
import { type RandomSource, SystemRandom } from './selection/random.js';
import type { Selection } from './selection/result.js';

/** No transaction that nodes relay weighs less. */
const MIN_STANDARD_TX_WEIGHT = MIN_STANDARD_TX_NONWITNESS_SIZE * WITNESS_SCALE_FACTOR;

export interface CreateOptions {
  /** False leaves the inputs as they are. */
  readonly sign?: boolean;
  /** Index of the change output; random when not given. */
  readonly changePosition?: number | undefined;
  readonly random?: RandomSource;
}

export interface CreatedTransaction {
  readonly tx: Transaction;
  /** Satoshis. */
  readonly fee: number;
  /** Undefined without change. */
  readonly changePosition: number | undefined;
  readonly feeRate: ChosenFeeRate;
}

/** A transaction that is complete but for its signatures. */
interface Draft {
  readonly parts: TxParts;
  readonly spent: ReadonlyMap<OutPointKey, TxOutput>;
  readonly weight: number;
  readonly fee: number;
  readonly changePosition: number | undefined;
  readonly feeRate: ChosenFeeRate;
  readonly selection: Selection;
  readonly change: ChangePlan;
}

/**
 * Makes a transaction that pays the recipients: chooses coins, adds change where it is worth it, reckons the fee and
 * signs. Nothing is sent, and nothing about the wallet changes but that a change address is used up. Synchronous, so that
 * the coins are still there when it is committed in the same turn.
 */
export function createTransaction(
  wallet: Wallet,
  recipients: readonly Recipient[],
  control: CoinControl,
  options: CreateOptions = {},
): CreatedTransaction | SpendFailure {
  if (recipients.length === 0) return new SpendFailure('Transaction must have at least one recipient');
  if (recipients.some(({ amount }) => amount < 0)) {
    return new SpendFailure('Transaction amounts must not be negative');
  }
  const avoidPartialSpends = control.avoidPartialSpends ?? wallet.modules.options.avoidPartialSpends;
  const change = ChangePlan.make(wallet, control, recipients);
  try {
    const wanted: CoinControl = { ...control, avoidPartialSpends };
    const draft = makeDraft(wallet, recipients, wanted, options, change);
    if (draft instanceof SpendFailure) return draft;
    return finish(wallet, preferWholeAddresses(wallet, recipients, wanted, options, draft), options);
  } finally {
    change.release();
  }
}

/** Spends all coins of the addresses concerned when that costs no more than `-maxapsfee` beyond what it costs else. */
function preferWholeAddresses(
  wallet: Wallet,
  recipients: readonly Recipient[],
  control: CoinControl,
  options: CreateOptions,
  draft: Draft,
): Draft {
  const { maxApsFee } = wallet.modules.options;
  if (draft.fee === 0 || maxApsFee < 0 || control.avoidPartialSpends === true) return draft;
  const whole = makeDraft(
    wallet,
    recipients,
    { ...control, avoidPartialSpends: true },
    options,
    draft.change,
  );
  if (whole instanceof SpendFailure) return draft;
  const useWhole = whole.fee <= draft.fee + maxApsFee;
  wallet.log(
    `Fee non-grouped = ${draft.fee}, grouped = ${whole.fee}, using ${useWhole ? 'grouped' : 'non-grouped'}`,
  );
  return useWhole ? whole : draft;
}

function makeDraft(
  wallet: Wallet,
  recipients: readonly Recipient[],
  control: CoinControl,
  options: CreateOptions,
  change: ChangePlan,
): Draft | SpendFailure {
  const random = options.random ?? new SystemRandom();
  const { chain } = wallet.modules;
  const dustRate = chain.dustRelayFeeRate();
  if (recipients.some(recipient => isDust(outputOf(recipient), dustRate))) {
    return new SpendFailure('Transaction amount too small');
  }
  const feeRate = usableFeeRate(wallet, control);
  if (feeRate instanceof SpendFailure) return feeRate;
  const params = selectionParams(wallet, recipients, control, change, feeRate.rate, random);
  if (params instanceof SpendFailure) return params;
  const payments = recipients.reduce((sum, { amount }) => sum + amount, 0);
  const target = payments + feeAt(feeRate.rate, params.subtractFee ? 0 : params.noInputsSize);
  if (target === 0 && (control.preset ?? []).length === 0) {
    return new SpendFailure(
      'Transaction requires one destination of non-0 value, a non-0 feerate, or a pre-selected input',
    );
  }
  const selection = chooseCoins(wallet, control, target, params);
  if (selection instanceof SpendFailure) return selection;
  const outputs = recipients.map(outputOf);
  const changePosition = insertChange(outputs, selection, params, change, options, random);
  if (changePosition instanceof SpendFailure) return changePosition;
  return settleFee(wallet, recipients, control, {
    selection,
    outputs,
    changePosition,
    feeRate,
    change,
    random,
  });
}

function outputOf({ script, amount }: Recipient): TxOutput {
  return { script, value: amount };
}

function usableFeeRate(wallet: Wallet, control: CoinControl): ChosenFeeRate | SpendFailure {
  const chosen = chooseFeeRate(wallet, control);
  if (control.feeRate !== undefined && chosen.rate > control.feeRate) {
    return new SpendFailure(
      `Fee rate (${formatSatPerVb(control.feeRate)}) is lower than the minimum fee rate setting (${formatSatPerVb(chosen.rate)})`,
    );
  }
  if (chosen.reason === 'Fallback fee' && wallet.modules.options.fallbackFee === 0) {
    return new SpendFailure(
      'Fee estimation failed. Fallbackfee is disabled. Wait a few blocks or enable -fallbackfee.',
    );
  }
  return chosen;
}

function selectionParams(
  wallet: Wallet,
  recipients: readonly Recipient[],
  control: CoinControl,
  change: ChangePlan,
  feeRate: number,
  random: RandomSource,
): SelectionParams | SpendFailure {
  const { chain, options } = wallet.modules;
  const maxTxWeight = control.maxTxWeight ?? MAX_STANDARD_TX_WEIGHT;
  if (maxTxWeight < MIN_STANDARD_TX_WEIGHT || maxTxWeight > MAX_STANDARD_TX_WEIGHT) {
    return new SpendFailure(
      `Maximum transaction weight must be between ${MIN_STANDARD_TX_WEIGHT} and ${MAX_STANDARD_TX_WEIGHT}`,
    );
  }
  const payments = recipients.reduce((sum, { amount }) => sum + amount, 0);
  const average = Math.floor(payments / recipients.length);
  return {
    ...reckonChange(wallet, change.script, feeRate, discardFeeRate(wallet), average, random),
    random,
    feeRate,
    noInputsSize:
      overheadSize(recipients.length) + recipients.reduce((sum, one) => sum + outputSize(outputOf(one)), 0),
    subtractFee: recipients.some(recipient => recipient.subtractFee),
    avoidPartialSpends: control.avoidPartialSpends ?? false,
    includeUnsafe: control.includeUnsafe ?? false,
    maxTxWeight,
    spendZeroConfChange: options.spendZeroConfChange,
    rejectLongChains: options.rejectLongChains,
    limits: chain.mempoolChainLimits(),
    ancestryOf: coin =>
      (coin.depth > 0 ? undefined : chain.mempoolAncestry(coin.outpoint.txid)) ?? {
        ancestors: 0,
        descendants: 0,
      },
  };
}

/** Puts change among the outputs, if there is any; gives its place. */
function insertChange(
  outputs: TxOutput[],
  selection: Selection,
  params: SelectionParams,
  change: ChangePlan,
  options: CreateOptions,
  random: RandomSource,
): number | undefined | SpendFailure {
  const value = selection.change(params);
  if (value === 0) return undefined;
  const position = options.changePosition ?? random.below(outputs.length + 1);
  if (position > outputs.length) return new SpendFailure('Transaction change output index out of range');
  outputs.splice(position, 0, { value, script: change.script });
  return position;
}

interface Assembly {
  readonly selection: Selection;
  readonly outputs: readonly TxOutput[];
  readonly changePosition: number | undefined;
  readonly feeRate: ChosenFeeRate;
  readonly change: ChangePlan;
  readonly random: RandomSource;
}

/** Builds the transaction and makes its fee exact: what was reckoned too much goes to change or back to the payments. */
function settleFee(
  wallet: Wallet,
  recipients: readonly Recipient[],
  control: CoinControl,
  { selection, outputs, changePosition, feeRate, change, random }: Assembly,
): Draft | SpendFailure {
  const preset = presetByKey(control);
  const coins = orderCoins(selection.coins, preset, random);
  let parts = assemble(wallet, coins, outputs, control, preset, random);
  const weight = signedWeight(
    wallet,
    parts,
    coins.map(coin => coin.output),
    control,
    preset,
  );
  if (weight === undefined) {
    return new SpendFailure('Missing solving data for estimating transaction size');
  }
  const needed = feeAt(feeRate.rate, vsizeOf(weight));
  const paid = () => selection.value - sumOutputs(parts.outputs);
  assert(paid() >= 0, 'inputs pay for the outputs');
  const changeOutput = changePosition === undefined ? undefined : parts.outputs[changePosition];
  if (changePosition !== undefined && changeOutput !== undefined && needed < paid()) {
    const value = changeOutput.value + paid() - needed;
    parts = { ...parts, outputs: parts.outputs.with(changePosition, { ...changeOutput, value }) };
  }
  if (recipients.some(recipient => recipient.subtractFee)) {
    const dustRate = wallet.modules.chain.dustRelayFeeRate();
    const reduced = subtractFee(parts.outputs, recipients, changePosition, needed - paid(), dustRate);
    if (reduced instanceof SpendFailure) return reduced;
    parts = { ...parts, outputs: reduced };
  }
  assert(paid() >= needed, 'the fee needed is paid');
  if (change.script.length === 0 && changePosition !== undefined) {
    return new SpendFailure(change.error ?? 'Transaction needs a change address');
  }
  const spent = new Map(
    coins.map(({ outpoint, output }) => [outPointKey(outpoint.txid, outpoint.vout), output] as const),
  );
  return { parts, spent, weight, fee: paid(), changePosition, feeRate, selection, change };
}

function finish(
  wallet: Wallet,
  draft: Draft,
  { sign = true }: CreateOptions,
): CreatedTransaction | SpendFailure {
  const { options, chain } = wallet.modules;
  const { parts, spent, fee, changePosition, feeRate } = draft;
  let tx: Transaction;
  if (sign) {
    const coins = ({ txid, vout }: { txid: Uint8Array; vout: number }) => spent.get(outPointKey(txid, vout));
    const signed = signWithWallet(wallet, parts, coins, SigHash.DEFAULT);
    if (!signed.complete) return new SpendFailure('Signing transaction failed');
    tx = signed.tx;
  } else tx = Transaction.from(parts);
  if ((sign ? tx.weight : draft.weight) > MAX_STANDARD_TX_WEIGHT)
    return new SpendFailure('Transaction too large');
  if (fee > options.maxTxFee) {
    return new SpendFailure('Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)');
  }
  const chainProblem = options.rejectLongChains ? chain.checkChainLimits(tx) : undefined;
  if (chainProblem !== undefined) return new SpendFailure(chainProblem);
  // A change script once drafted counts as used, as in Core, though this transaction may go without change.
  draft.change.keep();
  wallet.log(`Coin Selection: Algorithm:${draft.selection.algorithm}`);
  wallet.log(`Fee Calculation: Fee:${fee} Bytes:${vsizeOf(draft.weight)} Reason:"${feeRate.reason}"`);
  return { tx, fee, changePosition, feeRate };
}
