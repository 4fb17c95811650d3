import type { HeaderId } from '../../src/consensus/chain-view.js';
import { HeaderNetwork } from '../headers/header-network.js';
import type { HeaderNode } from '../headers/header-node.js';
import { FIRST_HEADER, Retargeting } from '../headers/retargeting.js';
import type { RunObserver } from '../headers/run-observer.js';
import type { Random } from '../random.js';
import {
  afterHonestBlock,
  afterOwnBlock,
  type SelfishAction,
  type SelfishRules,
} from '../rules/selfish-rules.js';

/** What a round, or a period, came to. Times are in mean block times at the first difficulty. */
export interface Revenue {
  /** The attacker's blocks in the chain. */
  readonly attacker: number;
  /** All blocks in the chain. */
  readonly blocks: number;
  /** All blocks found, the stale ones included. */
  readonly found: number;
  readonly time: number;
}

/**
 * A chain on which one miner is selfish. The honest hash rate is two nodes: one hears of the attacker's block first when
 * there are two of a height, and has the share γ of it; the other one hears of the honest block first. Where ties are
 * broken by lot both hear of the honest block first, and one changes over.
 */
export class SelfishChain {
  private readonly network: HeaderNetwork;
  private readonly near: HeaderNode;
  private readonly far: HeaderNode;
  private readonly retargeting: Retargeting;
  private readonly isAttackers: boolean[] = [false];
  private readonly foundAt: number[] = [0];
  private now = 0;

  /** Last block that the attacker and the others have in common. */
  private fork: HeaderId = 0;
  /** His blocks since then, and how many of them are published. */
  private branch: HeaderId[] = [];
  private published = 0;
  /** Length of the longest honest branch since then. */
  private honest = 0;

  constructor(
    private readonly rules: SelfishRules,
    private readonly random: Random,
    private readonly observer?: RunObserver | undefined,
  ) {
    this.network = new HeaderNetwork([{}, {}], FIRST_HEADER, observer);
    [this.near, this.far] = this.network.nodes as [HeaderNode, HeaderNode];
    this.retargeting = new Retargeting(rules.period);
  }

  get height(): number {
    return this.far.height;
  }

  /** Mines until all agree again. */
  round(): Revenue {
    const start = this.far.tip;
    const startedAt = this.now;
    const known = this.network.size;
    this.fork = start;
    this.honest = 0;
    do this.step();
    while (this.branch.length > 0 || this.near.tip !== this.far.tip);
    let attacker = 0;
    let blocks = 0;
    for (let id = this.far.tip; id !== start; id = this.far.tree.prev(id), blocks++)
      if (this.isAttackers[id]) attacker++;
    return { attacker, blocks, found: this.network.size - known, time: this.now - startedAt };
  }

  /** What a period that lies behind came to: the first has number 0. Stale blocks are not counted. */
  revenueOf(period: number): Pick<Revenue, 'attacker' | 'time'> {
    const first = period * this.rules.period;
    const last = first + this.rules.period - 1;
    let attacker = 0;
    for (let height = first; height <= last; height++) if (this.isAttackers[this.far.at(height)]) attacker++;
    return { attacker, time: this.timeAt(last) - (first === 0 ? 0 : this.timeAt(first - 1)) };
  }

  private timeAt(height: number): number {
    return this.foundAt[this.far.at(height)] as number;
  }

  /** Somebody finds a block: in proportion to his hash rate, and to how easy the next block of his branch is. */
  private step(): void {
    const { hashrate: q, gamma } = this.rules;
    const { near, far, retargeting, random } = this;
    const attackerTip = this.branch.at(-1) ?? this.publicTip();
    const attackerRate = q * retargeting.easeOn(attackerTip, far.tree);
    const nearRate = (1 - q) * gamma * retargeting.easeOn(near.tip, far.tree);
    const farRate = (1 - q) * (1 - gamma) * retargeting.easeOn(far.tip, far.tree);
    const rate = attackerRate + nearRate + farRate;
    this.now += random.exponential(rate);
    this.observer?.at(this.now);
    const draw = random.fraction() * rate;
    if (draw < attackerRate) this.attackerFinds(attackerTip);
    else this.honestFinds(draw < attackerRate + nearRate ? near.tip : far.tip);
  }

  private attackerFinds(prev: HeaderId): void {
    this.branch.push(this.find(prev, true));
    if (afterOwnBlock({ attacker: this.branch.length, honest: this.honest }) === 'override') this.override();
  }

  private honestFinds(prev: HeaderId): void {
    const id = this.find(prev, false);
    const settled = this.branch.indexOf(prev) + 1;
    if (settled > 0) this.settle(settled);
    this.honest = Math.max(this.honest, this.far.tree.height(id) - this.far.tree.height(this.fork));
    this.react(afterHonestBlock({ attacker: this.branch.length, honest: this.honest }), id);
  }

  /** The honest block builds on the first `count` blocks of the branch: the fork is above these now. */
  private settle(count: number): void {
    this.fork = this.branch[count - 1] as HeaderId;
    this.branch.splice(0, count);
    this.published -= count;
    this.honest = 0;
  }

  private react(action: SelfishAction, honestBlock: HeaderId): void {
    if (action === 'adopt') {
      this.dropBranch();
      for (const node of this.network.nodes) node.receive(honestBlock);
    } else if (action === 'override') {
      for (const node of this.network.nodes) node.receive(honestBlock);
      this.override();
    } else this.match(honestBlock);
  }

  /** As many of his blocks as there are honest ones reach the near node before the honest block, and the far one after it. */
  private match(honestBlock: HeaderId): void {
    const { near, far, rules } = this;
    const news = this.branch.slice(this.published, this.honest);
    this.published = this.honest;
    const last = this.branch[this.published - 1] as HeaderId;
    far.receive(honestBlock);
    if (rules.randomTieBreak) near.receive(honestBlock);
    for (const node of [near, far]) for (const id of news) node.receive(id);
    if (!rules.randomTieBreak) near.receive(honestBlock);
    else if (near.tip !== last) near.prefer(last);
  }

  private override(): void {
    for (const id of this.branch.slice(this.published))
      for (const node of this.network.nodes) node.receive(id);
    this.dropBranch();
  }

  private dropBranch(): void {
    this.branch = [];
    this.published = 0;
  }

  /** The public block with most work. */
  private publicTip(): HeaderId {
    const { near, far } = this;
    return far.tree.compareWork(near.tip, far.tip) > 0 ? near.tip : far.tip;
  }

  private find(prev: HeaderId, isAttackers: boolean): HeaderId {
    const id = this.network.find(prev, this.retargeting.factsOn(prev, this.now, this.far.tree));
    this.isAttackers.push(isAttackers);
    this.foundAt.push(this.now);
    return id;
  }
}
