import { int32At } from '../crypto/int32-at.js';
import type { Hash256, HashKey } from '../primitives/bytes.js';
import { hashKey } from '../primitives/bytes.js';
import { assert } from '../runtime/errors.js';
import type { NodeId } from './api.js';
import type { Random } from './random.js';

/** A transaction by one of its ids. */
export interface GenTxid {
  readonly isWtxid: boolean;
  readonly hash: Hash256;
}

/**
 * `delayed`: not to be asked for before its time. `ready`: could be asked for. `best`: the one among the ready ones of
 * its hash that is to be asked next. `requested`: asked, answer awaited until its time. `completed`: answered or timed
 * out; kept so that the peer is not asked again.
 */
type State = 'delayed' | 'ready' | 'best' | 'requested' | 'completed';

interface Announcement {
  readonly peer: NodeId;
  readonly gtxid: GenTxid;
  readonly key: HashKey;
  readonly preferred: boolean;
  /** Order of arrival: requests go out in it. */
  readonly sequence: number;
  /** Among several ready ones the highest is best: preferred peers first, then by a salted hash nobody can aim at. */
  readonly priority: number;
  state: State;
  /** When a delayed one becomes ready; when a request expires. Milliseconds. */
  time: number;
  /** Place in the heap, -1 outside. */
  heapIndex: number;
}

interface PeerAnnouncements {
  readonly all: Set<Announcement>;
  readonly best: Set<Announcement>;
  requested: number;
  completed: number;
}

/**
 * Decides which peer is asked for which transaction, and when.
 *
 * Invariants: of each hash at most one announcement is `best` or `requested`; if any is ready, one is; a hash that has
 * only completed announcements is forgotten. A peer's announcements are bounded by the caller, all else by them.
 * Times are the mockable clock's milliseconds.
 */
export class TxRequestTracker {
  private readonly byHash = new Map<HashKey, Map<NodeId, Announcement>>();
  private readonly byPeer = new Map<NodeId, PeerAnnouncements>();
  /** Delayed and requested announcements by time. */
  private readonly timed = new TimeHeap();
  private sequence = 0;
  private now = Number.NEGATIVE_INFINITY;
  private readonly salt: number;

  constructor(random: Random) {
    this.salt = Math.floor(random.unit() * 0x100000000);
  }

  /** The peer announced the transaction; it may be asked from `readyAt` on. A second announcement is passed over. */
  receivedInv(peer: NodeId, gtxid: GenTxid, preferred: boolean, readyAt: number): void {
    const key = hashKey(gtxid.hash);
    let peers = this.byHash.get(key);
    if (peers?.has(peer)) return;
    if (peers === undefined) {
      peers = new Map();
      this.byHash.set(key, peers);
    }
    const announcement: Announcement = {
      peer,
      gtxid,
      key,
      preferred,
      sequence: this.sequence++,
      priority: this.priority(gtxid.hash, peer, preferred),
      state: 'delayed',
      time: readyAt,
      heapIndex: -1,
    };
    peers.set(peer, announcement);
    this.peerSets(peer).all.add(announcement);
    this.timed.push(announcement);
  }

  /**
   * The transactions to ask `peer` for now, in the order they were announced. Requests that ran out go to `expired`.
   */
  getRequestable(
    peer: NodeId,
    now: number,
    expired?: { readonly peer: NodeId; readonly gtxid: GenTxid }[],
  ): GenTxid[] {
    this.setTime(now, expired);
    const best = this.byPeer.get(peer)?.best;
    if (best === undefined || best.size === 0) return [];
    return [...best].sort((a, b) => a.sequence - b.sequence).map(({ gtxid }) => gtxid);
  }

  /** The peer was asked; the answer is awaited until `expiry`. */
  requestedTx(peer: NodeId, hash: Hash256, expiry: number): void {
    const peers = this.byHash.get(hashKey(hash));
    const announcement = peers?.get(peer);
    if (peers === undefined || announcement === undefined) return;
    const { state } = announcement;
    if (state === 'requested' || state === 'completed') return;
    if (state !== 'best') this.clearCurrent(peers);
    this.setState(announcement, 'requested');
    announcement.time = expiry;
    this.timed.push(announcement);
  }

