/** Blocks from one adjustment of the difficulty to the next: mainnet's. */
export const DEFAULT_PERIOD = 2016;

/** What selfish mining is made of, simulated or on real nodes. */
export interface SelfishRules {
  /** The attacker's share of the hash rate, between 0 and one half. */
  readonly hashrate: number;
  /** Share of the honest hash rate that mines on the attacker's branch in a tie; one half where ties are broken by lot. */
  readonly gamma: number;
  /** Nodes choose between two branches of equal work by a fair coin, rather than the one they saw first. */
  readonly randomTieBreak: boolean;
  /** Blocks from one adjustment of the difficulty to the next. */
  readonly period: number;
}

/** What a selfish miner knows when he decides. */
export interface SelfishState {
  /** Blocks of his branch since it left the public chain, published or not. */
  readonly attacker: number;
  /** Blocks of the best public branch other than his since then. */
  readonly honest: number;
}

/**
 * What a selfish miner does: `keep` his blocks to himself; `adopt` the public chain and drop his branch; `match` it by
 * publishing as many blocks as it has; `override` it by publishing all that he has.
 */
export type SelfishAction = 'keep' | 'adopt' | 'match' | 'override';

/**
 * Eyal and Sirer's strategy (SM1), after an honest block was found: with no more blocks than the others he joins them, with
 * as many he makes it a tie, with one more he publishes everything, with a greater lead one block for each of theirs.
 */
export function afterHonestBlock({ attacker, honest }: SelfishState): SelfishAction {
  if (attacker < honest) return 'adopt';
  return attacker - honest === 1 ? 'override' : 'match';
}

/** SM1 after the attacker has found a block himself: he wins a tie with it at once, and keeps it otherwise. */
export function afterOwnBlock({ attacker, honest }: SelfishState): SelfishAction {
  return honest > 0 && attacker - honest === 1 ? 'override' : 'keep';
}
