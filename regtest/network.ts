import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defined } from '../src/runtime/errors.js';
import { EventLog } from './events/event-log.js';
import { type Fabric, makeFabric, type NetworkMode } from './fabric.js';
import { fundNodes, START_HEIGHT } from './funding.js';
import { type LabKey, labKey } from './keys.js';
import type { LinkConditions } from './links/conditions.js';
import { LinkTable } from './links/link-table.js';
import { argumentsForRules } from './network-rules.js';
import { type FoundBlock, RegtestNode } from './node.js';
import { connectNodes, disconnectNodes } from './peers.js';
import { DEFAULT_SEED } from './random.js';
import { type Link, link, linksOf, type Topology } from './topology.js';
import { waitFor } from './wait.js';

/** Most nodes of a network: a process is about 100 MB, a node in memory about 5. */
export const MAX_NODES: Readonly<Record<NetworkMode, number>> = { process: 32, inProcess: 200 };

export interface NetworkOptions {
  /** How many, 3 unless told. */
  readonly nodes?: number | undefined;
  readonly topology?: Topology | undefined;
  /** Daemons over TCP (the default), or nodes in this process over links in memory: quicker, and gone with it. */
  readonly mode?: NetworkMode | undefined;
  /** Nodes in memory serve RPC over HTTP as well, for other programs to use. */
  readonly serveRpc?: boolean | undefined;
  /** Gives the keys and wallets: the same for the same seed. */
  readonly seed?: number | undefined;
  /**
   * Directory to keep the nodes' data in, new or from an earlier network; without it a temporary one, removed at the end.
   * For daemons only: nodes in one process keep nothing.
   */
  readonly datadir?: string | undefined;
  /** Mine to height 101 and give every node a coin (the default). Not done when there is a chain already. */
  readonly fund?: boolean | undefined;
  /** What nodes do against attacks, beside Core's rules. */
  readonly defences?: {
    /** They refuse to undo more blocks than this; without it they undo any number. */
    readonly maxReorg?: number | undefined;
  };
  /** More options of blocksmithd for all nodes. */
  readonly args?: readonly string[] | undefined;
  /** Ends the start, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A network of real nodes on this machine: each a process of its own, joined over real sockets, or all in this process.
 *
 * @example
 * await using network = await RegtestNetwork.create({ nodes: 3, topology: 'line' });
 * const alice = network.node(0);
 * const bob = network.node(2);
 * const txid = await alice.wallet().call('sendtoaddress', bob.key.address, 1);
 * await network.waitForMempool(txid);
 * await bob.mine();
 * await network.waitForSync();
 */
export class RegtestNetwork {
  /** In order of their numbers. */
  readonly nodes: readonly RegtestNode[];
  readonly seed: number;
  readonly topology: Topology;
  readonly mode: NetworkMode;
  /** Nodes refuse to undo more blocks than this; undefined where they undo any number. */
  readonly maxReorg: number | undefined;
  /** Receives the subsidies of the blocks that fund the nodes; in no node's wallet. */
  readonly faucet: LabKey;
  /** All that happens in the network; whoever makes something happen tells it here as well. */
  readonly events = new EventLog();
  /** Connections that are meant to be there now. */
  private links: Link[] = [];
  private readonly table: LinkTable;
  private readonly fabric: Fabric;

  private constructor(
    /** Of the nodes' data; undefined when they keep none. */
    readonly datadir: string | undefined,
    private readonly isTemporary: boolean,
    options: NetworkOptions,
  ) {
    const { nodes = 3, topology = 'mesh', mode = 'process', seed = DEFAULT_SEED } = options;
    const { serveRpc } = options;
    const maxNodes = MAX_NODES[mode];
    if (!Number.isSafeInteger(nodes) || nodes < 1 || nodes > maxNodes) {
      throw new RangeError(`a network has 1 to ${maxNodes} nodes`);
    }
    this.seed = seed;
    this.topology = topology;
    this.mode = mode;
    this.maxReorg = options.defences?.maxReorg;
    const args = [...argumentsForRules({ maxReorg: this.maxReorg }), ...(options.args ?? [])];
    this.faucet = labKey(seed, 'faucet');
    this.table = new LinkTable(seed);
    this.fabric = makeFabric(mode, { nodes, links: this.table, datadir, serveRpc, args });
    const tellFound = (block: FoundBlock) => this.events.emit({ type: 'blockFound', ...block });
    this.nodes = this.fabric.hosts.map(
      (host, index) => new RegtestNode(index, host, seed, node => this.reconnect(node), tellFound),
    );
    this.fabric.hosts.forEach((host, node) => {
      host.onEvent(event => this.events.emit({ node, ...event }));
    });
    this.table.events.on('changed', ({ nodes: [a, b] }) => this.tellLink(this.node(a), this.node(b)));
  }

  /** Starts a network, connects its nodes and funds them. @throws DaemonFailed when a node does not start */
  static async create(options: NetworkOptions = {}): Promise<RegtestNetwork> {
    const inMemory = options.mode === 'inProcess';
    if (inMemory && options.datadir !== undefined) {
      throw new RangeError('nodes in one process keep their data in memory: they have no datadir');
    }
    const isTemporary = !inMemory && options.datadir === undefined;
    const datadir = isTemporary ? await mkdtemp(join(tmpdir(), 'blocksmith-')) : options.datadir;
    const network = new RegtestNetwork(datadir, isTemporary, options);
    try {
      await network.start(options.fund ?? true);
      options.signal?.throwIfAborted();
      return network;
    } catch (thrown) {
      await network.stop();
      throw thrown;
    }
  }

  /** The node with this number. */
  node(index: number): RegtestNode {
    return defined(this.nodes[index], `node ${index}`);
  }