  /** The peer answered, with the transaction or with notfound. */
  receivedResponse(peer: NodeId, hash: Hash256): void {
    const peers = this.byHash.get(hashKey(hash));
    const announcement = peers?.get(peer);
    if (announcement !== undefined) this.complete(announcement);
  }

  /** The transaction is not wanted any more. */
  forgetTxHash(hash: Hash256): void {
    if (this.byHash.size === 0) return;
    const key = hashKey(hash);
    for (const announcement of this.byHash.get(key)?.values() ?? []) this.remove(announcement);
    this.byHash.delete(key);
  }

  disconnectedPeer(peer: NodeId): void {
    for (const announcement of this.byPeer.get(peer)?.all ?? []) {
      this.complete(announcement);
      const peers = this.byHash.get(announcement.key);
      if (peers?.get(peer) !== announcement) continue;
      this.remove(announcement);
      peers.delete(peer);
    }
    this.byPeer.delete(peer);
  }

  /** Announcements of the peer that are remembered. */
  count(peer: NodeId): number {
    return this.byPeer.get(peer)?.all.size ?? 0;
  }

  countInFlight(peer: NodeId): number {
    return this.byPeer.get(peer)?.requested ?? 0;
  }

  countCandidates(peer: NodeId): number {
    const sets = this.byPeer.get(peer);
    return sets === undefined ? 0 : sets.all.size - sets.requested - sets.completed;
  }

  /** All announcements. */
  get size(): number {
    let sum = 0;
    for (const { all } of this.byPeer.values()) sum += all.size;
    return sum;
  }

  /** Throws when an invariant does not hold; for tests. */
  check(): void {
    for (const peers of this.byHash.values()) {
      const states = [...peers.values()].map(({ state }) => state);
      const current = states.filter(state => state === 'best' || state === 'requested').length;
      assert(current <= 1, 'at most one announcement of a hash is current');
      assert(current === 1 || !states.includes('ready'), 'a hash with ready announcements has a current one');
      assert(
        states.some(state => state !== 'completed'),
        'a hash has an announcement that is not completed',
      );
    }
  }

  private peerSets(peer: NodeId): PeerAnnouncements {
    let sets = this.byPeer.get(peer);
    if (sets === undefined) {
      sets = { all: new Set(), best: new Set(), requested: 0, completed: 0 };
      this.byPeer.set(peer, sets);
    }
    return sets;
  }

  private priority(hash: Hash256, peer: NodeId, preferred: boolean): number {
    let h = this.salt ^ Math.imul(peer + 1, 0x9e3779b1);
    for (let i = 0; i < 32; i += 4) {
      h = Math.imul(h ^ int32At(hash, i), 0x85ebca6b);
      h ^= h >>> 15;
    }
    return (h >>> 0) + (preferred ? 0x100000000 : 0);
  }

  private setTime(now: number, expired?: { peer: NodeId; gtxid: GenTxid }[]): void {
    if (now < this.now) this.turnBack(now);
    this.now = now;
    for (let next = this.timed.peek(); next !== undefined && next.time <= now; next = this.timed.peek()) {
      if (next.state === 'requested') {
        expired?.push({ peer: next.peer, gtxid: next.gtxid });
        this.complete(next);
      } else {
        this.timed.remove(next);
        this.makeReady(next);
      }
    }
  }

  /** A mocked clock may go back: what was ready is delayed again if its time lies ahead now. */
  private turnBack(now: number): void {
    for (const peers of this.byHash.values()) {
      for (const announcement of peers.values()) {
        const wasReady = announcement.state === 'ready' || announcement.state === 'best';
        if (!wasReady || announcement.time <= now) continue;
        this.setState(announcement, 'delayed');
        this.timed.push(announcement);
      }
      this.chooseBest(peers);
    }
  }

  private makeReady(announcement: Announcement): void {
    this.setState(announcement, 'ready');
    const peers = this.byHash.get(announcement.key);
    if (peers === undefined) return;
    const current = currentOf(peers);
    if (current === undefined) this.setState(announcement, 'best');
    else if (current.state === 'best' && announcement.priority > current.priority) {
      this.setState(current, 'ready');
      this.setState(announcement, 'best');
    }
  }

