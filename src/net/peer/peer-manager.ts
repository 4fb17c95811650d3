import type { ChainEvents } from '../../chain/chain.js';
import type { HeaderId } from '../../consensus/chain-view.js';
import { NO_HEADER } from '../../consensus/chain-view.js';
import { type Hash256, hashKey, keyToHash } from '../../primitives/bytes.js';
import { DecodeError } from '../../primitives/codec.js';
import type { Transaction } from '../../primitives/transaction.js';
import type { Timer } from '../../runtime/clock.js';
import type { NodeId } from '../api.js';
import type { AutomaticConnections } from '../connections/automatic.js';
import type { Connection, ReceivedMessage } from '../connections/connection.js';
import type { MessageProcessor } from '../connections/processor.js';
import { randomBelow } from '../random.js';
import { sanitize } from '../sanitize.js';
import { LimitExceeded } from '../wire/codec.js';
import {
  formatInventory,
  type Inventory,
  isBlockInventory,
  isTxInventory,
  MSG_BLOCK,
  MSG_TX,
  MSG_WTX,
} from '../wire/inventory.js';
import { decodeMessage, isMessageType, type MessageOf, type MessageType } from '../wire/messages.js';
import { AddrRelay } from './addr-relay.js';
import { updateAvailability } from './availability.js';
import { BlockAnnouncer } from './block-announce.js';
import { BlockArrival } from './block-arrival.js';
import { BlockDownload } from './block-download.js';
import { BlockServing } from './block-serving.js';
import { ChainSync } from './chain-sync.js';
import type { PeerContext } from './context.js';
import { FeeFilters } from './fee-filter.js';
import { Handshake } from './handshake.js';
import { HeaderSync } from './header-sync.js';
import { Misbehavior } from './misbehavior.js';
import { Peer } from './peer.js';
import { Pinger } from './ping.js';
import { TimeOffsets } from './time-offsets.js';
import { TxDownload } from './tx-download.js';
import { TxRelay } from './tx-relay.js';

/** Milliseconds between looks at extra and stale outbound peers. */
const PEER_CHECK_MS = 45_000;
/** Milliseconds between announcements of our transactions that nobody asked for: 10 to 15 minutes. */
const REBROADCAST_MS = 10 * 60_000;
const REBROADCAST_RANDOM_MS = 5 * 60_000;
/** Entries of a notfound that could all answer requests of ours. */
const MAX_NOTFOUND = 5000 + 16;

type Handler<T extends MessageType> = (
  peer: Peer,
  message: MessageOf<T>,
  received: ReceivedMessage,
) => void | Promise<void>;

type Handlers = { readonly [T in MessageType]?: Handler<T> };

export type PeerManagerContext = Omit<PeerContext, 'peers'>;

/** The protocol: gives every message to the part that it is for, and lets every part send what is due. */
export class PeerManager implements MessageProcessor {
  readonly peers = new Map<NodeId, Peer>();
  readonly blockDownload: BlockDownload;
  readonly txDownload: TxDownload;
  readonly headerSync: HeaderSync;
  readonly timeOffsets: TimeOffsets;
  private readonly context: PeerContext;
  private readonly misbehavior: Misbehavior;
  private readonly pinger: Pinger;
  private readonly handshake: Handshake;
  private readonly addrRelay: AddrRelay;
  private readonly txRelay: TxRelay;
  private readonly feeFilters: FeeFilters;
  private readonly announcer: BlockAnnouncer;
  private readonly arrival: BlockArrival;
  private readonly serving: BlockServing;
  private readonly chainSync: ChainSync;
  /** Messages of the handshake, and all others, which are refused before it is over. */
  private readonly early: Handlers;
  private readonly handlers: Handlers;
  private checks: Timer | undefined;
  private rebroadcasts: Timer | undefined;

