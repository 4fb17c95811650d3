import type { ParameterNames } from '../parameter-names.js';
import type { PreviousOutput, Signed } from './raw-transactions.js';
import type {
  AddressType,
  BitcoinAmount,
  EstimateMode,
  RequestedInput,
  RequestedOutputs,
  SighashType,
  Written,
} from './shapes.js';

/** How the fee of a transaction is found: by a rate, or by an estimate. */
interface FeeOptions {
  readonly conf_target?: number;
  readonly estimate_mode?: EstimateMode;
  /** Satoshis per virtual byte. */
  readonly fee_rate?: BitcoinAmount;
}

/** How a transaction gets its inputs and its change. */
interface FundingOptions {
  /** Signals that it may be replaced (BIP 125). */
  readonly replaceable?: boolean;
  /** The wallet adds coins until the amount is covered. */
  readonly add_inputs?: boolean;
  /** Coins, too, that may still vanish. */
  readonly include_unsafe?: boolean;
  readonly minconf?: number;
  readonly maxconf?: number;
  readonly change_type?: AddressType;
  /** Of inputs that are not the wallet's. */
  readonly solving_data?: {
    readonly pubkeys?: readonly string[];
    readonly scripts?: readonly string[];
    readonly descriptors?: readonly string[];
  };
  /** Weight units. */
  readonly max_tx_weight?: number;
}

export interface FundRawTransactionOptions extends FundingOptions, FeeOptions {
  readonly changeAddress?: string;
  /** Index of the change output; drawn by lot by default. */
  readonly changePosition?: number;
  readonly lockUnspents?: boolean;
  /** Bitcoins per 1000 virtual bytes. */
  readonly feeRate?: BitcoinAmount;
  /** Indexes of outputs that bear the fee in equal shares. */
  readonly subtractFeeFromOutputs?: readonly number[];
}

export interface SendOptions extends FundingOptions {
  /** False: the transaction is only given back. */
  readonly add_to_wallet?: boolean;
  readonly change_address?: string;
  /** Index of the change output; drawn by lot by default. */
  readonly change_position?: number;
  /** No effect on descriptor wallets. */
  readonly include_watching?: boolean;
  /** Coins to spend; the wallet then adds none unless `add_inputs` is set. */
  readonly inputs?: readonly (RequestedInput & { readonly weight?: number })[];
  /** A height, or from 500000000 on a time in seconds. */
  readonly locktime?: number;
  readonly lock_unspents?: boolean;
  /** True is refused. */
  readonly psbt?: boolean;
  /** Indexes of outputs that bear the fee in equal shares. */
  readonly subtract_fee_from_outputs?: readonly number[];
}

export interface BumpFeeOptions extends FeeOptions {
  /** Signals that it may be replaced again. */
  readonly replaceable?: boolean;
  /** In place of the old ones. */
  readonly outputs?: RequestedOutputs;
  /** Index of the old transaction's change output. */
  readonly original_change_index?: number;
}

export interface FundedTransaction {
  readonly hex: string;
  /** Bitcoins. */
  readonly fee: number;
  /** Index of the change output, -1 for none. */
  readonly changepos: number;
}

export interface SentTransaction {
  /** All inputs are signed. */
  readonly complete: boolean;
  /** Missing when it is not complete. */
  readonly txid?: string;
  /** Only of what was not sent. */
  readonly hex?: string;
}

/** A payment, with the way its fee was arrived at. */
export interface ExplainedPayment {
  readonly txid: string;
  readonly fee_reason: string;
}

/** Fees are in bitcoins. */
export interface BumpedFee {
  readonly txid: string;
  readonly origfee: number;
  readonly fee: number;
  readonly errors: readonly string[];
}

/** All of `sendtoaddress` but `verbose`. */
type Payment = [
  address: string,
  amount: BitcoinAmount,
  comment?: string,
  comment_to?: string,
  subtractfeefromamount?: boolean,
  replaceable?: boolean,
  conf_target?: number,
  estimate_mode?: EstimateMode,
  avoid_reuse?: boolean,
  fee_rate?: BitcoinAmount,
];

/** All of `sendmany` but `verbose`. */
type Payments = [
  dummy: '' | undefined,
  amounts: Readonly<Record<string, BitcoinAmount>>,
  minconf?: number,
  comment?: string,
  subtractfeefrom?: readonly string[],
  replaceable?: boolean,
  conf_target?: number,
  estimate_mode?: EstimateMode,
  fee_rate?: BitcoinAmount,
];

/** Paying and signing with a wallet's coins and keys. `fee_rate` is in satoshis per virtual byte. */
export interface WalletSpendingMethods {
  /** Pays bitcoins to an address; gives the txid, with `verbose` also how the fee was found. */
  sendtoaddress:
    | [params: [...Payment, verbose?: false], result: string]
    | [params: [...Written<Payment>, verbose: true], result: ExplainedPayment];
  /** Pays several addresses; otherwise as `sendtoaddress`. */
  sendmany:
    | [params: [...Payments, verbose?: false], result: string]
    | [params: [...Written<Payments>, verbose: true], result: ExplainedPayment];
  /** Makes, signs and sends a transaction. */
  send: [
    params: [
      outputs: RequestedOutputs,
      conf_target?: number,
      estimate_mode?: EstimateMode,
      fee_rate?: BitcoinAmount,
      options?: SendOptions,
    ],
    result: SentTransaction,
  ];
  /** Adds coins and change to a transaction; signs nothing. */
  fundrawtransaction: [
    params: [hexstring: string, options?: FundRawTransactionOptions, iswitness?: boolean],
    result: FundedTransaction,
  ];
  /** Replaces an unconfirmed transaction by one that pays more. */
  bumpfee: [params: [txid: string, options?: BumpFeeOptions], result: BumpedFee];
  /** Fee rate of the wallet, in bitcoins per 1000 virtual bytes; 0 to estimate it again. */
  settxfee: [params: [amount: BitcoinAmount], result: true];
  /** Signs the inputs that the wallet has keys for. */
  signrawtransactionwithwallet: [
    params: [hexstring: string, prevtxs?: readonly PreviousOutput[], sighashtype?: SighashType],
    result: Signed,
  ];
  /** Signs a message with the key of an address; gives base64. */
  signmessage: [params: [address: string, message: string], result: string];
}

export const WALLET_SPENDING_PARAMETERS = {
  sendtoaddress: [
    'address',
    'amount',
    'comment',
    'comment_to',
    'subtractfeefromamount',
    'replaceable',
    'conf_target',
    'estimate_mode',
    'avoid_reuse',
    'fee_rate',
    'verbose',
  ],
  sendmany: [
    'dummy',
    'amounts',
    'minconf',
    'comment',
    'subtractfeefrom',
    'replaceable',
    'conf_target',
    'estimate_mode',
    'fee_rate',
    'verbose',
  ],
  send: ['outputs', 'conf_target', 'estimate_mode', 'fee_rate', 'options'],
  fundrawtransaction: ['hexstring', 'options', 'iswitness'],
  bumpfee: ['txid', 'options'],
  settxfee: ['amount'],
  signrawtransactionwithwallet: ['hexstring', 'prevtxs', 'sighashtype'],
  signmessage: ['address', 'message'],
} as const satisfies ParameterNames<WalletSpendingMethods>;
