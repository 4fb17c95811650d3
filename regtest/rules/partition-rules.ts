/** What a partition and its healing are made of, simulated or on real nodes. */
export interface PartitionRules {
  /** Share of the hash rate on the first side, between 0 and 1. */
  readonly hashrate: number;
  /** How long the sides see nothing of each other, in mean block times. */
  readonly duration: number;
  /** Nodes refuse to undo more blocks than this; undefined where there is no limit. */
  readonly maxReorg?: number | undefined;
}
