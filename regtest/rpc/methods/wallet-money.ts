import type { ParameterNames } from '../parameter-names.js';
import type { BitcoinAmount, BlockRef, OutPoint, Written } from './shapes.js';
import type { DecodedTransaction } from './transaction-shapes.js';

/** A wallet's bitcoins, by how sure they are. */
export interface Balances {
  readonly mine: {
    /** Confirmed, or of its own making. */
    readonly trusted: number;
    readonly untrusted_pending: number;
    /** Of coinbases that cannot be spent yet. */
    readonly immature: number;
    /** At addresses that were spent from; only of wallets that avoid them. */
    readonly used?: number;
  };
  readonly lastprocessedblock: BlockRef;
}

/** Amounts are in bitcoins. */
export interface UnspentFilter {
  readonly minimumAmount?: BitcoinAmount;
  readonly maximumAmount?: BitcoinAmount;
  readonly maximumCount?: number;
  /** Ends the list when the outputs come to so much. */
  readonly minimumSumAmount?: BitcoinAmount;
  readonly include_immature_coinbase?: boolean;
}

/** An unspent output of a wallet. */
export interface Unspent {
  readonly txid: string;
  readonly vout: number;
  /** Scripts that pay a bare key have none. */
  readonly address?: string;
  readonly label?: string;
  readonly redeemScript?: string;
  readonly witnessScript?: string;
  readonly scriptPubKey: string;
  /** Bitcoins. */
  readonly amount: number;
  readonly confirmations: number;
  /** Of unconfirmed ones, as the following. */
  readonly ancestorcount?: number;
  readonly ancestorsize?: number;
  /** Satoshis. */
  readonly ancestorfees?: number;
  readonly spendable: boolean;
  readonly solvable: boolean;
  /** Only when it is solvable. */
  readonly desc?: string;
  /** Descriptors of the wallet that it comes from. */
  readonly parent_descs: readonly string[];
  /** Only of wallets that avoid addresses that were spent from. */
  readonly reused?: boolean;
  /** Nobody else can take it back. */
  readonly safe: boolean;
}

/** What a wallet knows of a transaction. Times are in seconds. */
export interface WalletTransactionState {
  /** Negative when a transaction in the chain conflicts with it: minus the depth of that one. */
  readonly confirmations: number;
  /** Only of coinbases. */
  readonly generated?: true;
  /** Only of unconfirmed ones. */
  readonly trusted?: boolean;
  /** Of confirmed ones, as the following. */
  readonly blockhash?: string;
  readonly blockheight?: number;
  readonly blockindex?: number;
  readonly blocktime?: number;
  readonly txid: string;
  readonly wtxid: string;
  readonly walletconflicts: readonly string[];
  readonly mempoolconflicts: readonly string[];
  readonly replaced_by_txid?: string;
  readonly replaces_txid?: string;
  readonly time: number;
  readonly timereceived: number;
  readonly comment?: string;
  readonly to?: string;
  readonly 'bip125-replaceable': 'yes' | 'no' | 'unknown';
}

/** A payment in a transaction of a wallet. Amounts are in bitcoins. */
export interface WalletPayment {
  readonly address?: string;
  /** `generate`, `immature` and `orphan` are coinbases that are old enough, young, and out of the chain. */
  readonly category: 'send' | 'receive' | 'generate' | 'immature' | 'orphan';
  /** Negative when it was sent. */
  readonly amount: number;
  readonly label?: string;
  readonly vout: number;
  /** Negative; of what was sent only. */
  readonly fee?: number;
  readonly abandoned: boolean;
  /** Of what was received only. */
  readonly parent_descs?: readonly string[];
}

/** A payment together with its transaction. */
export interface ListedTransaction extends WalletPayment, WalletTransactionState {}

/** A transaction of a wallet. Amounts are in bitcoins. */
export interface WalletTransaction extends WalletTransactionState {
  /** What the wallet gained, without the fee; negative when it paid. */
  readonly amount: number;
  /** Negative; only when the wallet paid it. */
  readonly fee?: number;
  readonly details: readonly WalletPayment[];
  readonly hex: string;
  readonly lastprocessedblock: BlockRef;
}

export interface TransactionsSinceBlock {
  readonly transactions: readonly ListedTransaction[];
  /** Those of blocks that were disconnected since; not when they were not asked for. */
  readonly removed?: readonly ListedTransaction[];
  /** Block to ask for next time. */
  readonly lastblock: string;
}

/** What was paid to a label's addresses. */
export interface ReceivedByLabel {
  /** Bitcoins. */
  readonly amount: number;
  /** Of the latest payment. */
  readonly confirmations: number;
  readonly label: string;
}

