import { hashToHex } from '../../../primitives/bytes.js';
import { bumpFee } from '../../../wallet/spend/bump-fee.js';
import { asInteger, checkObject } from '../../args.js';
import { RpcCode, RpcError } from '../../errors.js';
import { amount } from '../../json.js';
import type { RpcMethod } from '../../method.js';
import { parseOutputs } from '../../parse/transaction-parts.js';
import { walletMethod } from './common.js';
import { CONF_TARGET, ESTIMATE_MODE, FEE_RATE, feeControl, REPLACEABLE } from './fee-options.js';

const UINT32_MAX = 0xffffffff;

const bumpfee = walletMethod({
  name: 'bumpfee',
  description:
    'Replaces an unconfirmed transaction of the wallet by one that pays more (BIP 125).\nThe new one spends all that the old one spent. The rise is taken from the change, or from further coins; there may be change where there was none. It fails when one of the old outputs is already spent. Without options the fee is estimated.',
  params: [
    { name: 'txid', type: 'hex', description: 'Id of the transaction to replace' },
    {
      name: 'options',
      type: 'named-options',
      optional: true,
      description: 'How to raise the fee',
      members: [
        CONF_TARGET,
        FEE_RATE,
        REPLACEABLE,
        ESTIMATE_MODE,
        {
          name: 'outputs',
          type: 'any',
          optional: true,
          description:
            'New outputs instead of the old: {"address": amount in BTC} or {"data": "hex"}. Not together with original_change_index',
        },
        {
          name: 'original_change_index',
          type: 'number',
          optional: true,
          description: "Index of the old transaction's change output, from 0 (default: found out)",
        },
      ],
    },
  ],
  result: '{ "txid", "origfee", "fee", "errors": [ … ] }',
  examples: ['"txid"'],
  run: (wallet, args) => {
    if (wallet.has('disable_private_keys')) {
      throw new RpcError(
        RpcCode.WALLET_ERROR,
        'bumpfee is not available with wallets that have private keys disabled. Use psbtbumpfee instead.',
      );
    }
    const txid = args.hash('txid');
    const options = args.options('options');
    checkObject(options, {
      confTarget: 'number',
      conf_target: 'number',
      fee_rate: 'any',
      replaceable: 'bool',
      estimate_mode: 'string',
      outputs: 'any',
      original_change_index: 'number',
    });
    if (options.confTarget !== undefined && options.conf_target !== undefined) {
      throw new RpcError(
        RpcCode.INVALID_PARAMETER,
        'confTarget and conf_target options should not both be set. Use conf_target (confTarget is deprecated).',
      );
    }
    const control = feeControl(
      {
        confTarget: options.conf_target ?? options.confTarget,
        estimateMode: options.estimate_mode,
        feeRate: options.fee_rate,
      },
      options.replaceable !== false,
    );
    const outputs = newOutputs(options.outputs, wallet.modules.params.address);
    const index = options.original_change_index ?? undefined;
    const request = {
      txid,
      control,
      ...(outputs === undefined ? {} : { outputs }),
      ...(index === undefined ? {} : { changeIndex: asInteger(index, 0, UINT32_MAX) }),
    };
    return wallet.spending.push(async () => {
      const { created, oldFee } = await bumpFee(wallet, request);
      return {
        txid: hashToHex(created.tx.txid),
        origfee: amount(oldFee),
        fee: amount(created.fee),
        errors: [],
      };
    });
  },
});

function newOutputs(value: unknown, params: Parameters<typeof parseOutputs>[1]) {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.length === 0) {
    throw new RpcError(
      RpcCode.INVALID_PARAMETER,
      'Invalid parameter, output argument cannot be an empty array',
    );
  }
  return parseOutputs(value, params);
}

/** Raising the fee of what was sent. */
export const bumpingMethods: readonly RpcMethod[] = [bumpfee];
