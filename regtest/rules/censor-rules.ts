/** What censorship by mining is made of, simulated or on real nodes. */
export interface CensorRules {
  /** The censor's share of the hash rate, between 0 and 1. */
  readonly hashrate: number;
  /**
   * He gives a block up that holds a censored transaction when its branch leads his by this many blocks: with 1 he only
   * leaves such transactions out of his own blocks, with a few more it is a feather fork.
   */
  readonly giveUp: number;
}

/** For a minority, and for half of the hash rate and more, unless told otherwise. */
export const DEFAULT_FEATHER_GIVE_UP = 6;
export const DEFAULT_MAJORITY_GIVE_UP = 100;

export function censorRules(hashrate: number, giveUp?: number): CensorRules {
  return {
    hashrate,
    giveUp: giveUp ?? (hashrate >= 0.5 ? DEFAULT_MAJORITY_GIVE_UP : DEFAULT_FEATHER_GIVE_UP),
  };
}

export type CensorDecision = 'fork' | 'release' | 'give up';

/**
 * What the censor does after a block, when there is an offending one: so many honest blocks since it, itself included,
 * and so many of his own since its predecessor.
 */
export function censorDecides(rules: CensorRules, honest: number, censor: number): CensorDecision {
  if (censor > honest) return 'release';
  return honest - censor >= rules.giveUp ? 'give up' : 'fork';
}
