import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PowPool } from '../src/miner/pow-pool.js';
import { defined } from '../src/runtime/errors.js';
import { JobQueue } from '../src/runtime/queue.js';
import { accountCount, type LabAccount, makeAccounts } from './accounts/account.js';
import { type LabKey, LabKeys } from './accounts/lab-keys.js';
import { mnemonicOf, parseMnemonic } from './accounts/mnemonic.js';
import { deliverBlocks, tipsOf } from './block-delivery.js';
import { BlockPace } from './block-pace.js';
import { type ReorgOptions, type ReorgOutcome, reorganize } from './branch/reorg.js';
import type { NetworkClock } from './clock/clock-state.js';
import { LabClock } from './clock/lab-clock.js';
import { EventLog } from './events/event-log.js';
import { Recorder, type RecorderOptions } from './events/recorder.js';
import { type Fabric, makeFabric, type NetworkMode, removeStates } from './fabric.js';
import type { BitcoinAmount } from './faucet/amount.js';
import { checkPayment, payFromFaucet } from './faucet/faucet.js';
import type { FundOptions, FundResult } from './faucet/fund-options.js';
import { FirstChain } from './first-chain.js';
import { fundAccounts, fundedAccounts, START_HEIGHT } from './funding.js';
import type { LinkConditions } from './links/conditions.js';
import { LinkTable } from './links/link-table.js';
import { LabMining } from './mining/lab-mining.js';
import type { NetworkMining } from './mining/plan.js';
import { EventFeed } from './mining/transaction-feed.js';
import { argumentsForRules, type NetworkRules, networkRules, type ProofOfWork } from './network-rules.js';
import { RegtestNode } from './node.js';
import { connectNodes, disconnectNodes, missingLinks } from './peers.js';
import { DEFAULT_SEED } from './random.js';
import { clockPart } from './snapshots/clock-part.js';
import { type NetworkDump, readDump, requireSameNodes, writeDump } from './snapshots/dump.js';
import { linksPart } from './snapshots/links-part.js';
import type { NetworkSnapshot } from './snapshots/network-snapshot.js';
import { NetworkSnapshots } from './snapshots/network-snapshots.js';
import { joinedWith, type Link, link, linksOf, type Topology } from './topology.js';
import { waitFor } from './wait.js';

/** Most nodes of a network: a process is about 100 MB, a node in memory about 5. */
export const MAX_NODES: Readonly<Record<NetworkMode, number>> = { process: 32, inProcess: 200 };

/** What waits for the chain to stand still, such as blocks of a plan and reorganisations. */
const MAX_WAITING_FOR_CHAIN = 10_000;

