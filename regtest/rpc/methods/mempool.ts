import type { ParameterNames } from '../parameter-names.js';
import type { BitcoinAmount, EmptyObject, OutPoint } from './shapes.js';

/** What the mempool knows of a transaction. Sizes are in virtual bytes, fees in bitcoins. */
export interface MempoolEntry {
  readonly vsize: number;
  readonly weight: number;
  /** Seconds. */
  readonly time: number;
  /** Of the chain when it came in. */
  readonly height: number;
  /** Itself counted in, as in the following. */
  readonly descendantcount: number;
  readonly descendantsize: number;
  readonly ancestorcount: number;
  readonly ancestorsize: number;
  readonly wtxid: string;
  readonly fees: {
    readonly base: number;
    /** With what `prioritisetransaction` added. */
    readonly modified: number;
    readonly ancestor: number;
    readonly descendant: number;
  };
  /** Unconfirmed parents. */
  readonly depends: readonly string[];
  /** Unconfirmed children. */
  readonly spentby: readonly string[];
  readonly 'bip125-replaceable': boolean;
  /** No peer has asked for it yet. */
  readonly unbroadcast: boolean;
}

/** How full the mempool is. Sizes are in bytes, fees in bitcoins, fee rates in bitcoins per 1000 virtual bytes. */
export interface MempoolInfo {
  /** The file of the last run was read. */
  readonly loaded: boolean;
  /** Transactions. */
  readonly size: number;
  /** Virtual bytes of them. */
  readonly bytes: number;
  readonly usage: number;
  readonly total_fee: number;
  readonly maxmempool: number;
  readonly mempoolminfee: number;
  readonly minrelaytxfee: number;
  readonly incrementalrelayfee: number;
  readonly unbroadcastcount: number;
  readonly fullrbf: boolean;
}

export interface SpendingPrevout extends OutPoint {
  readonly spendingtxid?: string;
}

/** Amounts are in satoshis. */
export interface PrioritisedTransaction {
  readonly fee_delta: number;
  readonly in_mempool: boolean;
  readonly modified_fee?: number;
}

export interface ImportMempoolOptions {
  readonly use_current_time?: boolean;
  readonly apply_fee_delta_priority?: boolean;
  readonly apply_unbroadcast_set?: boolean;
}

/** Fees of a transaction that the mempool takes: bitcoins, and bitcoins per 1000 virtual bytes. */
export interface AcceptedFees {
  readonly base: number;
  /** With what `prioritisetransaction` added; of the package where that was looked at as a whole. */
  readonly 'effective-feerate'?: number;
  /** Wtxids of the transactions that the fee rate is taken over. */
  readonly 'effective-includes'?: readonly string[];
}

/** What the mempool would say to a transaction. */
export interface MempoolAcceptance {
  readonly txid: string;
  readonly wtxid: string;
  readonly 'package-error'?: string;
  /** Missing when the check ended before it came to this one. */
  readonly allowed?: boolean;
  /** With the fees only when it is allowed. */
  readonly vsize?: number;
  readonly fees?: AcceptedFees;
  /** Only when it is not allowed. */
  readonly 'reject-reason'?: string;
}

/** What became of one transaction of a package. */
export interface PackageTransaction {
  readonly txid: string;
  /** The mempool has it with another witness. */
  readonly 'other-wtxid'?: string;
  readonly vsize?: number;
  readonly fees?: AcceptedFees;
  readonly error?: string;
}

export interface SubmittedPackage {
  /** `success`, or what was wrong. */
  readonly package_msg: string;
  /** By wtxid. */
  readonly 'tx-results': Readonly<Record<string, PackageTransaction>>;
  readonly 'replaced-transactions': readonly string[];
}

/** The mempool, and the ways into it. */
export interface MempoolMethods {
  /** The mempool's transactions: ids, or all that is known by id, or ids with a number that grows with every change. */
  getrawmempool:
    | [params: [verbose?: false, mempool_sequence?: false], result: readonly string[]]
    | [params: [verbose: true, mempool_sequence?: false], result: Readonly<Record<string, MempoolEntry>>]
    | [
        params: [verbose: false | undefined, mempool_sequence: true],
        result: { readonly txids: readonly string[]; readonly mempool_sequence: number },
      ];
  /** How full the mempool is, and its limits. */
  getmempoolinfo: [params: [], result: MempoolInfo];
  /** What the mempool knows of one transaction. */
  getmempoolentry: [params: [txid: string], result: MempoolEntry];
  /** Unconfirmed transactions that one builds on. */
  getmempoolancestors:
    | [params: [txid: string, verbose?: false], result: readonly string[]]
    | [params: [txid: string, verbose: true], result: Readonly<Record<string, MempoolEntry>>];
  /** Unconfirmed transactions that build on one. */
  getmempooldescendants:
    | [params: [txid: string, verbose?: false], result: readonly string[]]
    | [params: [txid: string, verbose: true], result: Readonly<Record<string, MempoolEntry>>];
  /** Which transactions of the mempool spend outputs. */
  gettxspendingprevout: [params: [outputs: readonly OutPoint[]], result: readonly SpendingPrevout[]];
  /** Lets a transaction count as paying `fee_delta` satoshis more (adds up); `dummy` is undefined or 0. */
  prioritisetransaction: [params: [txid: string, dummy: 0 | undefined, fee_delta: number], result: true];
  /** Transactions that `prioritisetransaction` touched, by id. */
  getprioritisedtransactions: [params: [], result: Readonly<Record<string, PrioritisedTransaction>>];
  /** Writes the mempool to its file now. */
  savemempool: [params: [], result: { readonly filename: string }];
  /** Offers the transactions of such a file to the mempool. */
  importmempool: [params: [filepath: string, options?: ImportMempoolOptions], result: EmptyObject];
  /** Puts a transaction into the mempool and announces it; limits in bitcoins per 1000 virtual bytes (0: none) and bitcoins. */
  sendrawtransaction: [
    params: [hexstring: string, maxfeerate?: BitcoinAmount, maxburnamount?: BitcoinAmount],
    result: string,
  ];
  /** Whether transactions would enter the mempool: parents before children. */
  testmempoolaccept: [
    params: [rawtxs: readonly string[], maxfeerate?: BitcoinAmount],
    result: readonly MempoolAcceptance[],
  ];
  /** Offers parents and then their child as one package. */
  submitpackage: [
    params: [package_: readonly string[], maxfeerate?: BitcoinAmount, maxburnamount?: BitcoinAmount],
    result: SubmittedPackage,
  ];
}

export const MEMPOOL_PARAMETERS = {
  getrawmempool: ['verbose', 'mempool_sequence'],
  getmempoolinfo: [],
  getmempoolentry: ['txid'],
  getmempoolancestors: ['txid', 'verbose'],
  getmempooldescendants: ['txid', 'verbose'],
  gettxspendingprevout: ['outputs'],
  prioritisetransaction: ['txid', 'dummy', 'fee_delta'],
  getprioritisedtransactions: [],
  savemempool: [],
  importmempool: ['filepath', 'options'],
  sendrawtransaction: ['hexstring', 'maxfeerate', 'maxburnamount'],
  testmempoolaccept: ['rawtxs', 'maxfeerate'],
  submitpackage: ['package', 'maxfeerate', 'maxburnamount'],
} as const satisfies ParameterNames<MempoolMethods>;
