import { type HeaderId, NO_HEADER } from '../../consensus/chain-view.js';
import { type HashKey, hashKey, hashToHex } from '../../primitives/bytes.js';
import type { NodeId } from '../api.js';
import { canServeBlocks, canServeWitnesses, isLimitedPeer, LIMITED_MIN_BLOCKS } from '../services.js';
import { type Inventory, MSG_BLOCK, MSG_WITNESS_FLAG } from '../wire/inventory.js';
import { canDirectFetch, canServeBlock, hasOnBranch, processAvailability, workOf } from './availability.js';
import type { PeerContext } from './context.js';
import type { Peer } from './peer.js';

/** Blocks asked from one peer at a time: 16 of 1 MB keep a fast link busy, and a slow one stays under a minute. */
const MAX_BLOCKS_IN_TRANSIT = 16;
/** While others of its messages wait to be processed, a peer is not asked for fewer: each request costs both sides time. */
const MIN_BLOCKS_PER_REQUEST = MAX_BLOCKS_IN_TRANSIT / 2;
/** Blocks ahead of the last common one that are fetched: out of order on disk they hinder pruning. */
const DOWNLOAD_WINDOW = 1024;
/** Milliseconds that a peer may keep the window from moving: doubled for everyone when a peer had to go. */
const STALLING_TIMEOUT_DEFAULT_MS = 2000;
const STALLING_TIMEOUT_MAX_MS = 64_000;
/** By so much it shrinks again with every block connected. */
const STALLING_TIMEOUT_DECAY = 0.85;
/** Block intervals that a block may take, and how much more for every other peer that we download from. */
const DOWNLOAD_TIMEOUT_BASE = 1;
const DOWNLOAD_TIMEOUT_PER_PEER = 0.5;
/** Blocks of its tip that a limited peer has for sure, less two for races. */
const LIMITED_PEER_BLOCKS = LIMITED_MIN_BLOCKS - 2;
/** Headers walked at a time while looking for blocks to fetch. */
const WALK_STEP = 128;

interface Candidates {
  readonly blocks: readonly HeaderId[];
  /** The peer whose late block keeps the window from moving. */
  readonly staller: NodeId | undefined;
}

const NOTHING: Candidates = { blocks: [], staller: undefined };

/** A look for blocks along a peer's best chain. */
interface Walk {
  /** Height of the last block that is not needed. */
  readonly from: number;
  /** Height of the last block that may be asked for. */
  readonly windowEnd: number;
  /** Blocks that are wanted at most. */
  readonly count: number;
  /** The block need not be asked for. */
  readonly isHere: (id: HeaderId) => boolean;
}

/** Which block is asked from whom: the next ones that we lack, in a moving window, from several peers at once. */
export class BlockDownload {
  /** Peers that a block was asked from, in order of asking. */
  private readonly requests = new Map<HashKey, NodeId[]>();
  /** Blocks that have come and are being checked: nobody else is to be asked for them meanwhile. */
  private readonly arriving = new Set<HashKey>();
  private stallingTimeoutMs = STALLING_TIMEOUT_DEFAULT_MS;
  /** Outbound or protected peers with blocks; others are asked only in need. */
  preferredPeers = 0;

  constructor(private readonly context: PeerContext) {}

  /** Blocks in flight, each counted once. */
  get size(): number {
    return this.requests.size;
  }

  isRequested(key: HashKey): boolean {
    return this.requests.has(key);
  }

  /** It was asked for, or has just come. */
  isOnItsWay(key: HashKey): boolean {
    return this.requests.has(key) || this.arriving.has(key);
  }

  /** Runs `work`, which takes a block that has come to the chain. */
  async whileArriving<T>(key: HashKey, work: () => Promise<T>): Promise<T> {
    this.arriving.add(key);
    try {
      return await work();
    } finally {
      this.arriving.delete(key);
    }
  }

  /** Forgets that the block was asked from `from`, or from anyone. */
  removeRequest(key: HashKey, from?: NodeId): void {
    const asked = this.requests.get(key);
    if (asked === undefined) return;
    for (const id of asked.filter(id => from === undefined || id === from)) this.removeFrom(id, key);
    const left = from === undefined ? [] : asked.filter(id => id !== from);
    if (left.length === 0) this.requests.delete(key);
    else this.requests.set(key, left);
  }

