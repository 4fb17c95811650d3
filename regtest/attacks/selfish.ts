import { defined } from '../../src/runtime/errors.js';
import { deliverBlocks } from '../block-delivery.js';
import type { RegtestNetwork } from '../network.js';
import type { RegtestNode } from '../node.js';
import { Random } from '../random.js';
import { SelfishBranch } from '../rules/selfish-branch.js';
import type { SelfishRules } from '../rules/selfish-rules.js';
import {
  selfishMiningShare,
  selfishRevenueAfterAdjustment,
  selfishRevenueBeforeAdjustment,
} from '../theory/selfish-mining.js';
import type { Role } from './attack-event.js';
import type { SelfishOutcome } from './attack-outcome.js';
import type { SelfishPlan } from './attack-plan.js';
import { castNodes } from './casting.js';
import { checkReorgLimit } from './reorg-limits.js';
import { DifficultyMeter, type FoundOnNode, MinerGroup, RaceTime } from './selfish-network.js';
import { type ChainBlock, revenueSpans, totalOf } from './selfish-revenue.js';
import { type AttackRun, isSplit, Stage } from './stage.js';

/** Blocks beyond those that were asked for until the attacker ends a round that will not end by itself. */
const MAX_OVERTIME = 100;

/**
 * Selfish mining on real nodes, with a chain whose difficulty adjusts itself (`proofOfWork` of the network's options). The
 * attacker follows SM1 of Eyal and Sirer. Of the honest nodes a first half hears of his block before the rival one in a tie
 * and has the share γ of the honest hash rate; the second half hears of the honest block first. They are all apart, and
 * blocks are handed from one to the other (`submitblock`) in the order that these rules say, so every node decides by itself.
 * A single finder has no weight in the theory: in a tie that the near half takes the attacker's side of, its own finder is
 * told to (`preciousblock`). Where ties are broken by lot the near half is told so as a whole.
 *
 * The time is virtual. Who finds the next block is drawn as in a chain of the trials with the same seed, in proportion to
 * hash rates and to how easy the next block of each branch is. The network is one whole again at the end; its time stays
 * where the race has brought it.
 */
export async function runSelfish(
  network: RegtestNetwork,
  plan: SelfishPlan,
  run: AttackRun,
): Promise<SelfishOutcome> {
  const { period } = plan.rules;
  const { proofOfWork } = network.rules;
  if (proofOfWork?.retargetBlocks !== period) {
    const has = proofOfWork === undefined ? 'never' : `every ${proofOfWork.retargetBlocks} blocks`;
    throw new RangeError(
      `the difficulty of this network adjusts ${has}: the attack needs one created with proofOfWork { retargetBlocks: ${period} }`,
    );
  }
  checkReorgLimit(network, undefined);
  const roles = castNodes(network, roleOf);
  return new SelfishRace(new Stage(network, roles, run), plan).run();
}

/** The last node is the attacker; of the others the first half, one at least, is near to him. */
function roleOf(node: number, nodes: number): Role {
  if (node === nodes - 1) return 'attacker';
  return node < Math.floor((nodes - 1) / 2) ? 'near miner' : 'far miner';
}

class SelfishRace {
  private readonly attacker: RegtestNode;
  private readonly near: MinerGroup;
  private readonly far: MinerGroup;
  private readonly rules: SelfishRules;
  private readonly branch = new SelfishBranch<string>();
  private readonly meter = new DifficultyMeter();
  /** As in the trials; chooses when and whose the next block is. */
  private readonly random: Random;
  /** Chooses among the nodes of a group. */
  private readonly lots: Random;
  private readonly found = new Map<string, ChainBlock>();
  private now = 0;
  private deepest = 0;
  /** Of the next block on the public chain, as was told last. */
  private toldEase = 1;

  constructor(
    private readonly stage: Stage,
    private readonly plan: SelfishPlan,
  ) {
    this.rules = plan.rules;
    this.attacker = stage.the('attacker');
    this.near = new MinerGroup(stage.cast('near miner'));
    this.far = new MinerGroup(stage.cast('far miner'));
    this.random = new Random(plan.seed);
    this.lots = new Random(plan.seed).split();
  }