  /** Waits until the nodes, all unless told, have the same tip, and returns its hash. */
  async waitForSync(nodes: readonly RegtestNode[] = this.nodes): Promise<string> {
    return waitFor(
      async () => {
        const tips = await Promise.all(nodes.map(({ rpc }) => rpc.call('getbestblockhash')));
        return new Set(tips).size === 1 && tips[0];
      },
      { what: `${namesOf(nodes)} to have the same tip` },
    );
  }

  /** Waits until a transaction is in the mempools of the nodes, all unless told. */
  async waitForMempool(txid: string, nodes: readonly RegtestNode[] = this.nodes): Promise<void> {
    await waitFor(
      async () => {
        const pools = await Promise.all(nodes.map(({ rpc }) => rpc.call('getrawmempool')));
        return pools.every(pool => pool.includes(txid));
      },
      { what: `${txid} to reach the mempools of ${namesOf(nodes)}` },
    );
  }

  /** Waits until `condition` gives something else than false or undefined, and returns that. @throws WaitTimeout */
  waitFor<T>(condition: () => Promise<T | false | undefined>, what: string, timeoutMs?: number): Promise<T> {
    return waitFor(condition, { what, timeoutMs });
  }

  /** Connects two nodes, beside the connections of the topology. */
  async connect(a: RegtestNode, b: RegtestNode): Promise<void> {
    await this.join(a, b);
    if (this.isLinked(a, b)) return;
    this.links.push(link(a.index, b.index));
    this.tellLink(a, b);
  }

  async disconnect(a: RegtestNode, b: RegtestNode): Promise<void> {
    await disconnectNodes(a, b);
    if (!this.isLinked(a, b)) return;
    this.links = this.links.filter(([from, to]) => !sameLink([from, to], link(a.index, b.index)));
    this.tellLink(a, b);
  }

  /** Cuts all connections between nodes of different groups. Nodes in no group form one more. */
  async partition(groups: readonly (readonly RegtestNode[])[]): Promise<void> {
    const groupOf = (index: number) => groups.findIndex(group => group.some(node => node.index === index));
    const cut = this.links.filter(([a, b]) => groupOf(a) !== groupOf(b));
    await Promise.all(cut.map(([a, b]) => this.disconnect(this.node(a), this.node(b))));
  }

  /** Restores the connections of the topology. */
  async heal(): Promise<void> {
    const links = linksOf(this.topology, this.nodes.length);
    await Promise.all(links.map(([a, b]) => this.connect(this.node(a), this.node(b))));
  }

  /**
   * What lies between two nodes, to look at and to change. Changes hold at once, for all that is sent from then on; a link
   * that is down breaks the connection, and one that comes up again restores it when it was there.
   *
   * @example
   * await network.link(alice, bob).set({ latencyMs: 200, loss: 0.05 });
   */
  link(a: RegtestNode, b: RegtestNode): NetworkLink {
    const { table } = this;
    return {
      get conditions() {
        return table.between(a.index, b.index);
      },
      set: async changes => {
        const wasDown = table.between(a.index, b.index).down;
        const { down } = table.set(a.index, b.index, changes);
        if (wasDown && !down && this.isLinked(a, b)) await this.join(a, b);
      },
    };
  }

  /** Stops all nodes, and removes their data when these are in a temporary directory. */
  async stop(): Promise<void> {
    await Promise.all(this.nodes.map(({ host }) => host.stop()));
    await this.fabric.close();
    if (this.isTemporary && this.datadir !== undefined)
      await rm(this.datadir, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  private async start(fund: boolean): Promise<void> {
    const started = await Promise.allSettled(
      this.nodes.map(async node => {
        await node.host.start();
        await node.openWallet();
      }),
    );
    for (const outcome of started) if (outcome.status === 'rejected') throw outcome.reason;
    // Before any block: a node without a chain asks one peer for headers, and waits long if that has none either.
    await this.heal();
    const { blocks, initialblockdownload } = await this.node(0).rpc.call('getblockchaininfo');
    if (fund && blocks < START_HEIGHT) await fundNodes(this.nodes, this.faucet);
    // A chain from days ago looks to its nodes as if they had to catch up; a block of today ends that.
    else if (fund && initialblockdownload) await this.node(0).mine(1, this.faucet.address);
    await this.waitForSync();
  }

  /** After a node was started again: its connections. */
  private async reconnect(node: RegtestNode): Promise<void> {
    const mine = this.links.filter(link => link.includes(node.index));
    for (const [a, b] of mine) {
      const other = this.node(a === node.index ? b : a);
      if (other.isRunning) await this.join(node, other);
    }
  }

  private async join(from: RegtestNode, to: RegtestNode): Promise<void> {
    await connectNodes(from, to, await this.fabric.addressFor(from.index, to.index));
  }

  private tellLink(a: RegtestNode, b: RegtestNode): void {
    const nodes = link(a.index, b.index);
    const conditions = this.table.between(a.index, b.index);
    this.events.emit({ type: 'link', nodes, conditions, connected: this.isLinked(a, b) });
  }

  private isLinked(a: RegtestNode, b: RegtestNode): boolean {
    return this.links.some(one => sameLink(one, link(a.index, b.index)));
  }
}

/** What lies between two nodes. */
export interface NetworkLink {
  readonly conditions: LinkConditions;
  /** Changes some of the conditions; the others stay. @throws RangeError when a number makes no sense */
  set(changes: Partial<LinkConditions>): Promise<void>;
}

function sameLink(a: Link, b: Link): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

function namesOf(nodes: readonly RegtestNode[]): string {
  return nodes.map(({ name }) => name).join(', ');
}
