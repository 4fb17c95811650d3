import { HeaderRace } from './header-race.js';
import { chanceOf, decide, type RaceRules, raceRules } from './race-rules.js';
import { MiningClocks, Random } from './random.js';
import { wilsonInterval } from './statistics.js';

/** The seed where none is asked for; results with it are the same everywhere. */
export const DEFAULT_SEED = 1;

/** Trials between two breaks in which timers, signals and progress get their turn. */
const TRIALS_PER_SLICE = 500;

const HONEST = 0;

export interface TrialOptions {
  readonly hashrate: number;
  readonly confirmations: number;
  readonly trials: number;
  /** Deficit to give up at; without it one that leaves the chance as it is, see {@link raceRules}. */
  readonly giveUp?: number | undefined;
  readonly seed?: number | undefined;
  /** Called now and then with the number of races run. */
  readonly onProgress?: ((done: number, trials: number) => void) | undefined;
}

/** Outcome of many races. */
export interface TrialResult {
  /** Only a branch with strictly more work wins, and nothing is mined before the payment: as real nodes have it. */
  readonly mode: 'strict';
  readonly trials: number;
  readonly successes: number;
  readonly rate: number;
  /** The true rate lies between these with 95 % confidence. */
  readonly low: number;
  readonly high: number;
  /** The rate that the exact formula gives for the same rules, giving up included. */
  readonly theory: number;
  readonly hashrate: number;
  readonly confirmations: number;
  readonly giveUp: number;
  readonly seed: number;
}

/**
 * Runs many double-spend races on the node's header tree and fork choice, without sockets.
 *
 * @example
 * const { rate, low, high, theory } = await runTrials({ hashrate: 0.3, confirmations: 3, trials: 20_000 });
 */
export async function runTrials(options: TrialOptions): Promise<TrialResult> {
  const { hashrate, confirmations, trials, seed = DEFAULT_SEED } = options;
  const rules = raceRules(hashrate, confirmations, options.giveUp);
  const race = new HeaderRace();
  const random = new Random(seed);
  let successes = 0;
  for (let done = 0; done < trials; ) {
    const end = Math.min(done + TRIALS_PER_SLICE, trials);
    for (; done < end; done++) if (runRace(race, rules, random)) successes++;
    options.onProgress?.(done, trials);
    await new Promise(resolve => setImmediate(resolve));
  }
  return {
    mode: 'strict',
    trials,
    successes,
    rate: successes / trials,
    ...wilsonInterval(successes, trials),
    theory: chanceOf(rules),
    hashrate,
    confirmations,
    giveUp: rules.giveUp,
    seed,
  };
}

/** One race; true when the network ended up on the attacker's branch. */
function runRace(race: HeaderRace, rules: RaceRules, random: Random): boolean {
  const clocks = new MiningClocks([1 - rules.hashrate, rules.hashrate], random);
  race.start();
  for (;;) {
    if (clocks.next().miner === HONEST) race.mineHonest();
    else race.mineInPrivate();
    const decision = decide(rules, race.honest, race.attacker);
    if (decision === 'release') return race.release();
    if (decision === 'give up') return false;
  }
}
