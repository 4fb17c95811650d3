import { defined } from '../../src/runtime/errors.js';
import { tipsOf } from '../block-delivery.js';
import type { RegtestNetwork } from '../network.js';
import type { RegtestNode } from '../node.js';
import { waitForTip } from '../propagation.js';
import { MiningClocks, Random } from '../random.js';
import { type EclipseRules, merchantDecides } from '../rules/eclipse-rules.js';
import { eclipseChance } from '../theory/eclipse.js';
import type { EclipseOutcome } from './attack-outcome.js';
import type { EclipsePlan } from './attack-plan.js';
import { castNodes, merchantAndAttacker } from './casting.js';
import { confirmationsOf } from './fate.js';
import { isUndone, paidOutcome } from './paid-outcome.js';
import { broadcast, type DoubleSpend, prepareDoubleSpend } from './payment.js';
import { checkReorgLimit } from './reorg-limits.js';
import { type AttackRun, balanceOf, isSplit, outcomeFor, Stage } from './stage.js';
import { isWarned } from './watching.js';

const HONEST = 0;

type Ending = EclipseOutcome['outcome'];

/**
 * The eclipse of a merchant on real nodes. His node loses all connections but the attacker's, who pays him and mines blocks
 * with the payment for him, while the network has a transaction that spends the same coin and confirms that. When the
 * merchant has handed over the goods the attacker stops; once the network has more blocks the merchant is let go, and his
 * node leaves the attacker's branch. Should he lose patience first, or be warned, he is let go at once.
 *
 * Who finds each block is drawn as in the first trial with the same seed. The network is one whole again at the end.
 */
export async function runEclipse(
  network: RegtestNetwork,
  plan: EclipsePlan,
  run: AttackRun,
): Promise<EclipseOutcome> {
  checkReorgLimit(network, undefined);
  const roles = castNodes(network, merchantAndAttacker);
  return new Eclipse(new Stage(network, roles, run), plan).run();
}

class Eclipse {
  private readonly merchant: RegtestNode;
  private readonly attacker: RegtestNode;
  private readonly miners: readonly RegtestNode[];
  private readonly rules: EclipseRules;
  private readonly random: Random;
  private readonly lots: Random;
  private honest = 0;
  private fed = 0;
  private now = 0;
  private shipped: number | undefined;

  constructor(
    private readonly stage: Stage,
    private readonly plan: EclipsePlan,
  ) {
    this.rules = plan.rules;
    this.merchant = stage.the('merchant');
    this.attacker = stage.the('attacker');
    this.miners = stage.cast('miner');
    this.random = new Random(plan.seed);
    this.lots = new Random(plan.seed).split();
  }

  async run(): Promise<EclipseOutcome> {
    const { stage, merchant, attacker, miners, plan } = this;
    await stage.open(plan, this.theory);
    const spend = await prepareDoubleSpend(attacker, await merchant.wallet().call('getnewaddress'));
    const eclipsed = [merchant, attacker] as const;
    const course = async () => {
      await this.payTwice(spend);
      const ending = await this.feed(spend);
      await this.letGo(ending);
      return ending;
    };
    return this.conclude(spend, await stage.apart([miners, eclipsed], course, eclipsed));
  }

  private get theory(): number {
    const { hashrate, confirmations, patience, watch } = this.rules;
    return eclipseChance(hashrate, confirmations, patience) * (1 - watch);
  }

  /** Each side has a transaction of its own for the same coin. */
  private async payTwice({ paymentHex, conflictHex, ...spend }: DoubleSpend): Promise<void> {
    const { attacker, merchant, miners, stage } = this;
    const { paymentTxid: txid, conflictTxid, amount } = spend;
    await broadcast(stage.network, { txid, hex: paymentHex }, [attacker, merchant]);
    await broadcast(stage.network, { txid: conflictTxid, hex: conflictHex }, miners);
    stage.tell({ type: 'payment', txid, conflictTxid, amount });
  }

