import type { EventEmitter } from 'node:events';
import type { Rejection, TxRejection } from '../consensus/rejection.js';
import type { Hash256, HashKey } from '../primitives/bytes.js';
import type { Coin } from '../primitives/coin.js';
import type { OutPoint, OutPointKey } from '../primitives/outpoint.js';
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
  /**
   * The mempool's sequence number when it entered: an announcement made to a peer before that number cannot have named
   * it. 0 for transactions of disconnected blocks, which count as older than all others.
   */
  readonly sequence: number;
  readonly spendsCoinbase: boolean;
  readonly ancestorCount: number;
  /** Virtual sizes, in vbytes. */
  readonly ancestorSize: number;
  /** Modified fees. */
  readonly ancestorFees: number;
  readonly ancestorSigOpCost: number;
  readonly descendantCount: number;
  readonly descendantSize: number;
  readonly descendantFees: number;
  readonly parents: ReadonlySet<MempoolEntry>;
  readonly children: ReadonlySet<MempoolEntry>;
}

/** Why a transaction left, unless a block confirmed it: Core's `MemPoolRemovalReason`. */
export type RemovalReason = 'expiry' | 'sizelimit' | 'reorg' | 'conflict' | 'replaced';

/** How a transaction came in; fee estimation counts only those that had to pay their way. */
export interface EntryCircumstances {
  /** It came from a disconnected block, past the fee checks. */
  readonly bypassedLimits: boolean;
  /** It was part of a package of several. */
  readonly inPackage: boolean;
  /** It spends an output of the mempool. */
  readonly hasMempoolParents: boolean;
}

/** `sequence` is the number that the change got: what ZMQ's `sequence` topic and getrawmempool speak of. */
export interface MempoolEvents {
  added: [entry: MempoolEntry, sequence: number, circumstances: EntryCircumstances];
  /** Not for what a block confirms. */
  removed: [entry: MempoolEntry, reason: RemovalReason, sequence: number];
  /** Comes once per connected block, with those of its transactions that were here, after `removed` of what it made impossible. */
  minedInBlock: [entries: readonly MempoolEntry[], height: number];
}

export interface AcceptOptions {
  /** Check only; nothing changes. */
  readonly testOnly?: boolean;
  /** Feerate checks and size limits are passed over (transactions of a disconnected block). */
  readonly bypassLimits?: boolean;
  /** Unix seconds of entry, when it is not now (import). */
  readonly time?: number;
  /** Satoshis that the sender wants to pay at most: with a higher fee it is refused ({@link TOO_HIGH_FEE}). */
  readonly maxFee?: number;
}

/** Reject string of a transaction that is good, but pays more than {@link AcceptOptions.maxFee}; the detail is its fee. */
export const TOO_HIGH_FEE = 'max-fee-exceeded';

export type AcceptResult =
  | {
      readonly accepted: true;
      /** The entry, or in a test what would have become it. */
      readonly entry: MempoolEntry;
      /** Transactions that it replaced. */
      readonly replaced: readonly Transaction[];
      /** Feerate that it was judged by: its own, or that of its package. */
      readonly effective: EffectiveFeeRate;
    }
  | {
      readonly accepted: false;
      readonly rejection: TxRejection;
      /** Feerate that it was judged by, when the refusal is about fees and a package could change it. */
      readonly effective?: EffectiveFeeRate;
    };

export interface EffectiveFeeRate {
  /** Satoshis per 1000 vbytes, of modified fees. */
  readonly feeRate: number;
  /** Wtxids of the transactions whose fees and sizes it is made of. */
  readonly wtxids: readonly Hash256[];
}

/** What happened to one transaction of a package. */
export type PackageTxResult =
  | AcceptResult
  /** It was in the mempool before. */
  | { readonly accepted: 'already'; readonly entry: MempoolEntry }
  /** The mempool has its txid with another witness. */
  | { readonly accepted: 'different-witness'; readonly entry: MempoolEntry };

/** Why a package is refused, in Core's classes (`PackageValidationResult`). */
export type PackageResult = 'package-policy' | 'package-tx' | 'package-mempool-error';

export interface PackageAcceptResult {
  /** A refusal that is not, or not only, about one transaction: `reason` is Core's, such as "package-not-sorted". */
  readonly rejection: Rejection<PackageResult> | undefined;
  /** By wtxid. Transactions that were not looked at any more are missing. */
  readonly results: ReadonlyMap<HashKey, PackageTxResult>;
}

export interface PackageOptions {
  /** Satoshis per 1000 vbytes: a transaction above it is refused ("max feerate exceeded"). */
  readonly maxFeeRate?: number;
}

