/** A state of a whole network that can be returned to as often as wanted. */
export interface NetworkSnapshot {
  /** By the tips of the nodes when it was taken. */
  readonly tips: readonly { readonly hash: string; readonly height: number }[];
  /** When it was taken, in Unix seconds by the clock of the network. */
  readonly time: number;
  /** Bytes that only this snapshot holds, in memory or on disk, roughly. */
  readonly bytes: number;
}
