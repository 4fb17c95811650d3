import { HeaderNetwork } from '../headers/header-network.js';
import type { HeaderNode } from '../headers/header-node.js';
import type { RunObserver } from '../headers/run-observer.js';
import { DEFAULT_SEED, MiningClocks, Random } from '../random.js';
import type { PartitionRules } from '../rules/partition-rules.js';
import { type Fit, fitOf } from '../statistics/chi-square.js';
import { RatioSamples } from '../statistics/samples.js';
import { partitionDepths, partitionMeanDepth, partitionSplit, partitionWin } from '../theory/partition.js';
import { estimateFigure, type Figure, shareFigure } from './figures.js';
import { successRate, type TrialOutcome, type TrialRun } from './outcome.js';
import { runInSlices } from './slices.js';

/** Trees with more headers are dropped for new ones. */
const MAX_HEADERS = 640;

export interface PartitionOptions extends PartitionRules, TrialRun {}

/** How often the losing side undid how many blocks. */
export interface DepthHistogram {
  /** Entry d: partitions at whose end d blocks were undone, or would have been where nodes refuse. */
  readonly counts: readonly number[];
  /** What theory expects of each. */
  readonly theory: readonly number[];
  readonly fit: Fit;
}

/** Outcome of many partitions. The rate is that of the first side's branch winning. */
export interface PartitionResult extends PartitionRules, TrialOutcome {
  readonly kind: 'partition';
  readonly successes: number;
  readonly depths: DepthHistogram;
}

/**
 * Splits a network in two, lets both sides mine for a time, and heals it, many times. Each side is a node that hears of the
 * other's blocks when the partition has ended; when they are equal, the next block decides.
 */
export async function runPartitionTrials(options: PartitionOptions): Promise<PartitionResult> {
  const { hashrate, duration, maxReorg, trials, seed = DEFAULT_SEED } = options;
  const rules: PartitionRules = { hashrate, duration, ...(maxReorg === undefined ? {} : { maxReorg }) };
  const partitions = new Partitions(rules, new Random(seed), options.observer);
  await runInSlices(() => partitions.run(), options);
  const chances = partitionDepths(hashrate, duration);
  const { depths } = partitions;
  return {
    kind: 'partition',
    ...rules,
    trials,
    ...successRate(partitions.wins, trials),
    theory: partitions.theory,
    seed,
    figures: partitions.figures(trials),
    depths: {
      counts: depths,
      theory: depths.map((_, depth) => trials * (chances[depth] ?? 0)),
      fit: fitOf(depths, chances),
    },
  };
}

class Partitions {
  wins = 0;
  readonly depths: number[] = [];
  private splits = 0;
  private readonly undone = new RatioSamples();
  private network: HeaderNetwork;

  constructor(
    private readonly rules: PartitionRules,
    private readonly random: Random,
    private readonly observer: RunObserver | undefined,
  ) {
    this.network = this.freshNetwork();
  }

  /** The chance of the first side by theory, where nodes undo any number of blocks. */
  get theory(): number {
    return partitionWin(this.rules.hashrate, this.rules.duration);
  }

  run(): void {
    if (this.network.size > MAX_HEADERS) this.network = this.freshNetwork();
    const sides = this.network.nodes as [HeaderNode, HeaderNode];
    const forkHeight = sides[0].height;
    this.mineApart(sides);
    const [first, second] = [sides[0].above(forkHeight), sides[1].above(forkHeight)];
    for (const id of first) sides[1].receive(id);
    for (const id of second) sides[0].receive(id);
    if (first.length === second.length && first.length > 0) this.breakTie(sides);
    const mayUndo = Math.min(first.length, second.length);
    if (sides[0].tip !== sides[1].tip) {
      this.splits++;
      this.countDepth(mayUndo);
      if (sides[0].tree.compareWork(sides[0].tip, sides[1].tip) > 0) this.wins++;
      this.network = this.freshNetwork();
      return;
    }
    const last = first.at(-1);
    const firstWins = last !== undefined && sides[0].contains(last);
    if (firstWins) this.wins++;
    // A side that has found nothing has nothing to undo.
    const depth = mayUndo === 0 ? 0 : sides[firstWins ? 1 : 0].lastReorganization.disconnected;
    this.countDepth(depth);
    this.undone.add(depth);
  }

  private mineApart(sides: readonly HeaderNode[]): void {
    const { hashrate, duration } = this.rules;
    const clocks = new MiningClocks([hashrate, 1 - hashrate], this.random, this.observer);
    for (let find = clocks.next(); find.time <= duration; find = clocks.next()) {
      const side = sides[find.miner] as HeaderNode;
      side.receive(this.network.find(side.tip));
    }
  }

  /** Both sides have as much work: the next block is on top of its finder's own branch. */
  private breakTie(sides: readonly [HeaderNode, HeaderNode]): void {
    const finder = this.random.fraction() < this.rules.hashrate ? 0 : 1;
    const next = this.network.find(sides[finder].tip);
    for (const side of sides) side.receive(next);
  }

  private countDepth(depth: number): void {
    while (this.depths.length <= depth) this.depths.push(0);
    this.depths[depth] = (this.depths[depth] as number) + 1;
  }

  private freshNetwork(): HeaderNetwork {
    const policy = { maxReorg: this.rules.maxReorg };
    return new HeaderNetwork([policy, policy], undefined, this.observer);
  }

  figures(trials: number): Figure[] {
    const { hashrate, duration, maxReorg } = this.rules;
    return [
      ...shareFigure({ name: 'win', what: 'first side has more work' }, this.wins, trials, this.theory),
      ...estimateFigure(
        { name: 'reorg', what: 'blocks the losing side undoes, mean', unit: 'blocks' },
        this.undone.estimate(),
        maxReorg === undefined ? partitionMeanDepth(hashrate, duration) : undefined,
      ),
      ...(maxReorg === undefined
        ? []
        : shareFigure(
            { name: 'split', what: 'permanent splits' },
            this.splits,
            trials,
            partitionSplit(hashrate, duration, maxReorg),
          )),
    ];
  }
}
