import { formatRejection, reject, type TxRejection } from '../../consensus/rejection.js';
import { sha256 } from '../../crypto/hash.js';
import type { AcceptResult, PackageTxResult } from '../../mempool/mempool.js';
import type { Block } from '../../primitives/block.js';
import {
  compareBytes,
  concatBytes,
  type Hash256,
  type HashKey,
  hashKey,
  hashToHex,
  keyToHash,
} from '../../primitives/bytes.js';
import { outPointTxidKey } from '../../primitives/outpoint.js';
import type { Transaction } from '../../primitives/transaction.js';
import type { NodeId } from '../api.js';
import { Orphanage } from '../orphanage.js';
import { PERMISSION_FORCE_RELAY, PERMISSION_RELAY } from '../permissions.js';
import { shuffle } from '../random.js';
import { RollingFilter } from '../rolling-filter.js';
import { canServeWitnesses } from '../services.js';
import { type GenTxid, TxRequestTracker } from '../tx-request.js';
import { formatInventory, type Inventory, MSG_TX, MSG_WITNESS_FLAG, MSG_WTX } from '../wire/inventory.js';
import { MAX_GETDATA_SIZE } from '../wire/limits.js';
import { type PeerContext, rejectsIncomingTxs } from './context.js';
import type { Misbehavior } from './misbehavior.js';
import type { Peer } from './peer.js';
import type { TxRelay } from './tx-relay.js';

/** Requests to one peer that are not answered; more make us slower to ask it, not stop. */
const MAX_IN_FLIGHT = 100;
/** Announcements of one peer that we remember. */
const MAX_ANNOUNCEMENTS = 5000;
/** Milliseconds that inbound peers, announcements by txid while others send wtxids, and overloaded peers wait. */
const NON_PREFERRED_DELAY_MS = 2000;
const TXID_RELAY_DELAY_MS = 2000;
const OVERLOADED_DELAY_MS = 2000;
/** Milliseconds that a peer has to send what we asked for. */
const REQUEST_TIMEOUT_MS = 60_000;
/** Refused and confirmed transactions that are remembered, so that nobody makes us fetch them again and again. */
const RECENT_REJECTS = 120_000;
const RECENT_CONFIRMED = 48_000;
const FALSE_POSITIVES = 1e-6;

/** Confirmed transactions that may wait to be filed: those of a full block, with both their ids. */
const MAX_UNFILED = 8192;

/** Which transactions are fetched from whom, what becomes of them, and those that wait for their parents. */
export class TxDownload {
  readonly requests: TxRequestTracker;
  readonly orphans: Orphanage;
  /** Peers that announce by wtxid. */
  wtxidRelayPeers = 0;
  private readonly rejects: RollingFilter;
  /** Refused for fees only: as part of a package they may do. Also hashes of such packages that failed. */
  private readonly reconsiderable: RollingFilter;
  private readonly confirmed: RollingFilter;
  /** Of the last blocks, and not in the filter yet: to file them takes long beside connecting a block, which others wait for. */
  private unfiled: Hash256[] = [];
  /** Transactions that the mempool is looking at. */
  private readonly inWork = new Set<HashKey>();

  constructor(
    private readonly context: PeerContext,
    private readonly relay: TxRelay,
    private readonly misbehavior: Misbehavior,
  ) {
    const { clock, logger, random } = context;
    this.requests = new TxRequestTracker(random);
    this.orphans = new Orphanage(clock, logger, random);
    this.rejects = new RollingFilter(RECENT_REJECTS, FALSE_POSITIVES, random);
    this.reconsiderable = new RollingFilter(RECENT_REJECTS, FALSE_POSITIVES, random);
    this.confirmed = new RollingFilter(RECENT_CONFIRMED, FALSE_POSITIVES, random);
  }

  forgetPeer(peer: Peer): void {
    if (peer.wtxidRelay) this.wtxidRelayPeers--;
    this.orphans.eraseForPeer(peer.id);
    this.requests.disconnectedPeer(peer.id);
  }

  /** With a new tip, what was refused may be good. */
  onTip(): void {
    if (this.context.chain.isInitialBlockDownload) return;
    this.rejects.reset();
    this.reconsiderable.reset();
  }

  onConnected(block: Block): void {
    if (this.orphans.size > 0) this.orphans.eraseForBlock(block);
    // Nothing is announced to us or asked by us during the initial download.
    if (this.context.chain.isInitialBlockDownload) return;
    for (const tx of block.transactions) {
      this.unfiled.push(tx.txid);
      if (tx.hasWitness) this.unfiled.push(tx.wtxid);
      this.forget(tx);
    }
    if (this.unfiled.length > MAX_UNFILED) this.fileConfirmed();
  }

