import type { MempoolEntry } from '../../mempool/mempool.js';
import type { Block } from '../../primitives/block.js';
import { type HashKey, hashKey, keyToHash } from '../../primitives/bytes.js';
import type { Transaction } from '../../primitives/transaction.js';
import { PERMISSION_MEMPOOL, PERMISSION_NO_BAN } from '../permissions.js';
import { poissonDelay } from '../random.js';
import { RollingFilter } from '../rolling-filter.js';
import { NODE_BLOOM } from '../services.js';
import { type Inventory, MSG_TX, MSG_WTX } from '../wire/inventory.js';
import { MAX_INV_SIZE } from '../wire/limits.js';
import type { PeerContext } from './context.js';
import type { Peer, TxRelayState } from './peer.js';

/** Mean milliseconds between announcements: to all inbound peers at once, so that a spy gains nothing by many links. */
const INBOUND_INTERVAL_MS = 5000;
const OUTBOUND_INTERVAL_MS = 2000;
/** Transactions announced in one go: seven a second on average, more when many wait. */
const BROADCAST_TARGET = 7 * 5;
const BROADCAST_MAX = 1000;
/** Ids remembered for each peer. */
const KNOWN_TXS = 50_000;
const KNOWN_FALSE_POSITIVES = 1e-6;

/** Announces transactions, after a random while, and serves them to those whom they were announced to. */
export class TxRelay {
  private nextInboundSend = 0;
  /** The newest block: its transactions have left the mempool, but may just have been asked for. */
  private recentBlock: Block | undefined;
  private recentTxs: Map<HashKey, Transaction> | undefined;

  constructor(private readonly context: PeerContext) {}

  /** The peer takes part in transaction relay. */
  setUp(peer: Peer, relayTxs: boolean): void {
    peer.txRelay = {
      relayTxs,
      known: new RollingFilter(KNOWN_TXS, KNOWN_FALSE_POSITIVES, this.context.random),
      toSend: new Set(),
      nextInvSend: 0,
      sendMempool: false,
      lastInvSequence: 1,
      feeFilterReceived: 0,
    };
    if (relayTxs) peer.connection.relaysTxs = true;
  }

  onNewBlock(block: Block): void {
    this.recentBlock = block;
    this.recentTxs = undefined;
  }

  /** Queues the transaction for every peer that does not know it. */
  relay(tx: Transaction): void {
    for (const { txRelay, wtxidRelay } of this.context.peers.values()) {
      // Before its first announcements a peer is told nothing: it could tell by them when we learnt of what.
      if (txRelay === undefined || txRelay.nextInvSend === 0) continue;
      const id = wtxidRelay ? tx.wtxid : tx.txid;
      if (!txRelay.known.has(id)) txRelay.toSend.add(hashKey(id));
    }
  }

  /** `mempool` (BIP35). */
  onMempool(peer: Peer): void {
    const { connection, txRelay } = peer;
    const isAllowed = connection.may(PERMISSION_MEMPOOL);
    const offersBloom = (peer.ourServices & NODE_BLOOM) !== 0n;
    const refusal =
      !offersBloom && !isAllowed
        ? 'mempool request with bloom filters disabled'
        : this.context.bandwidth.targetReached(false) && !isAllowed
          ? 'mempool request with bandwidth limit reached'
          : undefined;
    if (refusal !== undefined) {
      if (connection.may(PERMISSION_NO_BAN)) return;
      this.context.logger.debug('net', `${refusal}, disconnect peer=${peer.id}`);
      connection.disconnect();
    } else if (txRelay !== undefined) txRelay.sendMempool = true;
  }

  /** Sends one transaction of a getdata; false when the peer is not to have it. */
  serve(peer: Peer, item: Inventory): boolean {
    const { txRelay } = peer;
    if (txRelay === undefined) return true;
    const tx = this.find(txRelay, item);
    if (tx === undefined) return false;
    peer.connection.send('tx', item.type === MSG_TX ? tx.baseBytes() : tx.raw);
    this.context.mempool.removeUnbroadcast(tx.txid);
    return true;
  }