  /** Notes that the block is asked from the peer; false when it was before. */
  request(peer: Peer, id: HeaderId): boolean {
    const key = hashKey(this.context.chain.headers.hash(id));
    const asked = this.requests.get(key) ?? [];
    if (asked.includes(peer.id)) return false;
    this.requests.set(key, [...asked, peer.id]);
    peer.download.inFlight.push({ id, key });
    if (peer.download.inFlight.length === 1) peer.download.since = this.context.clock.nowMs();
    return true;
  }

  forgetPeer(peer: Peer): void {
    for (const { key } of [...peer.download.inFlight]) this.removeRequest(key, peer.id);
    if (peer.preferredDownload) this.preferredPeers--;
  }

  /** A block was connected: peers get less time again. */
  onConnected(): void {
    if (this.stallingTimeoutMs === STALLING_TIMEOUT_DEFAULT_MS) return;
    const seconds = Math.floor((this.stallingTimeoutMs * STALLING_TIMEOUT_DECAY) / 1000);
    this.stallingTimeoutMs = Math.max(seconds * 1000, STALLING_TIMEOUT_DEFAULT_MS);
    this.debug(`Decreased stalling timeout to ${this.stallingTimeoutMs / 1000} seconds`);
  }

  /** Blocks and headers are to come from this peer: from preferred ones, from others when there are none. */
  isSyncPeer(peer: Peer): boolean {
    if (peer.preferredDownload) return true;
    if (!canServeBlocks(peer.theirServices) || peer.connection.type === 'addr-fetch') return false;
    return this.preferredPeers === 0 || this.requests.size === 0;
  }

  /** Drops a peer that stalls or times out; true when it goes. */
  dropSlow(peer: Peer): boolean {
    const { logger, clock, chain } = this.context;
    const { stallingSince, inFlight, since } = peer.download;
    const now = clock.nowMs();
    if (stallingSince !== 0 && stallingSince < now - this.stallingTimeoutMs) {
      logger.info(`Peer=${peer.id} is stalling block download, disconnecting`);
      peer.connection.disconnect();
      this.doubleStallingTimeout();
      return true;
    }
    const first = inFlight[0];
    if (first === undefined) return false;
    const others = this.downloadingPeers() - 1;
    const intervals = DOWNLOAD_TIMEOUT_BASE + DOWNLOAD_TIMEOUT_PER_PEER * others;
    if (now <= since + chain.params.consensus.powTargetSpacing * 1000 * intervals) return false;
    const hash = hashToHex(chain.headers.hash(first.id));
    logger.info(`Timeout downloading block ${hash} from peer=${peer.id}, disconnecting`);
    peer.connection.disconnect();
    return true;
  }

  /** What to ask the peer for now. */
  nextRequests(peer: Peer): Inventory[] {
    const { chain, peers } = this.context;
    const { theirServices, download } = peer;
    const syncing = this.isSyncPeer(peer) && !isLimitedPeer(theirServices);
    if (!canServeBlocks(theirServices) || (!syncing && chain.isInitialBlockDownload)) return [];
    const budget = MAX_BLOCKS_IN_TRANSIT - download.inFlight.length;
    if (budget <= 0 || (budget < MIN_BLOCKS_PER_REQUEST && peer.connection.hasMessages)) return [];
    const { blocks, staller } = this.findNext(peer, budget);
    // To reach the tip comes first.
    const historical = this.findHistorical(peer, budget - blocks.length);
    const asked = [...blocks, ...historical].map(id => {
      this.request(peer, id);
      const { headers } = chain;
      const what = `${hashToHex(headers.hash(id))} (${headers.height(id)})`;
      this.debug(`Requesting block ${what} peer=${peer.id}`);
      return this.inventory(peer, id);
    });
    const slow = staller === undefined ? undefined : peers.get(staller);
    if (download.inFlight.length === 0 && slow !== undefined && slow.download.stallingSince === 0) {
      slow.download.stallingSince = this.context.clock.nowMs();
      this.debug(`Stall started peer=${staller}`);
    }
    return asked;
  }

