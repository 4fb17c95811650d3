import { defined } from '../../src/runtime/errors.js';
import { deliverBlocks, tipsOf } from '../block-delivery.js';
import type { RegtestNetwork } from '../network.js';
import type { BlockFind, RegtestNode } from '../node.js';
import { waitForTip } from '../propagation.js';
import { MiningClocks, Random } from '../random.js';
import { type CensorRules, censorDecides } from '../rules/censor-rules.js';
import { censorshipHolds } from '../theory/censorship.js';
import type { CensorOutcome } from './attack-outcome.js';
import type { CensorPlan } from './attack-plan.js';
import { castNodes } from './casting.js';
import { confirmationsOf } from './fate.js';
import { broadcast, preparePayment } from './payment.js';
import { checkReorgLimit } from './reorg-limits.js';
import { type AttackRun, isSplit, Stage } from './stage.js';

const HONEST = 0;

/**
 * Censorship on real nodes. A transaction of the first node's reaches all mempools; every miner but the attacker takes it.
 * He makes blocks without transactions, and when another miner's block holds it he mines on its predecessor until his branch
 * has more work, which orphans that block and brings the transaction back into the mempools, or until he is so far behind
 * that he gives up and follows: then it is confirmed for good. Branches that he works against do not reach his node before.
 *
 * Who finds each block is drawn as in the trials with the same seed. The network is one whole again at the end.
 */
export async function runCensor(
  network: RegtestNetwork,
  plan: CensorPlan,
  run: AttackRun,
): Promise<CensorOutcome> {
  checkReorgLimit(network, undefined);
  const roles = castNodes(network, (node, nodes) => (node === nodes - 1 ? 'attacker' : 'miner'));
  return new Censorship(new Stage(network, roles, run), plan).run();
}

class Censorship {
  private readonly attacker: RegtestNode;
  private readonly miners: readonly RegtestNode[];
  private readonly rules: CensorRules;
  private readonly random: Random;
  private readonly lots: Random;
  /** Branches since the last block that all have: the others', from the first that holds the transaction, and his. */
  private theirs: string[] = [];
  private his: string[] = [];
  private found = 0;
  private attackerBlocks = 0;
  private orphaned = 0;
  private deepest = 0;
  private roundBegan = 0;
  private now = 0;
  private confirmedAt: number | undefined;

  constructor(
    private readonly stage: Stage,
    private readonly plan: CensorPlan,
  ) {
    this.rules = plan.rules;
    this.attacker = stage.the('attacker');
    this.miners = stage.cast('miner');
    this.random = new Random(plan.seed);
    this.lots = new Random(plan.seed).split();
  }

  async run(): Promise<CensorOutcome> {
    const { stage, plan, miners, attacker } = this;
    const { network } = stage;
    await stage.open(plan, this.theory);
    const payment = await preparePayment(this.payer, network.faucet.address);
    const { txid } = payment;
    await broadcast(network, payment, network.nodes);
    await stage.apart([miners, [attacker]], async () => {
      while (this.confirmedAt === undefined && this.found < plan.blocks) await this.round(txid);
      await stage.branchesEnd();
      await this.join();
    });
    return this.conclude(txid);
  }

  private get payer(): RegtestNode {
    return defined(this.miners[0], 'miner');
  }

  private get theory(): number {
    return censorshipHolds(this.rules.hashrate, this.rules.giveUp, this.plan.blocks);
  }

  /** From a moment without a fork to the next, or to the end. */
  private async round(txid: string): Promise<void> {
    const { rules, random, plan, stage } = this;
    const clocks = new MiningClocks([1 - rules.hashrate, rules.hashrate], random);
    this.roundBegan = this.now;
    while (this.found < plan.blocks) {
      stage.goOn();
      const { miner, time } = clocks.next();
      this.now = this.roundBegan + time;
      this.found++;
      if (miner === HONEST) await this.mineHonest();
      else if (this.theirs.length === 0) await this.mineUnrivalled();
      else await this.mineAgainst();
      if (this.theirs.length === 0) continue;
      const decision = censorDecides(rules, this.theirs.length, this.his.length);
      if (decision === 'release') return this.release(txid);
      if (decision === 'give up') return this.giveUp();
    }
  }

