import { HeaderRace } from '../headers/header-race.js';
import type { RunObserver } from '../headers/run-observer.js';
import { DEFAULT_SEED, MiningClocks, Random } from '../random.js';
import { type CensorRules, censorDecides, censorRules } from '../rules/censor-rules.js';
import { RatioSamples } from '../statistics/samples.js';
import { censorshipOutlook } from '../theory/censorship.js';
import { estimateFigure, type Figure, shareFigure } from './figures.js';
import { successRate, type TrialOutcome, type TrialRun } from './outcome.js';
import { runInSlices } from './slices.js';

const HONEST = 0;

export interface CensorOptions extends TrialRun {
  readonly hashrate: number;
  /** Deficit to give a block up at; without it as {@link censorRules} has it. */
  readonly giveUp?: number | undefined;
}

/** Outcome of many attempts to confirm a censored transaction. The rate is that of blocks orphaned for holding one. */
export interface CensorResult extends CensorRules, TrialOutcome {
  readonly kind: 'censor';
  readonly successes: number;
}

/**
 * Runs rounds of censorship. Censored transactions are always waiting, and every miner but the censor takes them. A trial
 * is a block that holds one, with the censor's own blocks that came before it: it ends orphaned, or with the censor giving
 * up on it.
 */
export async function runCensorTrials(options: CensorOptions): Promise<CensorResult> {
  const { hashrate, trials, seed = DEFAULT_SEED } = options;
  const rules = censorRules(hashrate, options.giveUp);
  const rounds = new CensorRounds(rules, new Random(seed), options.observer);
  await runInSlices(() => rounds.run(), options);
  return {
    kind: 'censor',
    ...rules,
    trials,
    ...successRate(rounds.orphaned, trials),
    theory: censorshipOutlook(rules.hashrate, rules.giveUp).orphaned,
    seed,
    figures: rounds.figures(trials),
  };
}

class CensorRounds {
  orphaned = 0;
  private readonly race: HeaderRace;
  /** Blocks of the chain: with censored transactions, by all blocks. */
  private readonly share = new RatioSamples();
  /** The censor's, by all blocks. */
  private readonly censorShare = new RatioSamples();
  /** Time by confirmations. */
  private readonly delay = new RatioSamples();
  /** Blocks of the chain by blocks found. */
  private readonly growth = new RatioSamples();

  constructor(
    private readonly rules: CensorRules,
    private readonly random: Random,
    private readonly observer: RunObserver | undefined,
  ) {
    this.race = new HeaderRace({}, observer);
  }

  run(): void {
    const { rules, race } = this;
    const clocks = new MiningClocks([1 - rules.hashrate, rules.hashrate], this.random, this.observer);
    let found = 1;
    let find = clocks.next();
    // A block of the censor's without a rival is as good as anybody's: all take it at once.
    for (; find.miner !== HONEST; find = clocks.next(), found++) {
      race.start();
      race.mineInPrivate();
      race.release();
    }
    const unrivalled = found - 1;
    race.start();
    race.mineHonest();
    let decision = censorDecides(rules, race.honest, race.attacker);
    for (; decision === 'fork'; decision = censorDecides(rules, race.honest, race.attacker)) {
      find = clocks.next();
      if (find.miner === HONEST) race.mineHonest();
      else race.mineInPrivate();
      found++;
    }
    const [honest, censor] = [race.honest, race.attacker];
    const isOrphaned = decision === 'release' && race.release();
    if (isOrphaned) this.orphaned++;
    this.count(isOrphaned ? 0 : honest, unrivalled + (isOrphaned ? censor : 0), found, find.time);
  }

  private count(others: number, censor: number, found: number, time: number): void {
    const blocks = others + censor;
    this.share.add(others, blocks);
    this.censorShare.add(censor, blocks);
    this.growth.add(blocks, found);
    this.delay.add(time, others > 0 ? 1 : 0);
  }

  figures(trials: number): Figure[] {
    const outlook = censorshipOutlook(this.rules.hashrate, this.rules.giveUp);
    return [
      ...shareFigure(
        { name: 'orphaned', what: 'offending blocks orphaned' },
        this.orphaned,
        trials,
        outlook.orphaned,
      ),
      ...estimateFigure(
        { name: 'share', what: 'blocks with censored txs', unit: 'share' },
        this.share.estimate(),
        outlook.share,
      ),
      ...estimateFigure(
        { name: 'censor', what: "blocks of the censor's", unit: 'share' },
        this.censorShare.estimate(),
        outlook.censorShare,
      ),
      ...estimateFigure(
        { name: 'delay', what: 'mean time to confirm for good', unit: 'intervals' },
        this.delay.estimate(),
        outlook.delay,
      ),
      ...estimateFigure(
        { name: 'growth', what: 'chain growth per block found', unit: 'share' },
        this.growth.estimate(),
        outlook.growth,
      ),
    ];
  }
}