export interface NetworkOptions {
  /** How many, 3 unless told. */
  readonly nodes?: number | undefined;
  readonly topology?: Topology | undefined;
  /** Daemons over TCP (the default), or nodes in this process over links in memory: quicker, and gone with it. */
  readonly mode?: NetworkMode | undefined;
  /** Nodes in memory serve RPC over HTTP as well, for other programs to use. */
  readonly serveRpc?: boolean | undefined;
  /** Gives the mnemonic, and decides what is left to chance: all the same for the same seed. */
  readonly seed?: number | undefined;
  /** BIP39 phrase in English that all keys and wallets come from, instead of the one that follows from the seed. */
  readonly mnemonic?: string | undefined;
  /** Accounts with coins, the nodes' own among them: 10 unless told, or one for each node when there are more of these. */
  readonly accounts?: number | undefined;
  /**
   * Directory to keep the nodes' data in, new or from an earlier network; without it a temporary one, removed at the end.
   * For daemons only: nodes in one process keep nothing.
   */
  readonly datadir?: string | undefined;
  /**
   * A file that {@link RegtestNetwork.dump} wrote: the network begins as it was then, with its seed, mnemonic,
   * number of nodes and topology. It may be one of the other mode.
   */
  readonly from?: string | undefined;
  /** Mine to height 101 and give every account a coin (the default). Not done when there is a chain already. */
  readonly fund?: boolean | undefined;
  /**
   * The difficulty adjusts itself, where it never changes otherwise. The nodes' time begins at genesis then, and goes on only
   * when blocks are made by the lab: see {@link RegtestNetwork.pace}.
   */
  readonly proofOfWork?: ProofOfWork | undefined;
  /** What nodes do against attacks, beside Core's rules. */
  readonly defences?:
    | {
        /** They refuse to undo more blocks than this; without it they undo any number. */
        readonly maxReorg?: number | undefined;
      }
    | undefined;
  /** More options of blocksmithd for all nodes. */
  readonly args?: readonly string[] | undefined;
  /** Told of what goes wrong in the background, such as a node that ended and does not mine; a warning of the process otherwise. */
  readonly onWarning?: ((message: string) => void) | undefined;
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
  /** What is not as on Core's regtest. */
  readonly rules: NetworkRules;
  /** The time of a network with `proofOfWork`; undefined for others. */
  readonly pace: BlockPace | undefined;
  /** Receives the subsidies of the blocks that fund the nodes; in no node's wallet. */
  readonly faucet: LabKey;
  /** All that happens in the network; whoever makes something happen tells it here as well. */
  readonly events = new EventLog();
  /** Connections that are meant to be there now. */
  private links: Link[] = [];
  private readonly table: LinkTable;
  private readonly keys: LabKeys;
  private readonly labClock: LabClock;
  private readonly labMining: LabMining;
  private readonly pool = new PowPool();
  /** Blocks that the lab itself makes come one after the other. */
  private readonly chainJobs = new JobQueue('chain of the lab', MAX_WAITING_FOR_CHAIN);
  private funded: readonly LabAccount[];
  private readonly fabric: Fabric;
  private readonly snapshots: NetworkSnapshots;