  constructor(context: PeerManagerContext, automatic: () => AutomaticConnections | undefined) {
    this.context = { ...context, peers: this.peers };
    this.misbehavior = new Misbehavior(this.context);
    this.pinger = new Pinger(this.context);
    this.timeOffsets = new TimeOffsets(context.logger);
    this.addrRelay = new AddrRelay(this.context, services => this.hasDesirableServices(services));
    this.txRelay = new TxRelay(this.context);
    this.txDownload = new TxDownload(this.context, this.txRelay, this.misbehavior);
    this.feeFilters = new FeeFilters(this.context);
    this.blockDownload = new BlockDownload(this.context);
    this.headerSync = new HeaderSync(this.context, this.blockDownload, this.misbehavior);
    this.announcer = new BlockAnnouncer(this.context);
    this.arrival = new BlockArrival(this.context, this.blockDownload, this.misbehavior);
    this.serving = new BlockServing(this.context, this.misbehavior);
    this.chainSync = new ChainSync(this.context, this.blockDownload, this.headerSync, automatic);
    const { addrRelay, txRelay, txDownload, blockDownload, timeOffsets } = this;
    const parts = { addrRelay, txRelay, txDownload, blockDownload, timeOffsets };
    this.handshake = new Handshake(this.context, parts);
    this.early = this.earlyHandlers();
    this.handlers = this.laterHandlers();
  }

  start(): void {
    const { chain, clock } = this.context;
    for (const [event, listener] of this.chainListeners()) chain.events.on(event, listener);
    chain.backgroundEvents.on('connected', this.onConnectedBehind);
    this.checks = clock.every(PEER_CHECK_MS, () => this.chainSync.check());
    this.scheduleRebroadcast();
  }

  stop(): void {
    const { chain } = this.context;
    for (const [event, listener] of this.chainListeners()) chain.events.off(event, listener);
    chain.backgroundEvents.off('connected', this.onConnectedBehind);
    this.checks?.cancel();
    this.rebroadcasts?.cancel();
  }

  connected(connection: Connection): void {
    const peer = new Peer(connection, this.context.options.localServices());
    this.peers.set(peer.id, peer);
    peer.addr.tokensTime = this.context.clock.nowMs();
  }

  disconnected(connection: Connection): void {
    const peer = this.peers.get(connection.id);
    if (peer === undefined) return;
    // It may have left while its last message was looked at, which excuses nothing.
    this.misbehavior.enforce(peer);
    this.blockDownload.forgetPeer(peer);
    this.headerSync.forgetPeer(peer);
    this.arrival.forgetPeer(peer);
    this.txDownload.forgetPeer(peer);
    this.peers.delete(peer.id);
    const { type, handshakeDone, endpoint } = connection;
    if (handshakeDone && type !== 'block-relay-only' && type !== 'inbound') {
      this.context.addresses.connected(endpoint);
    }
    this.context.logger.debug('net', `Cleared nodestate for peer=${peer.id}`);
  }

  hasDesirableServices(services: bigint): boolean {
    return this.handshake.hasDesirableServices(services);
  }

  /** One message, or one orphan, or one block that was asked for. */
  process(connection: Connection): boolean | Promise<boolean> {
    const peer = this.peers.get(connection.id);
    if (peer === undefined || (!connection.isInbound && !peer.versionSent)) return false;
    if (peer.getData.length > 0 || this.txDownload.orphans.hasWork(peer.id)) return this.processPending(peer);
    return this.processMessage(peer);
  }

  send(connection: Connection): void {
    const peer = this.peers.get(connection.id);
    if (peer === undefined || this.misbehavior.enforce(peer)) return;
    if (!connection.isInbound && !peer.versionSent) this.handshake.sendVersion(peer);
    if (!connection.handshakeDone || connection.disconnecting) return;
    if (this.addrRelay.dropSlowFetch(peer)) return;
    this.pinger.send(peer);
    if (connection.disconnecting) return;
    this.addrRelay.send(peer);
    this.announcer.sendSendHeaders(peer);
    this.headerSync.start(peer);
    const inv = this.announcer.send(peer);
    this.txRelay.send(peer, inv);
    if (inv.length > 0) peer.send({ type: 'inv', items: inv });
    if (this.blockDownload.dropSlow(peer) || this.headerSync.dropSlow(peer)) return;
    this.chainSync.consider(peer);
    const wanted = this.blockDownload.nextRequests(peer);
    this.txDownload.addRequests(peer, wanted);
    if (wanted.length > 0) peer.send({ type: 'getdata', items: wanted });
    this.feeFilters.send(peer);
  }

  /** RPC ping. */
  ping(): void {
    this.pinger.queueAll();
  }

  pingWait(peer: Peer): number | undefined {
    return this.pinger.waiting(peer);
  }

  /** Announces a transaction to everyone. */
  relayTransaction(tx: Transaction): void {
    this.txRelay.relay(tx);
  }