  /** Fetches blocks just announced, if we are near the tip and they are not many. */
  directFetch(peer: Peer, last: HeaderId): void {
    const { chain, clock } = this.context;
    const { headers } = chain;
    if (!canDirectFetch(chain, clock) || headers.isInvalid(last)) return;
    if (headers.chainWork(chain.tip) > headers.chainWork(last)) return;
    const wanted: HeaderId[] = [];
    let walk = last;
    while (walk !== NO_HEADER && !chain.isActive(walk) && wanted.length <= MAX_BLOCKS_IN_TRANSIT) {
      const isMissing = !headers.hasData(walk) && !this.isOnItsWay(hashKey(headers.hash(walk)));
      if (isMissing && canServeBlock(chain, peer, walk)) wanted.push(walk);
      walk = headers.prev(walk);
    }
    const toward = `${hashToHex(headers.hash(last))} (${headers.height(last)})`;
    if (walk === NO_HEADER || !chain.isActive(walk)) {
      this.debug(`Large reorg, won't direct fetch to ${toward}`);
      return;
    }
    const items: Inventory[] = [];
    for (const id of wanted.reverse()) {
      if (peer.download.inFlight.length >= MAX_BLOCKS_IN_TRANSIT) break;
      this.request(peer, id);
      items.push(this.inventory(peer, id));
      this.debug(`Requesting block ${hashToHex(headers.hash(id))} from  peer=${peer.id}`);
    }
    if (items.length > 1) this.debug(`Downloading blocks toward ${toward} via headers direct fetch`);
    if (items.length > 0) peer.send({ type: 'getdata', items });
  }

  /** getblockfrompeer: says why not, or asks. */
  fetch(peer: Peer | undefined, id: HeaderId): string | undefined {
    if (this.context.isLoadingBlocks()) return 'Loading blocks ...';
    if (peer === undefined) return 'Peer does not exist';
    if (!canServeWitnesses(peer.theirServices)) return 'Pre-SegWit peer';
    const hash = this.context.chain.headers.hash(id);
    this.removeRequest(hashKey(hash));
    if (!this.request(peer, id)) return 'Already requested from this peer';
    if (!peer.connection.handshakeDone) return 'Peer not fully connected';
    peer.send({ type: 'getdata', items: [{ type: MSG_BLOCK | MSG_WITNESS_FLAG, hash }] });
    this.debug(`Requesting block ${hashToHex(hash)} from peer=${peer.id}`);
    return undefined;
  }

  private inventory(peer: Peer, id: HeaderId): Inventory {
    const flag = canServeWitnesses(peer.theirServices) ? MSG_WITNESS_FLAG : 0;
    return { type: MSG_BLOCK | flag, hash: this.context.chain.headers.hash(id) };
  }

  /** Blocks towards the tip that the peer has, we lack, and nobody was asked for. */
  private findNext(peer: Peer, count: number): Candidates {
    const { chain } = this.context;
    const { headers } = chain;
    // Validated, the chain can be taken back to anywhere.
    const base = chain.isValidatingSnapshot ? chain.snapshotBase : NO_HEADER;
    processAvailability(chain, peer);
    const { bestKnown } = peer.chain;
    const work = workOf(chain, bestKnown);
    const isWorse = work < headers.chainWork(chain.tip) || work < chain.params.consensus.minimumChainWork;
    if (bestKnown === NO_HEADER || isWorse) return NOTHING;
    if (base !== NO_HEADER && !hasOnBranch(chain, bestKnown, base)) {
      // The chain cannot be taken back to where such a branch begins until all of it was validated.
      this.debug(
        `Not downloading blocks from peer=${peer.id}, which doesn't have the snapshot block in its best chain.`,
      );
      return NOTHING;
    }
    const { lastCommon } = peer.chain;
    // After a snapshot was loaded, what comes after it is first.
    const floor = base === NO_HEADER ? 0 : headers.height(base);
    if (lastCommon === NO_HEADER || headers.height(lastCommon) < floor) {
      peer.chain.lastCommon = chain.at(Math.min(headers.height(bestKnown), chain.height));
    }
    peer.chain.lastCommon = headers.commonAncestor(peer.chain.lastCommon, bestKnown);
    if (peer.chain.lastCommon === bestKnown) return NOTHING;
    const from = headers.height(peer.chain.lastCommon);
    const windowEnd = from + DOWNLOAD_WINDOW;
    return this.walk(peer, { from, windowEnd, count, isHere: id => this.isHere(peer, id) });
  }

