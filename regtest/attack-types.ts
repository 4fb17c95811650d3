import type { TransactionFate } from './double-spend.js';
import type { RegtestNode } from './node.js';
import type { RaceRules } from './rules/race-rules.js';

/** Who is who. The first node is the merchant, the last the attacker, those between are honest miners. */
export interface Roles {
  readonly merchant: RegtestNode;
  readonly miners: readonly RegtestNode[];
  readonly attacker: RegtestNode;
}

export type Role = 'merchant' | 'miner' | 'attacker';

/** What an attack tells while it runs, in order. */
export type AttackEvent =
  | { readonly type: 'start'; readonly rules: RaceRules; readonly chance: number; readonly roles: Roles }
  | {
      readonly type: 'payment';
      readonly txid: string;
      readonly conflictTxid: string;
      readonly amount: number;
    }
  | { readonly type: 'split'; readonly forkHeight: number }
  | ({ readonly type: 'block' } & RaceBlock)
  | { readonly type: 'shipped'; readonly confirmations: number }
  | { readonly type: 'release'; readonly honest: number; readonly attacker: number }
  | { readonly type: 'give up'; readonly honest: number; readonly attacker: number };

/** A block of the race, and how things stand with it. */
export interface RaceBlock {
  /** Name of the node that found it. */
  readonly finder: string;
  readonly isPrivate: boolean;
  readonly hash: string;
  /** On the clock of the race, in mean times between blocks. */
  readonly time: number;
  /** Blocks on each side since the fork, this one included. */
  readonly honest: number;
  readonly attacker: number;
  /** Confirmations of the payment that the merchant's wallet shows. */
  readonly confirmations: number;
  /** The attacker's chance by theory from here on. */
  readonly chance: number;
}

export interface NodeOutcome {
  readonly node: string;
  readonly role: Role;
  readonly height: number;
  readonly tip: string;
  /** Blocks that the node took out of its chain when the branches met, and those that it put in their place. */
  readonly disconnected: number;
  readonly connected: number;
}

/** In bitcoins; rewards of blocks count once they can be spent, payments once they are confirmed. */
export interface BalanceChange {
  readonly before: number;
  /** When the goods left; absent when they never did. */
  readonly shipped?: number;
  readonly after: number;
}

export interface AttackResult {
  readonly mode: 'live';
  readonly success: boolean;
  readonly outcome: 'double spend' | 'gave up';
  readonly hashrate: number;
  readonly confirmations: number;
  /** Honest blocks that the attacker waited for at least. */
  readonly depth: number;
  readonly giveUp: number;
  readonly seed: number;
  /** The chance of success by theory, before the first block. */
  readonly theory: number;
  readonly forkHeight: number;
  readonly honestBlocks: number;
  readonly attackerBlocks: number;
  /** The least number of blocks that an honest node disconnected. */
  readonly reorgDepth: number;
  /** What the merchant was to be paid, in bitcoins. */
  readonly amount: number;
  /** As the merchant's node has it. */
  readonly payment: TransactionFate;
  /** As the attacker's node has it. */
  readonly conflict: TransactionFate | undefined;
  readonly merchant: BalanceChange;
  readonly attacker: BalanceChange;
  readonly nodes: readonly NodeOutcome[];
  readonly blocks: readonly RaceBlock[];
}
