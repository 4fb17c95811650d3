import { hashToHex, toHex } from '../../../primitives/bytes.js';
import { outPointKey } from '../../../primitives/outpoint.js';
import type { TxParts } from '../../../primitives/transaction.js';
import { SigHash } from '../../../script/hash-type.js';
import { commitTransaction } from '../../../wallet/broadcast.js';
import { signWithWallet } from '../../../wallet/signing.js';
import type { PresetInput, Recipient } from '../../../wallet/spend/coin-control.js';
import { type CreatedTransaction, createTransaction } from '../../../wallet/spend/create-transaction.js';
import { SpendFailure } from '../../../wallet/spend/failure.js';
import type { Wallet } from '../../../wallet/wallet.js';
import { isJsonObject, type JsonObject } from '../../args.js';
import { RpcCode, RpcError } from '../../errors.js';
import { amount, type JsonValue } from '../../json.js';
import type { RpcMethod } from '../../method.js';
import { constructTransaction, parseOutputs } from '../../parse/transaction-parts.js';
import { decodeTransaction } from '../lookup.js';
import { walletMethod } from './common.js';
import { CONF_TARGET, ESTIMATE_MODE, FEE_RATE } from './fee-options.js';
import { FUNDING_MEMBERS, type FundingOptions, parseFundingOptions, withWeight } from './funding-options.js';
import { recipientsOf } from './recipients.js';

const fundrawtransaction = walletMethod({
  name: 'fundrawtransaction',
  description:
    "Adds coins to a transaction until it pays for its outputs and its fee, and a change output where something is left over.\nOutputs stay as they are unless subtractFeeFromOutputs names them. Nothing is signed, and signatures made before may no longer hold. Inputs that are not the wallet's must be unspent outputs of the chain, with their keys or scripts in solving_data.",
  params: [
    { name: 'hexstring', type: 'hex', description: 'Transaction, in hex' },
    {
      name: 'options',
      type: 'named-options',
      optional: true,
      description: 'How to fund the transaction',
      members: [
        ...FUNDING_MEMBERS,
        {
          name: 'changeAddress',
          type: 'string',
          optional: true,
          description: 'Address for the change (default: a fresh one)',
        },
        {
          name: 'changePosition',
          type: 'number',
          optional: true,
          description: 'Index of the change output, from 0 (default: random)',
        },
        {
          name: 'lockUnspents',
          type: 'bool',
          default: false,
          description: 'Lock the chosen coins, as lockunspent does',
        },
        {
          name: 'feeRate',
          type: 'amount',
          optional: true,
          description: 'Fee rate in BTC/kvB (default: estimated)',
        },
        {
          name: 'subtractFeeFromOutputs',
          type: 'array',
          optional: true,
          description: 'Indexes of outputs that bear the fee, in equal shares',
        },
      ],
    },
    {
      name: 'iswitness',
      type: 'bool',
      optional: true,
      description:
        'Read it as with (true) or without (false) witness data (default: whichever makes more sense)',
    },
  ],
  result: '{ "hex", "fee", "changepos" }',
  examples: ['"hex"'],
  run: async (wallet, args) => {
    const guess = !args.has('iswitness');
    const isWitness = args.bool('iswitness', true);
    const tx = decodeTransaction(args.string('hexstring'), {
      withWitness: isWitness,
      withoutWitness: guess || !isWitness,
    });
    if (tx === undefined) throw new RpcError(RpcCode.DESERIALIZATION_ERROR, 'TX decode failed');
    const options = args.options('options');
    const outputs = tx.outputs.map(output => ({ name: 'dummy', ...output }));
    const recipients = recipientsOf(outputs, options.subtractFeeFromOutputs);
    const funding = parseFundingOptions(wallet, options, recipients.length, true);
    const created = await wallet.spending.push(() =>
      fund(wallet, tx, recipients, { ...funding, control: { allowOtherInputs: true, ...funding.control } }),
    );
    return {
      hex: toHex(created.tx.raw),
      fee: amount(created.fee),
      changepos: created.changePosition ?? -1,
    };
  },
});

