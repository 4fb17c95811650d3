import type { AttackKind } from '../attack-kinds.js';
import type { RaceDefences, RaceMode } from '../rules/race-rules.js';
import type { Casting, FoundBlock } from './attack-event.js';
import type { TransactionFate, TransactionPlace } from './fate.js';
import type { Account } from './money.js';

/** How a live attack has ended. */
export type AttackOutcome =
  | DoubleSpendOutcome
  | SelfishOutcome
  | EclipseOutcome
  | CensorOutcome
  | PartitionOutcome;

/** What one node has come to. */
export interface NodeOutcome extends Casting {
  readonly height: number;
  readonly tip: string;
  /** Blocks that the node took out of its chain when the branches met, and those that it put in their place. */
  readonly disconnected: number;
  readonly connected: number;
  /** Of its wallet, before and after. */
  readonly balance: BalanceChange;
  /** Where it has them; absent where nobody was paid. */
  readonly payment?: TransactionPlace;
  readonly conflict?: TransactionPlace;
}

/** In bitcoins; rewards of blocks count once they can be spent, payments once they are confirmed. */
export interface BalanceChange {
  readonly before: number;
  /** When the goods left; absent when they never did. */
  readonly shipped?: number;
  readonly after: number;
}

interface CommonOutcome<K extends AttackKind> {
  readonly mode: 'live';
  readonly kind: K;
  readonly success: boolean;
  /** In a word or two. */
  readonly outcome: string;
  readonly hashrate: number;
  readonly seed: number;
  /** The figure that theory has for it: the chance of success, or the attacker's share of the blocks. */
  readonly theory: number;
  readonly forkHeight: number;
  /** Found by others than the attacker, and by him. In a partition by the second side, and by the first. */
  readonly honestBlocks: number;
  readonly attackerBlocks: number;
  /** Blocks that were undone: the least number of those nodes that were to be moved. */
  readonly reorgDepth: number;
  /** Nodes have different tips in the end, and always will. */
  readonly split: boolean;
  readonly nodes: readonly NodeOutcome[];
  readonly blocks: readonly FoundBlock[];
}

/** Where somebody was paid with a coin that was spent elsewhere as well. */
export interface PaidOutcome {
  readonly confirmations: number;
  /** What the merchant was to be paid, in bitcoins. */
  readonly amount: number;
  /** As the merchant's node has it. */
  readonly payment: TransactionFate;
  /** As the attacker's node has it; absent when no block ever held it. */
  readonly conflict: TransactionFate | undefined;
  readonly merchant: BalanceChange;
  readonly attacker: BalanceChange;
}

export interface DoubleSpendOutcome extends CommonOutcome<'double-spend'>, PaidOutcome {
  readonly outcome: 'double spend' | 'gave up' | 'refused' | 'watched';
  /** Honest blocks that the attacker waited for at least. */
  readonly depth: number;
  readonly giveUp: number;
  /** Absent where it is strict. */
  readonly raceMode?: RaceMode;
  readonly preMined?: number;
  readonly defences?: RaceDefences;
  /** Nodes that did not leave their branch for one with more work. */
  readonly refused: number;
  /** What it cost and brought, and what it does on average; absent where nothing was said of money. */
  readonly money?: Account;
}

export interface EclipseOutcome extends CommonOutcome<'eclipse'>, PaidOutcome {
  readonly outcome: 'goods lost' | 'called off' | 'watched';
  readonly patience: number;
  /** When the goods left, in mean block times; absent when they never did. */
  readonly shippedAt?: number;
}

/** What the attacker got of the chain in a stretch of time. */
export interface RevenueSpan {
  /** Heights from the first to the last block, both included. */
  readonly from: number;
  readonly to: number;
  /** Relative to the first block's. */
  readonly difficulty: number;
  /** The attacker's blocks among them. */
  readonly attacker: number;
  /** In mean block times at the first difficulty. */
  readonly time: number;
}

export interface SelfishOutcome extends CommonOutcome<'selfish'> {
  readonly outcome: 'profit' | 'no profit';
  readonly gamma: number;
  readonly randomTieBreak: boolean;
  readonly period: number;
  /** The attacker's share of the blocks in the chain. */
  readonly share: number;
  /** His blocks per mean block time before the first adjustment and after it; theory's figures beside them. */
  readonly revenueBefore: number;
  readonly revenueAfter: number;
  readonly theoryBefore: number;
  readonly theoryAfter: number;
  /** Blocks in the chain by blocks found. */
  readonly growth: number;
  /** Of the next block, relative to the first one's. */
  readonly difficulty: number;
  /** From one adjustment to the next. */
  readonly spans: readonly RevenueSpan[];
}

export interface CensorOutcome extends CommonOutcome<'censor'> {
  readonly outcome: 'censored' | 'confirmed';
  readonly giveUp: number;
  readonly txid: string;
  /** As its owner's wallet has it. */
  readonly confirmations: number;
  /** Mean block times until the block that confirmed it for good; absent when none did. */
  readonly confirmedAt?: number;
  /** Blocks of others that held it and were replaced. */
  readonly orphaned: number;
}

/** A transaction that was made on one side of a partition. */
export interface SideTransaction {
  readonly txid: string;
  readonly side: 'first side' | 'second side';
  /** The other side has one that spends the same coin. */
  readonly conflicting: boolean;
  /** In each node, by number. */
  readonly places: readonly TransactionPlace[];
}

export interface PartitionOutcome extends CommonOutcome<'partition'> {
  readonly outcome: 'first side' | 'second side';
  /** Mean block times that the sides were apart. */
  readonly duration: number;
  /** Transactions of blocks that were undone and that are in no chain now: back in mempools, or gone. */
  readonly lost: number;
  readonly transactions: readonly SideTransaction[];
}
