import type { ParameterNames } from '../parameter-names.js';
import type { DescriptorRange } from './shapes.js';
import type { ScriptPubKey } from './transaction-shapes.js';

/** An unspent output, with bitcoins. */
export interface TxOut {
  /** Hash of the tip. */
  readonly bestblock: string;
  /** 0 when it is in the mempool. */
  readonly confirmations: number;
  readonly value: number;
  readonly scriptPubKey: ScriptPubKey;
  readonly coinbase: boolean;
}

/** What all unspent outputs come to. */
export interface TxOutSetInfo {
  readonly height: number;
  readonly bestblock: string;
  readonly txouts: number;
  /** Bytes of the set, by a measure that does not depend on the database. */
  readonly bogosize: number;
  /** Bitcoins. */
  readonly total_amount: number;
  /** Transactions that have unspent outputs. */
  readonly transactions: number;
  /** Bytes on disk, estimated. */
  readonly disk_size: number;
}

/** A descriptor to look for, with the range that it has; 1000 where none is given. */
export type ScanObject = string | { readonly desc: string; readonly range?: DescriptorRange };

/** An unspent output that was looked for. */
export interface ScannedCoin {
  readonly txid: string;
  readonly vout: number;
  readonly scriptPubKey: string;
  /** Descriptor that it was found by. */
  readonly desc: string;
  /** Bitcoins. */
  readonly amount: number;
  readonly coinbase: boolean;
  readonly height: number;
  readonly blockhash: string;
  readonly confirmations: number;
}

export interface CoinScan {
  /** False when it was ended before all outputs were looked at. */
  readonly success: boolean;
  /** Outputs looked at. */
  readonly txouts: number;
  /** Of the tip that they were looked up at. */
  readonly height: number;
  readonly bestblock: string;
  readonly unspents: readonly ScannedCoin[];
  /** Bitcoins. */
  readonly total_amount: number;
}

/** A snapshot of the unspent outputs that was written. */
export interface DumpedTxOutSet {
  readonly coins_written: number;
  readonly base_hash: string;
  readonly base_height: number;
  readonly path: string;
  readonly txoutset_hash: string;
  /** Transactions of the chain up to the base. */
  readonly nchaintx: number;
}

/** A snapshot of the unspent outputs that was read. */
export interface LoadedTxOutSet {
  readonly coins_loaded: number;
  readonly tip_hash: string;
  readonly base_height: number;
  readonly path: string;
}

/** A chain that the node works on, with its coins. */
export interface ChainState {
  readonly blocks: number;
  readonly bestblockhash: string;
  readonly difficulty: number;
  /** 0 to 1. */
  readonly verificationprogress: number;
  readonly coins_db_cache_bytes: number;
  readonly coins_tip_cache_bytes: number;
  /** Base of the snapshot that it began from. */
  readonly snapshot_blockhash?: string;
  readonly validated: boolean;
}

/** The unspent outputs of the chain, and snapshots of them. */
export interface UnspentOutputMethods {
  /** An output while it is unspent, or null. */
  gettxout: [params: [txid: string, n: number, include_mempool?: boolean], result: TxOut | null];
  /** Counts and sums up all unspent outputs, with a hash over them. The node has no index for other blocks. */
  gettxoutsetinfo:
    | [
        params: [hash_type?: 'hash_serialized_3', hash_or_height?: undefined, use_index?: boolean],
        result: TxOutSetInfo & { readonly hash_serialized_3: string },
      ]
    | [
        params: [hash_type: 'muhash', hash_or_height?: undefined, use_index?: boolean],
        result: TxOutSetInfo & { readonly muhash: string },
      ]
    | [params: [hash_type: 'none', hash_or_height?: undefined, use_index?: boolean], result: TxOutSetInfo];
  /** Searches all unspent outputs; one search runs at a time, which `status` (in per cent) and `abort` are about. */
  scantxoutset:
    | [params: [action: 'start', scanobjects: readonly ScanObject[]], result: CoinScan]
    | [params: [action: 'abort'], result: boolean]
    | [params: [action: 'status'], result: { readonly progress: number } | null];
  /** Writes all unspent outputs to a file, whose path starts at the data directory. */
  dumptxoutset: [params: [path: string], result: DumpedTxOutSet];
  /** Follows the chain from a file of unspent outputs on. */
  loadtxoutset: [params: [path: string], result: LoadedTxOutSet];
  /** The chains that the node works on: one, or two while a snapshot is validated; last the one that it follows. */
  getchainstates: [
    params: [],
    result: { readonly headers: number; readonly chainstates: readonly ChainState[] },
  ];
}

export const UNSPENT_OUTPUT_PARAMETERS = {
  gettxout: ['txid', 'n', 'include_mempool'],
  gettxoutsetinfo: ['hash_type', 'hash_or_height', 'use_index'],
  scantxoutset: ['action', 'scanobjects'],
  dumptxoutset: ['path'],
  loadtxoutset: ['path'],
  getchainstates: [],
} as const satisfies ParameterNames<UnspentOutputMethods>;
