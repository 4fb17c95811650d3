import type { AttackPlan } from './attack-plan.js';

/**
 * Who a node is in an attack. `near miner` and `far miner` are honest: the first hear of a selfish miner's block before
 * the rival one in a tie. A `newcomer` was away while the branches grew.
 */
export type Role =
  | 'merchant'
  | 'miner'
  | 'attacker'
  | 'newcomer'
  | 'near miner'
  | 'far miner'
  | 'first side'
  | 'second side';

/** A node and what it does in an attack. */
export interface Casting {
  /** Its number. */
  readonly node: number;
  readonly name: string;
  readonly role: Role;
}

/** What an attack tells while it runs, in order. Plain data: it travels as JSON. */
export type AttackEvent =
  | {
      readonly type: 'start';
      readonly plan: AttackPlan;
      readonly roles: readonly Casting[];
      /** The figure that theory has for it: the chance of success, or the attacker's share of the blocks. */
      readonly theory: number;
    }
  /** Amount in bitcoins. */
  | {
      readonly type: 'payment';
      readonly txid: string;
      readonly conflictTxid: string;
      readonly amount: number;
    }
  /** Groups of node numbers that no longer see each other. */
  | { readonly type: 'split'; readonly forkHeight: number; readonly groups: readonly (readonly number[])[] }
  | ({ readonly type: 'block' } & FoundBlock)
  | { readonly type: 'shipped'; readonly confirmations: number }
  /** The merchant's node was shown a transaction that spends the same coin: he keeps the goods. */
  | { readonly type: 'warned'; readonly txid: string; readonly reason: string }
  /** The merchant has lost his patience. */
  | { readonly type: 'called off'; readonly confirmations: number }
  | { readonly type: 'release'; readonly honest: number; readonly attacker: number }
  | { readonly type: 'give up'; readonly honest: number; readonly attacker: number }
  /** A node does not leave its branch, although another has more work. */
  | { readonly type: 'refused'; readonly node: number; readonly depth: number }
  /** Blocks of others that the attacker's branch has replaced, oldest first. */
  | { readonly type: 'orphaned'; readonly hashes: readonly string[] }
  /** The difficulty of the chain is another one from this height on; relative to that of the first block. */
  | { readonly type: 'adjustment'; readonly height: number; readonly difficulty: number }
  | { readonly type: 'heal' }
  | { readonly type: 'end'; readonly success: boolean; readonly outcome: string }
  /** In place of the end: somebody stopped it, or something went wrong. All are connected again as far as can be. */
  | { readonly type: 'stopped'; readonly reason: string };

/** A block that was found, and how things stand with it. */
export interface FoundBlock {
  /** Name and number of the node that found it. */
  readonly finder: string;
  readonly node: number;
  /** The others are not to see it yet. */
  readonly isPrivate: boolean;
  readonly hash: string;
  readonly height: number;
  /** On the clock of the race, in mean times between blocks. */
  readonly time: number;
  /** Blocks on each side since the fork, this one included. In a partition the first side's are `attacker`. */
  readonly honest: number;
  readonly attacker: number;
  /** Confirmations of the payment that the merchant's wallet shows. Absent where nobody is paid. */
  readonly confirmations?: number;
  /** The attacker's chance by theory from here on. Absent where there is no formula. */
  readonly chance?: number;
}
