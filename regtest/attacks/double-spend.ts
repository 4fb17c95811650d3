import { defined } from '../../src/runtime/errors.js';
import { deliverBlocks } from '../block-delivery.js';
import type { RegtestNetwork } from '../network.js';
import { NetworkSplit } from '../network-split.js';
import type { RegtestNode } from '../node.js';
import { waitForTip, waitForTipOrSplit } from '../propagation.js';
import { MiningClocks, Random } from '../random.js';
import { chanceOf, type Decision, decide, leadOf, type RaceRules } from '../rules/race-rules.js';
import { waitFor } from '../wait.js';
import type { Role } from './attack-event.js';
import type { DoubleSpendOutcome } from './attack-outcome.js';
import type { DoubleSpendPlan } from './attack-plan.js';
import { castNodes, MIN_ATTACK_NODES, merchantAndAttacker } from './casting.js';
import { confirmationsOf } from './fate.js';
import { actualBalance, expectedAccount } from './money.js';
import { isUndone, paidOutcome } from './paid-outcome.js';
import { broadcast, type DoubleSpend, prepareDoubleSpend } from './payment.js';
import { checkReorgLimit, fixBranch, hasRefused } from './reorg-limits.js';
import { type AttackRun, balanceOf, isSplit, Stage } from './stage.js';
import { isWarned } from './watching.js';

const HONEST = 0;

/** States of a race up to which the chance by theory is computed for each block: more take longer than the block. */
const MAX_CHANCE_STATES = 20_000;

/**
 * A double spend on real nodes. The attacker pays the merchant, cuts his node off, and mines a branch of his own in which
 * the same coin goes back to himself, while the honest nodes mine on with the payment. Who finds each block is drawn in
 * proportion to the shares of the hash rate, as in the first trial with the same seed; nobody waits. When the merchant has
 * seen enough confirmations and the private branch wins, he connects again: every honest node leaves its chain for his,
 * unless its rules forbid it.
 *
 * - `tie`: nodes stay with the branch they saw first. That his came first cannot be had of real nodes that have the other
 *   one already, so they are told (`preciousblock`) to take it as if it had.
 * - `pre-mined`: his first blocks come before the payment.
 * - A reorg limit is the nodes' own (see `defences` of the network's options); one node is a newcomer then, that was away
 *   during the race. A checkpoint is the word of somebody whom all operators obey (`invalidateblock`).
 *
 * The network is one whole again at the end, unless a reorg limit has split it for good.
 */
export async function runDoubleSpend(
  network: RegtestNetwork,
  plan: DoubleSpendPlan,
  run: AttackRun,
): Promise<DoubleSpendOutcome> {
  const { raceMode, depth } = plan.rules;
  if (raceMode === 'tie' && depth === 0)
    throw new RangeError('a tie without a block undoes nothing: live it takes a confirmation or more');
  checkReorgLimit(network, plan.rules.defences?.maxReorg);
  const hasNewcomer = plan.rules.defences?.maxReorg !== undefined;
  const roleOf = (node: number, nodes: number): Role =>
    hasNewcomer && node === nodes - 2 ? 'newcomer' : merchantAndAttacker(node, nodes);
  const roles = castNodes(network, roleOf, MIN_ATTACK_NODES + Number(hasNewcomer));
  return new DoubleSpendRace(new Stage(network, roles, run), plan).run();
}

class DoubleSpendRace {
  private readonly merchant: RegtestNode;
  private readonly attacker: RegtestNode;
  private readonly miners: readonly RegtestNode[];
  private readonly honestNodes: readonly RegtestNode[];
  private readonly newcomers: readonly RegtestNode[];
  private readonly rules: RaceRules;
  private readonly clocks: MiningClocks;
  /** Chooses among honest miners, and whether the merchant is warned. */
  private readonly lots: Random;
  private readonly showsChance: boolean;
  private privateBranch: string[] = [];
  private honest = 0;
  private time = 0;
  /** Of the payment, as the merchant's wallet shows them. */
  private confirmations = 0;
  /** The merchant's balance when the goods left. */
  private shipped: number | undefined;
  private warned = false;

  constructor(
    private readonly stage: Stage,
    private readonly plan: DoubleSpendPlan,
  ) {
    this.rules = plan.rules;
    this.merchant = stage.the('merchant');
    this.attacker = stage.the('attacker');
    this.miners = stage.cast('miner');
    this.newcomers = stage.cast('newcomer');
    this.honestNodes = [this.merchant, ...this.miners];
    const random = new Random(plan.seed);
    this.lots = new Random(plan.seed).split();
    this.clocks = new MiningClocks([1 - this.rules.hashrate, this.rules.hashrate], random);
    this.showsChance = this.rules.depth * (this.rules.depth + this.rules.giveUp) <= MAX_CHANCE_STATES;
  }

