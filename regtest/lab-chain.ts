import type { PowPool } from '../src/miner/pow-pool.js';
import { JobQueue } from '../src/runtime/queue.js';
import type { LabKey } from './accounts/lab-keys.js';
import { type ReorgOptions, type ReorgOutcome, reorganize } from './branch/reorg.js';
import type { BitcoinAmount } from './faucet/amount.js';
import { checkPayment, payFromFaucet } from './faucet/faucet.js';
import type { FundOptions, FundResult } from './faucet/fund-options.js';
import type { RegtestNode } from './node.js';

/** What waits for the chain to stand still, such as blocks of a plan and reorganisations. */
const MAX_WAITING = 10_000;

export interface LabChainModules {
  readonly pool: PowPool;
  /** Gets the rewards of the blocks that the lab makes for itself. */
  readonly faucet: LabKey;
  /** Nodes refuse to undo more blocks than this. */
  readonly maxReorg: number | undefined;
  /** Time by the clock of the network, in Unix seconds. */
  readonly now: () => number;
  /** The running nodes that are connected with this one, directly or not, and itself. */
  readonly sideOf: (node: RegtestNode) => readonly RegtestNode[];
}

/** What the lab itself does with the chain: one thing after the other, so that no two build on the same block. */
export class LabChain {
  private readonly jobs = new JobQueue('chain of the lab', MAX_WAITING);

  constructor(private readonly modules: LabChainModules) {}

  /** Runs a job while nothing else of the lab moves the chain. */
  exclusively<T>(job: () => Promise<T>): Promise<T> {
    return this.jobs.push(job);
  }

  /** See `RegtestNetwork.reorg`. */
  reorg(node: RegtestNode, options: ReorgOptions): Promise<ReorgOutcome> {
    const { faucet, ...modules } = this.modules;
    return this.exclusively(() => reorganize(node, options, { ...modules, payTo: faucet.address }));
  }

  /** See `RegtestNetwork.fund`. */
  async fund(
    node: RegtestNode,
    address: string,
    amount: BitcoinAmount,
    options: FundOptions = {},
  ): Promise<FundResult> {
    const { faucet: key, sideOf } = this.modules;
    const payment = checkPayment(address, amount, key);
    return this.exclusively(() => payFromFaucet(node, payment, options, { key, sideOf }));
  }
}