  async run(): Promise<SelfishOutcome> {
    const { stage, plan, rules } = this;
    const { network } = stage;
    await this.beginPeriod();
    await stage.open(plan, selfishMiningShare(rules.hashrate, rules.gamma));
    const groups = network.nodes.map(node => [node]);
    await stage.apart(groups, async () => {
      const time = new RaceTime(defined(network.pace, 'pace of the network'));
      this.branch.start(stage.forkHeight);
      let agreed = true;
      while (this.found.size < plan.blocks || !agreed) {
        stage.goOn();
        await this.step(time);
        if (this.found.size >= plan.blocks + MAX_OVERTIME) await this.endRound();
        agreed = this.branch.attacker === 0;
        if (agreed) this.branch.start(await this.far.first.rpc.call('getblockcount'));
      }
      await stage.branchesEnd();
      await stage.heal();
      await network.waitForSync();
    });
    return this.conclude();
  }

  /**
   * Honest blocks at their time, up to the first one of a period: that is what a chain of the trials begins with. Peers
   * would lose touch over such hours, so the nodes are apart.
   */
  private async beginPeriod(): Promise<void> {
    const { network } = this.stage;
    const [first, ...others] = network.nodes;
    if (first === undefined) return;
    await this.stage.waitUntilReady();
    await network.partition(network.nodes.map(node => [node]));
    try {
      while ((await first.rpc.call('getblockcount')) % this.rules.period !== 0) {
        this.stage.goOn();
        await deliverBlocks(await first.mine(1, network.faucet.address), first, others);
      }
    } finally {
      await network.heal();
    }
  }

  /** Somebody finds a block: in proportion to his hash rate, and to how easy the next block of his branch is. */
  private async step(time: RaceTime): Promise<void> {
    const { rules, random, near, far, attacker, meter } = this;
    const { hashrate: q, gamma } = rules;
    const attackerRate = q * (await meter.easeOn(attacker, await attacker.rpc.call('getbestblockhash')));
    const nearRate = (1 - q) * gamma * (await meter.easeOn(near.first, await near.tip()));
    const publicEase = await meter.easeOn(far.first, await far.tip());
    await this.tellOfAdjustment(publicEase);
    const farRate = (1 - q) * (1 - gamma) * publicEase;
    const rate = attackerRate + nearRate + farRate;
    this.now += random.exponential(rate);
    const draw = random.fraction() * rate;
    await time.moveTo(this.now);
    if (draw < attackerRate) await this.attackerFinds();
    else await this.honestFinds(draw < attackerRate + nearRate ? near : far);
  }

  private async tellOfAdjustment(ease: number): Promise<void> {
    if (ease === this.toldEase) return;
    this.toldEase = ease;
    const next = (await this.far.first.rpc.call('getblockcount')) + 1;
    // Several blocks may have come at once: the period began with one of them.
    const height = next - (next % this.rules.period);
    this.stage.tell({ type: 'adjustment', height, difficulty: 1 / ease });
  }

  private async attackerFinds(): Promise<void> {
    const { attacker, branch, lots } = this;
    const block = await new MinerGroup([attacker]).find(lots);
    const rivals = branch.honest;
    const move = branch.found(block.hash);
    await this.record(block, move.action !== 'override');
    if (move.action === 'override') await this.override(move.publish, rivals);
  }

  private async honestFinds(group: MinerGroup): Promise<void> {
    const { branch, lots, attacker } = this;
    const block = await group.find(lots);
    const move = branch.saw(block.height, block.prev);
    await this.record(block, false);
    if (move.action === 'match') await this.match(block, move.publish);
    else await this.tellHonest([block.hash], block.finder);
    // Last, so that the attacker's node stays with what it has.
    await deliver(block, attacker);
    if (move.action === 'override') await this.override(move.publish, branch.honest);
  }

