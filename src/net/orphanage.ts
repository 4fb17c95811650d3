import type { Block } from '../primitives/block.js';
import { type HashKey, hashKey, hashToHex } from '../primitives/bytes.js';
import { type OutPointKey, outPointKey } from '../primitives/outpoint.js';
import type { Transaction } from '../primitives/transaction.js';
import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { NodeId } from './api.js';
import { type Random, randomBelow } from './random.js';

/** Seconds after which a transaction without parents is dropped. */
const ORPHAN_EXPIRE_TIME = 20 * 60;
/** Seconds between sweeps for expired ones. */
const ORPHAN_EXPIRE_INTERVAL = 5 * 60;
/** Weight units; larger ones could not be relayed anyway and would let a peer fill 100 places with 400 MB. */
const MAX_ORPHAN_WEIGHT = 400_000;

export interface Orphan {
  readonly tx: Transaction;
  readonly from: NodeId;
  /** Unix seconds. */
  readonly expires: number;
}

interface StoredOrphan extends Orphan {
  readonly key: HashKey;
}

/** Transactions whose parents are unknown, kept for a while in case that they come. Keyed by wtxid. */
export class Orphanage {
  private readonly orphans = new Map<HashKey, StoredOrphan>();
  private readonly bySpent = new Map<OutPointKey, Set<StoredOrphan>>();
  /** Orphans of a peer whose parent has come. */
  private readonly workSets = new Map<NodeId, Set<HashKey>>();
  private nextSweep = 0;

  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly random: Random,
  ) {}

  get size(): number {
    return this.orphans.size;
  }

  all(): Orphan[] {
    return [...this.orphans.values()];
  }

  has(wtxid: HashKey): boolean {
    return this.orphans.has(wtxid);
  }

  /** False when it is here already or too large. The caller calls {@link limit} afterwards. */
  add(tx: Transaction, from: NodeId): boolean {
    const key = hashKey(tx.wtxid);
    if (this.orphans.has(key)) return false;
    const { weight } = tx;
    if (weight > MAX_ORPHAN_WEIGHT) {
      const ids = `txid: ${hashToHex(tx.txid)}, wtxid: ${hashToHex(tx.wtxid)}`;
      this.debug(`ignoring large orphan tx (size: ${weight}, ${ids})`);
      return false;
    }
    const orphan = { tx, from, key, expires: this.clock.now() + ORPHAN_EXPIRE_TIME };
    this.orphans.set(key, orphan);
    for (const spent of spentKeys(tx)) {
      const spenders = this.bySpent.get(spent);
      if (spenders === undefined) this.bySpent.set(spent, new Set([orphan]));
      else spenders.add(orphan);
    }
    const sizes = `weight: ${weight} (mapsz ${this.orphans.size} outsz ${this.bySpent.size})`;
    this.debug(`stored orphan tx ${describe(tx)}, ${sizes}`);
    return true;
  }

  /** True when it was here. */
  erase(wtxid: HashKey): boolean {
    const orphan = this.orphans.get(wtxid);
    if (orphan === undefined) return false;
    for (const spent of spentKeys(orphan.tx)) {
      const spenders = this.bySpent.get(spent);
      spenders?.delete(orphan);
      if (spenders?.size === 0) this.bySpent.delete(spent);
    }
    this.orphans.delete(wtxid);
    const age = this.clock.now() + ORPHAN_EXPIRE_TIME - orphan.expires;
    this.debug(`   removed orphan tx ${describe(orphan.tx)} after ${age}s`);
    return true;
  }

  eraseForPeer(peer: NodeId): void {
    this.workSets.delete(peer);
    const erased = this.eraseAll(orphan => orphan.from === peer);
    if (erased > 0) this.debug(`Erased ${erased} orphan transaction(s) from peer=${peer}`);
  }

  /** Drops what the block confirms or makes impossible. */
  eraseForBlock(block: Block): void {
    let erased = 0;
    for (const tx of block.transactions) {
      for (const spent of spentKeys(tx)) {
        for (const orphan of [...(this.bySpent.get(spent) ?? [])]) if (this.erase(orphan.key)) erased++;
      }
    }
    if (erased > 0) this.debug(`Erased ${erased} orphan transaction(s) included or conflicted by block`);
  }

  /** Drops expired ones now and then, and random ones until at most `max` are left. */
  limit(max: number): void {
    this.sweep();
    let evicted = 0;
    while (this.orphans.size > max) {
      const keys = [...this.orphans.keys()];
      this.erase(keys[randomBelow(this.random, keys.length)] as HashKey);
      evicted++;
    }
    if (evicted > 0) this.debug(`orphanage overflow, removed ${evicted} tx`);
  }

  /** The transaction is in the mempool: its children are to be tried again, on their senders' turns. */
  addChildrenToWorkSet(parent: Transaction): void {
    for (let vout = 0; vout < parent.outputCount; vout++) {
      for (const child of this.bySpent.get(outPointKey(parent.txid, vout)) ?? []) {
        const work = this.workSets.get(child.from);
        if (work === undefined) this.workSets.set(child.from, new Set([child.key]));
        else work.add(child.key);
        this.debug(`added ${describe(parent)} to peer ${child.from} workset`);
      }
    }
  }

  /** Takes the next orphan of `peer` that may have its parents now. */
  takeForReconsideration(peer: NodeId): Transaction | undefined {
    const work = this.workSets.get(peer);
    if (work === undefined) return undefined;
    for (const key of work) {
      work.delete(key);
      const orphan = this.orphans.get(key);
      if (orphan !== undefined) return orphan.tx;
    }
    return undefined;
  }

  hasWork(peer: NodeId): boolean {
    return (this.workSets.get(peer)?.size ?? 0) > 0;
  }

  /** Orphans that spend outputs of `parent` and came from `peer`, newest first. */
  childrenFromSamePeer(parent: Transaction, peer: NodeId): Orphan[] {
    return this.children(parent)
      .filter(child => child.from === peer)
      .reverse();
  }

  childrenFromOtherPeers(parent: Transaction, peer: NodeId): Orphan[] {
    return this.children(parent).filter(child => child.from !== peer);
  }

  /** Oldest first. */
  private children(parent: Transaction): StoredOrphan[] {
    const found = new Set<StoredOrphan>();
    for (let vout = 0; vout < parent.outputCount; vout++) {
      for (const child of this.bySpent.get(outPointKey(parent.txid, vout)) ?? []) found.add(child);
    }
    return [...found].sort((a, b) => a.expires - b.expires);
  }

  private sweep(): void {
    const now = this.clock.now();
    if (this.nextSweep > now) return;
    const erased = this.eraseAll(orphan => orphan.expires <= now);
    let earliest = now + ORPHAN_EXPIRE_TIME - ORPHAN_EXPIRE_INTERVAL;
    for (const { expires } of this.orphans.values()) earliest = Math.min(earliest, expires);
    this.nextSweep = earliest + ORPHAN_EXPIRE_INTERVAL;
    if (erased > 0) this.debug(`Erased ${erased} orphan tx due to expiration`);
  }

  private eraseAll(which: (orphan: StoredOrphan) => boolean): number {
    const doomed = [...this.orphans.values()].filter(which);
    for (const orphan of doomed) this.erase(orphan.key);
    return doomed.length;
  }

  private debug(message: string): void {
    this.logger.debug('txpackages', message);
  }
}

function spentKeys(tx: Transaction): OutPointKey[] {
  return Array.from({ length: tx.inputCount }, (_, i) => tx.prevoutKey(i));
}

function describe(tx: Transaction): string {
  return `${hashToHex(tx.txid)} (wtxid=${hashToHex(tx.wtxid)})`;
}
