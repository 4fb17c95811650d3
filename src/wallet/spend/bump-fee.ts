import { formatMoney } from '../../primitives/amount.js';
import { type Hash256, hashToHex } from '../../primitives/bytes.js';
import { feeAt } from '../../primitives/feerate.js';
import type { OutPointKey } from '../../primitives/outpoint.js';
import { signalsReplaceability } from '../../primitives/sequence.js';
import type { TxOutput } from '../../primitives/transaction.js';
import { defined } from '../../runtime/errors.js';
import { commitTransaction } from '../broadcast.js';
import type { WalletTx } from '../ledger/wallet-tx.js';
import type { Wallet } from '../wallet.js';
import { WalletError } from '../wallet-error.js';
import type { CoinControl, PresetInput, Recipient } from './coin-control.js';
import { type CreatedTransaction, createTransaction } from './create-transaction.js';
import { SpendFailure } from './failure.js';
import { vsizeOf } from './fee-math.js';
import { chooseFeeRate, requiredFeeRate } from './fees.js';
import { signedWeight } from './input-size.js';

/** Step by which wallets raise feerates: above the relay increment of today, so that a higher one of peers is met, too. */
const WALLET_INCREMENTAL_RELAY_FEE = 5000;

export interface BumpRequest {
  readonly txid: Hash256;
  readonly control: CoinControl;
  /** New outputs instead of the old ones. */
  readonly outputs?: readonly TxOutput[];
  /** Which output the change is, if the wallet is not to guess. */
  readonly changeIndex?: number;
}

export interface BumpedTransaction {
  readonly created: CreatedTransaction;
  /** Fee of the transaction replaced, satoshis. */
  readonly oldFee: number;
}

/**
 * Makes and sends a transaction that spends the same coins, and others if need be, and pays a higher fee. To be run as one
 * job of `wallet.spending`.
 *
 * @throws WalletError in Core's words
 */
export async function bumpFee(wallet: Wallet, request: BumpRequest): Promise<BumpedTransaction> {
  const { txid, outputs = [], changeIndex } = request;
  if (outputs.length > 0 && changeIndex !== undefined) {
    throw new WalletError(
      'invalid-parameter',
      "The options 'outputs' and 'original_change_index' are incompatible. You can only either specify a new set of outputs, or designate a change output to be recycled.",
    );
  }
  const wtx = wallet.ledger.get(txid);
  if (wtx === undefined) {
    throw new WalletError('invalid-address-or-key', 'Invalid or non-wallet transaction id');
  }
  if (changeIndex !== undefined && changeIndex >= wtx.tx.outputCount) {
    throw new WalletError('invalid-parameter', 'Change position is out of range');
  }
  checkBumpable(wallet, wtx);
  const spent = wtx.tx.inputs.map((_, index) => defined(wallet.ledger.ownPrevout(wtx.tx, index), 'own coin'));
  const oldFee = sum(spent) - sum(wtx.tx.outputs);
  const plan = planOutputs(wallet, wtx, outputs.length > 0 ? outputs : wtx.tx.outputs, changeIndex);
  const preset = wtx.tx.inputs.map((input): PresetInput => ({ outpoint: input.prevout }));
  const control: CoinControl = {
    ...request.control,
    ...plan.control,
    preset,
    allowOtherInputs: true,
    minDepth: 1,
  };
  const feeRate = request.control.feeRate ?? raisedFeeRate(wallet, wtx, oldFee, control);
  if (request.control.feeRate !== undefined) {
    checkFeeRate(wallet, wtx, plan.outputs, spent, oldFee, feeRate);
  }
  const created = createTransaction(wallet, plan.recipients, { ...control, feeRate });
  if (created instanceof SpendFailure) {
    const text =
      created.error === 'Signing transaction failed'
        ? "Can't sign transaction."
        : `Unable to create transaction. ${created.error}`;
    throw new WalletError('failed', text);
  }
  const notes = new Map(wtx.notes).set('replaces_txid', hashToHex(wtx.tx.txid));
  const committed = commitTransaction(wallet, created.tx, notes);
  wtx.notes.set('replaced_by_txid', hashToHex(created.tx.txid));
  wallet.ledger.saveNotes(wtx);
  await committed;
  return { created, oldFee };
}

function sum(outputs: readonly TxOutput[]): number {
  return outputs.reduce((total, { value }) => total + value, 0);
}

