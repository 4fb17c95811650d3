import type { HeaderId } from '../../src/consensus/chain-view.js';
import type { RunObserver } from '../headers/run-observer.js';
import { Random, type RandomState } from '../random.js';
import { BlockLedger, type LedgerState } from './block-ledger.js';
import { BlockSpreads, Progress, type Spread, type SpreadState } from './block-spread.js';
import { EventQueue, type QueuedEvent, type QueueState } from './event-queue.js';
import { FinderLottery } from './hash-power.js';
import { buildNetwork, type SimulatedNetwork } from './network.js';
import type { SimulationOptions } from './options.js';
import { Tips, type TipsState } from './tips.js';

/** What can happen. `at` is a node for those that concern one, a link (sender to receiver) for those that pass along it. */
enum Kind {
  /** Somebody finds a block. */
  Find = 0,
  /** A block's header, or its compact form, reaches the receiver. */
  News = 1,
  /** The receiver's request for a block reaches the sender. */
  RequestBlock = 2,
  /** The same for what its compact form lacks. */
  RequestMissing = 3,
  /** The receiver has all of a block that came in compact form. */
  Complete = 4,
  /** A node has validated a block. */
  Valid = 5,
}

/** Bytes of a compact block for each byte of a full one: ids of six bytes in place of some 400. */
const COMPACT_SHARE = 0.015;

/** Part of a block that has to be sent when a compact one lacks transactions. */
const MISSING_SHARE = 0.02;

const MILLISECOND = 1e-3;

/** All that a run's further course follows from, besides its options. */
export interface SimulationState {
  readonly mining: RandomState;
  readonly relay: RandomState;
  readonly queue: QueueState;
  readonly uplinkFree: Float64Array;
  readonly ledger: LedgerState;
  readonly spreads: readonly SpreadState[];
  readonly tips: TipsState;
  readonly greatestEase: number;
  readonly now: number;
  readonly events: number;
}

/**
 * Blocks on their way through a network of nodes, event by event. Nobody hashes, nothing is sent: times are drawn and added
 * up. Every node keeps the chain's own rule of the best block (see {@link Tips}), fetches only what has as much work as its
 * tip or more, passes on only what has become its tip, and sends to one peer at a time.
 *
 * Mining does not depend on relay: with other options of relay the same seed has the same finders at the same times,
 * as long as the difficulty stays.
 */
export class Simulation {
  readonly network: SimulatedNetwork;
  readonly ledger: BlockLedger;
  readonly tips: Tips;
  private readonly mining: Random;
  private readonly relay: Random;
  private readonly lottery: FinderLottery;
  private readonly spreads: BlockSpreads;
  private readonly queue = new EventQueue();
  /** When each node has sent all that it has been asked for. */
  private readonly uplinkFree: Float64Array;
  private readonly event: QueuedEvent = { time: 0, kind: 0, at: 0, block: 0 };
  private readonly validation: number;
  /** How easy it is to find a block, at most, among those that nodes may mine on: see {@link scheduleFind}. */
  private greatestEase = 1;
  private clock = 0;
  private processed = 0;

  constructor(
    readonly options: SimulationOptions,
    private readonly observer?: RunObserver | undefined,
  ) {
    const seed = new Random(options.seed);
    this.network = buildNetwork(options, seed.split());
    this.mining = seed.split();
    this.relay = seed.split();
    const { shares } = this.network;
    this.lottery = new FinderLottery(shares);
    this.ledger = new BlockLedger(options.blocks, options.interval, shares, options.retarget);
    this.tips = new Tips(options.nodes, this.ledger.tree);
    this.spreads = new BlockSpreads(options.nodes);
    this.uplinkFree = new Float64Array(options.nodes);
    this.validation = options.validation * MILLISECOND;
    observer?.network(options.nodes);
    this.scheduleFind(0);
  }

  /** Simulated seconds. */
  get now(): number {
    return this.clock;
  }

  /** Events so far. */
  get events(): number {
    return this.processed;
  }

  get isDone(): boolean {
    return this.queue.size === 0;
  }

  /** Lets up to `count` events happen. Returns whether there are more. */
  advance(count: number): boolean {
    const { event, queue } = this;
    for (let i = 0; i < count && queue.pop(event); i++) {
      this.clock = event.time;
      this.processed++;
      this.observer?.at(event.time);
      if (event.kind === Kind.Find) this.find(event.time);
      else this.pass(event.time, event.kind, event.at, event.block);
    }
    return queue.size > 0;
  }

