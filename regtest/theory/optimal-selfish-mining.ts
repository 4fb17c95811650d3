import { checkProbability, checkShare } from './checks.js';

/** Branches are followed up to this length and then given up, which moves the threshold for γ = 0 by 0.000002. */
const MAX_BRANCH = 45;

/** Gains below this are taken as nothing; those of a strategy that pays grow by more per 0.0001 of hash share. */
const GAIN_TOLERANCE = 1e-8;

/** The values of states settle geometrically; near the thresholds within some hundreds of passes. */
const MAX_PASSES = 100_000;

/** Thresholds and shares are narrowed down to this. */
const PRECISION = 1e-6;

export interface OptimalSelfishOptions {
  /** Share of the honest hash rate that mines on the attacker's branch when he answers a block at once. */
  readonly gamma: number;
  /** Nodes choose between branches of equal work by lot, so that he can match a branch at any later time, too. */
  readonly randomTieBreak?: boolean;
}

/** What the network knows of the attacker's branch. */
enum Fork {
  /** The last block was his own: too late to match. */
  Irrelevant,
  /** The last block was an honest one: he may answer it with a branch of equal length. */
  Relevant,
  /** He has, and honest miners are divided. */
  Active,
}

const SIDE = MAX_BRANCH + 1;

/** Number of the state with so many hidden and so many honest blocks since the fork. */
function stateOf(attacker: number, honest: number, fork: Fork): number {
  return (attacker * SIDE + honest) * 3 + fork;
}

/**
 * The decision problem of a selfish miner who may publish any part of his branch at any time (Sapirshtein, Sompolinsky,
 * Zohar, "Optimal Selfish Mining Strategies in Bitcoin", 2016). Each of his blocks in the chain counts 1 − ρ, each
 * honest one −ρ: the best mean gain per block is above 0 exactly when a share above ρ can be had.
 */
class SelfishDecisions {
  private values = new Float64Array(SIDE * SIDE * 3);
  private next = new Float64Array(SIDE * SIDE * 3);
  private readonly q: number;
  private readonly p: number;
  private readonly gamma: number;
  private readonly matchesLate: boolean;

  constructor(
    q: number,
    { gamma, randomTieBreak = false }: OptimalSelfishOptions,
    private readonly share: number,
  ) {
    this.q = q;
    this.p = 1 - q;
    this.gamma = gamma;
    this.matchesLate = randomTieBreak;
  }

  /** Whether any strategy gains. Mining honestly gains q − ρ. */
  gains(): boolean {
    for (let pass = 0; pass < MAX_PASSES; pass++) {
      const { least, most } = this.pass();
      if (least > GAIN_TOLERANCE) return true;
      if (most - least < GAIN_TOLERANCE / 10 || most < GAIN_TOLERANCE) return false;
    }
    return false;
  }

  /** One step of value iteration. The best mean gain lies between the least and the most that a state's value grew. */
  private pass(): { least: number; most: number } {
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (let attacker = 0; attacker < SIDE; attacker++) {
      for (let honest = 0; honest < SIDE; honest++) {
        for (let fork = Fork.Irrelevant; fork <= Fork.Active; fork++) {
          const state = stateOf(attacker, honest, fork);
          const value = this.best(attacker, honest, fork);
          this.next[state] = value;
          const growth = value - (this.values[state] as number);
          if (growth < least) least = growth;
          if (growth > most) most = growth;
        }
      }
    }
    // Only differences between states matter: without this the values would grow for ever.
    const base = this.next[0] as number;
    for (let state = 0; state < this.next.length; state++)
      this.next[state] = (this.next[state] as number) - base;
    [this.values, this.next] = [this.next, this.values];
    return { least, most };
  }

  private best(attacker: number, honest: number, fork: Fork): number {
    let best = this.adopt(honest);
    if (attacker > honest) best = Math.max(best, this.override(attacker, honest));
    if (attacker >= MAX_BRANCH || honest >= MAX_BRANCH) return best;
    if (fork === Fork.Active) return Math.max(best, this.divided(attacker, honest));
    best = Math.max(best, this.wait(attacker, honest));
    if (attacker >= honest && honest > 0 && (fork === Fork.Relevant || this.matchesLate))
      best = Math.max(best, this.divided(attacker, honest));
    return best;
  }

  private value(attacker: number, honest: number, fork: Fork): number {
    return this.values[stateOf(attacker, honest, fork)] as number;
  }

  /** He gives his branch up for the honest one. */
  private adopt(honest: number): number {
    const after = this.q * this.value(1, 0, Fork.Irrelevant) + this.p * this.value(0, 1, Fork.Irrelevant);
    return after - honest * this.share;
  }

  /** He publishes one block more than the honest branch has. */
  private override(attacker: number, honest: number): number {
    const left = attacker - honest;
    const after =
      this.q * this.value(left, 0, Fork.Irrelevant) + this.p * this.value(left - 1, 1, Fork.Relevant);
    return after + (honest + 1) * (1 - this.share);
  }

  private wait(attacker: number, honest: number): number {
    return (
      this.q * this.value(attacker + 1, honest, Fork.Irrelevant) +
      this.p * this.value(attacker, honest + 1, Fork.Relevant)
    );
  }

  /** Two public branches of equal length: honest miners extend his with chance γ, which settles his blocks. */
  private divided(attacker: number, honest: number): number {
    const settled = this.value(attacker - honest, 1, Fork.Relevant) + honest * (1 - this.share);
    return (
      this.q * this.value(attacker + 1, honest, Fork.Active) +
      this.p * this.gamma * settled +
      this.p * (1 - this.gamma) * this.value(attacker, honest + 1, Fork.Relevant)
    );
  }
}

/** Whether any strategy gives a selfish miner more than his fair share. */
export function selfishStrategyPays(q: number, options: OptimalSelfishOptions): boolean {
  return canHaveShare(q, q, options);
}

/** Whether any strategy gives him more than this share of the blocks. */
export function canHaveShare(q: number, share: number, options: OptimalSelfishOptions): boolean {
  checkShare(q);
  checkProbability('the share', share);
  checkProbability('gamma', options.gamma);
  return q >= 0.5 || new SelfishDecisions(q, options, share).gains();
}

/** The largest share of blocks that a selfish miner can have by any strategy, to 0.000001. Takes seconds. */
export function optimalSelfishMiningShare(q: number, options: OptimalSelfishOptions): number {
  checkShare(q);
  return q >= 0.5 ? 1 : lastTrue(q, 1, share => canHaveShare(q, share, options));
}

/** The least hash share with which any selfish strategy pays, to 0.000001. Takes seconds. */
export function optimalSelfishMiningThreshold(options: OptimalSelfishOptions): number {
  return lastTrue(PRECISION, 0.5, q => !selfishStrategyPays(q, options));
}

/** Where `holds`, true at `low`, ceases to be. */
function lastTrue(low: number, high: number, holds: (at: number) => boolean): number {
  while (high - low > PRECISION) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
