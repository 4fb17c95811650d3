import type { AttackEvent, AttackResult, NodeOutcome, RaceBlock, Role, Roles } from './attack-types.js';
import { type DoubleSpend, fateOf, payAndPrepareConflict, type TransactionFate } from './double-spend.js';
import type { RegtestNetwork } from './network.js';
import type { RegtestNode } from './node.js';
import { DEFAULT_SEED, MiningClocks, Random } from './random.js';
import { measureReorganization } from './reorg.js';
import { chanceOf, type Decision, decide, type RaceRules, raceRules } from './rules/race-rules.js';
import { waitFor } from './wait.js';

export interface AttackOptions {
  /** The attacker's share of the hash rate, between 0 and 1. */
  readonly hashrate: number;
  /** Blocks, the one with the payment included, that the merchant waits for. */
  readonly confirmations: number;
  /** Deficit to give up at; without it one that leaves the chance as it is, see {@link raceRules}. */
  readonly giveUp?: number | undefined;
  /** Decides who finds which block. */
  readonly seed?: number | undefined;
  /** Told what happens, as it happens. */
  readonly onEvent?: ((event: AttackEvent) => void) | undefined;
  /** Ends the attack between two blocks. */
  readonly signal?: AbortSignal | undefined;
}

/** A merchant, at least one honest miner, and an attacker. */
export const MIN_ATTACK_NODES = 3;

/**
 * A double spend on real nodes. The attacker pays the merchant, cuts his node off, and mines a branch of his own in
 * which the same coin goes back to himself, while the honest nodes mine on with the payment. Who finds each block is
 * drawn in proportion to the shares of the hash rate; nobody waits. When the merchant has seen enough confirmations and
 * the private branch has more work, he connects again: every honest node leaves its chain for his.
 *
 * The network is one whole again at the end, whatever the outcome.
 *
 * @example
 * const result = await runAttack(network, { hashrate: 0.6, confirmations: 6 });
 * console.log(result.success, result.reorgDepth);
 */
export function runAttack(network: RegtestNetwork, options: AttackOptions): Promise<AttackResult> {
  return new Attack(network, options).run();
}

function rolesIn({ nodes }: RegtestNetwork): Roles {
  const merchant = nodes[0];
  const attacker = nodes.at(-1);
  if (merchant === undefined || attacker === undefined || nodes.length < MIN_ATTACK_NODES) {
    throw new RangeError(`an attack needs ${MIN_ATTACK_NODES} nodes or more`);
  }
  return { merchant, miners: nodes.slice(1, -1), attacker };
}

interface Balances {
  readonly merchant: number;
  readonly attacker: number;
}

class Attack {
  private readonly roles: Roles;
  private readonly honestNodes: readonly RegtestNode[];
  private readonly rules: RaceRules;
  private readonly seed: number;
  private readonly blocks: RaceBlock[] = [];
  private honest = 0;
  private attacker = 0;
  /** The merchant's balance when the goods left. */
  private shipped: number | undefined;

  constructor(
    private readonly network: RegtestNetwork,
    private readonly options: AttackOptions,
  ) {
    this.roles = rolesIn(network);
    this.honestNodes = [this.roles.merchant, ...this.roles.miners];
    this.rules = raceRules(options.hashrate, options.confirmations, options.giveUp);
    this.seed = options.seed ?? DEFAULT_SEED;
  }

  async run(): Promise<AttackResult> {
    const { network, rules, roles } = this;
    await network.waitForSync();
    this.tell({ type: 'start', rules, chance: chanceOf(rules), roles });
    const before = await this.balances();
    const forkHeight = await roles.merchant.rpc.call('getblockcount');
    const spend = await this.pay();
    const decision = await this.raceApart(spend, forkHeight);
    const tips = await Promise.all(network.nodes.map(({ rpc }) => rpc.call('getbestblockhash')));
    await network.heal();
    await network.waitForSync();
    const nodes = await Promise.all(network.nodes.map((node, i) => this.outcomeOf(node, tips[i] ?? '')));
    return this.conclude({ spend, decision, forkHeight, before, nodes });
  }

  /** The payment reaches every node; its conflict stays with the attacker. */
  private async pay(): Promise<DoubleSpend> {
    const { merchant, attacker } = this.roles;
    const address = await merchant.wallet().call('getnewaddress');
    const spend = await payAndPrepareConflict(attacker, address);
    const { paymentTxid: txid, conflictTxid, amount } = spend;
    await this.network.waitForMempool(txid);
    this.tell({ type: 'payment', txid, conflictTxid, amount });
    return spend;
  }

  /** Splits the network, and lets both sides mine until the attacker has won or has had enough. */
  private async raceApart(spend: DoubleSpend, forkHeight: number): Promise<Decision> {
    const { network, roles } = this;
    await network.partition([this.honestNodes, [roles.attacker]]);
    try {
      this.tell({ type: 'split', forkHeight });
      const decision = await this.race(spend);
      const { honest, attacker } = this;
      this.tell({ type: decision === 'release' ? 'release' : 'give up', honest, attacker });
      return decision;
    } catch (thrown) {
      if (network.nodes.every(node => node.isRunning)) await network.heal();
      throw thrown;
    }
  }

