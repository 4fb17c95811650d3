/** The tip of a node's chain. */
export interface SnapshotTip {
  readonly hash: string;
  readonly height: number;
}

/** A state of a whole network that can be returned to as often as wanted, until it is dropped. */
export interface NetworkSnapshot {
  /** By the numbers of the nodes; undefined for one that did not run. */
  readonly tips: readonly (SnapshotTip | undefined)[];
  /** When it was taken, in Unix seconds by the clock of the network. */
  readonly time: number;
  /** Bytes that it takes, in memory or on disk; what has not changed since may be shared with the nodes. */
  readonly bytes: number;
}

/** The snapshot was dropped, or is of another network. */
export class SnapshotGone extends Error {
  override readonly name = 'SnapshotGone';
}