  private isConfirmed(hash: Hash256): boolean {
    if (this.unfiled.length > 0) this.fileConfirmed();
    return this.confirmed.has(hash);
  }

  private fileConfirmed(): void {
    for (const hash of this.unfiled) this.confirmed.insert(hash);
    this.unfiled = [];
  }

  /** Its transactions are not confirmed any more. */
  onDisconnected(): void {
    this.confirmed.reset();
    this.unfiled = [];
  }

  /** One transaction of an inv; false when the peer broke its word and is gone. */
  onAnnounced(peer: Peer, item: Inventory): boolean {
    const { chain, logger, clock, options } = this.context;
    if (rejectsIncomingTxs(options, peer, PERMISSION_RELAY)) {
      const what = `transaction (${hashToHex(item.hash)}) inv sent in violation of protocol`;
      logger.debug('net', `${what}, disconnecting peer=${peer.id}`);
      peer.connection.disconnect();
      return false;
    }
    const gtxid = { isWtxid: item.type === MSG_WTX, hash: item.hash.slice() };
    const isKnown = this.alreadyHave(gtxid, true);
    if (logger.enabled('net')) {
      const news = isKnown ? 'have' : 'new';
      logger.debug('net', `got inv: ${formatInventory(item)}  ${news} peer=${peer.id}`);
    }
    peer.txRelay?.known.insert(item.hash);
    if (!isKnown && !chain.isInitialBlockDownload) this.addAnnouncement(peer, gtxid, clock.nowMs());
    return true;
  }

  onNotFound(peer: Peer, item: Inventory): void {
    this.requests.receivedResponse(peer.id, item.hash);
  }

  async onTx(peer: Peer, tx: Transaction): Promise<void> {
    const { chain, logger, options } = this.context;
    if (rejectsIncomingTxs(options, peer, PERMISSION_RELAY)) {
      logger.debug('net', `transaction sent in violation of protocol peer=${peer.id}`);
      peer.connection.disconnect();
      return;
    }
    if (chain.isInitialBlockDownload) return;
    peer.txRelay?.known.insert(peer.wtxidRelay ? tx.wtxid : tx.txid);
    this.requests.receivedResponse(peer.id, tx.txid);
    if (tx.hasWitness) this.requests.receivedResponse(peer.id, tx.wtxid);
    const key = hashKey(tx.wtxid);
    if (this.inWork.has(key)) return;
    if (this.alreadyHave({ isWtxid: true, hash: tx.wtxid }, true)) {
      await this.onKnownTx(peer, tx);
      return;
    }
    const result = await this.accept(tx);
    if (result.accepted) {
      this.onAccepted(peer.id, tx, result);
      peer.connection.lastTransaction = this.context.clock.now();
      return;
    }
    const { rejection } = result;
    if (rejection.result === 'missing-inputs') this.onMissingInputs(peer, tx);
    this.onRefused(peer.id, tx, rejection);
    if (rejection.result === 'reconsiderable') {
      this.debugPackages(`tx ${describe(tx)} failed but reconsiderable, looking for child in orphanage`);
      await this.tryPackage(peer, tx);
    }
  }

  /** Tries an orphan of the peer whose parent has come; false when there is none. */
  async processOrphan(peer: Peer): Promise<boolean> {
    for (;;) {
      const tx = this.orphans.takeForReconsideration(peer.id);
      if (tx === undefined) return false;
      const result = await this.accept(tx);
      if (result.accepted) {
        this.debugPackages(`   accepted orphan tx ${describe(tx)}`);
        this.onAccepted(peer.id, tx, result);
        return true;
      }
      if (result.rejection.result === 'missing-inputs') continue;
      const why = formatRejection(result.rejection);
      this.debugPackages(`   invalid orphan tx ${describe(tx)} from peer=${peer.id}. ${why}`);
      this.onRefused(peer.id, tx, result.rejection);
      return true;
    }
  }