  save(): SimulationState {
    return {
      mining: this.mining.save(),
      relay: this.relay.save(),
      queue: this.queue.save(),
      uplinkFree: this.uplinkFree.slice(),
      ledger: this.ledger.save(),
      spreads: this.spreads.save(),
      tips: this.tips.save(),
      greatestEase: this.greatestEase,
      now: this.clock,
      events: this.processed,
    };
  }

  /** Goes on where {@link save} was called, in a simulation with the same options that has not begun. */
  restore(state: SimulationState): void {
    this.mining.restore(state.mining);
    this.relay.restore(state.relay);
    this.queue.restore(state.queue);
    this.uplinkFree.set(state.uplinkFree);
    this.ledger.restore(state.ledger);
    this.spreads.restore(state.spreads);
    this.tips.restore(state.tips);
    this.clock = state.now;
    this.processed = state.events;
    this.greatestEase = state.greatestEase;
  }

  private pass(time: number, kind: Kind, at: number, block: HeaderId): void {
    const spread = this.spreads.get(block);
    if (spread === undefined) throw new Error(`block ${block} was dropped with events to come`);
    spread.pending--;
    switch (kind) {
      case Kind.News:
        this.hear(time, at, block, spread);
        break;
      case Kind.RequestBlock:
        this.send(time, at, block, spread, this.options.blockSize, Kind.Valid);
        break;
      case Kind.RequestMissing:
        this.send(time, at, block, spread, this.options.blockSize * MISSING_SHARE, Kind.Complete);
        break;
      case Kind.Complete:
        this.complete(time, at, block, spread);
        break;
      default:
        this.validated(time, at, block, spread);
    }
  }

  /**
   * Draws when the next block is found. Where branches have different difficulties, blocks are drawn as if all had the
   * easiest, and those of the others are passed over in proportion; a waiting time has no memory, so this is exact.
   */
  private scheduleFind(time: number): void {
    if (this.ledger.found >= this.options.blocks) return;
    this.greatestEase = this.easiest();
    this.queue.push(
      time + this.mining.exponential(this.greatestEase / this.options.interval),
      Kind.Find,
      0,
      0,
    );
  }

  private easiest(): number {
    const { ledger, options } = this;
    if (options.retarget === undefined) return 1;
    let ease = 0;
    for (const block of this.tips.all()) ease = Math.max(ease, ledger.retargeting.easeOn(block, ledger.tree));
    for (const block of this.spreads.blocks())
      ease = Math.max(ease, ledger.retargeting.easeOn(block, ledger.tree));
    return ease;
  }

  private find(time: number): void {
    const { ledger, tips } = this;
    const node = this.lottery.draw(this.mining);
    const prev = tips.of(node);
    if (this.options.retarget !== undefined) {
      const ease = ledger.retargeting.easeOn(prev, ledger.tree);
      if (this.mining.fraction() * this.greatestEase >= ease) {
        this.scheduleFind(time);
        return;
      }
    }
    const block = ledger.find(prev, node, time, tips.unanimous);
    this.observer?.found(block, prev, ledger.tree.height(block), node);
    this.accept(time, node, block, this.spreads.start(block));
    this.dropSettled();
    this.scheduleFind(time);
  }

  /** What all nodes have, and branches that all have left, need not be followed any more. */
  private dropSettled(): void {
    const { tree } = this.ledger;
    const settled = this.tips.settled();
    const parents = new Set(Array.from(this.spreads.blocks(), id => tree.prev(id)));
    this.spreads.drop(id => {
      if (tree.height(id) > tree.height(settled)) return false;
      return tree.ancestor(settled, tree.height(id)) === id || !parents.has(id);
    });
  }

  /** A header or a compact block arrives: it is fetched unless it is on its way, or has less work than the tip. */
  private hear(time: number, link: number, block: HeaderId, spread: Spread): void {
    const node = this.network.graph.to[link] as number;
    const { tree } = this.ledger;
    this.observer?.announced(block, node, this.network.graph.from[link] as number);
    if (spread.progress[node] !== Progress.None || tree.compareWork(block, this.tips.of(node)) < 0) return;
    const latency = this.network.latency[link] as number;
    const lacksParent = this.request(time + latency, link, tree.prev(block), node);
    spread.progress[node] = Progress.Requested;
    if (this.options.relay === 'announce' || lacksParent)
      this.push(time + latency, Kind.RequestBlock, link, block, spread);
    else if (this.options.missing > 0 && this.relay.fraction() < this.options.missing)
      this.push(time + latency, Kind.RequestMissing, link, block, spread);
    else this.complete(time, node, block, spread);
  }

