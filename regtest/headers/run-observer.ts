/**
 * Watches a run in virtual time, on headers alone, as it goes. Blocks and nodes are told by their numbers; block 0 is
 * genesis. All that is told follows from the options and the seed.
 */
export interface RunObserver {
  /** All that is told from now on happens at this time, in the run's own unit. */
  at(time: number): void;
  /** The next of many trials begins: its time starts at 0. */
  trial(): void;
  /** A network without blocks: what was told of blocks before no longer holds. */
  network(nodes: number): void;
  /** A block was found on top of another. The finder is told where it is one of the nodes. */
  found(block: number, parent: number, height: number, node?: number): void;
  /** A node hears of a block for the first time, or from somebody who is quicker. */
  announced(block: number, node: number, from: number): void;
  /** A node has taken a block in. */
  accepted(block: number, node: number): void;
  /** A node leaves its tip for another. */
  tip(block: number, node: number, former: number): void;
}