/** A fee delta set by prioritisetransaction. */
export interface Prioritisation {
  readonly txid: Hash256;
  readonly delta: number;
  /** The entry, when the transaction is here. */
  readonly entry: MempoolEntry | undefined;
}

export interface ImportOptions {
  /** Take now as the time of entry instead of the stored one. */
  readonly useCurrentTime?: boolean;
  /** Take over the stored fee deltas. Default true. */
  readonly applyFeeDeltas?: boolean;
  /** Take over the stored set of transactions not announced yet. Default true. */
  readonly applyUnbroadcast?: boolean;
  /** As {@link AcceptOptions.bypassLimits}. */
  readonly bypassLimits?: boolean;
}

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
  /** Satoshis per 1000 vbytes: the part of `minFeeRate` that comes from a full mempool and decays; 0 most times. */
  readonly rollingFeeRate: number;
  /** Satoshis per 1000 vbytes: -minrelaytxfee and -incrementalrelayfee. */
  readonly minRelayFeeRate: number;
  readonly incrementalFeeRate: number;
  readonly fullRbf: boolean;
  readonly unbroadcastCount: number;
}

/** Unconfirmed transactions that may be mined next. */
export interface Mempool {
  readonly events: EventEmitter<MempoolEvents>;
  readonly size: number;
  /** Number that the next entry or removal will get (ZMQ, getrawmempool). */
  readonly sequence: number;
  /** Grows with everything that may change what is mined next: content, fee deltas, tip (getblocktemplate's longpoll). */
  readonly updates: number;
  /** True once a stored mempool is loaded (or there is none to load). */
  readonly loaded: boolean;

  /** Core's AcceptToMemoryPool. Runs when the chain stands still; the answer is about the state it ran in. */
  accept(tx: Transaction, options?: AcceptOptions): Promise<AcceptResult>;
  /** What would happen to transactions that may build on each other, parents first (testmempoolaccept with several). */
  testPackage(txs: readonly Transaction[]): Promise<PackageAcceptResult>;
  /** Takes a child together with all its unconfirmed parents, judged by their common feerate where need be. */
  submitPackage(txs: readonly Transaction[], options?: PackageOptions): Promise<PackageAcceptResult>;

  has(txid: HashKey): boolean;
  get(txid: HashKey): MempoolEntry | undefined;
  getByWtxid(wtxid: HashKey): MempoolEntry | undefined;
  /** All entries, in order of acceptance. */
  entries(): Iterable<MempoolEntry>;
  /** All entries, those with fewer ancestors first, then by feerate: the order of relay, of getrawmempool, of the dump. */
  entriesByDepthAndScore(): MempoolEntry[];
  /** All entries, by the feerate that a miner earns for each with its ancestors, best first (Core's ancestor score). */
  entriesByAncestorScore(): Iterable<MempoolEntry>;
  /** The entry that spends an output. */
  spender(outpoint: OutPointKey): MempoolEntry | undefined;
  /** A coin as a new transaction would see it: from the chain or created in the mempool, and not spent there. */
  coin(outpoint: OutPoint): Coin | undefined;
  /** All in-mempool ancestors or descendants of an entry, without itself. */
  ancestors(entry: MempoolEntry): Set<MempoolEntry>;
  descendants(entry: MempoolEntry): Set<MempoolEntry>;
  /** Signals BIP125 replaceability, itself or through an ancestor. */
  isReplaceable(entry: MempoolEntry): boolean;
  /** Adds to the fee that selection sees; kept for transactions not here yet. */
  prioritise(txid: Hash256, deltaSatoshis: number): void;
  prioritisations(): Prioritisation[];
  /** The most descendants that a root among the entry's ancestors has: how long its chain may still get. */
  descendantMaximum(entry: MempoolEntry): number;
  /** Core's words when `tx` would have, or give others, too many or too large unconfirmed relatives. */
  checkChainLimits(tx: Transaction): string | undefined;
  info(): MempoolInfo;

  /** Transactions of ours that no peer has asked for yet. */
  readonly unbroadcast: ReadonlySet<HashKey>;
  /** Marks one that is here as not announced yet; others are passed over. */
  addUnbroadcast(txid: Hash256): void;
  removeUnbroadcast(txid: Hash256): void;

  /** Writes mempool.dat (savemempool; also done by stop when asked to persist). False when it could not be written. */
  save(): Promise<boolean>;
  /** Takes transactions from a file in mempool.dat's format. False when it cannot be read. */
  importFile(path: string, options?: ImportOptions): Promise<boolean>;
  /** What mempool.dat would hold now. */
  image(): Uint8Array;

  start(): Promise<void>;
  stop(): Promise<void>;
}