  private async race(spend: DoubleSpend): Promise<Decision> {
    const { rules, roles, options } = this;
    const share = (1 - rules.hashrate) / roles.miners.length;
    const shares = [...roles.miners.map(() => share), rules.hashrate];
    const clocks = new MiningClocks(shares, new Random(this.seed));
    await this.shipWhenConfirmed(0);
    for (;;) {
      options.signal?.throwIfAborted();
      const { miner, time } = clocks.next();
      const finder = roles.miners[miner];
      const hash = finder === undefined ? await this.mineInPrivate(spend) : await this.mineHonest(finder);
      const decision = decide(rules, this.honest, this.attacker);
      const { confirmations } = await roles.merchant.wallet().call('gettransaction', spend.paymentTxid);
      this.record({
        finder: (finder ?? roles.attacker).name,
        isPrivate: finder === undefined,
        hash,
        time,
        honest: this.honest,
        attacker: this.attacker,
        confirmations,
        chance:
          decision === 'race' ? chanceOf(rules, this.honest, this.attacker) : Number(decision === 'release'),
      });
      await this.shipWhenConfirmed(confirmations);
      if (decision !== 'race') return decision;
    }
  }

  private async mineHonest(miner: RegtestNode): Promise<string> {
    const [hash = ''] = await miner.mine();
    await waitFor(
      async () => {
        const tips = await Promise.all(this.honestNodes.map(({ rpc }) => rpc.call('getbestblockhash')));
        return tips.every(tip => tip === hash);
      },
      { what: 'the honest nodes to have the new block' },
    );
    this.honest++;
    return hash;
  }

  /** The conflicting transaction goes into the first private block. */
  private async mineInPrivate(spend: DoubleSpend): Promise<string> {
    const { attacker } = this.roles;
    if (++this.attacker > 1) return (await attacker.mine())[0] ?? '';
    return (await attacker.rpc.call('generateblock', attacker.key.address, [spend.conflictHex])).hash;
  }

  private async shipWhenConfirmed(confirmations: number): Promise<void> {
    if (this.shipped !== undefined || confirmations < this.rules.confirmations) return;
    this.shipped = (await this.balances()).merchant;
    this.tell({ type: 'shipped', confirmations });
  }

  private async outcomeOf(node: RegtestNode, formerTip: string): Promise<NodeOutcome> {
    return {
      node: node.name,
      role: this.roleOf(node),
      height: await node.rpc.call('getblockcount'),
      tip: await node.rpc.call('getbestblockhash'),
      ...(await measureReorganization(node, formerTip)),
    };
  }

  private roleOf(node: RegtestNode): Role {
    if (node === this.roles.attacker) return 'attacker';
    return node === this.roles.merchant ? 'merchant' : 'miner';
  }

  private async conclude(course: {
    readonly spend: DoubleSpend;
    readonly decision: Decision;
    readonly forkHeight: number;
    readonly before: Balances;
    readonly nodes: readonly NodeOutcome[];
  }): Promise<AttackResult> {
    const { rules, roles, shipped } = this;
    const { spend, forkHeight, before, nodes } = course;
    const payment = await fateOf(roles.merchant, spend.paymentTxid, forkHeight);
    // A conflict that never got into a block was never shown to any wallet.
    const conflict: TransactionFate | undefined =
      this.attacker > 0 ? await fateOf(roles.attacker, spend.conflictTxid, forkHeight) : undefined;
    const success = course.decision === 'release' && conflict?.inChain === true && !payment.inChain;
    const honest = nodes.filter(({ role }) => role !== 'attacker');
    const after = await this.balances();
    return {
      mode: 'live',
      success,
      outcome: success ? 'double spend' : 'gave up',
      ...rules,
      seed: this.seed,
      theory: chanceOf(rules),
      forkHeight,
      honestBlocks: this.honest,
      attackerBlocks: this.attacker,
      reorgDepth: Math.min(...honest.map(({ disconnected }) => disconnected)),
      amount: spend.amount,
      payment,
      conflict,
      merchant: {
        before: before.merchant,
        ...(shipped === undefined ? {} : { shipped }),
        after: after.merchant,
      },
      attacker: { before: before.attacker, after: after.attacker },
      nodes,
      blocks: this.blocks,
    };
  }

  private async balances(): Promise<Balances> {
    const [merchant, attacker] = await Promise.all(
      [this.roles.merchant, this.roles.attacker].map(async node => {
        const { mine } = await node.wallet().call('getbalances');
        return mine.trusted;
      }),
    );
    return { merchant: merchant ?? 0, attacker: attacker ?? 0 };
  }

  private record(block: RaceBlock): void {
    this.blocks.push(block);
    this.tell({ type: 'block', ...block });
  }

  private tell(event: AttackEvent): void {
    this.options.onEvent?.(event);
  }
}
