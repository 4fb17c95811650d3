import type { RunObserver } from '../headers/run-observer.js';
import { DEFAULT_SEED, Random } from '../random.js';
import { DEFAULT_PERIOD, type SelfishRules } from '../rules/selfish-rules.js';
import { RatioSamples } from '../statistics/samples.js';
import {
  RANDOM_TIE_BREAK_GAMMA,
  selfishMiningGrowth,
  selfishMiningShare,
  selfishMiningThreshold,
  selfishRevenueAfterAdjustment,
  selfishRevenueBeforeAdjustment,
} from '../theory/selfish-mining.js';
import { estimateFigure, type Figure } from './figures.js';
import type { TrialOutcome, TrialRun } from './outcome.js';
import { SelfishChain } from './selfish-chain.js';
import { runInSlices } from './slices.js';

/** Difficulty periods that a chain lives through: the first, before any adjustment, and some after. */
const PERIODS = 4;

export interface SelfishOptions extends TrialRun {
  /** Below one half: with more, an attacker's lead never ends. */
  readonly hashrate: number;
  /** Without it 0: all honest miners mine on the block that they saw first, and that is never his. */
  readonly gamma?: number | undefined;
  /** Makes γ one half. */
  readonly randomTieBreak?: boolean | undefined;
  readonly period?: number | undefined;
}

/** Outcome of many rounds of selfish mining. The rate is the attacker's share of the blocks in the chain. */
export interface SelfishResult extends SelfishRules, TrialOutcome {
  readonly kind: 'selfish';
  /** The hash share above which it pays. */
  readonly threshold: number;
}

/**
 * Runs rounds of selfish mining (SM1) on chains that adjust their difficulty. A round goes from a moment when all agree to
 * the next: one block, or a race.
 *
 * @throws RangeError when the attacker has half of the hash rate or more
 */
export async function runSelfishTrials(options: SelfishOptions): Promise<SelfishResult> {
  const { hashrate, trials, randomTieBreak = false, period = DEFAULT_PERIOD, seed = DEFAULT_SEED } = options;
  const gamma = randomTieBreak ? RANDOM_TIE_BREAK_GAMMA : (options.gamma ?? 0);
  const rules: SelfishRules = { hashrate, gamma, randomTieBreak, period };
  const theory = selfishMiningShare(hashrate, gamma);
  const mining = new SelfishMining(rules, new Random(seed), options.observer);
  await runInSlices(() => mining.round(), options);
  const share95 = mining.share.estimate(0.95) ?? NOTHING;
  const share99 = mining.share.estimate(0.99) ?? NOTHING;
  return {
    kind: 'selfish',
    ...rules,
    trials,
    rate: share95.value,
    low: share95.low,
    high: share95.high,
    low99: share99.low,
    high99: share99.high,
    theory,
    threshold: selfishMiningThreshold(gamma),
    seed,
    figures: mining.figures(),
  };
}

/** What one round alone tells of a share. */
const NOTHING = { value: 0, low: 0, high: 1 };

class SelfishMining {
  /** The attacker's blocks by all blocks in the chain. */
  readonly share = new RatioSamples();
  /** Blocks in the chain by blocks found. */
  private readonly growth = new RatioSamples();
  /** The attacker's blocks by time. */
  private readonly before = new RatioSamples();
  private readonly after = new RatioSamples();
  private chain: SelfishChain;
  private periods = 1;

  constructor(
    private readonly rules: SelfishRules,
    private readonly random: Random,
    private readonly observer: RunObserver | undefined,
  ) {
    this.chain = new SelfishChain(rules, random, observer);
  }

  round(): void {
    const { period } = this.rules;
    const { attacker, blocks, found, time } = this.chain.round();
    this.share.add(attacker, blocks);
    this.growth.add(blocks, found);
    if (this.chain.height < period) this.before.add(attacker, time);
    while (this.chain.height >= (this.periods + 1) * period - 1) {
      const revenue = this.chain.revenueOf(this.periods++);
      this.after.add(revenue.attacker, revenue.time);
    }
    if (this.periods < PERIODS) return;
    this.chain = new SelfishChain(this.rules, this.random, this.observer);
    this.periods = 1;
  }

  figures(): Figure[] {
    const { hashrate: q, gamma, period } = this.rules;
    return [
      ...estimateFigure(
        { name: 'share', what: "attacker's share of the chain", unit: 'share' },
        this.share.estimate(),
        selfishMiningShare(q, gamma),
      ),
      ...estimateFigure(
        { name: 'before', what: 'revenue per time before adjustment', unit: 'share' },
        this.before.estimate(),
        selfishRevenueBeforeAdjustment(q, gamma),
      ),
      ...estimateFigure(
        { name: 'after', what: 'revenue per time after adjustment', unit: 'share' },
        this.after.estimate(),
        selfishRevenueAfterAdjustment(q, gamma, period),
      ),
      ...estimateFigure(
        { name: 'growth', what: 'chain growth per block found', unit: 'share' },
        this.growth.estimate(),
        selfishMiningGrowth(q, gamma),
      ),
    ];
  }
}
