import type { LabStatus, LabView, LinkStatus, SnapshotInfo } from '../../control/protocol.js';
import { BlockTree } from '../../events/block-tree.js';
import type { LabEvent } from '../../events/lab-event.js';
import { PERFECT_LINK } from '../../links/conditions.js';
import { AttackLog } from './attack-log.js';
import { MAX_LISTED_EVENTS, MAX_MEMPOOL_TRANSACTIONS, MAX_TREE_BLOCKS } from './limits.js';
import { Ring } from './ring.js';
import { TransactionBook } from './transaction-book.js';

/** What parts of the state an event can change; views listen to those that they show. */
export type Topic = 'tree' | 'nodes' | 'links' | 'mempool' | 'lab' | 'attack' | 'events';

export const TOPICS: readonly Topic[] = ['tree', 'nodes', 'links', 'mempool', 'lab', 'attack', 'events'];

export interface NodeState {
  readonly index: number;
  name: string;
  running: boolean;
  height: number;
  tip: string;
  readonly peers: Set<string>;
  /** Transactions that came since the page knows the node. */
  readonly mempool: Set<string>;
  /** Transactions that were there before. */
  mempoolBefore: number;
  address: string;
  balance: { readonly trusted: number; readonly pending: number; readonly immature: number };
  pid: number | undefined;
  rpcUrl: string | undefined;
  p2p: string;
}

/** Key of the link between two nodes. */
export function linkKey(a: number, b: number): string {
  return a < b ? `${a}-${b}` : `${b}-${a}`;
}

/**
 * What is known of the lab at one logical time: a view, brought up to date by the events after it. It knows nothing of
 * browsers, so the same class shows a running lab and a recording.
 */
export class LabState {
  seq = 0;
  atMs = 0;
  /** All but the nodes, links and snapshots of it, which are below; undefined before the first view. */
  status: LabStatus | undefined;
  readonly nodes: NodeState[] = [];
  readonly links = new Map<string, LinkStatus>();
  snapshots: SnapshotInfo[] = [];
  tree = new BlockTree(MAX_TREE_BLOCKS);
  transactions = new TransactionBook();
  attacks = new AttackLog();
  readonly events = new Ring<LabEvent>(MAX_LISTED_EVENTS);
  /** The state was reverted: blocks, tips and mempools have to be asked for again. */
  isStale = false;

  /** Logical time of the last event that is listed. */
  listedSeq = 0;

  /** Starts anew from what the lab tells of itself. What is known of transactions and attacks stays. */
  reset(view: LabView): void {
    const { status } = view;
    this.seq = status.seq;
    this.isStale = false;
    this.status = status;
    this.nodes.length = 0;
    for (const { mempool, peers, pid, rpcUrl, ...node } of status.nodes) {
      this.nodes[node.index] = {
        ...node,
        peers: new Set(peers),
        mempool: new Set(),
        mempoolBefore: mempool.transactions,
        pid,
        rpcUrl,
      };
    }
    this.links.clear();
    for (const link of status.links) this.links.set(linkKey(...link.nodes), link);
    this.snapshots = [...status.snapshots];
    this.tree.clear();
    this.tree.addSightings(view.blocks);
  }

  /**
   * Takes what changes without an event: balances, processes, snapshots, recording. The rest of the status may be older than
   * the events that came meanwhile. Topics that may look different now.
   */
  refresh(status: LabStatus): readonly Topic[] {
    const { clock, mining, attack } = this.status ?? status;
    const { attack: _told, ...told } = status;
    this.status = { ...told, clock, mining, ...(attack === undefined ? {} : { attack }) };
    this.snapshots = [...status.snapshots];
    for (const { index, balance, address, pid, rpcUrl, p2p, mempool } of status.nodes) {
      const node = this.nodes[index];
      if (node === undefined) continue;
      Object.assign(node, { balance, address, pid, rpcUrl, p2p });
      // Of a busy lab the number is a little off: nodes were counted, and told of transactions, at different times.
      if (status.seq === this.seq) node.mempoolBefore = Math.max(0, mempool.transactions - node.mempool.size);
    }
    return ['lab', 'nodes'];
  }

  /** Takes events that the view already holds: for the list, the lives of transactions, and attacks. */
  remember(events: readonly LabEvent[]): void {
    for (const event of events) {
      if (event.seq > this.seq) continue;
      this.list(event);
      this.transactions.apply(event);
      if (event.type === 'attack') this.attacks.take(event.attack, event.event);
    }
  }

  /** @returns the topics that have changed */
  apply(event: LabEvent): readonly Topic[] {
    this.seq = event.seq;
    this.list(event);
    this.transactions.apply(event);
    return this.take(event);
  }

  private list(event: LabEvent): void {
    this.listedSeq = event.seq;
    this.atMs = event.atMs;
    this.events.push(event);
  }

  /** Transactions in a node's mempool, as far as the page can tell. */
  mempoolSize({ mempool, mempoolBefore }: NodeState): number {
    return mempool.size + mempoolBefore;
  }

  indexOf(name: string): number | undefined {
    return this.nodes.find(node => node.name === name)?.index;
  }

  clone(): LabState {
    const copy = new LabState();
    copy.seq = this.seq;
    copy.atMs = this.atMs;
    copy.status = this.status;
    for (const node of this.nodes) {
      copy.nodes.push({ ...node, peers: new Set(node.peers), mempool: new Set(node.mempool) });
    }
    for (const [key, link] of this.links) copy.links.set(key, link);
    copy.snapshots = [...this.snapshots];
    copy.tree = this.tree.clone();
    copy.transactions = this.transactions.clone();
    copy.attacks = this.attacks.clone();
    copy.isStale = this.isStale;
    return copy;
  }