  /** Both sides mine until the merchant ships, is warned, or calls the deal off. */
  private async feed(spend: DoubleSpend): Promise<Ending> {
    const { rules, stage, random } = this;
    const { hashrate, watch } = rules;
    const clocks = new MiningClocks([1 - hashrate, hashrate], random);
    for (;;) {
      stage.goOn();
      const decision = merchantDecides(rules, this.fed, this.now);
      if (decision === 'call off') {
        stage.tell({ type: 'called off', confirmations: this.fed });
        return 'called off';
      }
      if (decision === 'ship') {
        if (await isWarned(stage, this.merchant, spend, watch, random)) return 'watched';
        this.shipped = await balanceOf(this.merchant);
        stage.tell({ type: 'shipped', confirmations: this.fed });
        return 'goods lost';
      }
      const { miner, time } = clocks.next();
      this.now = time;
      // What would have come after the merchant's patience has ended never reaches him.
      if (time > rules.patience) continue;
      if (miner === HONEST) await this.mineHonest();
      else await this.feedMerchant(spend);
    }
  }

  private async mineHonest(): Promise<void> {
    const { miners, lots } = this;
    const finder = defined(miners[lots.below(miners.length)], 'miner');
    const hash = defined((await finder.mine())[0], 'hash of a new block');
    await waitForTip(miners, hash);
    this.honest++;
    await this.record(finder, hash);
  }

  private async feedMerchant(spend: DoubleSpend): Promise<void> {
    const { attacker, merchant } = this;
    const find = { isPrivate: true, shownTo: [merchant.index] };
    const hash = defined((await attacker.mine(1, attacker.key.address, find))[0], 'hash of a new block');
    await waitForTip([merchant], hash);
    this.fed = defined(await confirmationsOf(merchant, spend.paymentTxid), 'payment in the wallet');
    await this.record(attacker, hash);
  }

  private async record(finder: RegtestNode, hash: string): Promise<void> {
    const { stage, honest, fed: attacker, now: time, rules } = this;
    const isPrivate = finder === this.attacker;
    const { confirmations, hashrate, patience } = rules;
    const missing = Math.max(0, confirmations - attacker);
    stage.record({
      ...{ finder: finder.name, node: finder.index, isPrivate, hash },
      height: stage.forkHeight + (isPrivate ? attacker : honest),
      ...{ time, honest, attacker, confirmations: attacker },
      chance: time < patience ? eclipseChance(hashrate, missing, patience - time) * (1 - rules.watch) : 0,
    });
  }

  /** When the goods are gone the network outgrows the merchant's branch first; among equals the next block decides. */
  private async letGo(ending: Ending): Promise<void> {
    const { stage, miners, merchant } = this;
    const { network } = stage;
    if (ending === 'goods lost') while (this.honest <= this.fed) await this.mineHonest();
    await stage.branchesEnd();
    await stage.heal();
    const [his, theirs] = await tipsOf([merchant, defined(miners[0], 'miner')]);
    if (his !== theirs && this.honest === this.fed) await defined(miners[0], 'miner').mine();
    await network.waitForSync();
  }

  private async conclude(spend: DoubleSpend, ending: Ending): Promise<EclipseOutcome> {
    const { stage, rules, plan, honest, fed, shipped, merchant, attacker } = this;
    const { paymentTxid, conflictTxid } = spend;
    const nodes = await stage.outcomes({ payment: paymentTxid, conflict: conflictTxid });
    const success = shipped !== undefined && isUndone(nodes);
    stage.tell({ type: 'end', success, outcome: ending });
    return {
      ...{ mode: 'live', kind: 'eclipse', success, outcome: ending },
      ...{ hashrate: rules.hashrate, confirmations: rules.confirmations, patience: rules.patience },
      seed: plan.seed,
      theory: this.theory,
      forkHeight: stage.forkHeight,
      honestBlocks: honest,
      attackerBlocks: fed,
      reorgDepth: outcomeFor(nodes, 'merchant').disconnected,
      split: isSplit(nodes),
      ...(await paidOutcome({ merchant, attacker }, nodes, spend, shipped)),
      ...(shipped === undefined ? {} : { shippedAt: this.now }),
      nodes,
      blocks: stage.blocks,
    };
  }
}