  /** Adds what the peer is to be asked for now, sending full messages at once. */
  addRequests(peer: Peer, items: Inventory[]): void {
    const { clock, logger } = this.context;
    const now = clock.nowMs();
    const expired: { peer: NodeId; gtxid: GenTxid }[] = [];
    const requestable = this.requests.getRequestable(peer.id, now, expired);
    for (const { peer: id, gtxid } of expired) {
      logger.debug('net', `timeout of inflight ${describeId(gtxid)} from peer=${id}`);
    }
    for (const gtxid of requestable) {
      if (this.alreadyHave(gtxid, false)) {
        this.requests.forgetTxHash(gtxid.hash);
        continue;
      }
      logger.debug('net', `Requesting ${describeId(gtxid)} peer=${peer.id}`);
      const flag = canServeWitnesses(peer.theirServices) ? MSG_WITNESS_FLAG : 0;
      items.push({ type: gtxid.isWtxid ? MSG_WTX : MSG_TX | flag, hash: gtxid.hash });
      this.requests.requestedTx(peer.id, gtxid.hash, now + REQUEST_TIMEOUT_MS);
      if (items.length >= MAX_GETDATA_SIZE) peer.send({ type: 'getdata', items: items.splice(0) });
    }
  }

  private alreadyHave({ isWtxid, hash }: GenTxid, includeReconsiderable: boolean): boolean {
    const key = hashKey(hash);
    // Orphans are known by wtxid; for transactions without witness that is the txid as well.
    if (this.orphans.has(key)) return true;
    if (includeReconsiderable && this.reconsiderable.has(hash)) return true;
    if (this.isConfirmed(hash) || this.rejects.has(hash)) return true;
    const { mempool } = this.context;
    return isWtxid ? mempool.getByWtxid(key) !== undefined : mempool.has(key);
  }

  private addAnnouncement(peer: Peer, gtxid: GenTxid, now: number): void {
    const isLimited = !peer.connection.may(PERMISSION_RELAY);
    if (isLimited && this.requests.count(peer.id) >= MAX_ANNOUNCEMENTS) return;
    let delay = 0;
    if (!peer.preferredDownload) delay += NON_PREFERRED_DELAY_MS;
    if (!gtxid.isWtxid && this.wtxidRelayPeers > 0) delay += TXID_RELAY_DELAY_MS;
    if (isLimited && this.requests.countInFlight(peer.id) >= MAX_IN_FLIGHT) delay += OVERLOADED_DELAY_MS;
    this.requests.receivedInv(peer.id, gtxid, peer.preferredDownload, now + delay);
  }

  private async accept(tx: Transaction): Promise<AcceptResult> {
    const key = hashKey(tx.wtxid);
    this.inWork.add(key);
    try {
      return await this.context.mempool.accept(tx);
    } finally {
      this.inWork.delete(key);
    }
  }

  private async onKnownTx(peer: Peer, tx: Transaction): Promise<void> {
    const { mempool, logger } = this.context;
    if (peer.connection.may(PERMISSION_FORCE_RELAY)) {
      const from = `${describe(tx)} from`;
      if (mempool.has(hashKey(tx.txid))) {
        logger.info(`Force relaying tx ${from} peer=${peer.id}`);
        this.relay.relay(tx);
      } else logger.info(`Not relaying non-mempool transaction ${from} forcerelay peer=${peer.id}`);
    }
    if (!this.reconsiderable.has(tx.wtxid)) return;
    this.debugPackages(`found tx ${describe(tx)} in reconsiderable rejects, looking for child in orphanage`);
    await this.tryPackage(peer, tx);
  }

  private onAccepted(from: NodeId, tx: Transaction, { accepted }: AcceptResult | PackageTxResult): void {
    if (!accepted) return;
    const { mempool, logger } = this.context;
    this.forget(tx);
    this.orphans.addChildrenToWorkSet(tx);
    this.orphans.erase(hashKey(tx.wtxid));
    if (logger.enabled('mempool')) {
      const { count, usage } = mempool.info();
      const pool = `(poolsz ${count} txn, ${Math.floor(usage / 1000)} kB)`;
      logger.debug('mempool', `AcceptToMemoryPool: peer=${from}: accepted ${describe(tx)} ${pool}`);
    }
    this.relay.relay(tx);
  }

  private onRefused(from: NodeId, tx: Transaction, rejection: TxRejection): void {
    const why = formatRejection(rejection);
    this.context.logger.debug('mempoolrej', `${describe(tx)} from peer=${from} was not accepted: ${why}`);
    if (rejection.result === 'missing-inputs') return;
    if (rejection.result !== 'witness-stripped') {
      // Without its witness, a transaction's wtxid says nothing about it; otherwise it is not wanted again.
      const filter = rejection.result === 'reconsiderable' ? this.reconsiderable : this.rejects;
      filter.insert(tx.wtxid);
      this.requests.forgetTxHash(tx.wtxid);
      if (rejection.result === 'inputs-not-standard' && tx.hasWitness) {
        // No witness can change what it spends.
        this.rejects.insert(tx.txid);
        this.requests.forgetTxHash(tx.txid);
      }
    }
    const peer = this.context.peers.get(from);
    if (peer !== undefined) this.misbehavior.punishForTx(peer, rejection);
    if (this.orphans.erase(hashKey(tx.wtxid))) this.debugPackages(`   removed orphan tx ${describe(tx)}`);
  }

