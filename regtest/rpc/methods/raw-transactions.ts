import type { ParameterNames } from '../parameter-names.js';
import type { BitcoinAmount, OutPoint, RequestedInput, RequestedOutputs, SighashType } from './shapes.js';
import type {
  BlockTransaction,
  DecodedTransaction,
  InputWithPrevout,
  RawTransaction,
  ScriptPubKey,
  ScriptType,
} from './transaction-shapes.js';

/** Where a transaction is confirmed. Times are in seconds. */
export interface Confirmation {
  readonly in_active_chain: boolean;
  readonly blockhash: string;
  /** 0 when the block is not in the active chain, which then has no times here. */
  readonly confirmations: number;
  readonly time?: number;
  readonly blocktime?: number;
}

/** A transaction of a block. */
export type ConfirmedTransaction = RawTransaction & Confirmation;

/** The same with its fee and what its inputs spend. */
export type ConfirmedTransactionWithPrevouts = BlockTransaction<InputWithPrevout> & Confirmation;

/** A script, with the addresses that it can have. */
export interface DecodedScript {
  readonly asm: string;
  readonly desc: string;
  readonly type: ScriptType;
  readonly address?: string;
  /** Address that pays the script by its hash. */
  readonly p2sh?: string;
  /** The script in a witness. */
  readonly segwit?: ScriptPubKey & { readonly 'p2sh-segwit': string };
}

/** An output that is spent and that the node may not know. */
export interface PreviousOutput extends OutPoint {
  readonly scriptPubKey: string;
  readonly redeemScript?: string;
  readonly witnessScript?: string;
  /** Bitcoins; needed for segwit. */
  readonly amount?: BitcoinAmount;
}

/** Why an input is not signed. */
export interface SigningError extends OutPoint {
  readonly witness: readonly string[];
  readonly scriptSig: string;
  readonly sequence: number;
  readonly error: string;
}

export interface Signed {
  readonly hex: string;
  /** All inputs are signed. */
  readonly complete: boolean;
  readonly errors?: readonly SigningError[];
}

/** Transactions: finding, making, reading and signing them without a wallet. */
export interface RawTransactionMethods {
  /** A transaction of the mempool or of a block: 0 in hex, 1 decoded, 2 with its fee and what inputs spend if it is confirmed. */
  getrawtransaction:
    | [params: [txid: string, verbosity?: 0 | false, blockhash?: string], result: string]
    | [params: [txid: string, verbosity: 1 | 2 | true, blockhash?: undefined], result: RawTransaction]
    | [params: [txid: string, verbosity: 1 | true, blockhash: string], result: ConfirmedTransaction]
    | [params: [txid: string, verbosity: 2, blockhash: string], result: ConfirmedTransactionWithPrevouts];
  /** Proof that a block holds transactions, in hex; without its hash only while one of them has an unspent output. */
  gettxoutproof: [params: [txids: readonly string[], blockhash?: string], result: string];
  /** Txids that a proof is about; none when it does not hold. */
  verifytxoutproof: [params: [proof: string], result: readonly string[]];
  /** An unsigned transaction, in hex. */
  createrawtransaction: [
    params: [
      inputs: readonly RequestedInput[],
      outputs: RequestedOutputs,
      locktime?: number,
      replaceable?: boolean,
    ],
    result: string,
  ];
  /** Decodes a transaction. */
  decoderawtransaction: [params: [hexstring: string, iswitness?: boolean], result: DecodedTransaction];
  /** Takes a script apart. */
  decodescript: [params: [hexstring: string], result: DecodedScript];
  /** Joins the signatures of copies of one transaction. */
  combinerawtransaction: [params: [txs: readonly string[]], result: string];
  /** Signs with keys in base58. */
  signrawtransactionwithkey: [
    params: [
      hexstring: string,
      privkeys: readonly string[],
      prevtxs?: readonly PreviousOutput[],
      sighashtype?: SighashType,
    ],
    result: Signed,
  ];
}

export const RAW_TRANSACTION_PARAMETERS = {
  getrawtransaction: ['txid', 'verbosity', 'blockhash'],
  gettxoutproof: ['txids', 'blockhash'],
  verifytxoutproof: ['proof'],
  createrawtransaction: ['inputs', 'outputs', 'locktime', 'replaceable'],
  decoderawtransaction: ['hexstring', 'iswitness'],
  decodescript: ['hexstring'],
  combinerawtransaction: ['txs'],
  signrawtransactionwithkey: ['hexstring', 'privkeys', 'prevtxs', 'sighashtype'],
} as const satisfies ParameterNames<RawTransactionMethods>;