  private clearCurrent(peers: Map<NodeId, Announcement>): void {
    const current = currentOf(peers);
    if (current?.state === 'best') this.setState(current, 'ready');
    else if (current !== undefined) {
      this.timed.remove(current);
      this.setState(current, 'completed');
    }
  }

  /** Makes the ready announcement with the highest priority the best, unless one is current. */
  private chooseBest(peers: Map<NodeId, Announcement>): void {
    if (currentOf(peers) !== undefined) return;
    let best: Announcement | undefined;
    for (const announcement of peers.values()) {
      if (announcement.state !== 'ready') continue;
      if (best === undefined || announcement.priority > best.priority) best = announcement;
    }
    if (best !== undefined) this.setState(best, 'best');
  }

  private complete(announcement: Announcement): void {
    if (announcement.state === 'completed') return;
    const peers = this.byHash.get(announcement.key);
    if (peers === undefined) return;
    this.timed.remove(announcement);
    this.setState(announcement, 'completed');
    for (const { state } of peers.values()) {
      if (state === 'completed') continue;
      this.chooseBest(peers);
      return;
    }
    for (const done of peers.values()) this.remove(done);
    this.byHash.delete(announcement.key);
  }

  private remove(announcement: Announcement): void {
    this.timed.remove(announcement);
    const sets = this.byPeer.get(announcement.peer);
    if (sets === undefined) return;
    sets.all.delete(announcement);
    sets.best.delete(announcement);
    if (announcement.state === 'requested') sets.requested--;
    if (announcement.state === 'completed') sets.completed--;
    if (sets.all.size === 0) this.byPeer.delete(announcement.peer);
  }

  private setState(announcement: Announcement, state: State): void {
    const sets = this.peerSets(announcement.peer);
    if (announcement.state === 'best') sets.best.delete(announcement);
    if (announcement.state === 'requested') sets.requested--;
    if (announcement.state === 'completed') sets.completed--;
    if (state === 'best') sets.best.add(announcement);
    if (state === 'requested') sets.requested++;
    if (state === 'completed') sets.completed++;
    if (state !== 'requested' && state !== 'delayed') this.timed.remove(announcement);
    announcement.state = state;
  }
}

function currentOf(peers: Map<NodeId, Announcement>): Announcement | undefined {
  for (const announcement of peers.values()) {
    if (announcement.state === 'best' || announcement.state === 'requested') return announcement;
  }
  return undefined;
}

/** Binary heap by time, with removal from the middle. */
class TimeHeap {
  private readonly items: Announcement[] = [];

  peek(): Announcement | undefined {
    return this.items[0];
  }

  /** Adds the announcement, or moves it when its time has changed. */
  push(announcement: Announcement): void {
    this.remove(announcement);
    announcement.heapIndex = this.items.length;
    this.items.push(announcement);
    this.up(announcement.heapIndex);
  }

  remove(announcement: Announcement): void {
    const at = announcement.heapIndex;
    if (at < 0) return;
    const last = this.items.pop() as Announcement;
    announcement.heapIndex = -1;
    if (last === announcement) return;
    this.place(last, at);
    this.up(at);
    this.down(last.heapIndex);
  }

  private place(announcement: Announcement, at: number): void {
    this.items[at] = announcement;
    announcement.heapIndex = at;
  }

  private up(start: number): void {
    let at = start;
    const item = this.items[at] as Announcement;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.items[parent] as Announcement;
      if (above.time <= item.time) break;
      this.place(above, at);
      at = parent;
    }
    this.place(item, at);
  }

  private down(start: number): void {
    let at = start;
    const item = this.items[at] as Announcement;
    for (;;) {
      const left = this.items[2 * at + 1];
      const right = this.items[2 * at + 2];
      const smaller = right !== undefined && left !== undefined && right.time < left.time ? right : left;
      if (smaller === undefined || smaller.time >= item.time) break;
      const next = smaller.heapIndex;
      this.place(smaller, at);
      at = next;
    }
    this.place(item, at);
  }
}
