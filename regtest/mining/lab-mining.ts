import type { PowPool } from '../../src/miner/pow-pool.js';
import { JobQueue } from '../../src/runtime/queue.js';
import { Random } from '../random.js';
import { checkPlan, sharesOf } from './check-plan.js';
import { Miners, type MinersModules } from './miners.js';
import { mineOnTransactions } from './on-transactions.js';
import type { MiningPlan, NetworkMining } from './plan.js';
import { mineAtIntervals, mineByClocks } from './timed.js';
import type { TransactionFeed } from './transaction-feed.js';
import { mineByWork } from './work.js';

/** Changes of the plan that wait for their turn. */
const MAX_PENDING = 100;

export interface MiningModules extends MinersModules {
  readonly feed: TransactionFeed;
  readonly pool: PowPool;
  /** Decides who finds what. */
  readonly seed: number;
  /** Told of each plan that is set. */
  readonly onPlan?: ((plan: MiningPlan) => void) | undefined;
}

/** What goes on in the background, and what ends it. */
interface Run {
  readonly ending: AbortController;
  readonly done: Promise<void>;
}

/** Carries out a network's mining plan. */
export class LabMining implements NetworkMining {
  private current: MiningPlan = { kind: 'off' };
  private run: Run | undefined;
  private readonly jobs = new JobQueue('mining plan of the lab', MAX_PENDING);

  constructor(private readonly modules: MiningModules) {}

  get plan(): MiningPlan {
    return this.current;
  }

  async set(plan: MiningPlan): Promise<void> {
    checkPlan(plan, this.modules.nodes.length);
    await this.jobs.push(async () => {
      await this.end();
      this.current = plan;
      this.run = this.start(plan);
      this.modules.onPlan?.(plan);
    });
  }

  /** Ends the mining for good, and waits for a block that is being made. */
  async stop(): Promise<void> {
    this.run?.ending.abort();
    await this.jobs.close();
    await this.end();
  }

  private async end(): Promise<void> {
    this.run?.ending.abort();
    await this.run?.done;
    this.run = undefined;
  }

  private start(plan: MiningPlan): Run {
    const ending = new AbortController();
    const { onTrouble } = this.modules;
    const miners = new Miners({
      ...this.modules,
      onTrouble: message => {
        if (!ending.signal.aborted) onTrouble(message);
      },
    });
    return { ending, done: this.carryOut(plan, miners, ending.signal) };
  }

  private async carryOut(plan: MiningPlan, miners: Miners, signal: AbortSignal): Promise<void> {
    const { feed, pool, seed } = this.modules;
    if (plan.kind === 'off') return;
    if (plan.kind === 'transaction') return mineOnTransactions(miners, feed, signal);
    const shares = sharesOf(plan.shares, miners.count);
    if (plan.kind === 'work') return mineByWork(miners, shares, pool, signal);
    if (plan.kind === 'interval')
      return mineAtIntervals(miners, plan.seconds, shares, new Random(seed), signal);
    return mineByClocks(miners, plan.meanSeconds, shares, new Random(plan.seed ?? seed), signal);
  }
}