  async run(): Promise<DoubleSpendOutcome> {
    const { stage, rules, merchant, attacker, honestNodes, newcomers, plan } = this;
    await stage.open(plan, chanceOf(rules));
    const spend = await prepareDoubleSpend(attacker, await merchant.wallet().call('getnewaddress'));
    const { preMined = 0 } = rules;
    if (preMined === 0) await this.pay(spend, stage.network.nodes);
    const groups = [honestNodes, ...newcomers.map(node => [node]), [attacker]];
    const decision = await stage.apart(groups, async () => {
      for (let i = 0; i < preMined; i++) await this.mineInPrivate(spend);
      if (preMined > 0) await this.pay(spend, honestNodes);
      const decided = await this.race(spend);
      await this.endRace(decided);
      return decided;
    });
    return this.conclude(spend, decision);
  }

  private get attackerBlocks(): number {
    return this.privateBranch.length;
  }

  /** The payment reaches the nodes; its conflict stays with the attacker. */
  private async pay(spend: DoubleSpend, to: readonly RegtestNode[]): Promise<void> {
    const { paymentTxid: txid, conflictTxid, amount } = spend;
    await broadcast(this.stage.network, { txid, hex: spend.paymentHex }, to);
    this.stage.tell({ type: 'payment', txid, conflictTxid, amount });
  }

  private async race(spend: DoubleSpend): Promise<Decision> {
    const { rules, stage } = this;
    await this.shipWhenConfirmed(0, spend);
    let decision = decide(rules, this.honest, this.attackerBlocks);
    while (decision === 'race') {
      stage.goOn();
      const { miner, time } = this.clocks.next();
      this.time = time;
      if (miner === HONEST) await this.mineHonest(spend);
      else await this.mineInPrivate(spend);
      decision = decide(rules, this.honest, this.attackerBlocks);
      await this.shipWhenConfirmed(this.confirmations, spend);
    }
    return decision;
  }

  private async mineHonest(spend: DoubleSpend): Promise<void> {
    const finder = defined(this.miners[this.lots.below(this.miners.length)], 'honest miner');
    const [hash = ''] = await finder.mine();
    await waitForTip(this.honestNodes, hash);
    this.honest++;
    await this.record(finder, hash, spend);
  }

  /** The conflicting transaction goes into the first private block. */
  private async mineInPrivate(spend: DoubleSpend): Promise<void> {
    const { attacker } = this;
    const { address } = attacker.key;
    const [hash = ''] =
      this.attackerBlocks > 0
        ? await attacker.mine(1, address, { isPrivate: true })
        : [await attacker.mineWith([spend.conflictHex], address, { isPrivate: true })];
    this.privateBranch.push(hash);
    await this.record(attacker, hash, spend);
  }

  private async record(finder: RegtestNode, hash: string, { paymentTxid }: DoubleSpend): Promise<void> {
    const { stage, honest, attackerBlocks: attacker, time } = this;
    // Before it was made there is none.
    this.confirmations = (await confirmationsOf(this.merchant, paymentTxid)) ?? 0;
    const isPrivate = finder === this.attacker;
    stage.record({
      finder: finder.name,
      node: finder.index,
      isPrivate,
      hash,
      height: stage.forkHeight + (isPrivate ? attacker : honest),
      time,
      honest,
      attacker,
      confirmations: this.confirmations,
      ...(this.showsChance ? { chance: this.chanceNow() } : {}),
    });
  }

  private chanceNow(): number {
    const { rules, honest, attackerBlocks } = this;
    const decision = decide(rules, honest, attackerBlocks);
    return decision === 'give up' ? 0 : chanceOf(rules, honest, attackerBlocks);
  }

  private async shipWhenConfirmed(confirmations: number, spend: DoubleSpend): Promise<void> {
    const { rules, stage, merchant, lots } = this;
    if (this.shipped !== undefined || this.warned || confirmations < rules.confirmations) return;
    this.warned = await isWarned(stage, merchant, spend, rules.defences?.watch ?? 0, lots);
    if (this.warned) return;
    this.shipped = await balanceOf(merchant);
    stage.tell({ type: 'shipped', confirmations });
  }