function checkBumpable(wallet: Wallet, wtx: WalletTx): void {
  const { ledger, modules } = wallet;
  if (ledger.hasSpend(wtx)) {
    throw new WalletError('invalid-parameter', 'Transaction has descendants in the wallet');
  }
  if (modules.chain.hasDescendantsInMempool(wtx.tx.txid)) {
    throw new WalletError('invalid-parameter', 'Transaction has descendants in the mempool');
  }
  if (ledger.depth(wtx) !== 0) {
    throw new WalletError('failed', 'Transaction has been mined, or is conflicted with a mined transaction');
  }
  if (!signalsReplaceability(wtx.tx)) {
    throw new WalletError('failed', 'Transaction is not BIP 125 replaceable');
  }
  const replacement = wtx.notes.get('replaced_by_txid');
  if (replacement !== undefined) {
    throw new WalletError(
      'failed',
      `Cannot bump transaction ${hashToHex(wtx.tx.txid)} which was already bumped by transaction ${replacement}`,
    );
  }
  if (!wtx.tx.inputs.every((_, index) => ledger.ownPrevout(wtx.tx, index) !== undefined)) {
    throw new WalletError('failed', "Transaction contains inputs that don't belong to this wallet");
  }
}

interface OutputPlan {
  /** All outputs of the replacement before its fee is settled, for reckoning its size. */
  readonly outputs: readonly TxOutput[];
  readonly recipients: readonly Recipient[];
  readonly control: CoinControl;
}

/** Splits outputs into payments and change: the change keeps its script. */
function planOutputs(
  wallet: Wallet,
  wtx: WalletTx,
  outputs: readonly TxOutput[],
  changeIndex: number | undefined,
): OutputPlan {
  const isChange = (output: TxOutput, index: number) =>
    changeIndex === undefined ? wallet.isChange(output.script) : index === changeIndex;
  const change = outputs.findLast(isChange);
  const recipients = outputs
    .filter((output, index) => !isChange(output, index))
    .map(({ script, value }): Recipient => ({ script, amount: value, subtractFee: false }));
  if (recipients.length > 0) {
    return { outputs, recipients, control: change === undefined ? {} : { changeScript: change.script } };
  }
  if (change === undefined) {
    throw new WalletError(
      'invalid-parameter',
      'Unable to create transaction. Transaction must have at least one recipient',
    );
  }
  // All went to change: it becomes the payment, and pays the fee.
  const amount = sum(outputs.length > 0 ? outputs : wtx.tx.outputs);
  return { outputs, recipients: [{ script: change.script, amount, subtractFee: true }], control: {} };
}

/** A feerate that replaces the old one for certain, and that would do for a new transaction. */
function raisedFeeRate(wallet: Wallet, wtx: WalletTx, oldFee: number, control: CoinControl): number {
  const { chain } = wallet.modules;
  const old = Math.floor((oldFee * 1000) / wtx.tx.vsize) + 1;
  const raised = old + Math.max(chain.incrementalRelayFeeRate(), WALLET_INCREMENTAL_RELAY_FEE);
  return Math.max(raised, chooseFeeRate(wallet, control).rate);
}

/** Refuses a feerate of the user's that would not do. */
function checkFeeRate(
  wallet: Wallet,
  wtx: WalletTx,
  outputs: readonly TxOutput[],
  spent: readonly TxOutput[],
  oldFee: number,
  feeRate: number,
): void {
  const { chain, options } = wallet.modules;
  const least = chain.mempoolMinFeeRate();
  if (feeRate < least) {
    throw new WalletError(
      'failed',
      `New fee rate (${formatMoney(feeRate)}) is lower than the minimum fee rate (${formatMoney(least)}) to get into the mempool -- `,
    );
  }
  const { version, inputs, lockTime } = wtx.tx;
  const noPreset: ReadonlyMap<OutPointKey, PresetInput> = new Map();
  const weight = signedWeight(wallet, { version, inputs, outputs, lockTime }, spent, {}, noPreset);
  const vsize = vsizeOf(defined(weight, "weight of the wallet's own inputs"));
  const fee = feeAt(feeRate, vsize);
  const increment = feeAt(chain.incrementalRelayFeeRate(), vsize);
  if (fee < oldFee + increment) {
    throw new WalletError(
      'invalid-parameter',
      `Insufficient total fee ${formatMoney(fee)}, must be at least ${formatMoney(oldFee + increment)} (oldFee ${formatMoney(oldFee)} + incrementalFee ${formatMoney(increment)})`,
    );
  }
  const required = feeAt(requiredFeeRate(wallet), vsize);
  if (fee < required) {
    throw new WalletError(
      'invalid-parameter',
      `Insufficient total fee (cannot be less than required fee ${formatMoney(required)})`,
    );
  }
  if (fee > options.maxTxFee) {
    throw new WalletError(
      'failed',
      `Specified or calculated fee ${formatMoney(fee)} is too high (cannot be higher than -maxtxfee ${formatMoney(options.maxTxFee)})`,
    );
  }
}
