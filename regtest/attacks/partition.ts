import { defined } from '../../src/runtime/errors.js';
import type { RegtestNetwork } from '../network.js';
import type { RegtestNode } from '../node.js';
import { waitForTip } from '../propagation.js';
import { MiningClocks, Random } from '../random.js';
import { partitionWin, partitionWinByBlocks } from '../theory/partition.js';
import { waitFor } from '../wait.js';
import type { Role } from './attack-event.js';
import type { PartitionOutcome, SideTransaction } from './attack-outcome.js';
import type { PartitionPlan } from './attack-plan.js';
import { MAX_LIVE_BLOCKS } from './attack-request.js';
import { castNodes } from './casting.js';
import { placesOf } from './fate.js';
import { broadcast, prepareDoubleSpend, preparePayment } from './payment.js';
import { checkReorgLimit, hasRefused } from './reorg-limits.js';
import { type AttackRun, isSplit, Stage } from './stage.js';

const FIRST = 0;

/** One side of a partition: its nodes see each other's blocks alone. */
interface Side {
  readonly role: 'first side' | 'second side';
  readonly nodes: readonly RegtestNode[];
  /** Blocks since the fork, oldest first. */
  readonly blocks: string[];
}

/** Who pays on a side; the last node's coin is spent on both. */
type Made = Pick<SideTransaction, 'txid' | 'side' | 'conflicting'>;

/**
 * A network falls in two and heals. The first half of the nodes has the given share of the hash rate; each side mines on its
 * own for a time, or until each has found so many blocks. On each side a transaction is made that the other does not have,
 * and two that spend one coin. When all are connected again the side with more work wins, among equals by the next block,
 * and the other one undoes what it has: what it had confirmed is back in its mempools, or gone where the other side has
 * spent the coin. Nodes with a reorg limit may refuse, and then the network stays split.
 *
 * Who finds each block is drawn as in the first trial with the same seed.
 */
export async function runPartition(
  network: RegtestNetwork,
  plan: PartitionPlan,
  run: AttackRun,
): Promise<PartitionOutcome> {
  checkReorgLimit(network, plan.rules.maxReorg);
  const roles = castNodes(network, roleOf);
  return new Partition(new Stage(network, roles, run), plan).run();
}

function roleOf(node: number, nodes: number): Role {
  return node < Math.floor(nodes / 2) ? 'first side' : 'second side';
}

class Partition {
  private readonly sides: readonly [Side, Side];
  private readonly random: Random;
  private readonly lots: Random;
  private now = 0;

  constructor(
    private readonly stage: Stage,
    private readonly plan: PartitionPlan,
  ) {
    this.sides = [sideOf(stage, 'first side'), sideOf(stage, 'second side')];
    this.random = new Random(plan.seed);
    this.lots = new Random(plan.seed).split();
  }

  async run(): Promise<PartitionOutcome> {
    const { stage, sides, plan } = this;
    await stage.open(plan, this.theory);
    const made = await stage.apart(
      sides.map(({ nodes }) => nodes),
      async () => {
        const transactions = await this.pay();
        await this.mineApart();
        await this.meet();
        return transactions;
      },
    );
    return this.conclude(made);
  }

  private get theory(): number {
    const { rules, blocks } = this.plan;
    if (blocks !== undefined) return partitionWinByBlocks(rules.hashrate, blocks);
    return partitionWin(rules.hashrate, rules.duration);
  }

  /** A transaction of its own on each side, and two that spend one coin, one on either. */
  private async pay(): Promise<Made[]> {
    const { sides, stage } = this;
    const made: Made[] = [];
    const send = async ({ nodes, role }: Side, txid: string, hex: string, conflicting: boolean) => {
      await broadcast(stage.network, { txid, hex }, nodes);
      made.push({ txid, side: role, conflicting });
    };
    for (const side of sides) {
      const payer = defined(side.nodes[0], side.role);
      const { txid, hex } = await preparePayment(payer, stage.network.faucet.address);
      await send(side, txid, hex, false);
    }
    const [first, second] = sides;
    const payer = defined(second.nodes.at(-1), second.role);
    const spend = await prepareDoubleSpend(payer, stage.network.faucet.address);
    await send(second, spend.paymentTxid, spend.paymentHex, true);
    await send(first, spend.conflictTxid, spend.conflictHex, true);
    return made;
  }

