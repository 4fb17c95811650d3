/** When blocks come by themselves, and who finds them. */
export type MiningPlan =
  /** Only when asked for. */
  | { readonly kind: 'off' }
  /** A block as soon as a transaction is in a mempool: in the node that has it first. */
  | { readonly kind: 'transaction' }
  /** A block every so many seconds, found by each node with a chance in proportion to its share. */
  | { readonly kind: 'interval'; readonly seconds: number; readonly shares?: readonly number[] }
  /** Exponentially distributed times with this mean, each node by its own clock in proportion to its share. */
  | {
      readonly kind: 'clocks';
      readonly meanSeconds: number;
      readonly shares?: readonly number[];
      readonly seed?: number;
    }
  /**
   * Proof of work without pause: each node searches with its share of the threads' time. How long that takes is up to the
   * difficulty, which is that of the chain (see `difficulty` of the network's options).
   */
  | { readonly kind: 'work'; readonly shares?: readonly number[] };

/** Shares are by node number, in any unit; without them all nodes are equal. Nodes that do not run find nothing. */
export interface NetworkMining {
  readonly plan: MiningPlan;
  /** Takes effect at once. @throws RangeError when a number makes no sense */
  set(plan: MiningPlan): Promise<void>;
}
