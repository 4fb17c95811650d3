import { defined } from '../../src/runtime/errors.js';
import { tipsOf } from '../block-delivery.js';
import type { RegtestNetwork } from '../network.js';
import { refuseCut } from '../network-split.js';
import type { RegtestNode } from '../node.js';
import { measureReorganization } from '../reorg.js';
import { link, linksOf } from '../topology.js';
import type { AttackEvent, Casting, FoundBlock, Role } from './attack-event.js';
import type { NodeOutcome } from './attack-outcome.js';
import type { AttackPlan } from './attack-plan.js';
import { placesOf } from './fate.js';

export interface AttackRun {
  /** Told what happens, as it happens. */
  readonly onEvent?: ((event: AttackEvent) => void) | undefined;
  /** Ends the attack between two blocks. */
  readonly signal?: AbortSignal | undefined;
}

/** Transactions whose place is of interest in the end. */
export interface Watched {
  readonly payment?: string | undefined;
  readonly conflict?: string | undefined;
}

/** A network on which an attack takes place: who is who, how things were before, and what has happened since. */
export class Stage {
  readonly blocks: FoundBlock[] = [];
  /** Height of the last block that all had in common before. */
  forkHeight = 0;
  private formerTips: readonly string[] = [];
  private formerBalances: readonly number[] = [];

  constructor(
    readonly network: RegtestNetwork,
    readonly roles: readonly Casting[],
    private readonly run: AttackRun,
  ) {}

  /** Nodes with these roles, in order of their numbers. */
  cast(...wanted: readonly Role[]): RegtestNode[] {
    return this.roles.filter(({ role }) => wanted.includes(role)).map(({ node }) => this.network.node(node));
  }

  /** The node with this role. */
  the(role: Role): RegtestNode {
    return defined(this.cast(role)[0], role);
  }

  /** Waits until all nodes agree. @throws NetworkSplit when they never will */
  async waitUntilReady(): Promise<void> {
    const { network } = this;
    await refuseCut(network.nodes, network.sideOf(network.node(0)));
    await network.waitForSync();
  }

  /** Waits until all agree, and keeps what was before. */
  async open(plan: AttackPlan, theory: number): Promise<void> {
    await this.waitUntilReady();
    this.forkHeight = await this.network.node(0).rpc.call('getblockcount');
    this.formerBalances = await Promise.all(this.network.nodes.map(balanceOf));
    await this.branchesEnd();
    this.tell({ type: 'start', plan, roles: this.roles, theory });
  }

  /**
   * Cuts the network into these groups, runs `action`, and leaves it whole when that fails.
   *
   * @param joined two nodes that are connected meanwhile, whatever the topology
   */
  async apart<T>(
    groups: readonly (readonly RegtestNode[])[],
    action: () => Promise<T>,
    joined?: readonly [RegtestNode, RegtestNode] | undefined,
  ): Promise<T> {
    const { network, forkHeight } = this;
    try {
      await network.partition(groups);
      if (joined !== undefined) await network.connect(...joined);
      const numbers = groups.map(group => group.map(({ index }) => index));
      this.tell({ type: 'split', forkHeight, groups: numbers });
      return await action();
    } catch (thrown) {
      if (network.nodes.every(node => node.isRunning)) await network.heal();
      throw thrown;
    } finally {
      if (joined?.every(node => node.isRunning) === true && !this.belong(...joined))
        await network.disconnect(...joined);
    }
  }

  /** The topology connects them. */
  private belong(a: RegtestNode, b: RegtestNode): boolean {
    const { topology, nodes, seed } = this.network;
    const [low, high] = link(a.index, b.index);
    return linksOf(topology, nodes.length, seed).some(([from, to]) => from === low && to === high);
  }

  /** From these tips on it is counted what nodes undo and put in. */
  async branchesEnd(): Promise<void> {
    this.formerTips = await tipsOf(this.network.nodes);
  }

  /** Connects all again. */
  async heal(): Promise<void> {
    this.tell({ type: 'heal' });
    await this.network.heal();
  }

  /** @throws the signal's reason when the attack is to end */
  goOn(): void {
    this.run.signal?.throwIfAborted();
  }

  record(block: FoundBlock): void {
    this.blocks.push(block);
    this.tell({ type: 'block', ...block });
  }

  tell(event: AttackEvent): void {
    this.run.onEvent?.(event);
  }

  balanceBefore(node: RegtestNode): number {
    return this.formerBalances[node.index] ?? 0;
  }

  /** What every node has come to, when its mempool and its wallet have taken notice of its tip. */
  async outcomes(watched: Watched = {}): Promise<NodeOutcome[]> {
    await Promise.all(this.network.nodes.map(({ rpc }) => rpc.call('syncwithvalidationinterfacequeue')));
    return Promise.all(this.roles.map(casting => this.outcomeOf(casting, watched)));
  }

  private async outcomeOf(casting: Casting, { payment, conflict }: Watched): Promise<NodeOutcome> {
    const node = this.network.node(casting.node);
    const txids = [payment, conflict].filter(txid => txid !== undefined);
    const places = await placesOf(node, txids, this.forkHeight);
    const placeOf = (txid: string | undefined) =>
      txid === undefined ? undefined : places[txids.indexOf(txid)];
    const [paid, spent] = [placeOf(payment), placeOf(conflict)];
    return {
      ...casting,
      height: await node.rpc.call('getblockcount'),
      tip: await node.rpc.call('getbestblockhash'),
      ...(await measureReorganization(node, this.formerTips[casting.node] ?? '')),
      balance: { before: this.balanceBefore(node), after: await balanceOf(node) },
      ...(paid === undefined ? {} : { payment: paid }),
      ...(spent === undefined ? {} : { conflict: spent }),
    };
  }
}

/** What the node's wallet can spend, in bitcoins. */
export async function balanceOf(node: RegtestNode): Promise<number> {
  const { mine } = await node.wallet().call('getbalances');
  return mine.trusted;
}

/** Whether nodes differ about the chain. */
export function isSplit(nodes: readonly NodeOutcome[]): boolean {
  return new Set(nodes.map(({ tip }) => tip)).size > 1;
}

/** What the node with this role has come to. */
export function outcomeFor(nodes: readonly NodeOutcome[], role: Role): NodeOutcome {
  return defined(
    nodes.find(node => node.role === role),
    role,
  );
}
