import type { EventEmitter } from 'node:events';
import type { TxRejection } from '../consensus/rejection.js';
import type { Hash256, HashKey } from '../primitives/bytes.js';
import type { Coin } from '../primitives/coin.js';
import type { OutPointKey } from '../primitives/outpoint.js';
import type { Transaction } from '../primitives/transaction.js';

/** A transaction in the mempool with what policy and miners need to know of it. Aggregates include the entry itself. */
export interface MempoolEntry {
  readonly tx: Transaction;
  /** Satoshis. */
  readonly fee: number;
  /** Fee with prioritisetransaction's delta. */
  readonly modifiedFee: number;
  /** Virtual size in vbytes, sigop-adjusted. */
  readonly vsize: number;
  readonly weight: number;
  readonly sigOpCost: number;
  /** Unix seconds of entry. */
  readonly time: number;
  /** Height of the tip at entry. */
  readonly height: number;
  /** Number of the entry in order of acceptance. */
  readonly sequence: number;
  readonly spendsCoinbase: boolean;
  readonly ancestorCount: number;
  readonly ancestorSize: number;
  readonly ancestorFees: number;
  readonly ancestorSigOpCost: number;
  readonly descendantCount: number;
  readonly descendantSize: number;
  readonly descendantFees: number;
  readonly parents: ReadonlySet<MempoolEntry>;
  readonly children: ReadonlySet<MempoolEntry>;
}

/** Why a transaction left: Core's `MemPoolRemovalReason`. */
export type RemovalReason = 'expiry' | 'sizelimit' | 'reorg' | 'block' | 'conflict' | 'replaced';

export interface MempoolEvents {
  added: [entry: MempoolEntry];
  removed: [entry: MempoolEntry, reason: RemovalReason];
}

export interface AcceptOptions {
  /** Check only; nothing changes. */
  readonly testOnly?: boolean;
  /** Feerate checks and size limits are passed over (transactions of a disconnected block). */
  readonly bypassLimits?: boolean;
}

export type AcceptResult =
  | {
      readonly accepted: true;
      /** The entry, or in a test what would have become it. */
      readonly entry: MempoolEntry;
      /** Transactions that it replaced. */
      readonly replaced: readonly Transaction[];
    }
  | { readonly accepted: false; readonly rejection: TxRejection };

export interface MempoolInfo {
  readonly count: number;
  /** Sum of vsize. */
  readonly bytes: number;
  /** Estimated memory in bytes, counted against `maxBytes`. */
  readonly usage: number;
  readonly maxBytes: number;
  /** Satoshis of all fees. */
  readonly totalFee: number;
  /** Satoshis per 1000 vbytes below which nothing is accepted now. */
  readonly minFeeRate: number;
  /** Satoshis per 1000 vbytes: -minrelaytxfee and -incrementalrelayfee. */
  readonly minRelayFeeRate: number;
  readonly incrementalFeeRate: number;
  readonly fullRbf: boolean;
}

/** Unconfirmed transactions that may be mined next. */
export interface Mempool {
  readonly events: EventEmitter<MempoolEvents>;
  readonly size: number;
  /** Grows with every change of the content (getblocktemplate's longpoll, ZMQ). */
  readonly sequence: number;
  /** True once a stored mempool is loaded (or there is none to load). */
  readonly loaded: boolean;

  /** Core's AcceptToMemoryPool. Runs when the chain stands still; the answer is about the state it ran in. */
  accept(tx: Transaction, options?: AcceptOptions): Promise<AcceptResult>;

  has(txid: HashKey): boolean;
  get(txid: HashKey): MempoolEntry | undefined;
  getByWtxid(wtxid: HashKey): MempoolEntry | undefined;
  /** All entries, in order of acceptance. */
  entries(): Iterable<MempoolEntry>;
  /** The entry that spends an output. */
  spender(outpoint: OutPointKey): MempoolEntry | undefined;
  /** A coin as a new transaction would see it: from the chain or created in the mempool, and not spent there. */
  coin(outpoint: OutPointKey): Coin | undefined;
  /** All in-mempool ancestors or descendants of an entry, without itself. */
  ancestors(entry: MempoolEntry): Set<MempoolEntry>;
  descendants(entry: MempoolEntry): Set<MempoolEntry>;
  /** Signals BIP125 replaceability, itself or through an ancestor. */
  isReplaceable(entry: MempoolEntry): boolean;
  /** Adds to the fee that selection sees; kept for transactions not here yet. */
  prioritise(txid: Hash256, deltaSatoshis: number): void;
  info(): MempoolInfo;
  start(): Promise<void>;
  stop(): Promise<void>;
}