/** Adds inputs and change to a transaction. Its outputs are the recipients. @throws RpcError in Core's words */
async function fund(
  wallet: Wallet,
  parts: Pick<TxParts, 'version' | 'inputs' | 'lockTime'>,
  recipients: readonly Recipient[],
  { control, changePosition, lockUnspents, weights }: FundingOptions,
): Promise<CreatedTransaction> {
  if (recipients.length === 0) {
    throw new RpcError(RpcCode.INVALID_PARAMETER, 'TX must have at least one output');
  }
  const preset = await presetInputs(wallet, parts, weights);
  const { version, lockTime } = parts;
  const created = createTransaction(
    wallet,
    recipients,
    { ...control, preset, version, lockTime },
    { sign: false, changePosition },
  );
  if (created instanceof SpendFailure) throw new RpcError(RpcCode.WALLET_ERROR, created.error);
  if (lockUnspents) {
    for (let i = 0; i < created.tx.inputCount; i++) wallet.lockCoin(created.tx.prevoutKey(i), false);
  }
  await wallet.store.flush();
  return created;
}

/** The inputs that the transaction has, with the outputs spent by those that are not the wallet's. */
async function presetInputs(
  wallet: Wallet,
  { inputs }: Pick<TxParts, 'inputs'>,
  weights: ReadonlyMap<string, number>,
): Promise<PresetInput[]> {
  const coins = await wallet.modules.chain.coins(inputs.map(input => input.prevout));
  return inputs.map((input, index) => {
    const { prevout, sequence, scriptSig, witness } = input;
    const own = wallet.ledger.get(prevout.txid)?.tx.outputs[prevout.vout];
    const isMine = own !== undefined && wallet.keychain.isMine(own.script);
    const coin = coins[index];
    if (!isMine && coin === undefined) {
      throw new RpcError(RpcCode.WALLET_ERROR, 'Unable to find UTXO for external input');
    }
    const base = { outpoint: prevout, sequence, scriptSig, witness };
    const full: PresetInput =
      isMine || coin === undefined ? base : { ...base, output: { value: coin.value, script: coin.script } };
    return withWeight(full, weights);
  });
}

const OUTDATED: readonly (readonly [old: string, text: string])[] = [
  ['feeRate', 'Use fee_rate (sat/vB) instead of feeRate'],
  ['changeAddress', 'Use change_address instead of changeAddress'],
  ['changePosition', 'Use change_position instead of changePosition'],
  ['includeWatching', 'Use include_watching instead of includeWatching'],
  ['lockUnspents', 'Use lock_unspents instead of lockUnspents'],
  ['subtractFeeFromOutputs', 'Use subtract_fee_from_outputs instead of subtractFeeFromOutputs'],
];

const send = walletMethod({
  name: 'send',
  description: 'Makes, signs and sends a transaction. The interface may still change.',
  params: [
    {
      name: 'outputs',
      type: 'any',
      description:
        'The outputs: a list of {"address": amount in BTC} and {"data": "hex"}, or one object with all of them. An address may appear once, and "data" once.',
    },
    CONF_TARGET,
    ESTIMATE_MODE,
    FEE_RATE,
    {
      name: 'options',
      type: 'named-options',
      optional: true,
      description: 'How to make the transaction',
      members: [
        // Those that are arguments of their own come as such.
        ...FUNDING_MEMBERS.filter(
          ({ name }) => ![CONF_TARGET, ESTIMATE_MODE, FEE_RATE].some(one => one.name === name),
        ),
        {
          name: 'add_to_wallet',
          type: 'bool',
          default: true,
          description: 'false only gives the transaction back, and neither keeps nor sends it',
        },
        {
          name: 'change_address',
          type: 'string',
          optional: true,
          description: 'Address for the change (default: a fresh one)',
        },
        {
          name: 'change_position',
          type: 'number',
          optional: true,
          description: 'Index of the change output, from 0 (default: random)',
        },
        {
          name: 'include_watching',
          type: 'bool',
          optional: true,
          description: 'No effect: descriptor wallets use all they have.',
        },
        {
          name: 'inputs',
          type: 'array',
          optional: true,
          description:
            'Coins to spend: objects of "txid", "vout", "sequence", "weight"; the wallet then adds none unless add_inputs is set',
        },
        {
          name: 'locktime',
          type: 'number',
          default: 0,
          description:
            'Lock time: a height, or from 500000000 on a time in seconds. Other than 0, it also gives inputs a sequence that heeds it',
        },
        {
          name: 'lock_unspents',
          type: 'bool',
          default: false,
          description: 'Lock the chosen coins, as lockunspent does',
        },
        {
          name: 'psbt',
          type: 'bool',
          optional: true,
          description: 'Give a PSBT (not supported)',
        },
        {
          name: 'subtract_fee_from_outputs',
          type: 'array',
          optional: true,
          description: 'Indexes of outputs that bear the fee, in equal shares',
        },
      ],
    },
  ],
  result: '{ "complete", "txid", "hex" }',
  examples: ['\'{"address": 0.5}\' 3 "economical"'],
  run: async (wallet, args) => {
    const options = feeOptions(args.options('options'), {
      conf_target: args.raw('conf_target'),
      estimate_mode: args.raw('estimate_mode'),
      fee_rate: args.raw('fee_rate'),
    });
    for (const [old, text] of OUTDATED) {
      if (options[old] !== undefined) throw new RpcError(RpcCode.INVALID_PARAMETER, text);
    }
    if (options.input_weights !== undefined) {
      throw new RpcError(
        RpcCode.INVALID_PARAMETER,
        'Input weights should be specified in inputs rather than in options.',
      );
    }
    if (options.psbt === true) {
      throw new RpcError(RpcCode.WALLET_ERROR, 'Partially signed transactions are not supported');
    }
    const params = wallet.modules.params.address;
    const outputs = parseOutputs(args.raw('outputs'), params);
    const recipients = recipientsOf(outputs, options.subtract_fee_from_outputs);
    const replaceable =
      typeof options.replaceable === 'boolean' ? options.replaceable : wallet.modules.options.walletRbf;
    const { inputs, locktime: lockTime } = options;
    const parts = constructTransaction(
      { inputs, outputs: args.raw('outputs'), lockTime, replaceable },
      params,
    );
    const weights = Array.isArray(inputs)
      ? (inputs as unknown[]).filter(input => isJsonObject(input) && input.weight !== undefined)
      : [];
    const funding = parseFundingOptions(
      wallet,
      { ...options, input_weights: weights },
      recipients.length,
      false,
    );
    const allowOtherInputs = parts.inputs.length === 0;
    const control = { allowOtherInputs, ...funding.control };
    return wallet.spending.push(() =>
      sendFunded(wallet, parts, recipients, { ...funding, control }, options.add_to_wallet !== false),
    );
  },
});