  /** Who sent a block that is being checked. */
  senderOf(block: Hash256): NodeId | undefined {
    return this.arrival.senderOf(block);
  }

  fetchBlock(peer: NodeId, block: HeaderId): string | undefined {
    return this.blockDownload.fetch(this.peers.get(peer), block);
  }

  private async processPending(peer: Peer): Promise<boolean> {
    const { connection } = peer;
    if (peer.getData.length > 0) await this.serveGetData(peer);
    const triedOrphan = await this.txDownload.processOrphan(peer);
    if (connection.disconnecting) return false;
    if (triedOrphan || peer.getData.length > 0) return true;
    return this.processMessage(peer);
  }

  private processMessage(peer: Peer): boolean | Promise<boolean> {
    const { connection } = peer;
    if (connection.sendPaused) return false;
    const received = connection.takeMessage();
    if (received === undefined) return false;
    try {
      const work = this.inOrder(peer, received);
      if (work === undefined) return this.hasMore(peer);
      return work.then(
        () => this.hasMore(peer),
        (thrown: unknown) => this.onFailure(peer, received, thrown),
      );
    } catch (thrown) {
      return this.onFailure(peer, received, thrown);
    }
  }

  private hasMore(peer: Peer): boolean {
    return peer.connection.hasMessages || peer.getData.length > 0 || this.txDownload.orphans.hasWork(peer.id);
  }

  /** A message that does not parse is passed over; one that holds too much has consequences. Bugs go on their way. */
  private onFailure(peer: Peer, { type, payload }: ReceivedMessage, thrown: unknown): boolean {
    if (!(thrown instanceof DecodeError)) throw thrown;
    const { logger } = this.context;
    if (thrown instanceof LimitExceeded && (type === 'getheaders' || type === 'getblocks')) {
      const sizes = `${thrown.size} > ${thrown.limit}`;
      logger.debug('net', `${type} locator size ${sizes}, disconnect peer=${peer.id}`);
      peer.connection.disconnect();
    } else if (thrown instanceof LimitExceeded) this.misbehavior.flag(peer, thrown.message);
    else {
      const what = `${sanitize(type)}, ${payload.length} bytes`;
      logger.debug('net', `ProcessMessages(${what}): Exception '${thrown.message}' (DecodeError) caught`);
    }
    return this.hasMore(peer);
  }

  /** Blocks may follow each other before all of their checks are done; what else a peer sends comes after these. */
  private inOrder(peer: Peer, received: ReceivedMessage): void | Promise<void> {
    const blocks = received.type === 'block' ? undefined : this.arrival.settled(peer);
    return blocks === undefined ? this.dispatch(peer, received) : this.dispatchAfter(blocks, peer, received);
  }

  private async dispatchAfter(
    blocks: Promise<unknown>,
    peer: Peer,
    received: ReceivedMessage,
  ): Promise<void> {
    await blocks;
    if (!peer.connection.disconnecting) await this.dispatch(peer, received);
  }

  private dispatch(peer: Peer, received: ReceivedMessage): void | Promise<void> {
    const { logger } = this.context;
    const { type, payload } = received;
    logger.debug('net', `received: ${sanitize(type)} (${payload.length} bytes) peer=${peer.id}`);
    if (peer.version === 0 && type !== 'version') {
      const what = `Message "${sanitize(type)}"`;
      logger.debug('net', `non-version message before version handshake. ${what} from peer=${peer.id}`);
      return;
    }
    if (isMessageType(type) && this.early[type] !== undefined) {
      return this.handle(this.early, type, peer, received);
    }
    if (type === 'sendtxrcncl') {
      const why = 'as our node does not have txreconciliation enabled';
      logger.debug('net', `sendtxrcncl from peer=${peer.id} ignored, ${why}`);
      return;
    }
    if (!peer.connection.handshakeDone) {
      const what = `Unsupported message "${sanitize(type)}" prior to verack`;
      logger.debug('net', `${what} from peer=${peer.id}`);
      return;
    }
    if (isMessageType(type) && this.handlers[type] !== undefined) {
      return this.handle(this.handlers, type, peer, received);
    }
    this.onUnhandled(peer, type, payload);
  }

