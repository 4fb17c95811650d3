import { type HeaderId, NO_HEADER } from '../../consensus/chain-view.js';
import { type Hash256, hashToHex } from '../../primitives/bytes.js';
import type { BlockHeader } from '../../primitives/header.js';
import { SENDHEADERS_VERSION } from '../protocol.js';
import { type Inventory, MSG_BLOCK } from '../wire/inventory.js';
import { MAX_INV_SIZE } from '../wire/limits.js';
import { peerHasHeader, processAvailability, workOf } from './availability.js';
import type { PeerContext } from './context.js';
import type { Peer } from './peer.js';

/** Headers sent as an announcement; more new blocks at once are announced by the last one's hash. */
export const MAX_BLOCKS_TO_ANNOUNCE = 8;

/** Tells peers of new blocks: by headers to those who asked for that and can connect them, by inv to others. */
export class BlockAnnouncer {
  constructor(private readonly context: PeerContext) {}

  /** The tip has moved from `fork` to `tip`: queues the new blocks for all peers. */
  onTip(tip: HeaderId, fork: HeaderId): void {
    const { headers } = this.context.chain;
    const hashes: Hash256[] = [];
    for (let id = tip; id !== fork && id !== NO_HEADER; id = headers.prev(id)) {
      hashes.push(headers.hash(id));
      if (hashes.length === MAX_BLOCKS_TO_ANNOUNCE) break;
    }
    hashes.reverse();
    for (const peer of this.context.peers.values()) peer.announce.byHeaders.push(...hashes);
  }

  /** Asks the peer to announce by headers, once we know that it has a chain worth following. */
  sendSendHeaders(peer: Peer): void {
    const { announce, commonVersion, chain: known } = peer;
    if (announce.sentSendHeaders || commonVersion < SENDHEADERS_VERSION) return;
    const { chain } = this.context;
    if (known.bestKnown === NO_HEADER) return;
    if (workOf(chain, known.bestKnown) <= chain.params.consensus.minimumChainWork) return;
    peer.send({ type: 'sendheaders' });
    announce.sentSendHeaders = true;
  }

  /** Sends headers if it can; returns what is to be announced by inv. */
  send(peer: Peer): Inventory[] {
    const { announce } = peer;
    processAvailability(this.context.chain, peer);
    if (announce.byHeaders.length > 0 && !this.sendHeaders(peer)) this.revertToInv(peer);
    announce.byHeaders.length = 0;
    const items = announce.byInv.splice(0).map(hash => ({ type: MSG_BLOCK, hash }));
    while (items.length >= MAX_INV_SIZE) peer.send({ type: 'inv', items: items.splice(0, MAX_INV_SIZE) });
    return items;
  }

  /** False when the blocks have to be announced by inv. */
  private sendHeaders(peer: Peer): boolean {
    const { announce } = peer;
    if (!announce.prefersHeaders || announce.byHeaders.length > MAX_BLOCKS_TO_ANNOUNCE) return false;
    const found = this.connectedHeaders(peer);
    if (found === undefined) return false;
    const { headers, best } = found;
    const [first] = headers;
    const last = headers.at(-1);
    if (first === undefined || last === undefined) return true;
    const name = 'SendMessages';
    if (headers.length > 1) {
      const range = `range (${hashToHex(first.hash)}, ${hashToHex(last.hash)})`;
      this.debug(`${name}: ${headers.length} headers, ${range}, to peer=${peer.id}`);
    } else this.debug(`${name}: sending header ${hashToHex(first.hash)} to peer=${peer.id}`);
    peer.send({ type: 'headers', headers });
    peer.chain.bestHeaderSent = best;
    return true;
  }

  /** The announced headers that the peer lacks, if they follow one that it has; undefined if not, or after a reorg. */
  private connectedHeaders(peer: Peer): { headers: BlockHeader[]; best: HeaderId } | undefined {
    const { chain } = this.context;
    const headers: BlockHeader[] = [];
    let best = NO_HEADER;
    for (const hash of peer.announce.byHeaders) {
      const id = chain.headers.find(hash);
      if (!chain.isActive(id)) return undefined;
      const previous = chain.headers.prev(id);
      if (best !== NO_HEADER && previous !== best) return undefined;
      best = id;
      if (headers.length > 0) headers.push(chain.headers.header(id));
      else if (peerHasHeader(chain, peer, id)) continue;
      else if (previous === NO_HEADER || peerHasHeader(chain, peer, previous)) {
        headers.push(chain.headers.header(id));
      } else return undefined;
    }
    return { headers, best };
  }

  /** Announces the last block by its hash, unless the peer has it. */
  private revertToInv(peer: Peer): void {
    const { chain } = this.context;
    const hash = peer.announce.byHeaders.at(-1);
    if (hash === undefined) return;
    const id = chain.headers.find(hash);
    const text = hashToHex(hash);
    if (!chain.isActive(id)) {
      const tip = hashToHex(chain.headers.hash(chain.tip));
      this.debug(`Announcing block ${text} not on main chain (tip=${tip})`);
    }
    if (peerHasHeader(chain, peer, id)) return;
    peer.announce.byInv.push(hash);
    this.debug(`SendMessages: sending inv peer=${peer.id} hash=${text}`);
  }

  private debug(message: string): void {
    this.context.logger.debug('net', message);
  }
}
