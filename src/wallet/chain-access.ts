import type { Block } from '../primitives/block.js';
import type { Hash256 } from '../primitives/bytes.js';
import type { Coin } from '../primitives/coin.js';
import type { OutPoint } from '../primitives/outpoint.js';
import type { Transaction } from '../primitives/transaction.js';

/** A block of the active chain as the wallet knows it. */
export interface BlockRef {
  readonly hash: Hash256;
  readonly height: number;
  /** Header time, Unix seconds. */
  readonly time: number;
  readonly medianTimePast: number;
}

/** Unconfirmed relatives of a transaction in the mempool, for choosing coins within the mempool's limits. */
export interface MempoolAncestry {
  /** Ancestors with the transaction itself. */
  readonly ancestors: number;
  /** Largest count of descendants (with itself) that the transaction or an ancestor of it has. */
  readonly descendants: number;
  /** Virtual bytes and satoshis of the ancestors and the transaction, fees as modified by priority. */
  readonly ancestorSize: number;
  readonly ancestorFees: number;
}

/** What the wallet may ask of the node. The composition root provides it; tests provide a small one of their own. */
export interface WalletChain {
  tip(): BlockRef;
  /** Block of the active chain at a height. */
  at(height: number): BlockRef | undefined;
  /** Reference of a block by hash, if it is in the active chain now. */
  find(hash: Hash256): BlockRef | undefined;
  /** Undefined when the block is not on the disk, such as when it was pruned, or cannot be read. */
  readBlock(ref: BlockRef): Promise<Block | undefined>;
  /** Blocks were removed from the disk at some time (-prune). */
  readonly havePruned: boolean;
  /** All blocks of the active chain from one height to another, or to the tip, are on the disk. */
  hasBlocks(from: number, to?: number): boolean;
  /** First block of the active chain whose time (with the maximum so far) is at least `time`, for rescans by birth time. */
  firstAtOrAfter(time: number): BlockRef | undefined;
  /** Coins of the chain and of the mempool, also those that the mempool spends again: for signing. */
  coins(outpoints: readonly OutPoint[]): Promise<(Coin | undefined)[]>;
  isInMempool(txid: Hash256): boolean;
  /** Everything in the mempool, parents before children: what a wallet loaded later has not been told of. */
  mempoolTransactions(): Iterable<Transaction>;
  /** Undefined for what is not in the mempool. */
  mempoolAncestry(txid: Hash256): MempoolAncestry | undefined;
  hasDescendantsInMempool(txid: Hash256): boolean;
  /** The mempool's limits of those counts (`-limitancestorcount`, `-limitdescendantcount`). */
  mempoolChainLimits(): { readonly ancestors: number; readonly descendants: number };
  /** Core's text when the mempool would refuse the transaction for its number or size of unconfirmed relatives. */
  checkChainLimits(tx: Transaction): string | undefined;
  isReplaceable(txid: Hash256): boolean;
  /**
   * Puts a transaction into the mempool and, unless `relay` is false, relays it; gives Core's reject text when refused.
   * One that is in the mempool already is relayed again and counts as accepted.
   *
   * @param maxFee satoshis, 0 for no limit
   */
  broadcast(tx: Transaction, maxFee: number, relay?: boolean): Promise<{ readonly error?: string }>;
  /** Satoshis per 1000 vbytes. */
  minRelayFeeRate(): number;
  incrementalRelayFeeRate(): number;
  mempoolMinFeeRate(): number;
  dustRelayFeeRate(): number;
  /**
   * Feerate estimate in satoshis per 1000 vbytes, undefined while there is none.
   *
   * @param conservative take the longer past into account
   */
  estimateFeeRate(targetBlocks: number, conservative?: boolean): number | undefined;
  isInitialBlockDownload(): boolean;
}

/** What the node tells wallets, synchronously and in chain order. */
export interface WalletNotifications {
  blockConnected(block: Block, ref: BlockRef): void;
  blockDisconnected(block: Block, ref: BlockRef): void;
  transactionAdded(tx: Transaction): void;
  /** Left the mempool for another reason than a block; `reason` is Core's word (`expiry`, `sizelimit`, `reorg`, `conflict`, `replaced`). */
  transactionRemoved(tx: Transaction, reason: string): void;
}