  /** The attacker goes home, or releases his branch and waits until every node has taken it or refused it. */
  private async endRace(decision: Decision): Promise<void> {
    const { stage, honest, attackerBlocks: attacker } = this;
    const { network } = stage;
    stage.tell({ type: decision === 'release' ? 'release' : 'give up', honest, attacker });
    await stage.branchesEnd();
    const tip = this.privateBranch.at(-1);
    if (decision !== 'release' || tip === undefined) {
      await stage.heal();
      await this.goHome();
      return;
    }
    await this.applyCheckpoint();
    // The newcomer fetches what has most work before it has blocks of another branch to undo.
    for (const newcomer of this.newcomers) await network.connect(newcomer, this.attacker);
    if (!this.isFixed) await Promise.all(this.newcomers.map(node => waitForTip([node], tip)));
    if (leadOf(this.rules) === 0) await this.comeFirst(tip);
    await stage.heal();
    await Promise.all(this.honestNodes.map(node => this.waitForDecision(node, tip)));
    if (this.isFixed) await network.waitForSync();
  }

  /** The attacker's node leaves his branch, unless that is deeper than it undoes. */
  private async goHome(): Promise<void> {
    const { stage, attacker, attackerBlocks: depth } = this;
    const agreed = await waitForTipOrSplit(stage.network.nodes);
    if (agreed instanceof NetworkSplit) stage.tell({ type: 'refused', node: attacker.index, depth });
  }

  /** The branch forks off below a block that is fixed. */
  private get isFixed(): boolean {
    return this.honest > (this.rules.defences?.checkpoint ?? Number.POSITIVE_INFINITY);
  }

  private async applyCheckpoint(): Promise<void> {
    const [first] = this.privateBranch;
    if (this.isFixed && first !== undefined) await fixBranch(this.stage.network.nodes, this.attacker, first);
  }

  /** Nodes take a branch of equal work as if it had reached them before their own. */
  private async comeFirst(tip: string): Promise<void> {
    if (this.isFixed) return;
    const { honestNodes, privateBranch } = this;
    await deliverBlocks(privateBranch, this.attacker, honestNodes);
    await Promise.all(honestNodes.map(({ rpc }) => rpc.call('preciousblock', tip)));
  }

  private async waitForDecision(node: RegtestNode, tip: string): Promise<void> {
    const { stage, privateBranch, honest: depth } = this;
    const refused = await waitFor(
      async () => {
        if ((await node.rpc.call('getbestblockhash')) === tip) return 'no';
        return (await hasRefused(node, privateBranch)) && 'yes';
      },
      { what: `${node.name} to take the attacker's branch or to refuse it` },
    );
    if (refused === 'yes') stage.tell({ type: 'refused', node: node.index, depth });
  }

  private async conclude(spend: DoubleSpend, decision: Decision): Promise<DoubleSpendOutcome> {
    const { stage, rules, plan, honest, attackerBlocks, shipped, merchant, attacker } = this;
    const { paymentTxid, conflictTxid } = spend;
    const nodes = await stage.outcomes({ payment: paymentTxid, conflict: conflictTxid });
    const undone = isUndone(nodes);
    const success = decision === 'release' && undone && shipped !== undefined;
    const outcome = outcomeOf(decision, undone, success);
    const judged = nodes.filter(({ role }) => role === 'merchant' || role === 'miner');
    stage.tell({ type: 'end', success, outcome });
    return {
      mode: 'live',
      kind: 'double-spend',
      success,
      outcome,
      ...rules,
      seed: plan.seed,
      theory: chanceOf(rules),
      forkHeight: stage.forkHeight,
      honestBlocks: honest,
      attackerBlocks,
      reorgDepth: Math.min(...judged.map(({ disconnected }) => disconnected)),
      refused: undone || decision !== 'release' ? 0 : judged.length,
      split: isSplit(nodes),
      ...(await paidOutcome({ merchant, attacker }, nodes, spend, shipped)),
      nodes,
      blocks: stage.blocks,
      ...this.account(success, undone),
    };
  }

  private account(success: boolean, isUndone: boolean): Pick<DoubleSpendOutcome, 'money'> {
    const { money, rules } = this.plan;
    if (money === undefined) return {};
    const attempt = { time: this.time, blocks: isUndone ? this.attackerBlocks : 0, success };
    const actual = actualBalance(rules.hashrate, money, attempt);
    return { money: { ...expectedAccount(rules, money), actual } };
  }
}

function outcomeOf(decision: Decision, isUndone: boolean, success: boolean): DoubleSpendOutcome['outcome'] {
  if (success) return 'double spend';
  if (decision !== 'release') return 'gave up';
  return isUndone ? 'watched' : 'refused';
}