  private async mineHonest(): Promise<void> {
    const { miners, lots } = this;
    const finder = defined(miners[lots.below(miners.length)], 'miner');
    const hash = defined((await finder.mine())[0], 'hash of a new block');
    await waitForTip(miners, hash);
    this.theirs.push(hash);
    await this.record(finder, hash);
  }

  /** A block of his without a rival is as good as anybody's. */
  private async mineUnrivalled(): Promise<void> {
    const hash = await this.mineEmpty({ isPrivate: false });
    await deliverBlocks([hash], this.attacker, this.miners);
    await this.record(this.attacker, hash);
  }

  private async mineAgainst(): Promise<void> {
    const hash = await this.mineEmpty({ isPrivate: true });
    this.his.push(hash);
    await this.record(this.attacker, hash);
  }

  private mineEmpty(find: BlockFind): Promise<string> {
    const { attacker } = this;
    this.attackerBlocks++;
    return attacker.mineWith([], attacker.key.address, find);
  }

  private async release(txid: string): Promise<void> {
    const { stage, attacker, miners, his, theirs } = this;
    stage.tell({ type: 'release', honest: theirs.length, attacker: his.length });
    await deliverBlocks(his, attacker, miners);
    // Undone with its block, it is waiting again.
    await stage.network.waitForMempool(txid, miners);
    this.orphaned += theirs.length;
    this.deepest = Math.max(this.deepest, theirs.length);
    stage.tell({ type: 'orphaned', hashes: theirs });
    this.theirs = [];
    this.his = [];
  }

  private giveUp(): void {
    const { stage, his, theirs } = this;
    stage.tell({ type: 'give up', honest: theirs.length, attacker: his.length });
    this.confirmedAt = this.now;
  }

  /** All are connected; a branch that is as long as the other is decided about by the next block of the others. */
  private async join(): Promise<void> {
    const { stage, miners, attacker, theirs, his } = this;
    await stage.heal();
    const [ours, other] = await tipsOf([this.payer, attacker]);
    if (ours !== other && theirs.length === his.length) {
      const hash = defined((await this.payer.mine())[0], 'hash of a new block');
      await waitForTip(miners, hash);
    }
    await stage.network.waitForSync();
    if (theirs.length > 0) this.confirmedAt ??= this.now;
  }

  private async record(finder: RegtestNode, hash: string): Promise<void> {
    const { stage, theirs, his, now: time } = this;
    const { height } = await finder.rpc.call('getblockheader', hash);
    stage.record({
      ...{ finder: finder.name, node: finder.index, isPrivate: his.includes(hash), hash, height, time },
      ...{ honest: theirs.length, attacker: his.length },
    });
  }

  private async conclude(txid: string): Promise<CensorOutcome> {
    const { stage, plan, rules, found, attackerBlocks, orphaned, confirmedAt } = this;
    const nodes = await stage.outcomes({ payment: txid });
    const confirmations = await confirmationsOf(this.payer, txid);
    const success = nodes.every(({ payment }) => payment !== 'chain');
    const outcome = success ? 'censored' : 'confirmed';
    stage.tell({ type: 'end', success, outcome });
    return {
      ...{ mode: 'live', kind: 'censor', success, outcome },
      ...{ hashrate: rules.hashrate, giveUp: rules.giveUp },
      seed: plan.seed,
      theory: this.theory,
      forkHeight: stage.forkHeight,
      honestBlocks: found - attackerBlocks,
      attackerBlocks,
      reorgDepth: this.deepest,
      split: isSplit(nodes),
      txid,
      confirmations: confirmations ?? 0,
      ...(success || confirmedAt === undefined ? {} : { confirmedAt }),
      orphaned,
      nodes,
      blocks: stage.blocks,
    };
  }
}