  /** Asks along a link for a block and for those below it that the node has not asked for. Returns whether there were any. */
  private request(arrival: number, link: number, block: HeaderId, node: number): boolean {
    const spread = this.spreads.get(block);
    if (spread === undefined || spread.progress[node] !== Progress.None) return false;
    this.request(arrival, link, this.ledger.tree.prev(block), node);
    spread.progress[node] = Progress.Requested;
    this.push(arrival, Kind.RequestBlock, link, block, spread);
    return true;
  }

  /** The sender puts bytes on his line when it is free; they come through at the speed of the slower end. */
  private send(time: number, link: number, block: HeaderId, spread: Spread, bytes: number, then: Kind): void {
    const { graph, latency, download } = this.network;
    const to = graph.to[link] as number;
    const sent = this.occupyUplink(time, graph.from[link] as number, bytes, download[to] as number);
    const arrival = sent + (latency[link] as number);
    this.push(then === Kind.Valid ? arrival + this.validation : arrival, then, to, block, spread);
  }

  /** Returns when the last byte has left. */
  private occupyUplink(time: number, node: number, bytes: number, receiverSpeed: number): number {
    const speed = Math.min(this.network.upload[node] as number, receiverSpeed);
    const sent = Math.max(time, this.uplinkFree[node] as number) + bytes / speed;
    this.uplinkFree[node] = sent;
    return sent;
  }

  /** A compact block is whole: it is passed on before it is validated if it builds on the tip. */
  private complete(time: number, node: number, block: HeaderId, spread: Spread): void {
    if (this.ledger.tree.prev(block) === this.tips.of(node)) this.passOn(time, node, block, spread);
    this.push(time + this.validation, Kind.Valid, node, block, spread);
  }

  private validated(time: number, node: number, block: HeaderId, spread: Spread): void {
    const parent = this.spreads.get(this.ledger.tree.prev(block));
    if (parent !== undefined && parent.progress[node] !== Progress.Accepted) {
      spread.progress[node] = Progress.Waiting;
      return;
    }
    this.accept(time, node, block, spread);
  }

  private accept(time: number, node: number, block: HeaderId, spread: Spread): void {
    spread.progress[node] = Progress.Accepted;
    this.ledger.accept(block, node, time);
    this.observer?.accepted(block, node);
    const former = this.tips.of(node);
    if (this.tips.offer(node, block, time)) {
      this.observer?.tip(block, node, former);
      this.passOn(time, node, block, spread);
    }
    for (const child of this.spreads.blocks()) {
      if (this.ledger.tree.prev(child) !== block) continue;
      const waiting = this.spreads.get(child);
      if (waiting?.progress[node] === Progress.Waiting) this.accept(time, node, child, waiting);
    }
  }

  /**
   * Tells all peers that have not got the block, in an order that is drawn. A header takes no time to send; a compact block
   * takes its turn on the line. What reaches a peer later than other news of the same block is not even queued.
   */
  private passOn(time: number, node: number, block: HeaderId, spread: Spread): void {
    if (spread.relayed[node] === 1) return;
    spread.relayed[node] = 1;
    const { graph, latency, download } = this.network;
    const first = graph.start[node] as number;
    const count = (graph.start[node + 1] as number) - first;
    const turn = this.relay.below(count);
    const bytes = this.options.relay === 'compact' ? this.options.blockSize * COMPACT_SHARE : 0;
    for (let i = 0; i < count; i++) {
      const link = first + ((turn + i) % count);
      const peer = graph.to[link] as number;
      if (spread.progress[peer] === Progress.Accepted) continue;
      const sent = bytes === 0 ? time : this.occupyUplink(time, node, bytes, download[peer] as number);
      const arrival = sent + (latency[link] as number);
      if (arrival >= (spread.news[peer] as number)) continue;
      spread.news[peer] = arrival;
      this.push(arrival, Kind.News, link, block, spread);
    }
  }

  private push(time: number, kind: Kind, at: number, block: HeaderId, spread: Spread): void {
    spread.pending++;
    this.queue.push(time, kind, at, block);
  }
}
