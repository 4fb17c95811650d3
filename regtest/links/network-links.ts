import { defined } from '../../src/runtime/errors.js';
import type { LabEvents } from '../events/event-source.js';
import type { LabHappening } from '../events/lab-event.js';
import type { RegtestNode } from '../node.js';
import { connectNodes, disconnectNodes, missingLinks } from '../peers.js';
import { joinedWith, type Link, link } from '../topology.js';
import type { LinkConditions } from './conditions.js';
import type { LinkTable } from './link-table.js';

/** What lies between two nodes. */
export interface NetworkLink {
  readonly conditions: LinkConditions;
  /** Changes some of the conditions; the others stay. @throws RangeError when a number makes no sense */
  set(changes: Partial<LinkConditions>): Promise<void>;
}

export interface LinksModules {
  /** All nodes of the network, in order of their numbers. */
  readonly nodes: readonly RegtestNode[];
  /** Conditions between them. */
  readonly table: LinkTable;
  /** Address at which one node finds another. */
  readonly addressFor: (from: number, to: number) => Promise<string>;
  /** What happens in the network. */
  readonly events: Pick<LabEvents, 'subscribe'>;
  /** Told of each link that changes. */
  readonly tell: (happening: Extract<LabHappening, { type: 'link' }>) => void;
}

/**
 * Which nodes of a network are meant to be connected, and that they are: a connection that cannot be there now, since a node
 * does not run or the link is down, is made as soon as it can.
 */
export class NetworkLinks {
  private links: readonly Link[] = [];

  constructor(private readonly modules: LinksModules) {
    modules.table.events.on('changed', ({ nodes }) => this.tell(nodes));
  }

  /** Connections that are meant to be there now. */
  get joined(): readonly Link[] {
    return this.links;
  }

  /** From now on these connections are meant to be there; {@link reconnect} makes them. */
  bringBack(links: readonly Link[]): void {
    this.links = [...links];
  }

  isLinked(a: RegtestNode, b: RegtestNode): boolean {
    return this.has(link(a.index, b.index));
  }

  /** The running nodes that are connected with this one, directly or not, and itself. */
  sideOf(node: RegtestNode): readonly RegtestNode[] {
    const joined = joinedWith(
      node.index,
      this.links.filter(one => this.isPossible(one)),
    );
    return this.modules.nodes.filter(({ index }) => joined.has(index));
  }

  /** Connects nodes, the first of each two to the second, and means them to stay so. */
  async connect(pairs: readonly Link[]): Promise<void> {
    await this.join(pairs);
    for (const [a, b] of pairs) {
      const pair = link(a, b);
      if (this.has(pair)) continue;
      this.links = [...this.links, pair];
      this.tell(pair);
    }
  }

  async disconnect(a: RegtestNode, b: RegtestNode): Promise<void> {
    if (a.isRunning && b.isRunning) await disconnectNodes(a, b);
    const pair = link(a.index, b.index);
    if (!this.has(pair)) return;
    this.links = this.links.filter(one => !isSame(one, pair));
    this.tell(pair);
  }

  /** Cuts all connections between nodes of different groups. Nodes in no group form one more. */
  async partition(groups: readonly (readonly RegtestNode[])[]): Promise<void> {
    const groupOf = (index: number) => groups.findIndex(group => group.some(node => node.index === index));
    const cut = this.links.filter(([a, b]) => groupOf(a) !== groupOf(b));
    await Promise.all(cut.map(([a, b]) => this.disconnect(this.node(a), this.node(b))));
  }

  /** What lies between two nodes, to look at and to change. */
  between(a: RegtestNode, b: RegtestNode): NetworkLink {
    const { table } = this.modules;
    return {
      get conditions() {
        return table.between(a.index, b.index);
      },
      set: async changes => {
        const wasDown = table.between(a.index, b.index).down;
        const { down } = table.set(a.index, b.index, changes);
        if (wasDown && !down && this.isLinked(a, b)) await this.join([[a.index, b.index]]);
      },
    };
  }

  /** Makes the connections that are meant to be there: those of one node, or all. */
  reconnect(node?: RegtestNode): Promise<void> {
    return this.join(node === undefined ? this.links : this.links.filter(link => link.includes(node.index)));
  }

  /** Restores connections that got lost though nobody cut them. */
  async relink(): Promise<void> {
    await this.join(await missingLinks(this.modules.nodes, this.links));
  }

  /** Connects nodes when that can be. */
  private async join(pairs: readonly Link[]): Promise<void> {
    const possible = pairs.filter(pair => this.isPossible(pair));
    await connectNodes(
      await Promise.all(
        possible.map(async ([a, b]) => {
          const address = await this.modules.addressFor(a, b);
          return { from: this.node(a), to: this.node(b), address };
        }),
      ),
      this.modules.events,
    );
  }

  /** Both nodes run, and the link between them is not down. */
  private isPossible([a, b]: Link): boolean {
    return this.node(a).isRunning && this.node(b).isRunning && !this.modules.table.between(a, b).down;
  }

  private has(pair: Link): boolean {
    return this.links.some(one => isSame(one, pair));
  }

  private node(index: number): RegtestNode {
    return defined(this.modules.nodes[index], `node ${index}`);
  }

  private tell(nodes: Link): void {
    const { table, tell } = this.modules;
    const conditions = table.between(...nodes);
    tell({ type: 'link', nodes, conditions, connected: this.has(nodes) });
  }
}

function isSame(a: Link, b: Link): boolean {
  return a[0] === b[0] && a[1] === b[1];
}
