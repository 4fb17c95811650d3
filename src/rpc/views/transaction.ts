import { hashToHex, toHex } from '../../primitives/bytes.js';
import type { Coin } from '../../primitives/coin.js';
import type { Transaction, TxInput } from '../../primitives/transaction.js';
import type { AddressParams } from '../../script/address-params.js';
import { scriptToAsm } from '../../script/asm.js';
import { amount, type JsonValue } from '../json.js';
import { scriptView } from './script.js';

type JsonMembers = { readonly [key: string]: JsonValue };

export interface TransactionViewOptions {
  /** Coins that the inputs spend: adds the fee. Absent for coinbases and where they are not known. */
  readonly spent?: readonly Coin[] | undefined;
  /** Show each spent coin beside its input. */
  readonly withPrevouts?: boolean;
  readonly withHex?: boolean;
}

/** A transaction as getrawtransaction, getblock and decoderawtransaction show it. */
export function transactionView(
  tx: Transaction,
  params: AddressParams,
  { spent, withPrevouts = false, withHex = false }: TransactionViewOptions = {},
): JsonMembers {
  const isCoinbase = tx.isCoinbase;
  const total = tx.outputs.reduce((sum, output) => sum + output.value, 0);
  return {
    txid: hashToHex(tx.txid),
    hash: hashToHex(tx.wtxid),
    version: tx.version >>> 0,
    size: tx.totalSize,
    vsize: tx.vsize,
    weight: tx.weight,
    locktime: tx.lockTime,
    vin: tx.inputs.map((input, index) =>
      inputView(input, isCoinbase, withPrevouts ? spent?.[index] : undefined, params),
    ),
    vout: tx.outputs.map((output, n) => ({
      value: amount(output.value),
      n,
      scriptPubKey: scriptView(output.script, params),
    })),
    fee: spent === undefined ? undefined : amount(spent.reduce((sum, coin) => sum + coin.value, 0) - total),
    hex: withHex ? toHex(tx.raw) : undefined,
  };
}

function inputView(
  input: TxInput,
  isCoinbase: boolean,
  prevout: Coin | undefined,
  params: AddressParams,
): JsonMembers {
  const source: JsonMembers = isCoinbase
    ? { coinbase: toHex(input.scriptSig) }
    : {
        txid: hashToHex(input.prevout.txid),
        vout: input.prevout.vout,
        scriptSig: {
          asm: scriptToAsm(input.scriptSig, { decodeSigHash: true }),
          hex: toHex(input.scriptSig),
        },
      };
  return {
    ...source,
    txinwitness: input.witness.length === 0 ? undefined : input.witness.map(toHex),
    prevout: prevout === undefined ? undefined : prevoutView(prevout, params),
    sequence: input.sequence,
  };
}

function prevoutView(coin: Coin, params: AddressParams): JsonMembers {
  return {
    generated: coin.coinbase,
    height: coin.height,
    value: amount(coin.value),
    scriptPubKey: scriptView(coin.script, params),
  };
}