  private async tellHonest(hashes: readonly string[], from: RegtestNode): Promise<void> {
    for (const group of [this.near, this.far]) await group.receive(hashes, from);
  }

  /** Everything he has goes out, and is what all mine on. */
  private async override(blocks: readonly string[], rivals: number): Promise<void> {
    this.deepest = Math.max(this.deepest, rivals);
    await this.tellHonest(blocks, this.attacker);
    if (rivals > 0) this.stage.tell({ type: 'release', honest: rivals, attacker: blocks.length });
  }

  /** As many of his blocks as there are honest ones reach the near half before the honest block, and the far half after it. */
  private async match({ hash, finder }: FoundOnNode, news: readonly string[]): Promise<void> {
    const { near, far, attacker, rules, branch } = this;
    await far.receive([hash], finder);
    if (rules.randomTieBreak) await near.receive([hash], finder);
    for (const group of [near, far]) await group.receive(news, attacker);
    await near.receive([hash], finder);
    await near.prefer(defined(branch.publishedTip, 'published block'));
  }

  /** He publishes what he has left, whether it pays or not, and all take it. */
  private async endRound(): Promise<void> {
    const { branch, near, far } = this;
    const { tip, honest } = branch;
    if (tip === undefined) return;
    await this.override(branch.surrender(), honest);
    for (const group of [near, far]) await group.prefer(tip);
  }

  private async record(block: FoundOnNode, isPrivate: boolean): Promise<void> {
    const { stage, attacker, branch, now } = this;
    const { hash, height, finder } = block;
    await finder.reportFound([hash], { isPrivate });
    this.found.set(hash, { hash, isAttackers: finder === attacker, time: now });
    stage.record({
      ...{ finder: finder.name, node: finder.index, isPrivate, hash, height, time: now },
      ...{ honest: branch.honest, attacker: branch.attacker },
    });
  }

  private async conclude(): Promise<SelfishOutcome> {
    const { stage, plan, rules, found } = this;
    const { hashrate, gamma, period, randomTieBreak } = rules;
    const first = await this.far.first.rpc.call('getblockcount');
    const chain: ChainBlock[] = [];
    for (let height = stage.forkHeight + 1; height <= first; height++) {
      const hash = await this.far.first.rpc.call('getblockhash', height);
      chain.push(defined(found.get(hash), 'block that was found'));
    }
    const tip = await this.far.tip();
    const ease = await this.meter.easeOn(this.far.first, tip);
    const spans = await revenueSpans(this.far.first, chain, stage.forkHeight, period);
    const [before, ...after] = spans;
    const all = totalOf(spans);
    const revenueAfter = totalOf(after).revenue;
    const nodes = await stage.outcomes();
    const success = after.length > 0 && revenueAfter > hashrate;
    const outcome = success ? 'profit' : 'no profit';
    stage.tell({ type: 'end', success, outcome });
    const attackerBlocks = [...found.values()].filter(({ isAttackers }) => isAttackers).length;
    return {
      mode: 'live',
      kind: 'selfish',
      success,
      outcome,
      ...{ hashrate, gamma, randomTieBreak, period },
      seed: plan.seed,
      theory: selfishMiningShare(hashrate, gamma),
      forkHeight: stage.forkHeight,
      honestBlocks: found.size - attackerBlocks,
      attackerBlocks,
      reorgDepth: this.deepest,
      split: isSplit(nodes),
      share: all.attacker / chain.length,
      revenueBefore: totalOf(before === undefined ? [] : [before]).revenue,
      revenueAfter,
      theoryBefore: selfishRevenueBeforeAdjustment(hashrate, gamma),
      theoryAfter: selfishRevenueAfterAdjustment(hashrate, gamma, period),
      growth: chain.length / found.size,
      difficulty: 1 / ease,
      spans,
      nodes,
      blocks: stage.blocks,
    };
  }
}

function deliver({ hash, finder }: FoundOnNode, to: RegtestNode): Promise<void> {
  return new MinerGroup([to]).receive([hash], finder);
}
