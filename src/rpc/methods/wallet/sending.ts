import { formatAmount } from '../../../primitives/amount.js';
import { hashToHex } from '../../../primitives/bytes.js';
import { commitTransaction } from '../../../wallet/broadcast.js';
import type { CoinControl, Recipient } from '../../../wallet/spend/coin-control.js';
import { createTransaction } from '../../../wallet/spend/create-transaction.js';
import { SpendFailure } from '../../../wallet/spend/failure.js';
import { SystemRandom, shuffled } from '../../../wallet/spend/selection/random.js';
import type { Wallet } from '../../../wallet/wallet.js';
import type { Args } from '../../args.js';
import { RpcCode, RpcError } from '../../errors.js';
import type { JsonValue } from '../../json.js';
import type { RpcMethod } from '../../method.js';
import type { Param } from '../../param.js';
import { parseOutputs } from '../../parse/transaction-parts.js';
import { avoidReuse, walletMethod } from './common.js';
import { CONF_TARGET, ESTIMATE_MODE, FEE_RATE, feeControl, REPLACEABLE } from './fee-options.js';
import { recipientsOf } from './recipients.js';

const VERBOSE: Param = {
  name: 'verbose',
  type: 'bool',
  default: false,
  description: 'Also tell how the fee was arrived at',
};

function replaceable(args: Args): boolean | undefined {
  return args.has('replaceable') ? args.bool('replaceable', true) : undefined;
}

function feeFromArgs(args: Args): Partial<CoinControl> {
  const instructions = {
    confTarget: args.raw('conf_target'),
    estimateMode: args.raw('estimate_mode'),
    feeRate: args.raw('fee_rate'),
  };
  return feeControl(instructions, replaceable(args));
}

/** Notes that are kept with the transaction. */
function notesOf(args: Args, names: Readonly<Record<string, string>>): Map<string, string> {
  const notes = new Map<string, string>();
  for (const [argument, note] of Object.entries(names)) {
    const text = args.optionalString(argument) ?? '';
    if (text !== '') notes.set(note, text);
  }
  return notes;
}

const sendtoaddress = walletMethod({
  name: 'sendtoaddress',
  description: 'Pays an address.',
  params: [
    { name: 'address', type: 'string', description: 'Address to pay' },
    { name: 'amount', type: 'amount', description: 'Amount in BTC' },
    {
      name: 'comment',
      type: 'string',
      optional: true,
      description: 'What the payment is for; kept in the wallet only',
    },
    {
      name: 'comment_to',
      type: 'string',
      optional: true,
      description: 'Who is paid; kept in the wallet only',
    },
    {
      name: 'subtractfeefromamount',
      type: 'bool',
      default: false,
      description: 'Take the fee out of the amount, so that less than that arrives',
    },
    REPLACEABLE,
    CONF_TARGET,
    ESTIMATE_MODE,
    {
      name: 'avoid_reuse',
      type: 'bool',
      optional: true,
      description:
        'Spend no coins at addresses that were spent from before, and spend coins of one address together; only for wallets with the flag avoid_reuse',
    },
    FEE_RATE,
    VERBOSE,
  ],
  result: '"hex"    (string) txid\nor with verbose: { "txid", "fee_reason" }',
  examples: ['"address" 0.5', '"address" 0.5 "rent of May" "landlord"'],
  run: (wallet, args) => {
    const avoid = avoidReuse(wallet, args);
    const control: CoinControl = {
      ...feeFromArgs(args),
      avoidAddressReuse: avoid,
      ...(avoid ? { avoidPartialSpends: true } : {}),
    };
    const address = args.string('address');
    const outputs = parseOutputs({ [address]: args.raw('amount') }, wallet.modules.params.address);
    const recipients = recipientsOf(outputs, args.raw('subtractfeefromamount'));
    const notes = notesOf(args, { comment: 'comment', comment_to: 'to' });
    return sendMoney(wallet, recipients, control, notes, args.bool('verbose', false));
  },
});

const sendmany = walletMethod({
  name: 'sendmany',
  description: 'Pays several addresses in one transaction.',
  params: [
    {
      name: 'dummy',
      type: 'string',
      default: '',
      description: 'Must be ""; a leftover of older interfaces',
    },
    { name: 'amounts', type: 'object', description: 'Address to amount in BTC' },
    { name: 'minconf', type: 'number', optional: true, description: 'Ignored' },
    {
      name: 'comment',
      type: 'string',
      optional: true,
      description: 'What the payment is for; kept in the wallet only',
    },
    {
      name: 'subtractfeefrom',
      type: 'array',
      optional: true,
      description:
        'Addresses that bear the fee in equal shares, so that less than their amount arrives; without any the sender bears it',
    },
    REPLACEABLE,
    CONF_TARGET,
    ESTIMATE_MODE,
    FEE_RATE,
    VERBOSE,
  ],
  result: '"hex"    (string) txid\nor with verbose: { "txid", "fee_reason" }',
  examples: ['"" \'{"address": 0.5, "other address": 0.25}\''],
  run: (wallet, args) => {
    if ((args.optionalString('dummy') ?? '') !== '') {
      throw new RpcError(RpcCode.INVALID_PARAMETER, 'Dummy value must be set to ""');
    }
    const control = feeFromArgs(args);
    const outputs = parseOutputs(args.object('amounts'), wallet.modules.params.address);
    const recipients = recipientsOf(outputs, args.raw('subtractfeefrom'));
    const notes = notesOf(args, { comment: 'comment' });
    return sendMoney(wallet, recipients, control, notes, args.bool('verbose', false));
  },
});

function sendMoney(
  wallet: Wallet,
  recipients: readonly Recipient[],
  control: CoinControl,
  notes: ReadonlyMap<string, string>,
  verbose: boolean,
): Promise<JsonValue> {
  if (wallet.has('disable_private_keys')) {
    throw new RpcError(RpcCode.WALLET_ERROR, 'Error: Private keys are disabled for this wallet');
  }
  return wallet.spending.push(async () => {
    const created = createTransaction(wallet, shuffled(recipients, new SystemRandom()), control);
    if (created instanceof SpendFailure) {
      throw new RpcError(RpcCode.WALLET_INSUFFICIENT_FUNDS, created.error);
    }
    await commitTransaction(wallet, created.tx, notes);
    const txid = hashToHex(created.tx.txid);
    return verbose ? { txid, fee_reason: created.feeRate.reason } : txid;
  });
}

const settxfee = walletMethod({
  name: 'settxfee',
  description: "Sets this wallet's fee rate, in place of -paytxfee.",
  params: [{ name: 'amount', type: 'amount', description: 'Fee rate in BTC/kvB; 0 to estimate fees again' }],
  result: 'true|false    (boolean) always true',
  examples: ['0.0002'],
  run: (wallet, args) => {
    const rate = args.amount('amount');
    const { chain, options } = wallet.modules;
    const refuse = (relation: string, what: string, limit: number) =>
      new RpcError(
        RpcCode.INVALID_PARAMETER,
        `txfee cannot be ${relation} than ${what} (${formatAmount(limit)} BTC/kvB)`,
      );
    const relay = chain.minRelayFeeRate();
    if (rate !== 0) {
      if (rate < relay) throw refuse('less', 'min relay tx fee', relay);
      if (rate < options.minTxFee) throw refuse('less', 'wallet min fee', options.minTxFee);
      if (rate > options.maxTxFee) throw refuse('more', 'wallet max tx fee', options.maxTxFee);
    }
    wallet.payTxFee = rate;
    return true;
  },
});

/** Paying. */
export const sendingMethods: readonly RpcMethod[] = [sendtoaddress, sendmany, settxfee];