  /** The same below a snapshot that is validated: who has no more than some of those blocks is not asked. */
  private findHistorical(peer: Peer, count: number): readonly HeaderId[] {
    const { chain } = this.context;
    const { headers, snapshotBase: base, backgroundTip } = chain;
    if (count <= 0 || backgroundTip === NO_HEADER || isLimitedPeer(peer.theirServices)) return [];
    const { bestKnown } = peer.chain;
    if (bestKnown === NO_HEADER || !hasOnBranch(chain, bestKnown, base)) return [];
    const from = headers.height(headers.commonAncestor(backgroundTip, base));
    const windowEnd = Math.min(from + DOWNLOAD_WINDOW, headers.height(base));
    return this.walk(peer, { from, windowEnd, count, isHere: id => headers.hasData(id) }).blocks;
  }

  private walk(peer: Peer, { from, windowEnd, count, isHere }: Walk): Candidates {
    const { headers } = this.context.chain;
    const { bestKnown } = peer.chain;
    // One beyond the window, to see whether it is the window that stops us.
    const end = Math.min(headers.height(bestKnown), windowEnd + 1);
    const blocks: HeaderId[] = [];
    let waitingFor: NodeId | undefined;
    for (let height = from; height < end; ) {
      const top = Math.min(end, height + Math.max(count - blocks.length, WALK_STEP));
      for (const id of this.path(bestKnown, height, top)) {
        if (headers.isInvalid(id) || !canServeBlock(this.context.chain, peer, id)) {
          return { blocks, staller: undefined };
        }
        const here = headers.height(id);
        if (isHere(id)) continue;
        const key = hashKey(headers.hash(id));
        if (this.isOnItsWay(key)) {
          waitingFor ??= this.requests.get(key)?.[0];
          continue;
        }
        if (here > windowEnd) {
          const isStalled = blocks.length === 0 && waitingFor !== peer.id;
          return { blocks, staller: isStalled ? waitingFor : undefined };
        }
        const age = headers.height(bestKnown) - here;
        if (isLimitedPeer(peer.theirServices) && age >= LIMITED_PEER_BLOCKS) continue;
        blocks.push(id);
        if (blocks.length === count) return { blocks, staller: undefined };
      }
      height = top;
    }
    return { blocks, staller: undefined };
  }

  /** We have the block. The last one on the way for which that holds, with all before it, is common to us. */
  private isHere(peer: Peer, id: HeaderId): boolean {
    const { chain } = this.context;
    if (!chain.headers.hasData(id) && !chain.isActive(id)) return false;
    if (chain.headers.chainTxCount(id) > 0) peer.chain.lastCommon = id;
    return true;
  }

  /** Ancestors of `tip` above `from` up to `to`, ascending. */
  private path(tip: HeaderId, from: number, to: number): HeaderId[] {
    const { headers } = this.context.chain;
    const ids: HeaderId[] = new Array(to - from);
    let id = headers.ancestor(tip, to);
    for (let i = to - from - 1; i >= 0; i--) {
      ids[i] = id;
      id = headers.prev(id);
    }
    return ids;
  }

  private removeFrom(id: NodeId, key: HashKey): void {
    const peer = this.context.peers.get(id);
    if (peer === undefined) return;
    const { download } = peer;
    const at = download.inFlight.findIndex(block => block.key === key);
    if (at < 0) return;
    if (at === 0) download.since = Math.max(download.since, this.context.clock.nowMs());
    download.inFlight.splice(at, 1);
    download.stallingSince = 0;
  }

  private downloadingPeers(): number {
    let count = 0;
    for (const { download } of this.context.peers.values()) if (download.inFlight.length > 0) count++;
    return count;
  }

  private doubleStallingTimeout(): void {
    const doubled = Math.min(2 * this.stallingTimeoutMs, STALLING_TIMEOUT_MAX_MS);
    if (doubled === this.stallingTimeoutMs) return;
    this.stallingTimeoutMs = doubled;
    this.debug(`Increased stalling timeout temporarily to ${doubled / 1000} seconds`);
  }

  private debug(message: string): void {
    this.context.logger.debug('net', message);
  }
}