  /** Keeps the transaction as an orphan and asks for its parents, unless one of them was refused. */
  private onMissingInputs(peer: Peer, tx: Transaction): void {
    const { clock, options, logger } = this.context;
    const parents = parentIds(tx);
    if (this.hasRefusedParent(parents)) {
      logger.debug('mempool', `not keeping orphan with rejected parents ${describe(tx)}`);
      this.rejects.insert(tx.txid);
      this.rejects.insert(tx.wtxid);
      this.forget(tx);
      return;
    }
    const now = clock.nowMs();
    for (const hash of parents) {
      const gtxid = { isWtxid: false, hash };
      peer.txRelay?.known.insert(hash);
      if (!this.alreadyHave(gtxid, false)) this.addAnnouncement(peer, gtxid, now);
    }
    this.orphans.add(tx, peer.id);
    this.forget(tx);
    this.orphans.limit(options.maxOrphanTransactions);
  }

  /** One parent refused for its fee may be saved by its child; two cannot. */
  private hasRefusedParent(parents: readonly Hash256[]): boolean {
    let poor = 0;
    for (const hash of parents) {
      if (this.rejects.has(hash)) return true;
      if (this.reconsiderable.has(hash) && !this.context.mempool.has(hashKey(hash)) && ++poor > 1)
        return true;
    }
    return false;
  }

  /** Tries the parent together with an orphan that spends it. */
  private async tryPackage(peer: Peer, parent: Transaction): Promise<void> {
    const found = this.findChild(parent, peer.id);
    if (found === undefined) return;
    const { child, from } = found;
    const { rejection, results } = await this.context.mempool.submitPackage([parent, child]);
    const what = `parent: ${describe(parent)}, child: ${describe(child)}`;
    const outcome = rejection === undefined ? 'package accepted' : 'package rejected';
    this.debugPackages(`package evaluation for ${what}: ${outcome}`);
    if (rejection !== undefined) this.reconsiderable.insert(packageHash(parent, child));
    for (const [tx, sender] of [
      [child, from],
      [parent, peer.id],
    ] as const) {
      const result = results.get(hashKey(tx.wtxid));
      if (result === undefined) continue;
      if (result.accepted === true) this.onAccepted(sender, tx, result);
      else if (result.accepted === false) this.onRefused(sender, tx, result.rejection);
      else if (result.accepted === 'different-witness') {
        this.onRefused(sender, tx, reject('conflict', 'txn-same-nonwitness-data-in-mempool'));
      }
    }
  }

  /** An orphan that spends `parent`, of a pair that was not tried yet: of the same peer first. */
  private findChild(parent: Transaction, peer: NodeId): { child: Transaction; from: NodeId } | undefined {
    const isUntried = ({ tx }: { tx: Transaction }) => !this.reconsiderable.has(packageHash(parent, tx));
    const own = this.orphans.childrenFromSamePeer(parent, peer);
    const others = shuffle(this.context.random, this.orphans.childrenFromOtherPeers(parent, peer));
    const found = own.find(isUntried) ?? others.find(isUntried);
    return found === undefined ? undefined : { child: found.tx, from: found.from };
  }

  private forget(tx: Transaction): void {
    this.requests.forgetTxHash(tx.txid);
    this.requests.forgetTxHash(tx.wtxid);
  }

  private debugPackages(message: string): void {
    this.context.logger.debug('txpackages', message);
  }
}

function parentIds(tx: Transaction): Hash256[] {
  const keys = new Set<HashKey>();
  for (let i = 0; i < tx.inputCount; i++) keys.add(outPointTxidKey(tx.prevoutKey(i)));
  return [...keys].map(keyToHash).sort(compareBytes);
}

/** Names a package of two whichever way round they come. */
function packageHash(a: Transaction, b: Transaction): Hash256 {
  return sha256(concatBytes(...[a.wtxid, b.wtxid].sort(compareBytes)));
}

function describe(tx: Transaction): string {
  return `${hashToHex(tx.txid)} (wtxid=${hashToHex(tx.wtxid)})`;
}

function describeId({ isWtxid, hash }: GenTxid): string {
  return `${isWtxid ? 'wtx' : 'tx'} ${hashToHex(hash)}`;
}