  private constructor(
    /** Of the nodes' data; undefined when they keep none. */
    readonly datadir: string | undefined,
    private readonly isTemporary: boolean,
    /** Nodes have no chain yet, and no options of their own that it depends on. */
    private readonly isPlain: boolean,
    options: NetworkOptions,
  ) {
    const { nodes = 3, topology = 'mesh', mode = 'process', seed = DEFAULT_SEED } = options;
    const { serveRpc, mnemonic = mnemonicOf(seed) } = options;
    const maxNodes = MAX_NODES[mode];
    if (!Number.isSafeInteger(nodes) || nodes < 1 || nodes > maxNodes) {
      throw new RangeError(`a network has 1 to ${maxNodes} nodes`);
    }
    this.seed = seed;
    this.topology = topology;
    this.mode = mode;
    const accounts = accountCount(nodes, options.accounts);
    this.keys = new LabKeys(parseMnemonic(mnemonic));
    this.faucet = this.keys.faucet;
    this.funded = makeAccounts(this.keys, nodes, accounts);
    this.rules = networkRules(options.defences?.maxReorg, options.proofOfWork);
    const args = [...argumentsForRules(this.rules), ...(options.args ?? [])];
    this.table = new LinkTable(seed);
    const startArgs = () => this.labClock.startArgs;
    this.fabric = makeFabric(mode, { nodes, links: this.table, datadir, serveRpc, args, startArgs });
    this.nodes = this.fabric.hosts.map(
      (host, index) =>
        new RegtestNode(index, host, this.keys, {
          rejoin: node => this.rejoin(node),
          tellFound: block => this.events.emit({ type: 'blockFound', ...block }),
          fund: (node, amount, more) => this.fund(node, amount, more),
        }),
    );
    this.fabric.hosts.forEach((host, node) => {
      host.onEvent(event => this.events.emit({ node, ...event }));
    });
    this.table.events.on('changed', ({ nodes: [a, b] }) => this.tellLink(this.node(a), this.node(b)));
    this.labClock = new LabClock({
      nodes: this.nodes,
      relink: () => this.relink(),
      onChange: clock => this.events.emit({ type: 'clock', clock }),
    });
    this.labMining = new LabMining({
      nodes: this.nodes,
      feed: new EventFeed(this.nodes, this.events),
      pool: this.pool,
      seed,
      sideOf: node => this.sideOf(node),
      exclusively: job => this.chainJobs.push(job),
      onPlan: plan => this.events.emit({ type: 'mining', plan }),
      onTrouble: options.onWarning ?? (message => process.emitWarning(message)),
    });
    const links = linksPart(this.table, {
      get: () => this.links,
      set: joined => {
        this.links = [...joined];
      },
    });
    this.snapshots = new NetworkSnapshots({
      nodes: this.nodes,
      parts: [links, clockPart(this.labClock)],
      reconnect: () => this.reconnectAll(),
      now: () => this.clock.state.time,
    });
    const { proofOfWork } = this.rules;
    this.pace = proofOfWork && new BlockPace(this.nodes, proofOfWork.spacingSeconds);
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
    if (options.proofOfWork !== undefined && options.datadir !== undefined) {
      throw new RangeError('the time of a chain with proof of work is not kept: it has no datadir');
    }
    if (inMemory && options.datadir !== undefined) {
      throw new RangeError('nodes in one process keep their data in memory: they have no datadir');
    }
    const isTemporary = !inMemory && options.datadir === undefined;
    const datadir = isTemporary ? await mkdtemp(join(tmpdir(), 'blocksmith-')) : options.datadir;
    const isNew = datadir === undefined || isTemporary || !existsSync(datadir);
    const isPlain = isNew && options.proofOfWork === undefined && (options.args ?? []).length === 0;
    // Left by an earlier network that came to a sudden end.
    if (datadir !== undefined) await removeStates(datadir);
    const network = new RegtestNetwork(datadir, isTemporary, isPlain, options);
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

  /**
   * What time it is for the nodes.
   *
   * @example
   * await network.clock.advance(24 * 3600);
   */
  get clock(): NetworkClock {
    return this.labClock;
  }

  /**
   * When blocks come by themselves. At first they come only when asked for.
   *
   * @example
   * await network.mining.set({ kind: 'interval', seconds: 2, shares: [0.6, 0.3, 0.1] });
   */
  get mining(): NetworkMining {
    return this.labMining;
  }

  /** The BIP39 phrase that all keys come from. */
  get mnemonic(): string {
    return this.keys.mnemonic;
  }

  /** Keys with a coin each, in order of their numbers: first those of the nodes, then some that are in no wallet. */
  get accounts(): readonly LabAccount[] {
    return this.funded;
  }

  /** The node with this number. */
  node(index: number): RegtestNode {
    return defined(this.nodes[index], `node ${index}`);
  }

  /** Waits until the nodes, all unless told, have the same tip, and returns its hash. */
  async waitForSync(nodes: readonly RegtestNode[] = this.nodes): Promise<string> {
    return waitFor(
      async () => {
        const tips = await tipsOf(nodes);
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
    if (a.isRunning && b.isRunning) await disconnectNodes(a, b);
    if (!this.isLinked(a, b)) return;
    this.links = this.links.filter(([from, to]) => !sameLink([from, to], link(a.index, b.index)));
    this.tellLink(a, b);
  }

  /** Whether two nodes are meant to be connected now. */
  isLinked(a: RegtestNode, b: RegtestNode): boolean {
    return this.links.some(one => sameLink(one, link(a.index, b.index)));
  }

  /** The running nodes that are connected with this one, directly or not, and itself. */
  sideOf(node: RegtestNode): readonly RegtestNode[] {
    const runs = (index: number) => this.nodes[index]?.isRunning === true;
    const links = this.links.filter(([a, b]) => runs(a) && runs(b) && !this.table.between(a, b).down);
    const joined = joinedWith(node.index, links);
    return this.nodes.filter(({ index }) => joined.has(index));
  }

  /** Cuts all connections between nodes of different groups. Nodes in no group form one more. */
  async partition(groups: readonly (readonly RegtestNode[])[]): Promise<void> {
    const groupOf = (index: number) => groups.findIndex(group => group.some(node => node.index === index));
    const cut = this.links.filter(([a, b]) => groupOf(a) !== groupOf(b));
    await Promise.all(cut.map(([a, b]) => this.disconnect(this.node(a), this.node(b))));
  }

  /** Restores the connections of the topology. */
  async heal(): Promise<void> {
    await this.connectAll(linksOf(this.topology, this.nodes.length, this.seed));
  }

  /**
   * Takes the last blocks out of the chain by a branch with more work, mined by the lab and given to one node; the nodes
   * that are connected with it follow by themselves, and have done so when this resolves.
   *
   * @throws RangeError when the chain has no such depth
   * @example
   * const { removed, reversed } = await network.reorg({ depth: 3 });
   */
  reorg({ node = this.anyRunning(), ...options }: ReorgOptions): Promise<ReorgOutcome> {
    return this.chainJobs.push(() =>
      reorganize(node, options, {
        pool: this.pool,
        payTo: this.faucet.address,
        now: () => this.clock.state.time,
        sideOf: one => this.sideOf(one),
      }),
    );
  }

  /**
   * Gives new coins to an address, or to a node, out of subsidies of the faucet. A node that does not have them when this
   * resolves is not connected.
   *
   * @param amount bitcoins, as a number or as decimal text
   * @throws RangeError when address or amount make no sense; FaucetEmpty when subsidies do not give so much
   * @example
   * const { txid } = await network.fund(address, 1.5);
   */
  async fund(
    to: RegtestNode | string,
    amount: BitcoinAmount,
    options: FundOptions = {},
  ): Promise<FundResult> {
    const [node, address] = typeof to === 'string' ? [this.anyRunning(), to] : [to, to.key.address];
    const payment = checkPayment(address, amount, this.faucet);
    return this.chainJobs.push(() =>
      payFromFaucet(node, payment, options, {
        key: this.faucet,
        sideOf: one => this.sideOf(one),
        waitForMempool: (txid, nodes) => this.waitForMempool(txid, nodes),
      }),
    );
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
   * Records what happens from now on to a file, a line of JSON for each event, until the recorder is stopped.
   *
   * @throws RecordingError when the file cannot be written
   *
   * @example
   * const recorder = await network.recordTo('run.jsonl', { since: 0 });
   * await network.node(0).mine();
   * await recorder.stop();
   */
  recordTo(file: string, { name = 'lab', ...options }: RecordOptions = {}): Promise<Recorder> {
    const { mode, topology, seed } = this;
    const nodes = this.nodes.map(node => node.name);
    return Recorder.start(file, this.events, { ...options, lab: { name, mode, topology, seed, nodes } });
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
    // Side by side: a call to a node that hangs ends with the node.
    const nodes = this.nodes.map(({ host }) => host.stop());
    await Promise.all([this.labClock.stop(), this.labMining.stop(), ...nodes]);
    await this.pool.stop();
    await this.fabric.close();
    if (this.isTemporary && this.datadir !== undefined)
      await rm(this.datadir, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  private async start(fund: boolean): Promise<void> {
    const chain = fund ? await this.firstChain() : undefined;
    await chain?.giveTo(this.nodes);
    const started = await Promise.allSettled(
      this.nodes.map(async node => {
        await node.host.start();
        chain?.tellOf(node, this.events);
        await node.openWallet();
      }),
    );
    for (const outcome of started) if (outcome.status === 'rejected') throw outcome.reason;
    if (fund && this.pace !== undefined) await this.fundAtPace(this.pace);
    // Before any block: a node without a chain asks one peer for headers, and waits long if that has none either.
    await this.heal();
    const { rpc } = this.node(0);
    const height = await rpc.call('getblockcount');
    if (fund && height < START_HEIGHT) await fundAccounts(this.node(0), this.accounts, this.faucet);
    this.funded = await fundedAccounts(rpc, this.accounts);
    await this.waitForSync();
  }

  /** Other nodes than those of a plain network make their chain themselves. */
  private async firstChain(): Promise<FirstChain | undefined> {
    const { accounts, faucet, rules, isPlain } = this;
    if (!isPlain) return undefined;
    return FirstChain.make({ accounts, faucet, args: argumentsForRules(rules) });
  }

  /** Hours pass with each block, too many for peers to stay in touch: nodes get the blocks before they are connected. */
  private async fundAtPace(pace: BlockPace): Promise<void> {
    const [first, ...others] = this.nodes;
    if (first === undefined) return;
    await fundAccounts(first, this.accounts, this.faucet, () => pace.next());
    for (let height = 1; height <= START_HEIGHT; height++)
      await deliverBlocks([await first.rpc.call('getblockhash', height)], first, others);
  }

  private async startFrom(dump: NetworkDump): Promise<void> {
    const snapshot = await this.adopt(dump);
    await this.revert(snapshot);
    await this.drop(snapshot);
    const node = this.anyRunning();
    if (node.isRunning) this.funded = await fundedAccounts(node.rpc, this.accounts);
  }

  private adopt(dump: NetworkDump): Promise<NetworkSnapshot> {
    requireSameNodes(this, dump);
    return this.snapshots.adopt(dump);
  }

  /** After a node was started again: the time, and its connections. */
  private async rejoin(node: RegtestNode): Promise<void> {
    await this.labClock.join(node);
    await this.join(this.links.filter(link => link.includes(node.index)));
  }

  private reconnectAll(): Promise<void> {
    return this.join(this.links);
  }

  /** Restores connections that got lost though nobody cut them. */
  private async relink(): Promise<void> {
    await this.join(await missingLinks(this.nodes, this.links));
  }

  private async connectAll(pairs: readonly Link[]): Promise<void> {
    await this.join(pairs);
    for (const [a, b] of pairs) {
      if (this.isLinked(this.node(a), this.node(b))) continue;
      this.links.push(link(a, b));
      this.tellLink(this.node(a), this.node(b));
    }
  }

  /**
   * Connects nodes, the first of each two to the second, when that can be: otherwise it is done when the one that does not
   * run starts, or the link is up.
   */
  private async join(pairs: readonly Link[]): Promise<void> {
    const runs = (index: number) => this.node(index).isRunning;
    const possible = pairs.filter(([a, b]) => runs(a) && runs(b) && !this.table.between(a, b).down);
    await connectNodes(
      await Promise.all(
        possible.map(async ([a, b]) => {
          const address = await this.fabric.addressFor(a, b);
          return { from: this.node(a), to: this.node(b), address };
        }),
      ),
    );
  }

  /** The first node that runs; the first one if none does. */
  private anyRunning(): RegtestNode {
    return this.nodes.find(({ isRunning }) => isRunning) ?? this.node(0);
  }

  private tellLink(a: RegtestNode, b: RegtestNode): void {
    const nodes = link(a.index, b.index);
    const conditions = this.table.between(a.index, b.index);
    this.events.emit({ type: 'link', nodes, conditions, connected: this.isLinked(a, b) });
  }
}

export interface RecordOptions extends Omit<RecorderOptions, 'lab'> {
  /** Of the lab, in the recording: `lab` unless told. */
  readonly name?: string;
}

/** What lies between two nodes. */
export interface NetworkLink {
  readonly conditions: LinkConditions;
  /** Changes some of the conditions; the others stay. @throws RangeError when a number makes no sense */
  set(changes: Partial<LinkConditions>): Promise<void>;
}

/** What options leave open is as in the dump. */
function withDumped(given: NetworkOptions, dump: NetworkDump): NetworkOptions {
  const { seed = dump.seed, mnemonic = dump.mnemonic, topology = dump.topology } = given;
  return { ...given, seed, mnemonic, topology, nodes: given.nodes ?? dump.nodes.length };
}

function sameLink(a: Link, b: Link): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

function namesOf(nodes: readonly RegtestNode[]): string {
  return nodes.map(({ name }) => name).join(', ');
}