  private async mineApart(): Promise<void> {
    const { sides, stage, plan, random } = this;
    const { hashrate, duration } = plan.rules;
    const clocks = new MiningClocks([hashrate, 1 - hashrate], random);
    const isOver = (time: number): boolean => {
      if (plan.blocks === undefined) return time > duration;
      const { blocks } = plan;
      return sides.every(side => side.blocks.length >= blocks) || stage.blocks.length >= MAX_LIVE_BLOCKS;
    };
    for (;;) {
      stage.goOn();
      if (plan.blocks !== undefined && isOver(0)) break;
      const { miner, time } = clocks.next();
      if (plan.blocks === undefined && isOver(time)) break;
      this.now = time;
      await this.mine(miner === FIRST ? sides[0] : sides[1]);
    }
    for (const { nodes } of sides) await stage.network.waitForSync(nodes);
  }

  private async mine(side: Side): Promise<void> {
    const { stage, sides, lots, now: time } = this;
    const finder = defined(side.nodes[lots.below(side.nodes.length)], side.role);
    const former = side.blocks.at(-1);
    if (former !== undefined) await waitForTip([finder], former);
    const hash = defined((await finder.mine())[0], 'hash of a new block');
    side.blocks.push(hash);
    stage.record({
      ...{ finder: finder.name, node: finder.index, isPrivate: false, hash, time },
      height: stage.forkHeight + side.blocks.length,
      honest: sides[1].blocks.length,
      attacker: sides[0].blocks.length,
    });
  }

  /** All are connected; among equals the next block decides, and every node takes the winner's branch or refuses it. */
  private async meet(): Promise<void> {
    const { stage, sides, plan, random } = this;
    const [first, second] = sides;
    await stage.branchesEnd();
    await stage.heal();
    if (first.blocks.length === second.blocks.length && first.blocks.length > 0)
      await this.mine(random.fraction() < plan.rules.hashrate ? first : second);
    const winner = this.winner;
    const tip = winner.blocks.at(-1);
    if (tip === undefined) await stage.network.waitForSync();
    else await Promise.all(stage.network.nodes.map(node => this.waitForDecision(node, tip)));
  }

  /** The side with more blocks. */
  private get winner(): Side {
    const [first, second] = this.sides;
    return first.blocks.length > second.blocks.length ? first : second;
  }

  private async waitForDecision(node: RegtestNode, tip: string): Promise<void> {
    const { stage, winner } = this;
    const loser = this.sides.find(side => side !== winner);
    const refused = await waitFor(
      async () => {
        if ((await node.rpc.call('getbestblockhash')) === tip) return 'no';
        return (await hasRefused(node, winner.blocks)) && 'yes';
      },
      { what: `${node.name} to take the longer branch or to refuse it` },
    );
    if (refused === 'yes')
      stage.tell({ type: 'refused', node: node.index, depth: loser?.blocks.length ?? 0 });
  }

  private async conclude(made: readonly Made[]): Promise<PartitionOutcome> {
    const { stage, plan, sides, winner } = this;
    const { hashrate, duration } = plan.rules;
    const nodes = await stage.outcomes();
    const txids = made.map(({ txid }) => txid);
    const byNode = await Promise.all(
      stage.network.nodes.map(node => placesOf(node, txids, stage.forkHeight)),
    );
    const transactions = made.map((one, i) => ({
      ...one,
      places: byNode.map(places => places[i] ?? 'nowhere'),
    }));
    const losers = nodes.filter(({ role }) => role !== winner.role);
    const outcome = winner.role;
    const success = outcome === 'first side';
    stage.tell({ type: 'end', success, outcome });
    return {
      ...{ mode: 'live', kind: 'partition', success, outcome, hashrate },
      seed: plan.seed,
      theory: this.theory,
      forkHeight: stage.forkHeight,
      honestBlocks: sides[1].blocks.length,
      attackerBlocks: sides[0].blocks.length,
      reorgDepth: Math.min(...losers.map(({ disconnected }) => disconnected)),
      split: isSplit(nodes),
      duration: plan.blocks === undefined ? duration : this.now,
      lost: transactions.filter(({ places }) => !places.includes('chain')).length,
      transactions,
      nodes,
      blocks: stage.blocks,
    };
  }
}

function sideOf(stage: Stage, role: Side['role']): Side {
  return { role, nodes: stage.cast(role), blocks: [] };
}
