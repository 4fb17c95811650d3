import { NO_HEADER } from '../../src/consensus/chain-view.js';
import { HeaderNetwork } from '../headers/header-network.js';
import type { HeaderNode } from '../headers/header-node.js';
import type { RunObserver } from '../headers/run-observer.js';
import { DEFAULT_SEED, MiningClocks, Random } from '../random.js';
import { type EclipseRules, merchantDecides, patienceFor } from '../rules/eclipse-rules.js';
import { RatioSamples } from '../statistics/samples.js';
import { eclipseChance, eclipseTime } from '../theory/eclipse.js';
import { estimateFigure, type Figure, shareFigure } from './figures.js';
import { successRate, type TrialOutcome, type TrialRun } from './outcome.js';
import { runInSlices } from './slices.js';

/** Trees with more headers are dropped for new ones. */
const MAX_HEADERS = 640;

const HONEST = 0;

export interface EclipseOptions extends TrialRun {
  readonly hashrate: number;
  readonly confirmations: number;
  /** In mean block times; without it as {@link patienceFor} has it. */
  readonly patience?: number | undefined;
  /** The chance that the merchant learns of the conflict from elsewhere in time; without it 0. */
  readonly watch?: number | undefined;
}

export interface EclipseResult extends EclipseRules, TrialOutcome {
  readonly kind: 'eclipse';
  readonly successes: number;
}

/**
 * Eclipses a merchant many times: he sees no block but the attacker's, which hold the payment, while the network's hold
 * its conflict. When he has handed over the goods the attacker stops mining, and lets go of him once the network has more
 * work: the merchant's node leaves the branch with the payment.
 */
export async function runEclipseTrials(options: EclipseOptions): Promise<EclipseResult> {
  const { hashrate, confirmations, trials, watch = 0, seed = DEFAULT_SEED } = options;
  const patience = options.patience ?? patienceFor(confirmations);
  const rules: EclipseRules = { hashrate, confirmations, patience, watch };
  const eclipses = new Eclipses(rules, new Random(seed), options.observer);
  await runInSlices(() => eclipses.run(), options);
  return {
    kind: 'eclipse',
    ...rules,
    trials,
    ...successRate(eclipses.successes, trials),
    theory: eclipses.theory,
    seed,
    figures: eclipses.figures(trials),
  };
}

class Eclipses {
  successes = 0;
  readonly theory: number;
  private readonly times = new RatioSamples();
  private readonly undone = new RatioSamples();
  private network: HeaderNetwork;
  private others: HeaderNode;
  private merchant: HeaderNode;

  constructor(
    private readonly rules: EclipseRules,
    private readonly random: Random,
    private readonly observer: RunObserver | undefined,
  ) {
    this.network = this.freshNetwork();
    [this.others, this.merchant] = this.network.nodes as [HeaderNode, HeaderNode];
    this.theory = eclipseChance(rules.hashrate, rules.confirmations, rules.patience) * (1 - rules.watch);
  }

  run(): void {
    if (this.network.size > MAX_HEADERS) this.network = this.freshNetwork();
    [this.others, this.merchant] = this.network.nodes as [HeaderNode, HeaderNode];
    const { others, merchant, rules, random } = this;
    const forkHeight = others.height;
    const shippedAt = this.mineApart();
    const payment = merchant.at(forkHeight + 1);
    const isWatched = rules.watch > 0 && random.fraction() < rules.watch;
    if (shippedAt !== undefined && !isWatched)
      while (others.height <= merchant.height) others.receive(this.network.find(others.tip));
    this.letGo(forkHeight);
    const stands = payment !== NO_HEADER && merchant.contains(payment);
    if (shippedAt === undefined || isWatched || stands) return;
    this.successes++;
    this.times.add(shippedAt);
    this.undone.add(rules.confirmations === 0 ? 0 : merchant.lastReorganization.disconnected);
  }

  /** Both sides mine until the merchant ships, at the time that is returned, or calls the deal off. */
  private mineApart(): number | undefined {
    const { others, merchant, rules } = this;
    const clocks = new MiningClocks([1 - rules.hashrate, rules.hashrate], this.random, this.observer);
    const start = merchant.height;
    let time = 0;
    for (;;) {
      const decision = merchantDecides(rules, merchant.height - start, time);
      if (decision === 'ship') return time;
      if (decision === 'call off') return undefined;
      const find = clocks.next();
      time = find.time;
      // What would have come after the merchant's patience has ended never reaches him.
      if (time > rules.patience) continue;
      const node = find.miner === HONEST ? others : merchant;
      node.receive(this.network.find(node.tip));
    }
  }

  /** Both sides hear of all blocks; should they be equal, the next one decides. */
  private letGo(forkHeight: number): void {
    const { others, merchant, network } = this;
    const theirs = others.above(forkHeight);
    const his = merchant.above(forkHeight);
    for (const id of theirs) merchant.receive(id);
    for (const id of his) others.receive(id);
    if (others.tip === merchant.tip) return;
    const next = network.find(others.tip);
    for (const node of network.nodes) node.receive(next);
  }

  private freshNetwork(): HeaderNetwork {
    return new HeaderNetwork([{}, {}], undefined, this.observer);
  }

  figures(trials: number): Figure[] {
    const { hashrate, confirmations, patience } = this.rules;
    return [
      ...shareFigure({ name: 'success', what: 'goods lost' }, this.successes, trials, this.theory),
      ...estimateFigure(
        { name: 'time', what: 'mean time to ship', unit: 'intervals' },
        this.times.estimate(),
        eclipseTime(hashrate, confirmations, patience),
      ),
      ...estimateFigure(
        { name: 'reorg', what: 'blocks the merchant undoes', unit: 'blocks' },
        this.undone.estimate(),
        confirmations,
      ),
    ];
  }
}