  private handle<T extends MessageType>(
    handlers: Handlers,
    type: T,
    peer: Peer,
    received: ReceivedMessage,
  ): void | Promise<void> {
    const handler = handlers[type] as Handler<T> | undefined;
    const payload = type === 'tx' || type === 'block' ? ownBytes(received.payload) : received.payload;
    return handler?.(peer, decodeMessage(type, payload), received);
  }

  /** Messages of services that we do not offer end the connection; unknown ones are passed over. */
  private onUnhandled(peer: Peer, type: string, payload: Uint8Array): void {
    const { logger } = this.context;
    if (type === 'filterload' || type === 'filteradd' || type === 'filterclear') {
      const what = `${type} received despite not offering bloom services`;
      logger.debug('net', `${what} from peer=${peer.id}; disconnecting`);
      peer.connection.disconnect();
    } else if (type === 'getcfilters' || type === 'getcfheaders' || type === 'getcfcheckpt') {
      const filter = payload[0] ?? 0;
      logger.debug('net', `peer ${peer.id} requested unsupported block filter type: ${filter}`);
      peer.connection.disconnect();
    } else {
      logger.debug('net', `Unknown command "${sanitize(type)}" from peer=${peer.id}`);
    }
  }

  private earlyHandlers(): Handlers {
    return {
      version: (peer, message) => this.handshake.onVersion(peer, message),
      verack: peer => this.handshake.onVerack(peer),
      wtxidrelay: peer => this.handshake.onWtxidRelay(peer),
      sendaddrv2: peer => this.handshake.onSendAddrV2(peer),
      sendcmpct: (peer, message) => this.handshake.onSendCmpct(peer, message),
      sendheaders: peer => {
        peer.announce.prefersHeaders = true;
      },
    };
  }

  private laterHandlers(): Handlers {
    return {
      ping: (peer, message) => this.pinger.onPing(peer, message),
      pong: (peer, message, received) => this.pinger.onPong(peer, message, received),
      addr: (peer, message) => this.addrRelay.onAddresses(peer, message),
      addrv2: (peer, message) => this.addrRelay.onAddresses(peer, message),
      getaddr: peer => this.addrRelay.onGetAddr(peer),
      inv: (peer, { items }) => this.onInv(peer, items),
      getdata: (peer, { items }) => this.onGetData(peer, items),
      notfound: (peer, { items }) => this.onNotFound(peer, items),
      getblocks: (peer, message) => this.serving.onGetBlocks(peer, message),
      getheaders: (peer, message) => this.serving.onGetHeaders(peer, message),
      getblocktxn: (peer, message) => this.serving.onGetBlockTxn(peer, message),
      headers: (peer, { headers }) => this.onHeaders(peer, headers),
      cmpctblock: (peer, { header }) => this.onCompactBlock(peer, header),
      block: (peer, { block }) => this.arrival.onBlock(peer, block),
      tx: (peer, { tx }) => this.txDownload.onTx(peer, tx),
      mempool: peer => this.txRelay.onMempool(peer),
      feefilter: (peer, message) => this.feeFilters.onFeeFilter(peer, message),
    };
  }

  private onHeaders(peer: Peer, headers: MessageOf<'headers'>['headers']): void | Promise<void> {
    if (!this.isUnexpected(peer, 'headers')) return this.headerSync.onHeaders(peer, headers);
  }

  /** We ask for no compact blocks; one that comes all the same is news of its header. */
  private onCompactBlock(peer: Peer, header: MessageOf<'cmpctblock'>['header']): void | Promise<void> {
    if (!this.isUnexpected(peer, 'cmpctblock')) return this.headerSync.onHeaders(peer, [header], true);
  }

  /** While blocks are read from files none are asked for, and what comes all the same is passed over. */
  private isUnexpected(peer: Peer, type: 'headers' | 'cmpctblock'): boolean {
    if (!this.context.isLoadingBlocks()) return false;
    this.context.logger.debug('net', `Unexpected ${type} message received from peer ${peer.id}`);
    return true;
  }

