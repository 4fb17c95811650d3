import type { ParameterNames } from '../parameter-names.js';
import type { EmptyObject } from './shapes.js';
import type { BlockTransaction, InputWithPrevout } from './transaction-shapes.js';

/** A block's header, and its place among the blocks. Times are in seconds. */
export interface HeaderInfo {
  readonly hash: string;
  /** -1 when the block is not in the active chain. */
  readonly confirmations: number;
  readonly height: number;
  readonly version: number;
  readonly versionHex: string;
  readonly merkleroot: string;
  readonly time: number;
  /** Median time of the block and the ten before it. */
  readonly mediantime: number;
  readonly nonce: number;
  /** Target in compact form, as eight hex digits. */
  readonly bits: string;
  /** 1 at mainnet's easiest target; regtest's is 4.6e-10. */
  readonly difficulty: number;
  /** Expected hashes of the chain up to here, as 64 hex digits. */
  readonly chainwork: string;
  /** Transactions; 0 when the node knows only the header. */
  readonly nTx: number;
  /** The genesis block has none. */
  readonly previousblockhash?: string;
  /** Of the active chain. */
  readonly nextblockhash?: string;
}

/** A block, with its transactions by id or decoded. */
export interface BlockInfo<Transaction = string> extends HeaderInfo {
  /** Bytes without witnesses. */
  readonly strippedsize: number;
  readonly size: number;
  readonly weight: number;
  readonly tx: readonly Transaction[];
}

/** Single blocks: reading them, and telling the node what to think of them. */
export interface BlockMethods {
  /** Hash of the active chain's block at a height. */
  getblockhash: [params: [height: number], result: string];
  /** A header: decoded, or as its 80 bytes in hex with `verbose` false. */
  getblockheader:
    | [params: [blockhash: string, verbose?: true], result: HeaderInfo]
    | [params: [blockhash: string, verbose: false], result: string];
  /** A block: 0 in hex, 1 with txids, 2 with decoded transactions and their fees, 3 also with what inputs spend. */
  getblock:
    | [params: [blockhash: string, verbosity?: 1 | true], result: BlockInfo]
    | [params: [blockhash: string, verbosity: 0 | false], result: string]
    | [params: [blockhash: string, verbosity: 2], result: BlockInfo<BlockTransaction>]
    | [params: [blockhash: string, verbosity: 3], result: BlockInfo<BlockTransaction<InputWithPrevout>>];
  /** Asks one peer for a block whose header is known; the answer does not wait for it. */
  getblockfrompeer: [params: [blockhash: string, peer_id: number], result: EmptyObject];
  /** Treats a block, and all that builds on it, as invalid from now on. */
  invalidateblock: [params: [blockhash: string], result: null];
  /** Takes `invalidateblock` back, and tries the block again. */
  reconsiderblock: [params: [blockhash: string], result: null];
  /** Prefers a block over others with as much work, as if it had come in first. */
  preciousblock: [params: [blockhash: string], result: null];
}

export const BLOCK_PARAMETERS = {
  getblockhash: ['height'],
  getblockheader: ['blockhash', 'verbose'],
  getblock: ['blockhash', 'verbosity'],
  getblockfrompeer: ['blockhash', 'peer_id'],
  invalidateblock: ['blockhash'],
  reconsiderblock: ['blockhash'],
  preciousblock: ['blockhash'],
} as const satisfies ParameterNames<BlockMethods>;
