import type { NodeEvent } from '../../src/node/node-event.js';
import type { AttackEvent } from '../attacks/attack-event.js';
import type { ClockState } from '../clock/clock-state.js';
import type { LinkConditions } from '../links/conditions.js';
import type { MiningPlan } from '../mining/plan.js';

/** What happens in a lab. Nodes are told by their numbers. */
export type LabHappening =
  /** What a node itself tells. */
  | ({ readonly node: number } & NodeEvent)
  | { readonly type: 'node'; readonly node: number; readonly state: 'started' | 'stopped' | 'ended' }
  /** The lab made this node mine a block. `isPrivate`: the others, but those of `shownTo`, are not to see it yet. */
  | {
      readonly type: 'blockFound';
      readonly node: number;
      readonly hash: string;
      readonly height: number;
      readonly isPrivate: boolean;
      readonly shownTo?: readonly number[];
    }
  /** What lies between two nodes has changed. `connected`: they are meant to be joined. */
  | {
      readonly type: 'link';
      readonly nodes: readonly [number, number];
      readonly conditions: LinkConditions;
      readonly connected: boolean;
    }
  | { readonly type: 'snapshot'; readonly name: string }
  /** Every node is what it was when the snapshot was taken: what was known of them before no longer holds. */
  | { readonly type: 'revert'; readonly name: string }
  | { readonly type: 'clock'; readonly clock: ClockState }
  | { readonly type: 'mining'; readonly plan: MiningPlan }
  /** `attack` counts the attacks of this lab from 1. */
  | { readonly type: 'attack'; readonly attack: number; readonly event: AttackEvent };

/** A happening with its place in the order of things. */
export type LabEvent = {
  /** Logical time: 1 for the first event of the lab, one more for each. */
  readonly seq: number;
  /** Milliseconds since the lab began, on a clock that only goes forward. */
  readonly atMs: number;
} & LabHappening;
