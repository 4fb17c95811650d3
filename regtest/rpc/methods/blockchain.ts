import type { ParameterNames } from '../parameter-names.js';
import type { BlockRef, ChainName } from './shapes.js';

/** How far the node has come with the chain. Times are in seconds. */
export interface BlockchainInfo {
  readonly chain: ChainName;
  /** Height of the tip. */
  readonly blocks: number;
  /** Height of the best header; -1 when there is none. */
  readonly headers: number;
  readonly bestblockhash: string;
  readonly difficulty: number;
  readonly time: number;
  readonly mediantime: number;
  /** 0 to 1. */
  readonly verificationprogress: number;
  readonly initialblockdownload: boolean;
  readonly chainwork: string;
  /** Bytes of block and undo files. */
  readonly size_on_disk: number;
  readonly pruned: boolean;
  /** Height of the first block that is still there; only of pruned nodes. */
  readonly pruneheight?: number;
  readonly automatic_pruning?: boolean;
  /** Bytes. */
  readonly prune_target_size?: number;
  /** One text with -deprecatedrpc=warnings. */
  readonly warnings: readonly string[];
}

export type ThresholdState = 'defined' | 'started' | 'locked_in' | 'active' | 'failed';

/** A soft fork that is in force from a height on. */
export interface BuriedDeployment {
  readonly type: 'buried';
  readonly active: boolean;
  readonly height: number;
}

/** A soft fork that miners signal for (BIP 9). */
export interface VersionBitsDeployment {
  readonly type: 'bip9';
  /** From which the rules hold; only once that is known. */
  readonly height?: number;
  readonly active: boolean;
  readonly bip9: {
    /** Only while blocks are counted. */
    readonly bit?: number;
    /** -1: always active; -2: never. */
    readonly start_time: number;
    readonly timeout: number;
    readonly min_activation_height: number;
    readonly status: ThresholdState;
    readonly since: number;
    readonly status_next: ThresholdState;
    readonly statistics?: {
      readonly period: number;
      readonly elapsed: number;
      readonly count: number;
      /** Not once locked in. */
      readonly threshold?: number;
      readonly possible?: boolean;
    };
    /** A `#` for each block of the period that signals, a `-` for each that does not. */
    readonly signalling?: string;
  };
}

export interface DeploymentInfo extends BlockRef {
  /** By name: `segwit`, `taproot` … */
  readonly deployments: Readonly<Record<string, BuriedDeployment | VersionBitsDeployment>>;
}

/** The end of a branch of the block tree. */
export interface ChainTip extends BlockRef {
  /** Blocks since the fork, 0 for the active chain. */
  readonly branchlen: number;
  readonly status: 'active' | 'valid-fork' | 'valid-headers' | 'headers-only' | 'invalid';
}

/** Transactions over a window of blocks. Times are in seconds. */
export interface ChainTxStats {
  readonly time: number;
  /** Of the whole chain; not known above a snapshot's base. */
  readonly txcount?: number;
  readonly window_final_block_hash: string;
  readonly window_final_block_height: number;
  readonly window_block_count: number;
  /** The following only when the window has blocks. */
  readonly window_interval?: number;
  readonly window_tx_count?: number;
  /** Transactions in a second. */
  readonly txrate?: number;
}

/** Figures about one block. Amounts are in satoshis, fee rates in satoshis per virtual byte. */
export interface BlockStats {
  readonly avgfee: number;
  readonly avgfeerate: number;
  readonly avgtxsize: number;
  readonly blockhash: string;
  /** At 10, 25, 50, 75 and 90 % of the block's weight. */
  readonly feerate_percentiles: readonly [number, number, number, number, number];
  readonly height: number;
  readonly ins: number;
  readonly maxfee: number;
  readonly maxfeerate: number;
  readonly maxtxsize: number;
  readonly medianfee: number;
  readonly mediantime: number;
  readonly mediantxsize: number;
  readonly minfee: number;
  readonly minfeerate: number;
  readonly mintxsize: number;
  readonly outs: number;
  readonly subsidy: number;
  readonly swtotal_size: number;
  readonly swtotal_weight: number;
  readonly swtxs: number;
  readonly time: number;
  readonly total_out: number;
  readonly total_size: number;
  readonly total_weight: number;
  readonly totalfee: number;
  readonly txs: number;
  readonly utxo_increase: number;
  readonly utxo_size_inc: number;
  /** Without outputs that nobody can spend. */
  readonly utxo_increase_actual: number;
  readonly utxo_size_inc_actual: number;
}

/** The chain as a whole. */
export interface BlockchainMethods {
  /** Height of the tip. */
  getblockcount: [params: [], result: number];
  /** Hash of the tip. */
  getbestblockhash: [params: [], result: string];
  /** Difficulty of the tip, 1 at mainnet's easiest target. */
  getdifficulty: [params: [], result: number];
  /** How far the node has come. */
  getblockchaininfo: [params: [], result: BlockchainInfo];
  /** State of each soft fork, at the tip or after another block. */
  getdeploymentinfo: [params: [blockhash?: string], result: DeploymentInfo];
  /** Ends of all branches, the active chain's among them. */
  getchaintips: [params: [], result: readonly ChainTip[]];
  /** Counts transactions, of a month of blocks by default. */
  getchaintxstats: [params: [nblocks?: number, blockhash?: string], result: ChainTxStats];
  /** Figures about one block: all of them, or those named. */
  getblockstats:
    | [params: [hash_or_height: string | number, stats?: undefined], result: BlockStats]
    | [
        params: [hash_or_height: string | number, stats: readonly (keyof BlockStats)[]],
        result: Partial<BlockStats>,
      ];
  /** Checks the last blocks again: `checklevel` 0 to 4, of 0 blocks for all; false when something is wrong. */
  verifychain: [params: [checklevel?: number, nblocks?: number], result: boolean];
  /** Deletes blocks up to a height, or to a time in seconds; gives the height of the last that is gone, or -1. */
  pruneblockchain: [params: [height: number], result: number];
  /** Waits for another tip; `timeout` in milliseconds, 0 for none. */
  waitfornewblock: [params: [timeout?: number], result: BlockRef];
  /** Waits until a block is the tip; gives the tip then, or at the time-out. */
  waitforblock: [params: [blockhash: string, timeout?: number], result: BlockRef];
  /** Waits until the chain has a height; gives the tip then, or at the time-out. */
  waitforblockheight: [params: [height: number, timeout?: number], result: BlockRef];
}

export const BLOCKCHAIN_PARAMETERS = {
  getblockcount: [],
  getbestblockhash: [],
  getdifficulty: [],
  getblockchaininfo: [],
  getdeploymentinfo: ['blockhash'],
  getchaintips: [],
  getchaintxstats: ['nblocks', 'blockhash'],
  getblockstats: ['hash_or_height', 'stats'],
  verifychain: ['checklevel', 'nblocks'],
  pruneblockchain: ['height'],
  waitfornewblock: ['timeout'],
  waitforblock: ['blockhash', 'timeout'],
  waitforblockheight: ['height', 'timeout'],
} as const satisfies ParameterNames<BlockchainMethods>;
