import type { Chain, ChainEvents } from '../chain/chain.js';
import type { HeaderId } from '../consensus/chain-view.js';
import type { Mempool, MempoolEvents } from '../mempool/mempool.js';
import type { NetEvents, NodeId, P2P } from '../net/api.js';
import type { Block } from '../primitives/block.js';
import { hashToHex } from '../primitives/bytes.js';
import type { Transaction } from '../primitives/transaction.js';
import { AnnouncedBlocks } from './announced-blocks.js';
import type { NodeEvent, TxRemovalReason } from './node-event.js';

/** The parts of a node that events come from. */
export interface FeedSources {
  readonly chain: Pick<Chain, 'events' | 'headers' | 'isLoadingBlocks'>;
  readonly mempool: Pick<Mempool, 'events'>;
  readonly p2p: Pick<P2P, 'events' | 'userAgent' | 'senderOf'>;
}

/** A peer by the name in its user agent. */
interface FeedPeer {
  readonly name: string;
  readonly announced: AnnouncedBlocks;
}

/**
 * Tells a listener what happens in a node, in the order in which it happens: a block's connecting before what that does
 * to the mempool, blocks taken out before those put in their place, and the tip after both. What the listener throws goes
 * through the node's parts: it must not throw.
 *
 * @returns ends it
 */
export function feedEvents(sources: FeedSources, listener: (event: NodeEvent) => void): () => void {
  const feed = new EventFeed(sources, listener);
  feed.start();
  return () => feed.stop();
}

class EventFeed {
  private readonly peers = new Map<NodeId, FeedPeer>();

  constructor(
    private readonly sources: FeedSources,
    private readonly tell: (event: NodeEvent) => void,
  ) {}

  start(): void {
    const { chain, mempool, p2p } = this.sources;
    // Before the mempool and others, whose events follow from these.
    for (const [event, listener] of this.chainListeners()) chain.events.prependListener(event, listener);
    for (const [event, listener] of this.mempoolListeners()) mempool.events.on(event, listener);
    for (const [event, listener] of this.netListeners()) p2p.events.on(event, listener);
  }

  stop(): void {
    const { chain, mempool, p2p } = this.sources;
    for (const [event, listener] of this.chainListeners()) chain.events.off(event, listener);
    for (const [event, listener] of this.mempoolListeners()) mempool.events.off(event, listener);
    for (const [event, listener] of this.netListeners()) p2p.events.off(event, listener);
  }

  private readonly onStored = (block: Block, id: HeaderId): void => {
    const { chain, p2p } = this.sources;
    if (chain.isLoadingBlocks) return;
    const sender = p2p.senderOf(block.hash);
    this.tell({
      type: 'blockStored',
      hash: hashToHex(block.hash),
      parent: hashToHex(block.header.prevHash),
      height: chain.headers.height(id),
      time: block.header.time,
      txs: block.transactions.length,
      bytes: block.totalSize,
      ...(sender === undefined ? {} : { from: this.peers.get(sender)?.name ?? '' }),
    });
  };

  private readonly onConnected = (block: Block, id: HeaderId): void =>
    this.tellOfChain('blockConnected', block, id);

  private readonly onDisconnected = (block: Block, id: HeaderId): void =>
    this.tellOfChain('blockDisconnected', block, id);

  private tellOfChain(type: 'blockConnected' | 'blockDisconnected', block: Block, id: HeaderId): void {
    const { chain } = this.sources;
    if (chain.isLoadingBlocks) return;
    const txids = block.transactions.slice(1).map(({ txid }) => hashToHex(txid));
    this.tell({ type, hash: hashToHex(block.hash), height: chain.headers.height(id), txids });
  }

  private readonly onTip = (...[id, fork]: ChainEvents['tip']): void => {
    const { headers, isLoadingBlocks } = this.sources.chain;
    if (isLoadingBlocks) return;
    const hash = hashToHex(headers.hash(id));
    this.tell({ type: 'tip', hash, height: headers.height(id), forkHeight: headers.height(fork) });
  };

  private readonly onAdded = (...[{ tx, fee, vsize }]: MempoolEvents['added']): void =>
    this.tell({ type: 'txAdded', txid: hashToHex(tx.txid), fee, vsize });

  private readonly onRemoved = (...[{ tx }, reason]: MempoolEvents['removed']): void =>
    this.tellRemoved(tx, reason);

  private readonly onMined = (...[entries]: MempoolEvents['minedInBlock']): void => {
    for (const { tx } of entries) this.tellRemoved(tx, 'block');
  };

  private tellRemoved({ txid }: Transaction, reason: TxRemovalReason): void {
    this.tell({ type: 'txRemoved', txid: hashToHex(txid), reason });
  }

  private readonly onAnnounced = (...[peer, hash]: NetEvents['blockAnnounced']): void => {
    const from = this.peers.get(peer);
    if (from === undefined) return;
    const text = hashToHex(hash);
    if (from.announced.isFirst(text)) this.tell({ type: 'blockAnnounced', hash: text, from: from.name });
  };

  private readonly onPeer = (peer: NodeId): void => {
    const name = peerName(this.sources.p2p.userAgent(peer) ?? '');
    this.peers.set(peer, { name, announced: new AnnouncedBlocks() });
    this.tell({ type: 'peer', peer: name, connected: true });
  };

  private readonly onPeerGone = (peer: NodeId): void => {
    const gone = this.peers.get(peer);
    // It never finished its greeting.
    if (gone === undefined) return;
    this.peers.delete(peer);
    this.tell({ type: 'peer', peer: gone.name, connected: false });
  };

  private chainListeners() {
    return [
      ['stored', this.onStored],
      ['connected', this.onConnected],
      ['disconnected', this.onDisconnected],
      ['tip', this.onTip],
    ] as const;
  }

  private mempoolListeners() {
    return [
      ['added', this.onAdded],
      ['removed', this.onRemoved],
      ['minedInBlock', this.onMined],
    ] as const;
  }

  private netListeners() {
    return [
      ['connected', this.onPeer],
      ['disconnected', this.onPeerGone],
      ['blockAnnounced', this.onAnnounced],
    ] as const;
  }
}

/** The first comment of a user agent such as `/Blocksmith:1.0.0(node3; other)/` (BIP14), empty when there is none. */
export function peerName(userAgent: string): string {
  return /\(([^();]*)/.exec(userAgent)?.[1] ?? '';
}