  private onInv(peer: Peer, items: readonly Inventory[]): void {
    const { chain, logger } = this.context;
    let news: Inventory | undefined;
    for (const item of items) {
      // A peer announces by the kind of id that was negotiated; the other kind would be fetched twice.
      if (item.type === (peer.wtxidRelay ? MSG_TX : MSG_WTX)) continue;
      if (item.type === MSG_BLOCK) {
        const isKnown = chain.headers.find(item.hash) !== NO_HEADER;
        const what = `${formatInventory(item)}  ${isKnown ? 'have' : 'new'}`;
        logger.debug('net', `got inv: ${what} peer=${peer.id}`);
        updateAvailability(chain, peer, item.hash);
        this.context.connections().events.emit('blockAnnounced', peer.id, item.hash);
        const isWanted = !isKnown && !this.blockDownload.isOnItsWay(hashKey(item.hash));
        if (isWanted && !this.context.isLoadingBlocks()) news = item;
      } else if (isTxInventory(item)) {
        if (!this.txDownload.onAnnounced(peer, item)) return;
      } else {
        const what = formatInventory(item);
        logger.debug('net', `Unknown inv type "${what}" received from peer=${peer.id}`);
      }
    }
    if (news !== undefined) this.headerSync.onUnknownBlock(peer, news.hash);
  }

  private onNotFound(peer: Peer, items: readonly Inventory[]): void {
    if (items.length > MAX_NOTFOUND) return;
    for (const item of items) if (isTxInventory(item)) this.txDownload.onNotFound(peer, item);
  }

  private onGetData(peer: Peer, items: readonly Inventory[]): void | Promise<void> {
    const { logger } = this.context;
    logger.debug('net', `received getdata (${items.length} invsz) peer=${peer.id}`);
    const [first] = items;
    if (first !== undefined) {
      logger.debug('net', `received getdata for: ${formatInventory(first)} peer=${peer.id}`);
    }
    // Copies: the hashes are views of the message.
    for (const { type, hash } of items) peer.getData.push({ type, hash: hash.slice() });
    return this.serveGetData(peer);
  }

  /** Serves the transactions at the head of the queue and one block after them, as far as the send buffer takes it. */
  private serveGetData(peer: Peer): void | Promise<void> {
    const { getData, connection } = peer;
    const missing: Inventory[] = [];
    let served = 0;
    for (const item of getData) {
      if (!isTxInventory(item) || connection.sendPaused) break;
      if (!this.txRelay.serve(peer, item)) missing.push(item);
      served++;
    }
    const next = connection.sendPaused ? undefined : getData[served];
    if (next !== undefined) served++;
    getData.splice(0, served);
    if (missing.length > 0) peer.send({ type: 'notfound', items: missing });
    if (next !== undefined && isBlockInventory(next)) return this.serving.serveBlock(peer, next);
  }

  private scheduleRebroadcast(): void {
    const { clock, random } = this.context;
    const delay = REBROADCAST_MS + randomBelow(random, REBROADCAST_RANDOM_MS);
    this.rebroadcasts = clock.every(delay, () => {
      this.rebroadcasts?.cancel();
      this.rebroadcast();
      this.scheduleRebroadcast();
    });
  }

  private rebroadcast(): void {
    const { mempool } = this.context;
    for (const key of [...mempool.unbroadcast]) {
      const entry = mempool.get(key);
      if (entry === undefined) mempool.removeUnbroadcast(keyToHash(key));
      else this.txRelay.relay(entry.tx);
    }
  }

  private readonly onConnected = (...[block]: ChainEvents['connected']): void => {
    this.chainSync.onConnected();
    this.blockDownload.onConnected();
    this.txDownload.onConnected(block);
    this.txRelay.onNewBlock(block);
  };

  /** Peers that help to validate what lies below a snapshot do not have a stale tip. */
  private readonly onConnectedBehind = (): void => {
    this.chainSync.onConnected();
    this.blockDownload.onConnected();
  };

  private readonly onDisconnected = (): void => this.txDownload.onDisconnected();

  private readonly onTip = (...[tip, fork, isInitial]: ChainEvents['tip']): void => {
    this.txDownload.onTip();
    if (isInitial) return;
    this.announcer.onTip(tip, fork);
    this.context.connections().wakeAll();
  };

  private readonly onChecked = (...[block, rejection]: ChainEvents['checked']): void =>
    this.arrival.onChecked(block, rejection);

  private chainListeners() {
    return [
      ['connected', this.onConnected],
      ['disconnected', this.onDisconnected],
      ['tip', this.onTip],
      ['checked', this.onChecked],
    ] as const;
  }
}

/** Bytes that may be kept: a small message is a view of a large receive buffer, which it would keep alive. */
function ownBytes(payload: Uint8Array): Uint8Array {
  return payload.buffer.byteLength > 2 * payload.length ? Buffer.from(payload) : payload;
}