/** Merges what may be given as an argument or as an option. @throws RpcError when it is given as both */
function feeOptions(options: JsonObject, given: Readonly<Record<string, unknown>>): JsonObject {
  const { conf_target, estimate_mode, fee_rate } = given;
  if (options.conf_target !== undefined || options.estimate_mode !== undefined) {
    if (conf_target !== undefined || estimate_mode !== undefined) {
      throw new RpcError(
        RpcCode.INVALID_PARAMETER,
        'Pass conf_target and estimate_mode either as arguments or in the options object, but not both',
      );
    }
  }
  if (options.fee_rate !== undefined && fee_rate !== undefined) {
    throw new RpcError(
      RpcCode.INVALID_PARAMETER,
      'Pass the fee_rate either as an argument, or in the options object, but not both',
    );
  }
  const merged: Record<string, unknown> = { ...options };
  for (const [name, value] of Object.entries(given)) if (value !== undefined) merged[name] = value;
  const mode = merged.estimate_mode ?? 'unset';
  if ((merged.conf_target ?? undefined) !== undefined && mode === 'unset') {
    throw new RpcError(RpcCode.INVALID_PARAMETER, 'Specify estimate_mode');
  }
  return merged;
}

async function sendFunded(
  wallet: Wallet,
  parts: TxParts,
  recipients: readonly Recipient[],
  funding: FundingOptions,
  addToWallet: boolean,
): Promise<JsonValue> {
  const created = await fund(wallet, parts, recipients, funding);
  const coins = await wallet.modules.chain.coins(created.tx.inputs.map(input => input.prevout));
  const byKey = new Map(
    created.tx.inputs.map(({ prevout }, index) => [outPointKey(prevout.txid, prevout.vout), coins[index]]),
  );
  const { tx, complete } = signWithWallet(
    wallet,
    created.tx,
    ({ txid, vout }) => byKey.get(outPointKey(txid, vout)) ?? wallet.ledger.get(txid)?.tx.outputs[vout],
    SigHash.DEFAULT,
  );
  if (!complete) return { hex: toHex(tx.raw), complete };
  const txid = hashToHex(tx.txid);
  if (!addToWallet) return { txid, hex: toHex(tx.raw), complete };
  await commitTransaction(wallet, tx);
  return { txid, complete };
}

/** Making transactions by wishes of the user's. */
export const fundingMethods: readonly RpcMethod[] = [fundrawtransaction, send];
