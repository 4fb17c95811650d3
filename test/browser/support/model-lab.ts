import { createHash } from 'node:crypto';
import { LabError } from '../../../regtest/control/lab-error.js';
import {
  type BlockSighting,
  type LabStatus,
  type LabView,
  type LinkStatus,
  MAX_ANSWERED_EVENTS,
  type NodeStatus,
} from '../../../regtest/control/protocol.js';
import type { ServerModules } from '../../../regtest/control/server.js';
import type { LabEvents } from '../../../regtest/events/event-source.js';
import type { LabEvent, LabHappening } from '../../../regtest/events/lab-event.js';
import { type LinkConditions, PERFECT_LINK } from '../../../regtest/links/conditions.js';
import type { MiningPlan } from '../../../regtest/mining/plan.js';
import { DEFAULT_SEED } from '../../../regtest/random.js';
import { linksOf, type Topology } from '../../../regtest/topology.js';

/** A time for blocks that does not depend on when a test runs. */
const START_TIME = 1_767_225_600;

const KEPT_EVENTS = 20_000;

/** What a command answers; throws LabError to refuse. */
export type Answer = (params: Readonly<Record<string, unknown>>) => unknown;

export interface ModelOptions {
  readonly nodes: number;
  readonly topology?: Topology;
  /** Blocks above genesis that are there from the start. */
  readonly blocks?: number;
}

/**
 * A lab that is made up: it tells what a lab would, and has no node behind it. For states that take a real lab long to
 * reach, or that it should never be in.
 */
export class ModelLab implements ServerModules, LabEvents {
  readonly blocks = new Map<string, BlockSighting>();
  readonly tips: string[] = [];
  readonly links: LinkStatus[];
  readonly pools: Set<string>[];
  readonly running: boolean[];
  mining: MiningPlan = { kind: 'off' };
  private readonly told: LabEvent[] = [];
  private readonly listeners = new Set<(event: LabEvent) => void>();
  lastSeq = 0;
  private readonly answers: Readonly<Record<string, Answer>>;
  private made = 0;

  /** @param answers to commands other than status, view and events */
  constructor(
    private readonly options: ModelOptions,
    answers: (lab: ModelLab) => Readonly<Record<string, Answer>> = () => ({}),
  ) {
    this.answers = {
      status: () => this.status(),
      view: ({ belowHeight }) => this.view(typeof belowHeight === 'number' ? belowHeight : undefined),
      events: ({ since }) => ({
        events: this.since(typeof since === 'number' ? since : 0).slice(0, MAX_ANSWERED_EVENTS),
      }),
      ...answers(this),
    };
    const { nodes, topology = 'mesh', blocks = 0 } = options;
    this.links = linksOf(topology, nodes, DEFAULT_SEED).map(pair => ({
      nodes: pair,
      conditions: PERFECT_LINK,
      connected: true,
    }));
    this.pools = Array.from({ length: nodes }, () => new Set());
    this.running = Array.from({ length: nodes }, () => true);
    const everyone = Array.from({ length: nodes }, (_, node) => node);
    const genesis = this.makeBlock('', -1, 1, undefined, everyone, false);
    for (const node of everyone) this.tips[node] = genesis.hash;
    for (let made = 0; made < blocks; made++) {
      const block = this.makeBlock(this.tip(0).hash, made, 1, made % nodes, everyone, false);
      for (const node of everyone) this.tips[node] = block.hash;
    }
  }

  get events(): LabEvents {
    return this;
  }

  async call(name: string, params: unknown): Promise<unknown> {
    const answer = this.answers[name];
    if (answer === undefined) throw new LabError('unknown', `there is no command ${name}`);
    return (await answer(Object(params))) ?? {};
  }

  tip(node: number): BlockSighting {
    const block = this.blocks.get(this.tips[node] ?? '');
    if (block === undefined) throw new RangeError(`there is no node ${node}`);
    return block;
  }

  /** A block that `finder` finds, and those reach who are told. */
  mine(finder: number, reach: readonly number[] = this.everyone(), isPrivate = false): string {
    const parent = this.tip(finder);
    const txids = isPrivate ? [] : [...(this.pools[finder] ?? [])];
    const block = this.makeBlock(parent.hash, parent.height, 1 + txids.length, finder, [], isPrivate);
    this.accept(finder, block, txids, undefined);
    this.tell({ type: 'blockFound', node: finder, hash: block.hash, height: block.height, isPrivate });
    for (const node of reach) if (node !== finder) this.accept(node, block, txids, finder);
    return block.hash;
  }

  /** A transaction that all these nodes take in. */
  pay(nodes: readonly number[] = this.everyone()): string {
    const txid = digest(`transaction ${this.made++}`);
    const fee = 150 + ((this.made * 7919) % 2400);
    for (const node of nodes) {
      this.pools[node]?.add(txid);
      this.tell({ type: 'txAdded', node, txid, fee, vsize: 141 });
    }
    return txid;
  }

