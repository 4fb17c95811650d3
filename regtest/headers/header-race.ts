import type { HeaderId } from '../../src/consensus/chain-view.js';
import { HeaderNetwork } from './header-network.js';
import type { HeaderNode, NodePolicy, Reorganization } from './header-node.js';
import type { RunObserver } from './run-observer.js';

/** A tree with more headers is dropped for a new one: up to here none of its columns has to grow. */
const MAX_HEADERS = 640;

export interface RacePolicies {
  /** Of the nodes that follow the race. */
  readonly nodes?: NodePolicy | undefined;
  /** Of a node that comes when it is over; without it there is none, which is faster. */
  readonly newcomer?: NodePolicy | undefined;
}

/** An honest network, which is of one mind, and an attacker with a branch of his own. */
export class HeaderRace {
  private network: HeaderNetwork;
  private privateBranch: HeaderId[] = [];
  private fork = 0;

  constructor(
    private readonly policies: RacePolicies = {},
    private readonly observer?: RunObserver | undefined,
  ) {
    this.network = this.freshNetwork();
  }

  /**
   * Starts a race: the attacker splits off at the network's tip.
   *
   * @param preMined blocks that he has in store
   */
  start(preMined = 0): void {
    if (this.network.size > MAX_HEADERS || this.isSplit) this.network = this.freshNetwork();
    this.fork = this.honestNode.tip;
    this.privateBranch = [];
    for (let i = 0; i < preMined; i++) this.mineInPrivate();
  }

  /** Honest blocks since the fork. */
  get honest(): number {
    return this.honestNode.height - this.honestNode.tree.height(this.fork);
  }

  /** The attacker's blocks since the fork. */
  get attacker(): number {
    return this.privateBranch.length;
  }

  /** What the network undid and put in when it took the branch. */
  get reorganization(): Reorganization {
    return this.honestNode.lastReorganization;
  }

  /** A newcomer follows another branch than those who were there. */
  get isSplit(): boolean {
    return this.network.nodes.some(({ tip }) => tip !== this.honestNode.tip);
  }

  /** An honest miner finds a block, which all others take at once. */
  mineHonest(): void {
    this.publish(this.network.find(this.honestNode.tip));
  }

  /** The attacker finds a block, and keeps it to himself. */
  mineInPrivate(): void {
    this.privateBranch.push(this.network.find(this.privateBranch.at(-1) ?? this.fork));
  }

  /**
   * The attacker publishes his branch. Returns whether the network left its own for it.
   *
   * @param winsTies nodes prefer it to their own of equal work
   */
  release(winsTies = false): boolean {
    const last = this.privateBranch.at(-1);
    if (last === undefined) return false;
    for (const id of this.privateBranch) this.publish(id);
    if (winsTies) for (const node of this.network.nodes) if (node.tip !== last) node.prefer(last);
    return this.honestNode.tip === last;
  }

  private get honestNode(): HeaderNode {
    return this.network.nodes[0] as HeaderNode;
  }

  private publish(id: HeaderId): void {
    for (const node of this.network.nodes) node.receive(id);
  }

  private freshNetwork(): HeaderNetwork {
    const { nodes = {}, newcomer } = this.policies;
    const all = newcomer === undefined ? [nodes] : [nodes, newcomer];
    return new HeaderNetwork(all, undefined, this.observer);
  }
}