  /** Adds due announcements to `inv`, sending full messages at once. */
  send(peer: Peer, inv: Inventory[]): void {
    const { txRelay, connection } = peer;
    if (txRelay === undefined || !this.isDue(peer, txRelay, connection.may(PERMISSION_NO_BAN))) return;
    if (!txRelay.relayTxs) txRelay.toSend.clear();
    const type = peer.wtxidRelay ? MSG_WTX : MSG_TX;
    const announce = (entry: MempoolEntry) => {
      const hash = peer.wtxidRelay ? entry.tx.wtxid : entry.tx.txid;
      txRelay.known.insert(hash);
      inv.push({ type, hash });
      if (inv.length === MAX_INV_SIZE) peer.send({ type: 'inv', items: inv.splice(0) });
    };
    if (txRelay.sendMempool) {
      txRelay.sendMempool = false;
      for (const entry of this.context.mempool.entriesByDepthAndScore()) {
        txRelay.toSend.delete(hashKey(peer.wtxidRelay ? entry.tx.wtxid : entry.tx.txid));
        if (paysFilter(entry, txRelay)) announce(entry);
      }
    }
    if (txRelay.toSend.size > 0) for (const entry of this.takeBatch(peer, txRelay)) announce(entry);
    txRelay.lastInvSequence = this.context.mempool.sequence;
  }

  private isDue(peer: Peer, txRelay: TxRelayState, always: boolean): boolean {
    const { clock, random } = this.context;
    const now = clock.nowMs();
    if (txRelay.nextInvSend >= now) return always;
    if (!peer.connection.isInbound) txRelay.nextInvSend = now + poissonDelay(random, OUTBOUND_INTERVAL_MS);
    else {
      if (this.nextInboundSend < now) {
        this.nextInboundSend = now + poissonDelay(random, INBOUND_INTERVAL_MS);
      }
      txRelay.nextInvSend = this.nextInboundSend;
    }
    return true;
  }

  /** Takes the next transactions to announce out of the queue: parents before children, then the best paying. */
  private takeBatch(peer: Peer, txRelay: TxRelayState): MempoolEntry[] {
    const { mempool } = this.context;
    const { toSend } = txRelay;
    const limit = Math.min(BROADCAST_MAX, BROADCAST_TARGET + Math.floor(toSend.size / 1000) * 5);
    const waiting: MempoolEntry[] = [];
    for (const key of toSend) {
      const entry = peer.wtxidRelay ? mempool.getByWtxid(key) : mempool.get(key);
      const isWanted =
        entry !== undefined && !txRelay.known.has(keyToHash(key)) && paysFilter(entry, txRelay);
      if (isWanted) waiting.push(entry);
      else toSend.delete(key);
    }
    const batch = waiting.sort(byDepthAndScore).slice(0, limit);
    for (const { tx } of batch) toSend.delete(hashKey(peer.wtxidRelay ? tx.wtxid : tx.txid));
    return batch;
  }

  /** Only what was in the mempool when the peer last got announcements, or what the newest block confirmed. */
  private find(txRelay: TxRelayState, { type, hash }: Inventory): Transaction | undefined {
    const key = hashKey(hash);
    const { mempool } = this.context;
    const entry = type === MSG_WTX ? mempool.getByWtxid(key) : mempool.get(key);
    if (entry !== undefined && entry.sequence < txRelay.lastInvSequence) return entry.tx;
    return this.recent().get(key);
  }

  private recent(): Map<HashKey, Transaction> {
    if (this.recentTxs === undefined) {
      this.recentTxs = new Map();
      for (const tx of this.recentBlock?.transactions ?? []) {
        this.recentTxs.set(hashKey(tx.txid), tx);
        this.recentTxs.set(hashKey(tx.wtxid), tx);
      }
    }
    return this.recentTxs;
  }
}

function paysFilter({ fee, vsize }: MempoolEntry, { feeFilterReceived }: TxRelayState): boolean {
  return fee >= Math.ceil((feeFilterReceived * vsize) / 1000);
}

function byDepthAndScore(a: MempoolEntry, b: MempoolEntry): number {
  return a.ancestorCount - b.ancestorCount || b.fee * a.vsize - a.fee * b.vsize;
}
