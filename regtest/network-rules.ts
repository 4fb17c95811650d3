/** Rules of a network that are not Core's; its nodes have them from their start. */
export interface NetworkRules {
  /** Nodes refuse to undo more blocks than this. */
  readonly maxReorg?: number | undefined;
}

/** Options of blocksmithd that make a node follow these rules. */
export function argumentsForRules({ maxReorg }: NetworkRules): readonly string[] {
  return maxReorg === undefined ? [] : [`-labmaxreorg=${maxReorg}`];
}