/** What was paid to an address. */
export interface ReceivedByAddress {
  readonly address: string;
  /** Bitcoins. */
  readonly amount: number;
  /** Of the latest payment. */
  readonly confirmations: number;
  readonly label?: string;
  readonly txids: readonly string[];
}

/** What a wallet has and had. `include_watchonly` has no effect on descriptor wallets. */
export interface WalletMoneyMethods {
  /** Bitcoins that can be spent now. */
  getbalance: [
    params: [dummy?: '*', minconf?: number, include_watchonly?: boolean, avoid_reuse?: boolean],
    result: number,
  ];
  /** The same as `untrusted_pending` of `getbalances`. */
  getunconfirmedbalance: [params: [], result: number];
  /** Bitcoins by how sure they are. */
  getbalances: [params: [], result: Balances];
  /** Unspent outputs, with one confirmation or more by default. */
  listunspent: [
    params: [
      minconf?: number,
      maxconf?: number,
      addresses?: readonly string[],
      include_unsafe?: boolean,
      query_options?: UnspentFilter,
    ],
    result: readonly Unspent[],
  ];
  /** Locks outputs with `unlock` false, or unlocks those named, or all. */
  lockunspent: [
    params: [unlock: boolean, transactions?: readonly OutPoint[], persistent?: boolean],
    result: true,
  ];
  /** The locked outputs. */
  listlockunspent: [params: [], result: readonly OutPoint[]];
  /** Bitcoins that were ever paid to an address. */
  getreceivedbyaddress: [
    params: [address: string, minconf?: number, include_immature_coinbase?: boolean],
    result: number,
  ];
  /** Bitcoins that were ever paid to the addresses of a label. */
  getreceivedbylabel: [
    params: [label: string, minconf?: number, include_immature_coinbase?: boolean],
    result: number,
  ];
  /** Addresses with what was paid to them. */
  listreceivedbyaddress: [
    params: [
      minconf?: number,
      include_empty?: boolean,
      include_watchonly?: boolean,
      address_filter?: string,
      include_immature_coinbase?: boolean,
    ],
    result: readonly ReceivedByAddress[],
  ];
  /** Labels with what was paid to them. */
  listreceivedbylabel: [
    params: [
      minconf?: number,
      include_empty?: boolean,
      include_watchonly?: boolean,
      include_immature_coinbase?: boolean,
    ],
    result: readonly ReceivedByLabel[],
  ];
  /** One transaction; with `verbose` also decoded. */
  gettransaction:
    | [params: [txid: string, include_watchonly?: boolean, verbose?: false], result: WalletTransaction]
    | [
        params: [txid: string, ...rest: Written<[include_watchonly?: boolean]>, verbose: true],
        result: WalletTransaction & { readonly decoded: DecodedTransaction },
      ];
  /** The latest 10 payments or so many, oldest first; of all labels with `*`. */
  listtransactions: [
    params: [label?: string, count?: number, skip?: number, include_watchonly?: boolean],
    result: readonly ListedTransaction[],
  ];
  /** Payments since a block. */
  listsinceblock: [
    params: [
      blockhash?: string,
      target_confirmations?: number,
      include_watchonly?: boolean,
      include_removed?: boolean,
      include_change?: boolean,
      label?: string,
    ],
    result: TransactionsSinceBlock,
  ];
  /** Gives up a transaction that is in neither mempool nor chain, so that its coins can be spent. */
  abandontransaction: [params: [txid: string], result: null];
}

export const WALLET_MONEY_PARAMETERS = {
  getbalance: ['dummy', 'minconf', 'include_watchonly', 'avoid_reuse'],
  getunconfirmedbalance: [],
  getbalances: [],
  listunspent: ['minconf', 'maxconf', 'addresses', 'include_unsafe', 'query_options'],
  lockunspent: ['unlock', 'transactions', 'persistent'],
  listlockunspent: [],
  getreceivedbyaddress: ['address', 'minconf', 'include_immature_coinbase'],
  getreceivedbylabel: ['label', 'minconf', 'include_immature_coinbase'],
  listreceivedbyaddress: [
    'minconf',
    'include_empty',
    'include_watchonly',
    'address_filter',
    'include_immature_coinbase',
  ],
  listreceivedbylabel: ['minconf', 'include_empty', 'include_watchonly', 'include_immature_coinbase'],
  gettransaction: ['txid', 'include_watchonly', 'verbose'],
  listtransactions: ['label', 'count', 'skip', 'include_watchonly'],
  listsinceblock: [
    'blockhash',
    'target_confirmations',
    'include_watchonly',
    'include_removed',
    'include_change',
    'label',
  ],
  abandontransaction: ['txid'],
} as const satisfies ParameterNames<WalletMoneyMethods>;
