import type { SnapshotTip } from './network-snapshot.js';
import type { NodeState } from './node-state.js';

/** A node in a snapshot. */
export interface SavedNode {
  readonly state: NodeState;
  readonly isRunning: boolean;
  /** Loaded ones, in the order of loading. */
  readonly wallets: readonly string[];
  readonly tip: SnapshotTip | undefined;
}

/** All that a snapshot holds. */
export interface SavedNetwork {
  readonly nodes: readonly SavedNode[];
  /** What the parts saved, by their names. */
  readonly parts: Readonly<Record<string, unknown>>;
  /** Unix seconds. */
  readonly time: number;
}
