import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defined } from '../src/runtime/errors.js';
import { type Fabric, makeFabric, type NetworkMode, removeStates } from './fabric.js';
import { fundNodes, START_HEIGHT } from './funding.js';
import { type LabKey, labKey } from './keys.js';
import type { LinkConditions } from './links/conditions.js';
import { LinkTable } from './links/link-table.js';
import { RegtestNode } from './node.js';
import { connectNodes, disconnectNodes } from './peers.js';
import { DEFAULT_SEED } from './random.js';
import { type NetworkDump, readDump, requireSameNodes, writeDump } from './snapshots/dump.js';
import { linksPart } from './snapshots/links-part.js';
import type { NetworkSnapshot } from './snapshots/network-snapshot.js';
import { NetworkSnapshots } from './snapshots/network-snapshots.js';
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
  /**
   * A file that {@link RegtestNetwork.dump} wrote: the network begins as it was then, with its seed, number of nodes and
   * topology. It may be one of the other mode.
   */
  readonly from?: string | undefined;
  /** Mine to height 101 and give every node a coin (the default). Not done when there is a chain already. */
  readonly fund?: boolean | undefined;
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
  /** Receives the subsidies of the blocks that fund the nodes; in no node's wallet. */
  readonly faucet: LabKey;
  /** Connections that are meant to be there now. */
  private links: Link[] = [];
  private readonly table: LinkTable;
  private readonly fabric: Fabric;
  private readonly snapshots: NetworkSnapshots;

  private constructor(
    /** Of the nodes' data; undefined when they keep none. */
    readonly datadir: string | undefined,
    private readonly isTemporary: boolean,
    options: NetworkOptions,
  ) {
    const { nodes = 3, topology = 'mesh', mode = 'process', seed = DEFAULT_SEED } = options;
    const { serveRpc, args } = options;
    const maxNodes = MAX_NODES[mode];
    if (!Number.isSafeInteger(nodes) || nodes < 1 || nodes > maxNodes) {
      throw new RangeError(`a network has 1 to ${maxNodes} nodes`);
    }
    this.seed = seed;
    this.topology = topology;
    this.mode = mode;
    this.faucet = labKey(seed, 'faucet');
    this.table = new LinkTable(seed);
    this.fabric = makeFabric(mode, { nodes, links: this.table, datadir, serveRpc, args });
    this.nodes = this.fabric.hosts.map(
      (host, index) => new RegtestNode(index, host, seed, node => this.reconnect(node)),
    );
    const links = linksPart(this.table, {
      get: () => this.links,
      set: joined => {
        this.links = [...joined];
      },
    });
    this.snapshots = new NetworkSnapshots({
      nodes: this.nodes,
      parts: [links],
      reconnect: () => this.reconnectAll(),
      now: () => Math.floor(Date.now() / 1000),
    });
  }

  /**
   * Starts a network, connects its nodes and funds them.
   *
   * @throws DaemonFailed when a node does not start
   * @throws DumpError when it cannot begin from the file given
   */
  static async create(given: NetworkOptions = {}): Promise<RegtestNetwork> {
    const dump = given.from === undefined ? undefined : await readDump(given.from);
    const options = dump === undefined ? given : withDumped(given, dump);
    const inMemory = options.mode === 'inProcess';
    if (inMemory && options.datadir !== undefined) {
      throw new RangeError('nodes in one process keep their data in memory: they have no datadir');
    }
    const isTemporary = !inMemory && options.datadir === undefined;
    const datadir = isTemporary ? await mkdtemp(join(tmpdir(), 'blocksmith-')) : options.datadir;
    // Left by an earlier network that came to a sudden end.
    if (datadir !== undefined) await removeStates(datadir);
    const network = new RegtestNetwork(datadir, isTemporary, options);
    try {
      if (dump === undefined) await network.start(options.fund ?? true);
      else await network.startFrom(dump);
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
    await this.connectAll([[a.index, b.index]]);
  }

  async disconnect(a: RegtestNode, b: RegtestNode): Promise<void> {
    await disconnectNodes(a, b);
    this.links = this.links.filter(([from, to]) => !sameLink([from, to], link(a.index, b.index)));
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
    await this.connectAll(links);
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
        if (wasDown && !down && this.isLinked(a, b)) await this.join([[a.index, b.index]]);
      },
    };
  }

  /**
   * All nodes as they are, with chain, coins, wallets and mempool, and the links between them. What is on its way between
   * nodes is not part of it. Daemons are stopped for it and started again.
   *
   * @throws RangeError when there are too many snapshots
   *
   * @example
   * const before = await network.snapshot();
   * await network.node(0).mine(10);
   * await network.revert(before);
   */
  snapshot(): Promise<NetworkSnapshot> {
    return this.snapshots.take();
  }

  /**
   * Brings the network back to a snapshot, as often as wanted: nodes that ran then run afterwards, and others do not.
   *
   * @throws SnapshotGone when it was dropped, or is of another network
   */
  revert(snapshot: NetworkSnapshot): Promise<void> {
    return this.snapshots.revert(snapshot);
  }

  /** Gives back what a snapshot takes. @throws SnapshotGone when that was done already */
  drop(snapshot: NetworkSnapshot): Promise<void> {
    return this.snapshots.drop(snapshot);
  }

  /**
   * Writes the network as it is, or a snapshot of it, to a file: see docs/DUMP-FORMAT.md.
   *
   * @returns bytes of the file
   * @throws DumpError when it cannot be written
   */
  dump(file: string, snapshot?: NetworkSnapshot): Promise<number> {
    return this.snapshots.look(snapshot, saved => writeDump(file, this, saved));
  }

  /**
   * Reads a file that {@link dump} wrote, in either mode, as a snapshot to revert to.
   *
   * @throws DumpError when it cannot be read, is damaged, or is of a network with other nodes
   */
  async load(file: string): Promise<NetworkSnapshot> {
    return this.adopt(await readDump(file));
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

  private async startFrom(dump: NetworkDump): Promise<void> {
    const snapshot = await this.adopt(dump);
    await this.revert(snapshot);
    await this.drop(snapshot);
  }

  private adopt(dump: NetworkDump): Promise<NetworkSnapshot> {
    requireSameNodes(this, dump);
    return this.snapshots.adopt(dump);
  }

  /** After a node was started again: its connections. */
  private async reconnect(node: RegtestNode): Promise<void> {
    const others = this.links
      .filter(link => link.includes(node.index))
      .map(([a, b]) => (a === node.index ? b : a));
    await this.join(
      others
        .filter(other => this.node(other).isRunning && !this.table.between(node.index, other).down)
        .map(other => [node.index, other] as const),
    );
  }

  private async connectAll(pairs: readonly Link[]): Promise<void> {
    await this.join(pairs);
    for (const [a, b] of pairs) if (!this.isLinked(this.node(a), this.node(b))) this.links.push(link(a, b));
  }

  /** Makes all connections that are meant to be there and can be. */
  private reconnectAll(): Promise<void> {
    return this.join(
      this.links.filter(
        ([a, b]) => this.node(a).isRunning && this.node(b).isRunning && !this.table.between(a, b).down,
      ),
    );
  }

  /** The first of two connects. */
  private async join(pairs: readonly Link[]): Promise<void> {
    await connectNodes(
      await Promise.all(
        pairs.map(async ([a, b]) => {
          const address = await this.fabric.addressFor(a, b);
          return { from: this.node(a), to: this.node(b), address };
        }),
      ),
    );
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

/** What options leave open is as in the dump. */
function withDumped(given: NetworkOptions, dump: NetworkDump): NetworkOptions {
  const { seed = dump.seed, topology = dump.topology, nodes = dump.nodes.length } = given;
  return { ...given, seed, topology, nodes };
}

function sameLink(a: Link, b: Link): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

function namesOf(nodes: readonly RegtestNode[]): string {
  return nodes.map(({ name }) => name).join(', ');
}