  private take(event: LabEvent): readonly Topic[] {
    switch (event.type) {
      case 'blockStored':
      case 'blockFound':
        this.tree.apply(event);
        return ['tree', 'events'];
      case 'blockAnnounced':
        return ['events'];
      case 'blockConnected':
      case 'blockDisconnected':
        return ['mempool', 'events'];
      case 'tip':
        return this.takeTip(event);
      case 'txAdded':
      case 'txRemoved':
        this.takeTransaction(event);
        return ['mempool', 'events'];
      case 'peer':
        this.takePeer(event);
        return ['nodes', 'events'];
      case 'lost':
        this.isStale = true;
        return ['events'];
      case 'node':
        this.takeNode(event);
        return ['nodes', 'events'];
      default:
        return this.takeOfLab(event);
    }
  }

  private takeOfLab(event: OfLab): readonly Topic[] {
    switch (event.type) {
      case 'link': {
        const { nodes, conditions, connected } = event;
        this.links.set(linkKey(...nodes), { nodes, conditions, connected });
        return ['links', 'events'];
      }
      case 'clock':
        if (this.status !== undefined) this.status = { ...this.status, clock: event.clock };
        return ['lab', 'events'];
      case 'mining':
        if (this.status !== undefined) this.status = { ...this.status, mining: event.plan };
        return ['lab', 'events'];
      case 'attack':
        this.takeAttack(event);
        return ['attack', 'events'];
      case 'snapshot':
        return ['lab', 'events'];
      case 'revert':
        this.isStale = true;
        return ['lab', 'events'];
    }
  }

  private takeTip({ node, hash, height }: Of<'tip'>): readonly Topic[] {
    const state = this.node(node);
    state.tip = hash;
    state.height = height;
    return ['tree', 'nodes', 'events'];
  }

  private takeTransaction(event: Of<'txAdded'> | Of<'txRemoved'>): void {
    const { node, txid } = event;
    const state = this.node(node);
    if (event.type === 'txAdded') {
      if (state.mempool.size < MAX_MEMPOOL_TRANSACTIONS) state.mempool.add(txid);
      else state.mempoolBefore++;
    } else if (!state.mempool.delete(txid)) {
      state.mempoolBefore = Math.max(0, state.mempoolBefore - 1);
    }
  }

  private takeAttack({ attack, event }: Of<'attack'>): void {
    this.attacks.take(attack, event);
    if (this.status === undefined) return;
    const { attack: _former, ...status } = this.status;
    if (event.type === 'end' || event.type === 'stopped') this.status = status;
    if (event.type === 'start') this.status = { ...status, attack: { attack, kind: event.plan.kind } };
  }

  private takePeer({ node, peer, connected }: Of<'peer'>): void {
    const { peers } = this.node(node);
    if (connected) peers.add(peer);
    else peers.delete(peer);
  }

  private takeNode({ node, state }: Of<'node'>): void {
    const known = this.node(node);
    known.running = state === 'started';
    if (known.running) return;
    known.peers.clear();
    known.mempool.clear();
    known.mempoolBefore = 0;
  }

  /** A recording may begin with events of nodes that nothing else is known of. */
  private node(index: number): NodeState {
    for (let next = this.nodes.length; next <= index; next++) this.nodes.push(unknownNode(next));
    const node = this.nodes[index];
    if (node === undefined) throw new RangeError(`there is no node ${index}`);
    return node;
  }
}

type Of<T extends LabEvent['type']> = Extract<LabEvent, { readonly type: T }>;
type OfLab = Of<'link' | 'clock' | 'mining' | 'attack' | 'snapshot' | 'revert'>;

function unknownNode(index: number): NodeState {
  return {
    index,
    name: `node${index}`,
    running: true,
    height: 0,
    tip: '',
    peers: new Set(),
    mempool: new Set(),
    mempoolBefore: 0,
    address: '',
    balance: { trusted: 0, pending: 0, immature: 0 },
    pid: undefined,
    rpcUrl: undefined,
    p2p: '',
  };
}

/** True when nothing holds up what passes. */
export function isPerfect({ conditions }: LinkStatus): boolean {
  const { latencyMs, jitterMs, bandwidthKbps, loss, down } = conditions;
  return (
    latencyMs === PERFECT_LINK.latencyMs &&
    jitterMs === PERFECT_LINK.jitterMs &&
    bandwidthKbps === PERFECT_LINK.bandwidthKbps &&
    loss === PERFECT_LINK.loss &&
    !down
  );
}

/** Groups of nodes that can reach each other over links that are up, by their numbers. */
export function reachableGroups(count: number, links: Iterable<LinkStatus>): number[][] {
  const parent = Array.from({ length: count }, (_, index) => index);
  const root = (index: number): number => {
    let at = index;
    for (let up = parent[at]; up !== undefined && up !== at; up = parent[at]) at = up;
    return at;
  };
  for (const { nodes, connected, conditions } of links) {
    if (connected && !conditions.down) parent[root(nodes[1])] = root(nodes[0]);
  }
  const groups = new Map<number, number[]>();
  for (let index = 0; index < count; index++) {
    const key = root(index);
    groups.set(key, [...(groups.get(key) ?? []), index]);
  }
  return [...groups.values()];
}
