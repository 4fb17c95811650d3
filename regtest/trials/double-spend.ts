import { HeaderRace } from '../headers/header-race.js';
import type { RunObserver } from '../headers/run-observer.js';
import { DEFAULT_SEED, MiningClocks, Random } from '../random.js';
import {
  chanceOf,
  decide,
  deepestReorg,
  leadOf,
  outlookOf,
  type RaceMode,
  type RaceRuleOptions,
  type RaceRules,
  raceRules,
} from '../rules/race-rules.js';
import { RatioSamples } from '../statistics/samples.js';
import type { RaceOutlook } from '../theory/race.js';
import { estimateFigure, type Figure, shareFigure } from './figures.js';
import { successRate, type TrialOutcome, type TrialRun } from './outcome.js';
import { runInSlices } from './slices.js';

const HONEST = 0;

export interface TrialOptions extends RaceRuleOptions, TrialRun {
  readonly hashrate: number;
  readonly confirmations: number;
  /** Deficit to give up at; without it one that leaves the chance as it is, see {@link raceRules}. */
  readonly giveUp?: number | undefined;
}

/** Outcome of many races. The rate is that of success. */
export interface TrialResult extends TrialOutcome {
  readonly kind: 'double-spend';
  readonly mode: RaceMode;
  readonly successes: number;
  readonly hashrate: number;
  readonly confirmations: number;
  readonly giveUp: number;
  readonly rules: RaceRules;
}

/**
 * Runs many double-spend races on the node's header tree and fork choice, without sockets.
 *
 * @example
 * const { rate, low, high, theory } = await runTrials({ hashrate: 0.3, confirmations: 3, trials: 20_000 });
 */
export async function runTrials(options: TrialOptions): Promise<TrialResult> {
  const { hashrate, confirmations, trials, giveUp, seed = DEFAULT_SEED } = options;
  const rules = raceRules(hashrate, confirmations, giveUp, options);
  const races = new Races(rules, new Random(seed), options.observer);
  await runInSlices(() => races.run(), options);
  return {
    kind: 'double-spend',
    mode: rules.raceMode ?? 'strict',
    trials,
    ...successRate(races.successes, trials),
    theory: chanceOf(rules),
    hashrate,
    confirmations,
    giveUp: rules.giveUp,
    seed,
    rules,
    figures: races.figures(trials),
  };
}

/** Races under the same rules, and what they add up to. */
class Races {
  successes = 0;
  private splits = 0;
  private refusals = 0;
  private readonly blocks = new RatioSamples();
  private readonly undone = new RatioSamples();
  private readonly race: HeaderRace;
  private readonly watch: number;

  constructor(
    private readonly rules: RaceRules,
    private readonly random: Random,
    private readonly observer: RunObserver | undefined,
  ) {
    const { maxReorg, checkpoint, watch = 0 } = rules.defences ?? {};
    this.watch = watch;
    const newcomer = maxReorg === undefined ? undefined : { maxReorg: checkpoint };
    this.race = new HeaderRace({ nodes: { maxReorg: deepestReorg(rules.defences) }, newcomer }, observer);
  }

  run(): void {
    const { rules, race, random } = this;
    const clocks = new MiningClocks([1 - rules.hashrate, rules.hashrate], random, this.observer);
    race.start(rules.preMined);
    let blocks = 0;
    let decision = decide(rules, race.honest, race.attacker);
    for (; decision === 'race'; decision = decide(rules, race.honest, race.attacker)) {
      if (clocks.next().miner === HONEST) race.mineHonest();
      else race.mineInPrivate();
      blocks++;
    }
    this.blocks.add(blocks);
    if (decision === 'release') this.release();
  }

  /** The branch goes out; the payment may be undone, and yet the merchant warned before he gave anything away. */
  private release(): void {
    const { rules, race, random } = this;
    const isWatched = this.watch > 0 && random.fraction() < this.watch;
    const hasHonestBlocks = race.honest > 0;
    const taken = race.attacker === 0 || race.release(leadOf(rules) === 0);
    if (race.isSplit) this.splits++;
    if (!taken) {
      this.refusals++;
      return;
    }
    this.undone.add(hasHonestBlocks ? race.reorganization.disconnected : 0);
    if (!isWatched) this.successes++;
  }

  figures(trials: number): Figure[] {
    const { rules } = this;
    const outlook = outlookOf(rules);
    const { defences } = rules;
    return [
      ...shareFigure({ name: 'success', what: 'double spends' }, this.successes, trials, chanceOf(rules)),
      ...(deepestReorg(defences) === undefined
        ? []
        : shareFigure({ name: 'refused', what: 'branches refused' }, this.refusals, trials, outlook.tooLate)),
      ...(defences?.maxReorg === undefined
        ? []
        : shareFigure(
            { name: 'split', what: 'permanent splits' },
            this.splits,
            trials,
            splitChance(rules, outlook),
          )),
      ...estimateFigure(
        { name: 'reorg', what: 'blocks undone, mean', unit: 'blocks' },
        this.undone.estimate(),
        outlook.honestBlocksOfWins / outlook.chance,
      ),
      ...estimateFigure(
        { name: 'blocks', what: 'blocks found in a race, mean', unit: 'blocks' },
        this.blocks.estimate(),
        outlook.blocks,
      ),
    ];
  }
}

/** Newcomers follow a branch that the others refuse, unless a checkpoint of the same depth or less keeps them off it. */
function splitChance(rules: RaceRules, outlook: RaceOutlook): number {
  const { maxReorg = 0, checkpoint = Number.POSITIVE_INFINITY } = rules.defences ?? {};
  if (checkpoint <= maxReorg) return 0;
  if (!Number.isFinite(checkpoint)) return outlook.tooLate;
  const withoutLimit = outlookOf({ ...rules, defences: { checkpoint } });
  return outlook.tooLate - withoutLimit.tooLate;
}
