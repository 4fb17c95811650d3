import type { NodeMemory } from '../../src/node/home.js';
import type { SnapshotTip } from './network-snapshot.js';

/** All that a node kept at one moment. It can be brought back to that as often as wanted, until the state is dropped. */
export interface NodeState {
  /** Bytes that it takes, in memory or on disk; what has not changed since may be shared. */
  readonly bytes: number;
  /** Of the node's chain at that moment, where that is known. */
  readonly tip?: SnapshotTip | undefined;
  /** The same in the form that does not depend on where nodes live. Not to be changed by who gets it. */
  memory(): Promise<NodeMemory>;
  /** Gives back what it takes. */
  drop(): Promise<void>;
}