  setLink(a: number, b: number, change: Partial<LinkConditions>, connected = true): void {
    const at = this.links.findIndex(
      ({ nodes }) => nodes[0] === Math.min(a, b) && nodes[1] === Math.max(a, b),
    );
    const old = this.links[at];
    if (old === undefined) throw new RangeError(`there is no link ${a}-${b}`);
    const link = { ...old, connected, conditions: { ...old.conditions, ...change } };
    this.links[at] = link;
    this.tell({ type: 'link', ...link });
  }

  tell(happening: LabHappening): void {
    const event = { seq: ++this.lastSeq, atMs: this.lastSeq * 10, ...happening };
    this.told.push(event);
    if (this.told.length > KEPT_EVENTS) this.told.splice(0, KEPT_EVENTS / 2);
    for (const listener of this.listeners) listener(event);
  }

  since(seq: number): readonly LabEvent[] {
    return this.told.filter(event => event.seq > seq);
  }

  subscribe(listener: (event: LabEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  view(belowHeight = Number.POSITIVE_INFINITY, most = 400): LabView {
    const blocks = [...this.blocks.values()].filter(({ height }) => height < belowHeight);
    blocks.sort((a, b) => b.height - a.height);
    return { status: this.status(), blocks: blocks.slice(0, most) };
  }

  status(): LabStatus {
    return {
      name: 'model',
      mode: 'inProcess',
      topology: this.options.topology ?? 'mesh',
      seed: 1,
      uptimeMs: this.lastSeq * 10,
      nodes: this.everyone().map(node => this.nodeStatus(node)),
      links: this.links,
      clock: { time: START_TIME + 600 * this.tip(0).height, offset: 0, frozen: true },
      mining: this.mining,
      snapshots: [],
      seq: this.lastSeq,
    };
  }

  everyone(): number[] {
    return Array.from({ length: this.options.nodes }, (_, node) => node);
  }

  private nodeStatus(node: number): NodeStatus {
    const { hash, height } = this.tip(node);
    const peers = this.links
      .filter(link => link.nodes.includes(node) && link.connected)
      .map(({ nodes: [a, b] }) => `node${a === node ? b : a}`);
    return {
      index: node,
      name: `node${node}`,
      running: this.running[node] ?? false,
      height,
      tip: hash,
      peers,
      mempool: { transactions: this.pools[node]?.size ?? 0, bytes: 0 },
      balance: { trusted: 50, pending: 0, immature: 100 },
      address: `bcrt1qmodel${node}`,
      p2p: `127.0.0.1:${20_000 + node}`,
    };
  }

  private accept(
    node: number,
    block: BlockSighting,
    txids: readonly string[],
    from: number | undefined,
  ): void {
    const { hash, parent, height, time, txs, bytes } = block;
    const seen = { ...block, seenBy: [...(this.blocks.get(hash)?.seenBy ?? []), node] };
    this.blocks.set(hash, seen);
    const origin = from === undefined ? {} : { from: `node${from}` };
    this.tell({ type: 'blockStored', node, hash, parent, height, time, txs, bytes, ...origin });
    if (height <= this.tip(node).height) return;
    const forkHeight = this.tip(node).hash === parent ? height - 1 : this.forkHeight(node, parent);
    this.tips[node] = hash;
    this.tell({ type: 'blockConnected', node, hash, height, txids });
    for (const txid of txids) {
      if (this.pools[node]?.delete(txid)) this.tell({ type: 'txRemoved', node, txid, reason: 'block' });
    }
    this.tell({ type: 'tip', node, hash, height, forkHeight });
  }

  private forkHeight(node: number, parent: string): number {
    const ancestors = new Set<string>();
    for (let at = this.blocks.get(parent); at !== undefined; at = this.blocks.get(at.parent))
      ancestors.add(at.hash);
    let at: BlockSighting | undefined = this.tip(node);
    while (at !== undefined && !ancestors.has(at.hash)) at = this.blocks.get(at.parent);
    return at?.height ?? 0;
  }

  private makeBlock(
    parent: string,
    below: number,
    txs: number,
    finder: number | undefined,
    seenBy: readonly number[],
    isPrivate: boolean,
  ): BlockSighting {
    const height = below + 1;
    const block: BlockSighting = {
      hash: `0000${digest(`block ${this.made++}`).slice(4)}`,
      parent,
      height,
      time: START_TIME + 600 * height,
      txs,
      bytes: 250 + 140 * (txs - 1),
      seenBy,
      isPrivate,
      ...(finder === undefined ? {} : { finder }),
    };
    this.blocks.set(block.hash, block);
    return block;
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
