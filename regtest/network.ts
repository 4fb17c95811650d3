import { PowPool } from '../src/miner/pow-pool.js';
import { defined } from '../src/runtime/errors.js';
import { type LabAccount, makeAccounts } from './accounts/account.js';
import type { LabKey, LabKeys } from './accounts/lab-keys.js';
import { BlockPace, PACE_START } from './block-pace.js';
import type { ReorgOptions, ReorgOutcome } from './branch/reorg.js';
import type { NetworkClock } from './clock/clock-state.js';
import { LabClock } from './clock/lab-clock.js';
import { EventLog } from './events/event-log.js';
import { Recorder } from './events/recorder.js';
import { type Fabric, makeFabric, type NetworkMode } from './fabric.js';
import type { BitcoinAmount } from './faucet/amount.js';
import type { FundOptions, FundResult } from './faucet/fund-options.js';
import { fundedAccounts } from './funding.js';
import { LabChain } from './lab-chain.js';
import { LinkTable } from './links/link-table.js';
import { type NetworkLink, NetworkLinks } from './links/network-links.js';
import { LabMining } from './mining/lab-mining.js';
import type { NetworkMining } from './mining/plan.js';
import { EventFeed } from './mining/transaction-feed.js';
import { NetworkDirectory } from './network-directory.js';
import {
  type NetworkOptions,
  type NetworkSetup,
  networkSetup,
  type RecordOptions,
} from './network-options.js';
import { argumentsForRules, type NetworkRules } from './network-rules.js';
import { startNetwork } from './network-start.js';
import { RegtestNode } from './node.js';
import { waitForMempools, waitForSameTip } from './propagation.js';
import { clockPart } from './snapshots/clock-part.js';
import { type NetworkDump, readDump, requireSameNodes, writeDump } from './snapshots/dump.js';
import { linksPart } from './snapshots/links-part.js';
import type { NetworkSnapshot } from './snapshots/network-snapshot.js';
import { NetworkSnapshots } from './snapshots/network-snapshots.js';
import { linksOf, type Topology } from './topology.js';
import { waitFor } from './wait.js';

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
  private readonly links: NetworkLinks;
  private readonly keys: LabKeys;
  private readonly labClock: LabClock;
  private readonly labMining: LabMining;
  private readonly pool = new PowPool();
  private readonly chain: LabChain;
  private funded: readonly LabAccount[];
  private readonly fabric: Fabric;
  private readonly snapshots: NetworkSnapshots;

  private constructor(
    private readonly directory: NetworkDirectory | undefined,
    setup: NetworkSetup,
  ) {
    const { nodes, topology, mode, seed, keys, accounts, rules, serveRpc, onWarning } = setup;
    this.seed = seed;
    this.topology = topology;
    this.mode = mode;
    this.keys = keys;
    this.faucet = keys.faucet;
    this.funded = makeAccounts(keys, nodes, accounts);
    this.rules = rules;
    const table = new LinkTable(seed);
    const startArgs = () => this.labClock.startArgs;
    const { datadir } = this;
    const args = [...argumentsForRules(rules), ...setup.args];
    this.fabric = makeFabric(mode, { nodes, links: table, datadir, serveRpc, args, startArgs });
    this.nodes = this.fabric.hosts.map(
      (host, index) =>
        new RegtestNode(index, host, keys, {
          rejoin: node => this.rejoin(node),
          tellFound: block => this.events.emit({ type: 'blockFound', ...block }),
          fund: (node, amount, more) => this.fund(node, amount, more),
          beforeBlock: rules.proofOfWork && (async () => this.pace?.letBlockCome()),
        }),
    );
    this.fabric.hosts.forEach((host, node) => {
      host.onEvent(event => this.events.emit({ node, ...event }));
    });
    this.links = new NetworkLinks({
      nodes: this.nodes,
      table,
      addressFor: (from, to) => this.fabric.addressFor(from, to),
      events: this.events,
      tell: happening => this.events.emit(happening),
    });
    this.labClock = new LabClock({
      nodes: this.nodes,
      relink: () => this.links.relink(),
      onChange: clock => this.events.emit({ type: 'clock', clock }),
      startsAt: rules.proofOfWork && PACE_START,
    });
    this.chain = new LabChain({
      pool: this.pool,
      faucet: this.faucet,
      maxReorg: rules.maxReorg,
      now: () => this.clock.state.time,
      sideOf: node => this.sideOf(node),
    });
    this.labMining = new LabMining({
      nodes: this.nodes,
      feed: new EventFeed(this.nodes, this.events),
      pool: this.pool,
      seed,
      sideOf: node => this.sideOf(node),
      exclusively: job => this.chain.exclusively(job),
      onPlan: plan => this.events.emit({ type: 'mining', plan }),
      onTrouble: onWarning,
    });
    this.snapshots = new NetworkSnapshots({
      nodes: this.nodes,
      parts: [linksPart(table, this.links), clockPart(this.labClock)],
      reconnect: () => this.links.reconnect(),
      now: () => this.clock.state.time,
    });
    this.pace = rules.proofOfWork && new BlockPace(this.labClock, rules.proofOfWork.spacingSeconds);
  }

  /**
   * Starts a network, connects its nodes and funds them.
   *
   * @throws DaemonFailed when a node does not start
   * @throws DumpError when it cannot begin from the file given
   */
  static async create(given: NetworkOptions = {}): Promise<RegtestNetwork> {
    const dump = given.from === undefined ? undefined : await readDump(given.from);
    const setup = networkSetup(given, dump);
    const directory = await NetworkDirectory.open(setup);
    const network = new RegtestNetwork(directory, setup);
    try {
      if (dump !== undefined) await network.startFrom(dump);
      else network.funded = await startNetwork(network, setup, directory?.isNew !== false);
      given.signal?.throwIfAborted();
      return network;
    } catch (thrown) {
      await network.stop();
      throw thrown;
    }
  }

  /** Of the nodes' data; undefined when they keep none. */
  get datadir(): string | undefined {
    return this.directory?.path;
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

  /**
   * Waits until the nodes, all unless told, have the same tip, and returns its hash.
   *
   * @throws NetworkSplit when they never will, as some refuse the chain with most work
   */
  waitForSync(nodes: readonly RegtestNode[] = this.nodes): Promise<string> {
    return waitForSameTip(nodes);
  }

  /** Waits until a transaction is in the mempools of the nodes, all unless told. */
  waitForMempool(txid: string, nodes: readonly RegtestNode[] = this.nodes): Promise<void> {
    return waitForMempools(txid, nodes);
  }

  /** Waits until `condition` gives something else than false or undefined, and returns that. @throws WaitTimeout */
  waitFor<T>(condition: () => Promise<T | false | undefined>, what: string, timeoutMs?: number): Promise<T> {
    return waitFor(condition, { what, timeoutMs });
  }

  /** Connects two nodes, beside the connections of the topology. */
  connect(a: RegtestNode, b: RegtestNode): Promise<void> {
    return this.links.connect([[a.index, b.index]]);
  }

  disconnect(a: RegtestNode, b: RegtestNode): Promise<void> {
    return this.links.disconnect(a, b);
  }

  /** Whether two nodes are meant to be connected now. */
  isLinked(a: RegtestNode, b: RegtestNode): boolean {
    return this.links.isLinked(a, b);
  }

  /** The running nodes that are connected with this one, directly or not, and itself. */
  sideOf(node: RegtestNode): readonly RegtestNode[] {
    return this.links.sideOf(node);
  }

  /** Cuts all connections between nodes of different groups. Nodes in no group form one more. */
  partition(groups: readonly (readonly RegtestNode[])[]): Promise<void> {
    return this.links.partition(groups);
  }

  /** Restores the connections of the topology. */
  heal(): Promise<void> {
    return this.links.connect(linksOf(this.topology, this.nodes.length, this.seed));
  }

  /**
   * Takes the last blocks out of the chain by a branch with more work, mined by the lab and given to one node; the nodes
   * that are connected with it follow by themselves, and have done so when this resolves.
   *
   * @throws RangeError when the chain has no such depth, or the nodes would not undo so much
   * @throws NetworkSplit when some of them refuse the others' chain
   * @example
   * const { removed, reversed } = await network.reorg({ depth: 3 });
   */
  reorg({ node = this.anyRunning(), ...options }: ReorgOptions): Promise<ReorgOutcome> {
    return this.chain.reorg(node, options);
  }

  /**
   * Gives new coins to an address, or to a node, out of subsidies of the faucet. A node that does not have them when this
   * resolves is not connected.
   *
   * @param amount bitcoins, as a number or as decimal text
   * @throws RangeError when address or amount make no sense; FaucetEmpty when subsidies do not give so much
   * @throws NetworkSplit when some nodes refuse the others' chain
   * @example
   * const { txid } = await network.fund(address, 1.5);
   */
  fund(to: RegtestNode | string, amount: BitcoinAmount, options?: FundOptions): Promise<FundResult> {
    const [node, address] = typeof to === 'string' ? [this.anyRunning(), to] : [to, to.key.address];
    return this.chain.fund(node, address, amount, options);
  }

  /**
   * What lies between two nodes, to look at and to change. Changes hold at once, for all that is sent from then on; a link
   * that is down breaks the connection, and one that comes up again restores it when it was there.
   *
   * @example
   * await network.link(alice, bob).set({ latencyMs: 200, loss: 0.05 });
   */
  link(a: RegtestNode, b: RegtestNode): NetworkLink {
    return this.links.between(a, b);
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
    await this.directory?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
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
    await this.links.reconnect(node);
  }

  /** The first node that runs; the first one if none does. */
  private anyRunning(): RegtestNode {
    return this.nodes.find(({ isRunning }) => isRunning) ?? this.node(0);
  }
}
